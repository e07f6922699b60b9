/**
 * softmax and its logarithm as one `rows` kernel each, forwards and backwards: the largest element is taken out of every row, so that nothing
 * overflows. Gradients are stated over the result, which is all they need; theirs are derived. Rows of -∞ give NaN, as in PyTorch.
 */
import { type DType, DTypeError, div, exp, input, isFloat, log, mul, sub } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { compositeOp, savedResult } from '../../core/composite.ts';
import { dispatch, outputBit, record } from '../../core/dispatch.ts';
import { noNumbers } from '../../core/launch.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { Plan } from '../../core/plan.ts';
import { floatType } from '../../core/promotion.ts';
import { state, untracked } from '../../core/state.ts';
import { nodeOf } from '../../core/view.ts';
import type { Tensor } from '../../tensor.ts';
import type { SoftmaxFunction } from '../../types/signatures.ts';
import { neg } from '../elementwise/arithmetic.ts';
import { toDType } from '../shape/convert.ts';
import { clone, finish, reshape, transpose } from '../shape/views.ts';
import { largest, rowsOp, sumOf } from './rows.ts';

// dx = y (g - Σ y g) of y = softmax(x).
const softmaxSlope = rowsOp('softmaxBackward', {
  reductions: [sumOf((y, g) => mul(y!, g!))],
  output: (y, g, total) => mul(y!, sub(g!, total!)),
});
const softmaxOp = rowsOp('softmax', {
  reductions: [largest, sumOf((x, most) => exp(sub(x!, most!)))],
  output: (x, most, total) => div(exp(sub(x!, most!)), total!),
  gradient: () => ({ operands: ['output', 'gradient'], op: softmaxSlope }),
});

// dx = g - exp(y) Σ g of y = logSoftmax(x).
const logSoftmaxSlope = rowsOp('logSoftmaxBackward', {
  reductions: [sumOf((_, g) => g!)],
  output: (y, g, total) => sub(g!, mul(exp(y!), total!)),
});
const logSoftmaxOp = rowsOp('logSoftmax', {
  reductions: [largest, sumOf((x, most) => exp(sub(x!, most!)))],
  output: (x, most, total) => sub(sub(x!, most!), log(total!)),
  gradient: () => ({ operands: ['output', 'gradient'], op: logSoftmaxSlope }),
});

/** A slope over (y, g) as a sum along a dimension and a map, wherever the two lie. Float16 is summed in float32, as in rows. */
function slopeAlong({ name, attributes }: Op<'rows'>): (y: Tensor, g: Tensor, dim: number) => Tensor {
  const sums: Op<'reduce'>[] = [];
  const rest = new Op('map', name, { inPlace: false, build: (layouts) => attributes.build(layouts.slice(0, 2)) });
  return (y, g, dim) => {
    sums[dim] ??= new Op('reduce', name, {
      dims: [dim],
      keepdim: true,
      build: (layouts) => {
        const { body } = attributes.build(layouts).reductions[0]!;
        const { dtype } = layouts[0]!;
        const wide = dtype === 'float16' ? 'float32' : dtype;
        return { dtype: wide, combine: 'sum', body, epilogue: input(0, body.type), scalars: 0 };
      },
    });
    const total = dispatch(sums[dim], y, g);
    return finish(dispatch(rest, y, g, total), y, total);
  };
}

/**
 * A rows op along any dimension: the last one runs as it is, another is swapped with it and back. Then what is saved is the result, which lies as x does, and its
 * gradient swaps nothing.
 */
function along(
  name: string,
  op: Op<'rows'>,
  slopeOp: Op<'rows'>,
): (x: Tensor, dim: number, dtype: DType | undefined) => Tensor {
  const slope = slopeAlong(slopeOp);
  return (x, dim, dtype) => {
    const rank = x.layout.shape.length;
    const d = dimension(name, dim, rank);
    const to = dtype ?? floatType(x.dtype);
    if (!isFloat(to)) throw new DTypeError(name, `gives fractions, which ${to} can't hold; ask for float32 or float64`);
    const source = toDType(x, to);
    if (rank === 0) return reshape(dispatch(op, reshape(source, [1])), []);
    if (d === rank - 1) return finish(dispatch(op, source), x, source);
    const node = state.tracking ? nodeOf(source) : null;
    const out = untracked(() => {
      const moved = transpose(source, d, rank - 1);
      const found = dispatch(op, moved);
      const back = transpose(found, d, rank - 1);
      return finish(clone(back), source, moved, found, back);
    });
    if (node !== null) {
      const whole = compositeOp(name, {
        needs: () => outputBit,
        apply: (own, _, g) => slope(savedResult(own), g, d),
      });
      record(new Plan(whole, [source.layout], [out.layout]), out, [source], [node], noNumbers);
    }
    return finish(out, x, source);
  };
}

interface SoftmaxOptions {
  readonly dtype?: DType | undefined;
}

const softmaxAlong = along('softmax', softmaxOp, softmaxSlope);
const logSoftmaxAlong = along('logSoftmax', logSoftmaxOp, logSoftmaxSlope);

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
