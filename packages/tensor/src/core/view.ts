/**
 * Views and aliasing. A view shares its source's storage and remembers the root tensor (`base`). When the storage was written since, the view's
 * provenance is derived anew from the base's, as PyTorch does; an in-place change of a view is a `write` in the base's provenance.
 */

import { scopes } from '../memory/scope.ts';
import { share } from '../memory/storage.ts';
import type { Tensor } from '../tensor.ts';
import { noNumbers } from './launch.ts';
import { type Layout, layoutOf } from './layout.ts';
import { moveReceiver, Node } from './node.ts';
import { Op } from './op.ts';
import { Plan } from './plan.ts';
import { autograd, factory, state } from './state.ts';

/** A tensor's node, derived anew if it is a view of a storage that was written since. */
export const nodeOf = (t: Tensor): Node | null =>
  t.base === null || t.seen === t.storage.version ? t.node : derive(t);

function derive(t: Tensor): Node | null {
  // A disposed handle keeps the place in the graph that it had.
  if (t.storage.slab === null) return t.node;
  const base = t.base!;
  t.seen = t.storage.version;
  const [was, parent] = [t.node, base.node];
  t.node =
    parent === null ? null : viewNode(new Plan(stridedOp(t.start - base.start), [base.layout], [t.layout]), parent);
  moveReceiver(t.receiver, was, t.node);
  return t.node;
}

/** A view given by offset and strides over the source's memory. */
export const stridedOp = (offset: number, name = 'asStrided'): Op<'view'> =>
  new Op('view', name, { view: 'strided', offset });

/** The provenance of a view by this plan. */
export function viewNode(p: Plan, parent: Node): Node {
  const node = new Node(p, parent, null, null, noNumbers);
  if (autograd.seam.trace !== null) autograd.seam.trace(node);
  return node;
}

/** A tensor over the same memory. `start` counts from the storage's start. */
export function view(
  op: Op<'view'>,
  source: Tensor,
  shape: readonly number[],
  strides: readonly number[],
  start: number,
): Tensor {
  const out = alias(source, shape, strides, start);
  out.base = source.base ?? source;
  out.seen = source.storage.version;
  if (state.tracking) {
    const parent = nodeOf(source);
    if (parent !== null) out.node = viewNode(new Plan(op, [source.layout], [out.layout]), parent);
  }
  return out;
}

/** The same by a plan that was met before: nothing is worked out. */
export function viewAs(p: Plan, source: Tensor): Tensor {
  const out = factory.make(share(source.storage), p.out, source.start + p.offset);
  if (scopes.active !== null) scopes.active.add(out);
  out.base = source.base ?? source;
  out.seen = source.storage.version;
  if (state.tracking) {
    const parent = nodeOf(source);
    if (parent !== null) out.node = viewNode(p, parent);
  }
  return out;
}

/** The plan of a view, for those that are met again and again. */
export function viewPlan(
  op: Op<'view'>,
  source: Layout,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Plan {
  return new Plan(op, [source], [layoutOf(source.device, source.dtype, shape, strides)], { offset });
}

/** The same memory without provenance: what `detach` gives. */
export function alias(source: Tensor, shape: readonly number[], strides: readonly number[], start: number): Tensor {
  const layout = layoutOf(source.layout.device, source.dtype, shape, strides);
  const out = factory.make(share(source.storage), layout, start);
  if (scopes.active !== null) scopes.active.add(out);
  return out;
}

/** After an in-place change of a view whose new value has this node (null: not tracked): the base's provenance takes it in. */
export function rebase(target: Tensor, value: Node | null, fresh: boolean, name = 'copySlices'): void {
  const base = target.base!;
  const op = new Op('write', name, { strides: target.layout.strides, offset: target.start - base.start, fresh });
  const node = new Node(new Plan(op, [base.layout, target.layout], [base.layout]), base.node, value, null, noNumbers);
  if (autograd.seam.trace !== null) autograd.seam.trace(node);
  moveReceiver(base.receiver, base.node, node);
  base.node = node;
}

/** Whether two tensors share memory without being the same elements in the same order. */
export function overlaps(a: Tensor, b: Tensor): boolean {
  return a.storage === b.storage && (a.start !== b.start || a.layout !== b.layout);
}
