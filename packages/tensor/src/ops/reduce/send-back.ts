/** Gradients of chosen elements go back to where those were. */
import { filledLike } from '../../core/fill.ts';
import { dispatchInto } from '../../core/in-place.ts';
import type { Tensor } from '../../tensor.ts';
import { scatterOps } from '../index/index-op.ts';

const add = scatterOps('scatterAdd_', 'sum', { form: 'aligned' });

/** Adds `g` to zeros at the indices along a dimension. */
export const sendBack = (like: Tensor, dim: number, indices: Tensor, g: Tensor): Tensor =>
  dispatchInto(add([dim], 0), [filledLike(like, 0), g, indices]);
