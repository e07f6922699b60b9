/** Sums, means, counts. Sums run in at least the precision of their dtype; the backend fixes their order by the sizes alone. */

import {
  cast,
  castTo,
  type DType,
  DTypeError,
  div,
  type Expression,
  isFloat,
  isFloatScalar,
  isNotANumber,
  not,
  ShapeError,
  same,
  scalar,
  select,
} from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import { sumType } from '../../core/promotion.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import type { TotalOf } from '../../types/index.ts';
import type { MeanFunction, SumFunction } from '../../types/signatures.ts';
import { binary } from '../elementwise/build.ts';
import { toDType } from '../shape/convert.ts';
import { diagonalView } from '../shape/diagonal.ts';
import { finish } from '../shape/views.ts';
import { reducedCount, reduction, type TypedReduceOptions } from './build.ts';
import type { CountFunction } from './signatures.ts';

/** A sum in bool is whether any element differs from 0. */
const sumOrAny = (dtype: DType): 'sum' | 'max' => (dtype === 'bool' ? 'max' : 'sum');

const sumOf = reduction('sum', { combine: sumOrAny, dtype: sumType });

/**
 * The sum over all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`). Integers and bools add up in int64; `dtype` converts
 * the elements first. The sum of nothing is 0. PyTorch: `torch.sum`.
 * @example
 * ```ts
 * import { sum, tensor } from '@nn/tensor';
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await sum(x).item()); // prints: 10
 * console.log(await sum(x, { dim: 0 }).toArray()); // prints: [ 4, 6 ]
 * ```
 */
export const sum: SumFunction<'sum'> = sumOf as never;

const nansumOf = reduction('nansum', {
  combine: sumOrAny,
  dtype: sumType,
  body: ([x], dtype) => castTo(zeroForNaN(x!), dtype),
});

const zeroForNaN = (x: Expression): Expression => (isFloatScalar(x.type) ? select(isNotANumber(x), same(0, x), x) : x);

/** The sum with NaN counted as 0; options as `sum`. PyTorch: `torch.nansum`. */
export const nansum: SumFunction<'nansum'> = nansumOf as never;

const meanOf = reduction('mean', {
  combine: 'sum',
  dtype: (dtype) => dtype,
  epilogue: (total) => div(total, scalar(0, total.type)),
  scalars: 1,
});

/** Refuses what has no mean in its own dtype. */
function checkAverage(op: string, x: Tensor, dtype: DType = x.dtype): void {
  if (!isFloat(dtype))
    throw new DTypeError(
      op,
      `of ${x.dtype} ${dtype === x.dtype ? 'is a fraction' : `can't be ${dtype}`}; pass dtype: 'float32' or convert with .to('float32')`,
    );
}

/** `mean`, before its types. */
export function plainMean(x: Tensor, options?: TypedReduceOptions): Tensor {
  checkAverage('mean', x, options?.dtype);
  return meanOf(x, options, [reducedCount('mean', x, options?.dim)]);
}

/**
 * The mean over all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`). Floats only, unless `dtype` converts the elements
 * first; a `DTypeError` otherwise. The mean of nothing is NaN. PyTorch: `torch.mean`.
 * @example
 * ```ts
 * import { mean, tensor } from '@nn/tensor';
 * console.log(await mean(tensor([[1, 2], [3, 6]]), { dim: 1 }).toArray()); // prints: [ 1.5, 4.5 ]
 * ```
 */
export const mean: MeanFunction<'mean'> = plainMean as never;

const presentOf = reduction('nanmean', {
  combine: 'sum',
  dtype: (dtype) => dtype,
  body: ([x], dtype) => castTo(not(isNotANumber(x!)), dtype),
});

const quotient = binary('nanmean', 'promote', 'div');

/** The mean of the elements that are not NaN (NaN where there are none); options as `mean`. PyTorch: `torch.nanmean`. */
export const nanmean: MeanFunction<'nanmean'> = ((x: Tensor, options?: TypedReduceOptions): Tensor => {
  if (options !== undefined) checkNamed('nanmean', options);
  checkAverage('nanmean', x, options?.dtype);
  if (!isFloat(x.dtype)) return plainMean(x, options);
  // Sum and count wait in float32, for both may be beyond float16.
  const dtype = options?.dtype ?? x.dtype;
  const own = { ...options, dtype: dtype === 'float16' ? 'float32' : dtype };
  const total = nansumOf(x, own);
  const present = untracked(() => presentOf(x, own));
  const mean = quotient(total, present);
  return finish(toDType(mean, dtype), x, total, present, mean);
}) as never;

const countOf = reduction('countNonzero', {
  combine: 'sum',
  dtype: () => 'int64',
  body: ([x]) => cast(cast(x!, 'bool'), 'i32'),
});

/** How many elements differ from 0, over all or the dimensions `dim`, as int64. PyTorch: `torch.count_nonzero`. */
export const countNonzero: CountFunction = ((
  x: Tensor,
  options?: { readonly dim?: TypedReduceOptions['dim'] },
): Tensor => countOf(x, options)) as never;

/** The sum of a matrix' diagonal; integers add up in int64. PyTorch: `torch.trace`. */
export function trace<A extends Tensor>(x: A): Tensor<[], TotalOf<A['dtype']>> {
  const { shape } = x.layout;
  if (shape.length !== 2)
    throw new ShapeError(
      'trace',
      `takes a matrix, got shape ${shapeText(shape)}; index or reshape it to two dimensions first`,
    );
  const diagonal = diagonalView(x, 'trace', 0, 0, 1);
  return finish(sumOf(diagonal), x, diagonal) as never;
}
