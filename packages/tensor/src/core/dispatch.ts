/**
 * The one door: every op on tensors passes through `dispatch` or one of its relatives here and in `in-place.ts`. It finds the plan by pointer, makes the
 * result, launches, and records provenance when an input is tracked. Nothing here knows what an op means.
 */
import { tags } from '../memory/report.ts';
import { scopes } from '../memory/scope.ts';
import { share } from '../memory/storage.ts';
import type { Tensor } from '../tensor.ts';
import { noNumbers, run, runMany } from './launch.ts';
import type { Layout } from './layout.ts';
import { Node } from './node.ts';
import type { Op } from './op.ts';
import type { Plan } from './plan.ts';
import { planFor, planForMany } from './plan-cache.ts';
import { planCreate } from './plan-map.ts';
import { autograd, factory, state } from './state.ts';
import { nodeOf } from './view.ts';

/** Bit of the output in a mask of saved values. */
export const outputBit: number = 1 << 30;

/** A tensor over fresh memory; what it holds is undefined until something is launched into it. */
export function fresh(layout: Layout, tag: string): Tensor {
  const out = factory.make(layout.sizeClass.allocate(tags.current ?? tag), layout, 0);
  if (scopes.active !== null) scopes.active.add(out);
  return out;
}

/** Runs an op of up to three inputs and returns its (first) result. */
export function dispatch(
  op: Op,
  a: Tensor,
  b: Tensor | null = null,
  c: Tensor | null = null,
  scalars: readonly number[] = noNumbers,
): Tensor {
  const p = planFor(op, a?.layout, b === null ? null : b.layout, c === null ? null : c.layout);
  if (p.outs.length > 1) return dispatchMany(op, c !== null ? [a, b!, c] : b !== null ? [a, b] : [a], scalars)[0]!;
  const out = fresh(p.out, op.name);
  run(p, out, a, b, c, scalars);
  if (state.tracking) {
    const na = nodeOf(a);
    const nb = b === null ? null : nodeOf(b);
    const nc = c === null ? null : nodeOf(c);
    if (na !== null || nb !== null || nc !== null) attach(p, out, a, b, c, na, nb, nc, scalars);
  }
  return out;
}

/** Gives a result its node, and saves the values that the gradients of tracked inputs will read. Only floats are tracked. */
function attach(
  p: Plan,
  out: Tensor,
  a: Tensor,
  b: Tensor | null,
  c: Tensor | null,
  na: Node | null,
  nb: Node | null,
  nc: Node | null,
  scalars: readonly number[],
): void {
  if (!p.out.differentiable) return;
  const node = new Node(p, na, nb, nc, scalars);
  const mask = (na === null ? 0 : need(p, 0)) | (nb === null ? 0 : need(p, 1)) | (nc === null ? 0 : need(p, 2));
  if (mask !== 0) {
    if (mask & 1) node.sa = saved(a, node);
    if (mask & 2) node.sb = saved(b!, node);
    if (mask & 4) node.sc = saved(c!, node);
    if (mask & outputBit) node.so = saved(out, node);
  }
  if (autograd.seam.trace !== null) autograd.seam.trace(node);
  out.node = node;
}

/** Two nodes for what one launch computed: `then` of what `p` gives. */
export function recordThen(p: Plan, then: Plan, out: Tensor, a: Tensor, b: Tensor, c: Tensor | null): void {
  attach(p, out, a, b, c, nodeOf(a), nodeOf(b), c === null ? null : nodeOf(c), noNumbers);
  if (out.node !== null) attach(then, out, out, null, null, out.node, null, null, noNumbers);
}

/** Which values gradient j reads; asked of autograd once a plan. */
export function need(p: Plan, j: number): number {
  let mask = p.needs[j];
  if (mask === undefined) {
    mask = autograd.seam.needs(p, j);
    p.needs[j] = mask;
  }
  return mask;
}

/** A handle of the graph's own: disposing of the user's leaves the value alive, and no scope answers for it. Counts its version in. */
function saved(t: Tensor, node: Node): Tensor {
  node.versions += t.storage.version;
  return factory.make(share(t.storage), t.layout, t.start);
}

/** The values that the gradients of the tracked inputs read. */
export function needs(p: Plan, nodes: readonly (Node | null)[]): number {
  let mask = 0;
  for (let j = 0; j < nodes.length; j++) if (nodes[j] !== null) mask |= need(p, j);
  return mask;
}

/** `attach` for any number of inputs; returns the node, or null where the result can't be tracked. */
export function record(
  p: Plan,
  out: Tensor,
  inputs: readonly Tensor[],
  nodes: readonly (Node | null)[],
  scalars: readonly number[],
): Node | null {
  if (!out.layout.differentiable) return null;
  const node = new Node(p, nodes[0] ?? null, nodes[1] ?? null, nodes[2] ?? null, scalars);
  if (nodes.length > 3) node.detail().rest = nodes.slice(3);
  const mask = needs(p, nodes);
  const keep = (j: number): Tensor | null =>
    j < inputs.length && (mask & (1 << j)) !== 0 ? saved(inputs[j]!, node) : null;
  node.sa = keep(0);
  node.sb = keep(1);
  node.sc = keep(2);
  if (inputs.length > 3) node.detail().savedRest = inputs.slice(3).map((_, i) => keep(i + 3));
  if (mask & outputBit) node.so = saved(out, node);
  if (autograd.seam.trace !== null) autograd.seam.trace(node);
  out.node = node;
  return node;
}

/** Runs an op of any number of inputs; all results, of which only the first is differentiable. */
export function dispatchMany(op: Op, inputs: readonly Tensor[], scalars: readonly number[] = noNumbers): Tensor[] {
  const p = planForMany(op, inputs);
  const outs: Tensor[] = [];
  for (let k = 0; k < p.outs.length; k++) outs.push(fresh(p.outs[k]!, op.name));
  runMany(p, outs, inputs, scalars);
  if (state.tracking) {
    const nodes = inputs.map(nodeOf);
    if (nodes.some((n) => n !== null)) record(p, outs[0]!, inputs, nodes, scalars);
  }
  return outs;
}

/** Makes a tensor from nothing but run-time numbers and coordinates. */
export function dispatchCreate(op: Op<'map'>, layout: Layout, scalars: readonly number[]): Tensor {
  const p = planFor(op, layout, null, null, createPlanner);
  const out = fresh(p.out, op.name);
  run(p, out, out, null, null, scalars);
  return out;
}

const createPlanner = (op: Op, [layout]: readonly Layout[]): Plan => planCreate(op as Op<'map'>, layout!);
