/** The same values in another dtype, another place in memory, or dense. */
import { castTo, type DType, dtypes, input } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { Op } from '../../core/op.ts';
import { checkDType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import * as views from './views.ts';

const casts = new Map<DType, Op<'map'>>(
  (Object.keys(dtypes) as DType[]).map((dtype) => [
    dtype,
    new Op('map', 'toCopy', {
      inPlace: false,
      build: ([x]) => ({
        outputs: [{ dtype, expression: castTo(input(0, dtypes[x!.dtype].scalar), dtype) }],
        scalars: 0,
      }),
    }),
  ]),
);

/**
 * The values in another dtype; the tensor itself if it has that already. Floats lose their fraction on the way to integers, anything but 0 is true.
 * PyTorch: `Tensor.to(dtype)`.
 * @throws DTypeError for a dtype that doesn't exist or that the backend lacks
 * @example
 * ```ts
 * import { tensor, toDType } from '@nn/tensor';
 * console.log(await toDType(tensor([1.7, 0]), 'int64').toArray()); // prints: [ 1, 0 ]
 * ```
 */
export function toDType<A extends Tensor, D extends DType>(x: A, dtype: D): Tensor<A['~shape'], D> {
  if (x.dtype === dtype) return x as never;
  checkDType('to', dtype);
  return dispatch(casts.get(dtype)!, x) as never;
}

/** The values in the dtype of another tensor; PyTorch: `Tensor.type_as`. */
export const typeAs = <A extends Tensor, B extends Tensor>(x: A, other: B): Tensor<A['~shape'], B['dtype']> =>
  toDType(x, other.dtype) as never;

/** A dense copy, differentiable; PyTorch: `torch.clone`. */
export const clone = <A extends Tensor>(x: A): Tensor<A['~shape'], A['dtype']> => views.clone(x) as never;

/** Dense in row-major order: the tensor itself if it is, else a copy; PyTorch: `Tensor.contiguous`. */
export const contiguous = <A extends Tensor>(x: A): Tensor<A['~shape'], A['dtype']> => views.contiguous(x) as never;
