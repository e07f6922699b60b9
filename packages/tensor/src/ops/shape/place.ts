/** Tensors that are put together region by region: what cat, stack, pad and their kin share. */
import { type DType, ShapeError } from '@nn/backend';
import { assignOp } from '../../core/copy.ts';
import { fresh } from '../../core/dispatch.ts';
import { assign, type Write } from '../../core/in-place.ts';
import { noNumbers, run } from '../../core/launch.ts';
import { layoutOf } from '../../core/layout.ts';
import { planFor } from '../../core/plan-cache.ts';
import { resultType } from '../../core/promotion.ts';
import { state, untracked } from '../../core/state.ts';
import { alias, nodeOf } from '../../core/view.ts';
import type { Tensor } from '../../tensor.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { stridedView } from './views.ts';

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

const isTracked = (parts: readonly Tensor[]): boolean => state.tracking && parts.some((part) => nodeOf(part) !== null);

/** Where a part begins in its room. One without elements begins where the room does, so that no offset lies beyond the memory. */
const startOf = (part: Tensor, offset: number): number => (part.layout.size === 0 ? 0 : offset);

/**
 * Writes parts into regions of their shapes, which have these strides; part i begins `offsets[i]` elements after the room. Differentiable: then every region is a view. Without
 * gradients one handle moves from region to region.
 */
export function placeEach(
  op: string,
  room: Tensor,
  parts: readonly Tensor[],
  strides: readonly number[],
  offsets: readonly number[],
): void {
  if (isTracked(parts)) {
    parts.forEach((part, i) => {
      place(op, room, part, (r) => stridedView(r, part.layout.shape, strides, startOf(part, offsets[i]!)));
    });
    return;
  }
  const { device, dtype } = room.layout;
  let like = parts[0]!.layout;
  const region = alias(room, like.shape, strides, room.start);
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part.layout !== like) {
      like = part.layout;
      region.layout = layoutOf(device, dtype, like.shape, strides);
    }
    region.start = room.start + startOf(part, offsets[i]!);
    run(planFor(assignOp, region.layout, like, null), region, region, part, null, noNumbers);
  }
  region.dispose();
}
