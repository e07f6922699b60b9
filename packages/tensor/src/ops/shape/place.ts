/** Tensors that are put together region by region: what cat, stack, pad and their kin share. */
import { type DType, ShapeError } from '@nn/backend';
import { fresh } from '../../core/dispatch.ts';
import { assign, type Write } from '../../core/in-place.ts';
import { layoutOf } from '../../core/layout.ts';
import { resultType } from '../../core/promotion.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { sizesOf } from '../elementwise/operand.ts';

/** Refuses what isn't a list of tensors. */
export function checkTensors(op: string, tensors: readonly Tensor[]): void {
  if (!Array.isArray(tensors) || tensors.length === 0)
    throw new ShapeError(op, 'no tensors given; pass one at least, in an array');
  for (const x of tensors) sizesOf(op, x);
}

/** Memory for a result that regions are about to fill; on the device of the first part. */
export const roomFor = (
  op: string,
  parts: readonly Tensor[],
  shape: readonly number[],
  dtype: DType = joinedType(parts),
): Tensor => fresh(layoutOf(parts[0]!.layout.device, dtype, shape), op);

/** The dtype in which parts meet. */
export const joinedType = (parts: readonly Tensor[]): DType => resultType(parts.map((t) => t.layout));

const writes = new Map<string, Write>();

/** Writes a part into a region, of which `make` gives the view; differentiable, and converted to the room's dtype. */
export function place(op: string, room: Tensor, part: Tensor, make: (room: Tensor) => Tensor): void {
  let write = writes.get(op);
  if (write === undefined) {
    write = { fresh: true, name: op };
    writes.set(op, write);
  }
  // A region has no history of its own: what it holds comes with the write.
  const region = untracked(() => make(room));
  assign(region, part, write);
  if (region !== room) region.dispose();
}
