/**
 * Provenance: how a tensor came about. A node is immutable but for the scratch fields of a running backward; in-place operations swap a tensor's
 * node, so nothing becomes its own ancestor. Nodes link nodes, not tensors; only values that a derivative reads are saved.
 */

import type { Tensor } from '../tensor.ts';
import type { Plan } from './plan.ts';

/** A backward hook: sees the gradient; a tensor that it returns replaces it. */
export type GradientHook = (gradient: Tensor) => unknown;

const none: readonly never[] = [];

/** Cold facts of a node. */
export class NodeExtra {
  readonly hooks: Map<number, GradientHook> = new Map();
  /** Where to put the gradient of a leaf, or of a tensor that called `retainGrad()`. */
  readonly receivers: Set<Receiver> = new Set();
  /** Anomaly mode: where the op was called, and in which module. */
  trace: string | null = null;
  /** Gradients of a custom function's outputs, as they come in. */
  slots: (Tensor | null)[] | null = null;
  /** Which output of a custom function this is; the node's parent `a` is the function's own. */
  slot = 0;
  /** Parents, and values saved of inputs, beyond three. */
  rest: readonly (Node | null)[] = none;
  savedRest: readonly (Tensor | null)[] = none;
}

/** What a tensor keeps of its gradient: present on leaves and on tensors with `retainGrad()`. */
export class Receiver {
  gradient: Tensor | null = null;
  /** The user has seen the gradient, so it may no longer be freed by name. */
  exposed = false;
  /** The leaf while it isn't tracked, and what it had: a graph made before leaves it alone, and knows it again when it is tracked again. */
  parked: Node | null = null;
  extra: NodeExtra | null = null;
}

/** A tensor got another node: `retainGrad()` goes along, hooks stay with the value that they were put on; as in PyTorch. */
export function moveReceiver(receiver: Receiver | null, from: Node | null, to: Node | null): void {
  if (receiver === null || from === null || to === null || from === to || from.extra === null || from.isLeaf) return;
  if (from.extra.receivers.delete(receiver)) to.detail().receivers.add(receiver);
}

export class Node {
  readonly plan: Plan;
  readonly a: Node | null;
  readonly b: Node | null;
  readonly c: Node | null;
  /** Saved inputs and result, where the derivative reads them. */
  sa: Tensor | null;
  sb: Tensor | null;
  sc: Tensor | null;
  so: Tensor | null;
  /** Sum of the saved storages' versions: counters only grow, so an equal sum means that none was written. -1: already freed. */
  versions: number;
  readonly scalars: readonly number[];
  /** What few nodes have. */
  extra: NodeExtra | null;
  /** Scratch of a running backward. */
  gradient: Tensor | null;
  pending: number;
  mark: number;

  constructor(plan: Plan, a: Node | null, b: Node | null, c: Node | null, scalars: readonly number[]) {
    this.plan = plan;
    this.a = a;
    this.b = b;
    this.c = c;
    this.sa = null;
    this.sb = null;
    this.sc = null;
    this.so = null;
    this.versions = 0;
    this.scalars = scalars;
    this.extra = null;
    this.gradient = null;
    this.pending = 0;
    this.mark = 0;
  }

  /** Parents beyond three. */
  get rest(): readonly (Node | null)[] {
    return this.extra === null ? none : this.extra.rest;
  }

  parent(j: number): Node | null {
    return j === 0 ? this.a : j === 1 ? this.b : j === 2 ? this.c : (this.rest[j - 3] ?? null);
  }

  saved(j: number): Tensor | null {
    return j === 0 ? this.sa : j === 1 ? this.sb : j === 2 ? this.sc : (this.extra?.savedRest[j - 3] ?? null);
  }

  get isLeaf(): boolean {
    return this.plan.op.kind === 'leaf';
  }

  detail(): NodeExtra {
    this.extra ??= new NodeExtra();
    return this.extra;
  }
}

/** Bit of input j in a mask of saved values. */
export const bit = (j: number): number => 1 << j;

/** A saved input, with its provenance, so that second derivatives find it. */
export function savedInput(node: Node, j: number): Tensor {
  const t = node.saved(j)!;
  t.node = node.parent(j);
  return t;
}
