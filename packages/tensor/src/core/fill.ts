/** Tensors of one value, for the layers that need them before the creation functions exist. */
import { type DType, dtypes, scalar } from '@nn/backend';
import type { Tensor } from '../tensor.ts';
import { dispatchCreate } from './dispatch.ts';
import { dispatchInto } from './in-place.ts';
import { type Device, layoutOf } from './layout.ts';
import { Op } from './op.ts';

const fillOp: Op<'map'> = new Op('map', 'full', {
  inPlace: false,
  build: ([layout]) => ({
    outputs: [{ dtype: layout!.dtype, expression: scalar(0, dtypes[layout!.dtype].scalar) }],
    scalars: 1,
  }),
});

const fillInPlaceOp: Op<'map'> = new Op('map', 'fill_', {
  inPlace: true,
  build: ([layout]) => ({
    outputs: [{ dtype: layout!.dtype, expression: scalar(0, dtypes[layout!.dtype].scalar) }],
    scalars: 1,
  }),
});

/** A dense tensor of one value. */
export const filled = (device: Device, dtype: DType, shape: readonly number[], value: number): Tensor =>
  dispatchCreate(fillOp, layoutOf(device, dtype, shape), [value]);

/** Of the same device, dtype and shape as another. */
export const filledLike = (t: Tensor, value: number): Tensor => filled(t.layout.device, t.dtype, t.layout.shape, value);

/** Overwrites every element with a value; differentiable, in that no gradient passes. */
export const fillInPlace = (t: Tensor, value: number): Tensor => dispatchInto(fillInPlaceOp, [t], [value]);
