/** Another dtype, differentiable: a copy, or the tensor itself where it has it already. */
import { castTo, type DType } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { Op } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';

const ops = new Map<DType, Op<'map'>>();

export function converted(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  let op = ops.get(dtype);
  if (op === undefined) {
    op = new Op('map', 'to', { inPlace: false, build: ([layout]) => single(dtype, castTo(element(layout!, 0), dtype)) });
    ops.set(dtype, op);
  }
  return dispatch(op, x);
}
