/** log Σ exp as one `rows` kernel, with the largest element taken out first so that nothing overflows. */
import { abs, add, type Expression, equal, exp, log, mul, same, select, sub } from '@nn/backend';
import { dimensions } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { contiguousStrides, sizeOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import type { Op } from '../../core/op.ts';
import { floatType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { FloatReduceFunction } from '../../types/signatures.ts';
import { toDType } from '../shape/convert.ts';
import { finish, regroup, reorder, reshape } from '../shape/views.ts';
import type { ReduceOptions } from './build.ts';
import { largest, rowsOp, sumOf } from './rows.ts';

/** What is taken out: the largest element where it is finite, else nothing, since ∞ - ∞ says nothing. */
const shift = (most: Expression): Expression => {
  const infinite = equal(abs(most), same(Number.POSITIVE_INFINITY, most));
  return select(infinite, same(0, most), most);
};

/** dx = g exp(x - y), over (y, g, x). */
const slope: Op<'rows'> = rowsOp('logsumexpBackward', {
  reductions: [],
  output: (y, g, x) => mul(g!, exp(sub(x!, y!))),
});

const logsumexpOp: Op<'rows'> = rowsOp('logsumexp', {
  reductions: [largest, sumOf((x, most) => exp(sub(x!, shift(most!))))],
  output: (_, most, total) => add(log(total!), shift(most!)),
  perRow: true,
  gradient: () => ({ operands: ['output', 'gradient', 0], op: slope }),
});

/**
 * log Σ exp(x) over all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`), without overflow: the largest element m is taken out,
 * log Σ exp(x) = m + log Σ exp(x - m). Integers become floats. -∞ of nothing and of rows of -∞. PyTorch: `torch.logsumexp`.
 * @example
 * ```ts
 * import { logsumexp, tensor } from '@nn/tensor';
 * console.log(await logsumexp(tensor([1000, 1000])).item()); // prints: 1000.6931762695312
 * ```
 */
export const logsumexp: FloatReduceFunction<'logsumexp'> = ((x: Tensor, options?: ReduceOptions): Tensor => {
  if (options !== undefined) checkNamed('logsumexp', options);
  const { shape } = x.layout;
  const dims = dimensions('logsumexp', options?.dim, shape.length);
  const kept = shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const sizes = (list: readonly number[]): number[] => list.map((d) => shape[d]!);
  const source = toDType(x, floatType(x.dtype));
  const moved = reorder(source, 'logsumexp', [...kept, ...dims]);
  const rows = reshape(moved, [...sizes(kept), sizeOf(sizes(dims))]);
  const result = finish(dispatch(logsumexpOp, rows), x, source, moved, rows);
  if (options?.keepdim !== true) return result;
  const ones = shape.map((n, d) => (dims.includes(d) ? 1 : n));
  const out = regroup(result, 'logsumexp', ones, contiguousStrides(ones));
  out.base = null;
  result.dispose();
  return out;
}) as never;
