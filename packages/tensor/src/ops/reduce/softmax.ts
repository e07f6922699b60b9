/**
 * softmax and its logarithm as one `rows` kernel each, forwards and backwards: the largest element is taken out of every row, so that nothing
 * overflows. Gradients are stated over the result, which is all they need, and theirs over what they read. Rows of -∞ give NaN, as in PyTorch.
 */
import { type DType, DTypeError, div, exp, isFloat, log, neg as minus, mul, sub } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { floatType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { SoftmaxFunction } from '../../types/signatures.ts';
import { neg } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { toDType } from '../shape/convert.ts';
import { finish, reshape, transpose } from '../shape/views.ts';
import { largest, rowsOp, sumOf } from './rows.ts';

// dx = y (g - Σ y g) of y = softmax(x). With h the gradient of dx: dy = h (g - Σ y g) - g Σ h y, and dg = y (h - Σ y h), which is dx of (y, h).
const softmaxSlope = rowsOp('softmaxBackward', {
  reductions: [sumOf((y, g) => mul(y!, g!))],
  output: (y, g, total) => mul(y!, sub(g!, total!)),
  gradient: (j) =>
    j === 0 ? { operands: ['gradient', 0, 1], op: softmaxCurvature } : { operands: [0, 'gradient'], op: softmaxSlope },
});
const softmaxCurvature = rowsOp('softmaxBackward', {
  reductions: [sumOf((_, y, g) => mul(y!, g!)), sumOf((h, y) => mul(h!, y!))],
  output: (h, _, g, yg, hy) => sub(mul(h!, sub(g!, yg!)), mul(g!, hy!)),
});
const softmaxOp = rowsOp('softmax', {
  reductions: [largest, sumOf((x, most) => exp(sub(x!, most!)))],
  output: (x, most, total) => div(exp(sub(x!, most!)), total!),
  gradient: () => ({ operands: ['output', 'gradient'], op: softmaxSlope }),
});

// dx = g - exp(y) Σ g of y = logSoftmax(x). With h the gradient of dx: dy = -h exp(y) Σ g, and dg = h - Σ h exp(y).
const logSoftmaxSlope = rowsOp('logSoftmaxBackward', {
  reductions: [sumOf((_, g) => g!)],
  output: (y, g, total) => sub(g!, mul(exp(y!), total!)),
  gradient: (j) =>
    j === 0
      ? { operands: ['gradient', 0, 1], op: logSoftmaxCurvature }
      : { operands: ['gradient', 0], op: logSoftmaxTranspose },
});
const logSoftmaxCurvature = rowsOp('logSoftmaxBackward', {
  reductions: [sumOf((_h, _y, g) => g!)],
  output: (h, y, _, total) => minus(mul(mul(h!, exp(y!)), total!)),
});
const logSoftmaxTranspose = rowsOp('logSoftmaxBackward', {
  reductions: [sumOf((h, y) => mul(h!, exp(y!)))],
  output: (h, _, total) => sub(h!, total!),
});
const logSoftmaxOp = rowsOp('logSoftmax', {
  reductions: [largest, sumOf((x, most) => exp(sub(x!, most!)))],
  output: (x, most, total) => sub(sub(x!, most!), log(total!)),
  gradient: () => ({ operands: ['output', 'gradient'], op: logSoftmaxSlope }),
});

/** The same elements, dense in the order of dimensions that the user sees. */
const denseOp = (name: string): Op<'map'> =>
  new Op('map', name, { inPlace: false, build: ([x]) => single(x!.dtype, element(x!, 0)) });

/** A rows op along any dimension: the last one runs as it is, another is swapped with it and back. */
function along(name: string, op: Op<'rows'>): (x: Tensor, dim: number, dtype: DType | undefined) => Tensor {
  const dense = denseOp(name);
  return (x, dim, dtype) => {
    const rank = x.layout.shape.length;
    const d = dimension(name, dim, rank);
    const to = dtype ?? floatType(x.dtype);
    if (!isFloat(to)) throw new DTypeError(name, `gives fractions, which ${to} can't hold; ask for float32 or float64`);
    const source = toDType(x, to);
    if (rank === 0) return reshape(dispatch(op, reshape(source, [1])), []);
    if (d === rank - 1) return finish(dispatch(op, source), x, source);
    const moved = transpose(source, d, rank - 1);
    const found = dispatch(op, moved);
    const back = transpose(found, d, rank - 1);
    return finish(dispatch(dense, back), x, source, moved, found, back);
  };
}

interface SoftmaxOptions {
  readonly dtype?: DType | undefined;
}

const softmaxAlong = along('softmax', softmaxOp);
const logSoftmaxAlong = along('logSoftmax', logSoftmaxOp);

const typeIn = (op: string, options: SoftmaxOptions | undefined): DType | undefined =>
  options === undefined ? options : checkNamed(op, options).dtype;

/**
 * exp(x) / Σ exp(x) along `dim`; integers become floats, `dtype` converts first. The result has x's shape. PyTorch: `torch.softmax`, `F.softmax`.
 * @example
 * ```ts
 * import { softmax, tensor } from '@nn/tensor';
 * console.log(await softmax(tensor([[1, 1], [1000, 0]]), 1).toArray()); // prints: [ [ 0.5, 0.5 ], [ 1, 0 ] ]
 * ```
 */
export const softmax: SoftmaxFunction<'softmax'> = ((x: Tensor, dim: number, options?: SoftmaxOptions): Tensor =>
  softmaxAlong(x, dim, typeIn('softmax', options))) as never;

/** The logarithm of `softmax`, without its underflow. PyTorch: `torch.log_softmax`, `F.log_softmax`. */
export const logSoftmax: SoftmaxFunction<'logSoftmax'> = ((x: Tensor, dim: number, options?: SoftmaxOptions): Tensor =>
  logSoftmaxAlong(x, dim, typeIn('logSoftmax', options))) as never;

/** `softmax` of -x. PyTorch: `F.softmin`. */
export const softmin: SoftmaxFunction<'softmin'> = ((x: Tensor, dim: number, options?: SoftmaxOptions): Tensor => {
  const dtype = typeIn('softmin', options);
  const opposite = neg(x);
  return finish(softmaxAlong(opposite, dim, dtype), x, opposite);
}) as never;
