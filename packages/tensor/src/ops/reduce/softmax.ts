/**
 * softmax and its logarithm as one `rows` kernel each, forwards and backwards: the largest element is taken out of every row, so that nothing
 * overflows. Gradients are stated over the result, which is all they need; theirs are derived. Rows of -∞ give NaN, as in PyTorch.
 */
import { type DType, DTypeError, div, exp, isFloat, log, mul, sub } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { compositeOp, savedResult } from '../../core/composite.ts';
import { dispatch, outputBit, record } from '../../core/dispatch.ts';
import { noNumbers } from '../../core/launch.ts';
import { checkNamed } from '../../core/named.ts';
import { Plan } from '../../core/plan.ts';
import { floatType } from '../../core/promotion.ts';
import { state, untracked } from '../../core/state.ts';
import { nodeOf } from '../../core/view.ts';
import type { Tensor } from '../../tensor.ts';
import type { SoftmaxFunction } from '../../types/signatures.ts';
import { neg } from '../elementwise/arithmetic.ts';
import { toDType } from '../shape/convert.ts';
import { finish, reshape } from '../shape/views.ts';
import { acrossOps, largest, type RowsRow, rowsOp, sumOf } from './rows.ts';

// dx = y (g - Σ y g) of y = softmax(x).
const softmaxSlope: RowsRow = {
  reductions: [sumOf((y, g) => mul(y!, g!))],
  output: (y, g, total) => mul(y!, sub(g!, total!)),
};
const raised: RowsRow = { reductions: [largest], output: (x, most) => exp(sub(x!, most!)) };
const shares: RowsRow = { reductions: [sumOf((e) => e!)], output: (e, total) => div(e!, total!) };
const softmaxRow: RowsRow = {
  reductions: [largest, sumOf((x, most) => exp(sub(x!, most!)))],
  output: (x, most, total) => div(exp(sub(x!, most!)), total!),
};

// dx = g - exp(y) Σ g of y = logSoftmax(x).
const logSoftmaxSlope: RowsRow = {
  reductions: [sumOf((_, g) => g!)],
  output: (y, g, total) => sub(g!, mul(exp(y!), total!)),
};
const logSoftmaxRow: RowsRow = {
  reductions: [largest, { ...sumOf((x, most) => exp(sub(x!, most!))), epilogue: (total) => log(total!) }],
  output: (x, most, logTotal) => sub(sub(x!, most!), logTotal!),
};

/** The row over any dimension: over the last one it is one kernel. What is saved is the result alone. */
function along(
  name: string,
  row: RowsRow,
  slopeRow: RowsRow,
  across: (dim: number, x: Tensor) => Tensor,
): (x: Tensor, dim: number, dtype: DType | undefined) => Tensor {
  const rowsSlope = rowsOp(`${name}Backward`, slopeRow);
  const op = rowsOp(name, { ...row, gradient: () => ({ operands: ['output', 'gradient'], op: rowsSlope }) });
  const slope = acrossOps(name, slopeRow);
  return (x, dim, dtype) => {
    const rank = x.layout.shape.length;
    const d = dimension(name, dim, rank);
    const to = dtype ?? floatType(x.dtype);
    if (!isFloat(to)) throw new DTypeError(name, `gives fractions, which ${to} can't hold; ask for float32 or float64`);
    const source = toDType(x, to);
    if (rank === 0) return reshape(dispatch(op, reshape(source, [1])), []);
    // Where there is no element, one dimension is as good as another.
    if (d === rank - 1 || x.layout.shape[d] === 0) return finish(dispatch(op, source), x, source);
    const node = state.tracking ? nodeOf(source) : null;
    const out = untracked(() => {
      const wide = to === 'float16' ? toDType(source, 'float32') : source;
      const found = across(d, wide);
      return finish(toDType(found, to), source, wide, found);
    });
    if (node !== null) {
      const whole = compositeOp(name, {
        needs: () => outputBit,
        apply: (own, _, g) => slope(d, savedResult(own), g),
      });
      record(new Plan(whole, [source.layout], [out.layout]), out, [source], [node], noNumbers);
    }
    return finish(out, x, source);
  };
}

interface SoftmaxOptions {
  readonly dtype?: DType | undefined;
}

const raise = acrossOps('softmax', raised);
const share = acrossOps('softmax', shares);
// Exponentials are the costly part: computed once.
const softmaxAlong = along('softmax', softmaxRow, softmaxSlope, (dim, x) => {
  const e = raise(dim, x);
  return finish(share(dim, e), x, e);
});
const logSoftmaxAlong = along('logSoftmax', logSoftmaxRow, logSoftmaxSlope, acrossOps('logSoftmax', logSoftmaxRow));

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
