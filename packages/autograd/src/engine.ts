/**
 * The walk. Pass one counts, for every node below the roots, how many gradients it will get; pass two runs nodes whose gradients are complete. Gradients are
 * counted references: one that nobody else holds is added to in place and given back by name when its node is done. Rules run through the same door as
 * everything else, so with `createGraph` they record provenance themselves.
 */
import { AutogradError } from '@nn/backend';
import { add, add_, Tensor } from '@nn/tensor';
import { clone, type Node, outlive, type Receiver, sameNumbers, state } from '@nn/tensor/internal';
import { checkGradient } from './anomaly.ts';
import { runCustom } from './custom.ts';
import { noGrad } from './no-grad.ts';
import { rules } from './rules/index.ts';
import { handle } from './rules/rule.ts';

export interface WalkOptions {
  readonly retainGraph: boolean;
  readonly createGraph: boolean;
  /** Where given: the gradients of these nodes are collected here, and nothing goes to leaves. */
  readonly capture: Map<Node, Tensor | null> | null;
}

let passes = 0;
/** Walks that are running: more than one where a hook or a backward of its own calls backward. */
let depth = 0;

/** What an outer walk has left on a node that an inner one goes through. */
interface Displaced {
  readonly node: Node;
  readonly mark: number;
  readonly pending: number;
  readonly gradient: Tensor | null;
  readonly slots: readonly (Tensor | null)[] | null;
}

/** Lays aside what an outer walk has collected on a node. */
function displace(node: Node): Displaced {
  const { mark, pending, gradient } = node;
  const slots = node.extra?.slots ?? null;
  const displaced = { node, mark, pending, gradient, slots: slots === null ? null : [...slots] };
  node.pending = 0;
  node.gradient = null;
  slots?.fill(null);
  return displaced;
}

function restore({ node, mark, pending, gradient, slots }: Displaced): void {
  node.mark = mark;
  node.pending = pending;
  node.gradient = gradient;
  slots?.forEach((g, k) => {
    node.extra!.slots![k] = g;
  });
}

/** Counts edges below a node. Only nodes that lead to a captured one count, if there is a capture. */
function count(roots: readonly Node[], pass: number, capture: WalkOptions['capture'], displaced: Displaced[]): void {
  const useful = capture === null ? null : leading(roots, capture);
  const stack: Node[] = [];
  const enter = (node: Node): void => {
    if (useful !== null && !useful.has(node)) return;
    if (node.mark !== pass) {
      if (depth > 1) displaced.push(displace(node));
      node.mark = pass;
      stack.push(node);
    }
    node.pending++;
  };
  for (const root of roots) enter(root);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) eachParent(node, enter);
}

function eachParent(node: Node, visit: (parent: Node, j: number) => void): void {
  if (node.a !== null) visit(node.a, 0);
  if (node.b !== null) visit(node.b, 1);
  if (node.c !== null) visit(node.c, 2);
  node.rest?.forEach((parent, i) => {
    if (parent !== null) visit(parent, i + 3);
  });
}

/** Nodes from which a captured one can be reached. */
function leading(roots: readonly Node[], capture: ReadonlyMap<Node, unknown>): Set<Node> {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; done: boolean }[] = roots.map((node) => ({ node, done: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.done) order.push(top.node);
    else if (!seen.has(top.node)) {
      seen.add(top.node);
      stack.push({ node: top.node, done: true });
      eachParent(top.node, (parent) => stack.push({ node: parent, done: false }));
    }
  }
  const useful = new Set<Node>();
  for (const node of order) {
    let reaches = capture.has(node);
    eachParent(node, (parent) => {
      if (useful.has(parent)) reaches = true;
    });
    if (reaches) useful.add(node);
  }
  return useful;
}

/** Adds a gradient, which is the node's from now on. */
function give(node: Node, g: Tensor, slot: number): void {
  if (node.extra !== null && node.extra.slots !== null) {
    const { slots } = node.extra;
    slots[slot] = slots[slot] == null ? g : joined(slots[slot], g);
  } else node.gradient = node.gradient === null ? g : joined(node.gradient, g);
}

function joined(sum: Tensor, g: Tensor): Tensor {
  const owned =
    !state.tracking &&
    sum.storage.references === 1 &&
    sum.base === null &&
    sum.layout.contiguous &&
    sum.layout.shape.length === g.layout.shape.length;
  if (owned && sum.dtype === g.dtype) {
    add_(sum, g);
    g.dispose();
    return sum;
  }
  const total = add(sum, g);
  sum.dispose();
  g.dispose();
  return total;
}

/** Runs backward from the roots with their gradients. */
export function walk(roots: readonly Node[], gradients: readonly Tensor[], options: WalkOptions): void {
  const { capture } = options;
  const pass = ++passes;
  const displaced: Displaced[] = [];
  depth++;
  const ready: Node[] = [];
  const arrive = (node: Node, g: Tensor | null, slot: number): void => {
    if (node.mark !== pass) {
      g?.dispose();
      return;
    }
    if (g !== null) give(node, g, slot);
    if (--node.pending === 0) ready.push(node);
  };
  const wasTracking = state.tracking;
  state.tracking = options.createGraph;
  try {
    count(roots, pass, capture, displaced);
    roots.forEach((root, i) => {
      arrive(root, handle(gradients[i]!), 0);
    });
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) step(node, pass, arrive, options);
  } catch (error) {
    clear(roots, pass);
    throw error;
  } finally {
    state.tracking = wasTracking;
    depth--;
    displaced.forEach(restore);
  }
}

/** Leaves no half-collected gradient behind after an error. */
function clear(roots: readonly Node[], pass: number): void {
  const stack = [...roots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.mark !== pass) continue;
    node.mark = 0;
    node.pending = 0;
    node.gradient?.dispose();
    node.gradient = null;
    if (node.extra?.slots != null) node.extra.slots.fill(null);
    eachParent(node, (parent) => {
      stack.push(parent);
    });
  }
}

type Arrive = (node: Node, g: Tensor | null, slot: number) => void;

/** Runs one node whose gradient is complete. */
function step(node: Node, pass: number, arrive: Arrive, options: WalkOptions): void {
  if (node.extra !== null && node.extra.slots !== null) {
    runCustom(node, (parent, g) => arrive(parent, g, 0), options);
    return;
  }
  let g = node.gradient;
  node.gradient = null;
  if (g === null) {
    // Nothing flowed here, so nothing flows on.
    eachParent(node, (parent) => arrive(parent, null, node.slot));
    return;
  }
  let exposed = false;
  if (node.extra !== null) {
    for (const hook of node.extra.hooks.values()) {
      exposed = true;
      g = replaced(hook(g), g);
    }
    if (options.capture === null)
      for (const receiver of node.extra.receivers)
        exposed = deliver(receiver, g, exposed || !node.isLeaf, options) || exposed;
  }
  if (options.capture?.has(node) === true) {
    options.capture.set(node, g);
    exposed = true;
  }
  if (leadsOn(node, pass)) propagate(node, g, pass, arrive, options);
  if (!exposed) g.dispose();
}

/** Whether this walk goes on below a node: not below leaves, nor below what is only captured, whose saved values stay for a later walk. */
const leadsOn = (node: Node, pass: number): boolean =>
  node.a?.mark === pass ||
  node.b?.mark === pass ||
  node.c?.mark === pass ||
  (node.rest?.some((parent) => parent?.mark === pass) ?? false);

function replaced(answer: unknown, g: Tensor): Tensor {
  if (!(answer instanceof Tensor)) return g;
  if (!sameNumbers(answer.layout.shape, g.layout.shape))
    throw new AutogradError(
      'registerHook',
      `a hook returned a gradient of shape (${answer.shape.join(', ')}) for one of (${g.shape.join(', ')})`,
    );
  if (answer.layout.dtype !== g.layout.dtype || answer.layout.device !== g.layout.device)
    throw new AutogradError(
      'registerHook',
      `a hook returned a gradient of ${answer.dtype} on ${answer.backend.name} for one of ${g.dtype} on ${g.backend.name}`,
    );
  return answer;
}

/** Puts a gradient where `grad` reads it; true if the tensor itself was taken. */
function deliver(receiver: Receiver, g: Tensor, shared: boolean, options: WalkOptions): boolean {
  const held = receiver.gradient;
  if (held === null) {
    const whole = g.base === null || g.base.layout.size === g.layout.size;
    const take = !shared && g.storage.references === 1 && whole && g.layout.contiguous;
    if (take) g.base = null;
    receiver.gradient = outlive(take ? g : options.createGraph ? clone(g) : noGrad(() => clone(g)));
    receiver.exposed = false;
    return take;
  }
  if (options.createGraph || held.requiresGrad) {
    receiver.gradient = outlive(add(held, g));
    receiver.exposed = false;
  } else add_(held, g);
  return false;
}

/** Sends a node's gradient to its parents by the rule of its op. */
function propagate(node: Node, g: Tensor, pass: number, arrive: Arrive, options: WalkOptions): void {
  checkSaved(node);
  const { kind } = node.plan.op;
  if (kind === 'custom') {
    // One output of a custom function: its gradient waits in the function's slot.
    arrive(node.a!, handle(g), node.slot);
    return;
  }
  const rule = rules[kind];
  eachParent(node, (parent, j) => {
    if (parent.mark !== pass) return;
    const own = rule.apply(node, j, g);
    if (own !== null) checkGradient(node, own);
    arrive(parent, own === g ? handle(g) : own, 0);
  });
  if (!options.retainGraph) free(node);
}

/** Saved values must still be what they were. */
export function checkSaved(node: Node): void {
  if (node.versions === -1)
    throw new AutogradError(
      'backward',
      `the graph of ${node.plan.op.name} was freed by an earlier backward; pass { retainGraph: true } to the first one to go through it twice`,
    );
  let sum = 0;
  for (let j = 0; j < node.plan.inputs.length; j++) sum += node.saved(j)?.storage.version ?? 0;
  sum += node.so?.storage.version ?? 0;
  if (sum !== node.versions)
    throw new AutogradError(
      'backward',
      `a value that ${node.plan.op.name} needs for its gradient was changed in place after it was used; use the op that returns a new tensor, or clone() before changing it`,
    );
}

/** Gives the saved values back. */
function free(node: Node): void {
  if (node.sa === null && node.sb === null && node.sc === null && node.so === null && node.savedRest === null) return;
  node.sa?.dispose();
  node.sb?.dispose();
  node.sc?.dispose();
  node.so?.dispose();
  for (const t of node.savedRest ?? []) t?.dispose();
  node.sa = null;
  node.sb = null;
  node.sc = null;
  node.so = null;
  node.savedRest = null;
  node.versions = -1;
}
