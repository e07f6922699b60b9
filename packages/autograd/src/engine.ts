/**
 * The walk. Pass one counts, for every node below the roots, how many gradients it will get; pass two runs nodes whose gradients are complete. Gradients are
 * counted references: one that nobody else holds is added to in place and given back by name when its node is done. Rules run through the same door as
 * everything else, so with `createGraph` they record provenance themselves.
 */
import { AutogradError } from '@nn/backend';
import { add, add_, Tensor } from '@nn/tensor';
import { clone, contiguous, type Node, type Receiver, sameNumbers, state } from '@nn/tensor/internal';
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

/** Counts edges below a node. Only nodes that lead to a captured one count, if there is a capture. */
function count(roots: readonly Node[], pass: number, capture: WalkOptions['capture']): void {
  const useful = capture === null ? null : leading(roots, capture);
  const stack: Node[] = [];
  const enter = (node: Node): void => {
    if (useful !== null && !useful.has(node)) return;
    if (node.mark !== pass) {
      if (node.gradient !== null || node.pending > 0)
        throw new AutogradError(
          'backward',
          'a backward inside of a backward reached the same graph; detach what the inner one needs, or run it afterwards',
        );
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
  count(roots, pass, capture);
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
    roots.forEach((root, i) => {
      arrive(root, handle(gradients[i]!), 0);
    });
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) step(node, arrive, options);
  } catch (error) {
    clear(roots, pass);
    throw error;
  } finally {
    state.tracking = wasTracking;
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
function step(node: Node, arrive: Arrive, options: WalkOptions): void {
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
  if (!node.isLeaf) propagate(node, g, arrive, options);
  if (!exposed) g.dispose();
}

function replaced(answer: unknown, g: Tensor): Tensor {
  if (!(answer instanceof Tensor)) return g;
  if (!sameNumbers(answer.layout.shape, g.layout.shape))
    throw new AutogradError(
      'registerHook',
      `a hook returned a gradient of shape (${answer.shape.join(', ')}) for one of (${g.shape.join(', ')})`,
    );
  return answer;
}

/** Puts a gradient where `grad` reads it; true if the tensor itself was taken. */
function deliver(receiver: Receiver, g: Tensor, shared: boolean, options: WalkOptions): boolean {
  const held = receiver.gradient;
  if (held === null) {
    const take = !shared && g.storage.references === 1 && g.base === null && g.layout.contiguous;
    receiver.gradient = take ? g : options.createGraph ? clone(g) : noGrad(() => clone(contiguous(g)));
    receiver.exposed = false;
    return take;
  }
  if (options.createGraph || held.requiresGrad) {
    receiver.gradient = add(held, g);
    receiver.exposed = false;
  } else add_(held, g);
  return false;
}

/** Sends a node's gradient to its parents by the rule of its op. */
function propagate(node: Node, g: Tensor, arrive: Arrive, options: WalkOptions): void {
  checkSaved(node);
  const { kind } = node.plan.op;
  if (kind === 'custom') {
    // One output of a custom function: its gradient waits in the function's slot.
    arrive(node.a!, handle(g), node.slot);
    return;
  }
  const rule = rules[kind];
  eachParent(node, (parent, j) => {
    if (parent.mark === 0) return;
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
