/**
 * The walk. Pass one counts, for every node below the roots, how many gradients it will get; pass two runs nodes whose gradients are complete. Gradients are
 * counted references: one that nobody else holds is added to in place and given back by name when its node is done. Rules run through the same door as
 * everything else, so with `createGraph` they record provenance themselves.
 */
import { AutogradError } from '@nn/backend';
import { add, add_, Tensor } from '@nn/tensor';
import {
  checkGradient,
  clone,
  type Node,
  type OpKind,
  outlive,
  type Plan,
  type Receiver,
  type Rule,
  release,
  scopes,
  share,
  state,
} from '@nn/tensor/internal';
import { anomaly } from './anomaly.ts';
import { noGrad } from './no-grad.ts';
import { ruleOf } from './rules/index.ts';
import { handle } from './rules/rule.ts';

export interface WalkOptions {
  readonly retainGraph: boolean;
  readonly createGraph: boolean;
  /** Where given: the gradients of these nodes are collected here, and nothing goes to leaves. What other tensors retain, they get. */
  readonly capture: Map<Node, Tensor | null> | null;
  /** Only these nodes count, if something is captured. */
  readonly useful: ReadonlySet<Node> | null;
}

/** Runs the backward of a custom function whose outputs' gradients have all arrived. The op brings it. `drop` gives up a gradient in flight. */
export type RunCustom = (
  node: Node,
  arrive: (parent: Node, g: Tensor | null) => void,
  drop: (g: Tensor) => void,
  options: WalkOptions,
) => void;

let passes = 0;
/** Walks that are running: more than one where a hook or a backward of its own calls backward. */
let depth = 0;
/** Nodes to be counted, or whose gradients are complete. Kept between walks; each running one has the part above its own bottom. */
const stack: Node[] = [];

/** One running walk. */
interface Walk {
  readonly pass: number;
  readonly options: WalkOptions;
  readonly displaced: Displaced[];
}

/** What an outer walk has left on a node that an inner one goes through. */
interface Displaced {
  readonly node: Node;
  readonly mark: number;
  readonly pending: number;
  readonly gradient: Tensor | null;
  readonly slots: readonly (Tensor | null)[] | null;
}

/** One more reference to a gradient in flight. In a scope, which answers for every tensor by itself, a handle of its own. */
function another(g: Tensor): Tensor {
  if (scopes.active !== null) return handle(g);
  share(g.storage);
  return g;
}

/** One reference less. The tensor may still be in flight elsewhere, so outside of scopes only its count goes down. */
function drop(g: Tensor): void {
  if (scopes.active !== null) g.dispose();
  else release(g.storage);
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

/** Counts the gradients that every node below the roots will get. */
function count(roots: readonly Node[], walk: Walk): void {
  const bottom = stack.length;
  for (let i = 0; i < roots.length; i++) enter(roots[i]!, walk);
  while (stack.length > bottom) {
    const { a, b, c, extra } = stack.pop()!;
    if (a !== null) enter(a, walk);
    if (b !== null) enter(b, walk);
    if (c !== null) enter(c, walk);
    if (extra !== null) for (const parent of extra.rest) if (parent !== null) enter(parent, walk);
  }
}

function enter(node: Node, walk: Walk): void {
  const { useful } = walk.options;
  if (useful !== null && !useful.has(node)) return;
  if (node.mark !== walk.pass) {
    if (depth > 1) walk.displaced.push(displace(node));
    node.mark = walk.pass;
    stack.push(node);
  }
  node.pending++;
}

export function eachParent(node: Node, visit: (parent: Node, j: number) => void): void {
  if (node.a !== null) visit(node.a, 0);
  if (node.b !== null) visit(node.b, 1);
  if (node.c !== null) visit(node.c, 2);
  node.rest.forEach((parent, i) => {
    if (parent !== null) visit(parent, i + 3);
  });
}

/** Adds a gradient, which is the node's from now on. */
function give(node: Node, g: Tensor, slot: number): void {
  if (node.extra !== null && node.extra.slots !== null) {
    const { slots } = node.extra;
    slots[slot] = slots[slot] == null ? g : joined(slots[slot], g);
  } else node.gradient = node.gradient === null ? g : joined(node.gradient, g);
}

/** Whether a collected gradient is dense, and the walk's alone. */
const isOwn = (sum: Tensor): boolean =>
  !state.tracking && sum.storage.references === 1 && sum.base === null && sum.layout.contiguous;

function joined(sum: Tensor, g: Tensor): Tensor {
  const fits = sum.layout.shape.length === g.layout.shape.length && sum.layout.dtype === g.layout.dtype;
  if (fits && isOwn(sum)) {
    add_(sum, g);
    drop(g);
    return sum;
  }
  const total = add(sum, g);
  drop(sum);
  drop(g);
  return total;
}

/** A gradient (null: none flows) comes to a node; with the last one the node is ready. */
function arrive(node: Node, g: Tensor | null, slot: number, pass: number): void {
  if (node.mark !== pass) {
    if (g !== null) drop(g);
    return;
  }
  if (g !== null) give(node, g, slot);
  if (--node.pending === 0) stack.push(node);
}

/** Runs backward from the roots with their gradients, which are the walk's from now on. */
export function walk(roots: readonly Node[], gradients: readonly Tensor[], options: WalkOptions): void {
  const own: Walk = { pass: ++passes, options, displaced: [] };
  const bottom = stack.length;
  depth++;
  const wasTracking = state.tracking;
  state.tracking = options.createGraph;
  try {
    count(roots, own);
    for (let i = 0; i < roots.length; i++) arrive(roots[i]!, gradients[i]!, 0, own.pass);
    while (stack.length > bottom) step(stack.pop()!, own);
  } catch (error) {
    stack.length = bottom;
    clear(roots, own.pass);
    throw error;
  } finally {
    state.tracking = wasTracking;
    depth--;
    for (const each of own.displaced) restore(each);
  }
}

/** Leaves no half-collected gradient behind after an error. */
function clear(roots: readonly Node[], pass: number): void {
  const stack = [...roots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.mark !== pass) continue;
    node.mark = 0;
    node.pending = 0;
    if (node.gradient !== null) drop(node.gradient);
    node.gradient = null;
    if (node.extra?.slots != null) node.extra.slots.fill(null);
    eachParent(node, (parent) => {
      stack.push(parent);
    });
  }
}

/** Runs one node whose gradient is complete. */
function step(node: Node, walk: Walk): void {
  const { pass, options } = walk;
  const { extra } = node;
  if (extra !== null && extra.slots !== null) {
    const { run } = node.plan.op.attributes as { readonly run: RunCustom };
    run(node, (parent, g) => arrive(parent, g, 0, pass), drop, options);
    return;
  }
  const g = node.gradient;
  node.gradient = null;
  if (g === null) {
    // Nothing flowed here, so nothing flows on.
    eachParent(node, (parent) => arrive(parent, null, extra?.slot ?? 0, pass));
    return;
  }
  if (extra === null && options.capture === null) {
    if (leadsOn(node, pass)) propagate(node, g, pass, options, true);
    drop(g);
  } else stepWatched(node, g, pass, options);
}

/** A node with hooks, with places that want its gradient, or of a walk that captures. */
function stepWatched(node: Node, incoming: Tensor, pass: number, options: WalkOptions): void {
  let g = incoming;
  let exposed = false;
  if (node.extra !== null) {
    for (const hook of node.extra.hooks.values()) {
      exposed = true;
      g = replaced(hook(g), g);
    }
    const isInner = !node.isLeaf;
    if (isInner || options.capture === null)
      for (const receiver of node.extra.receivers)
        exposed = deliver(receiver, g, exposed || isInner, options) || exposed;
  }
  if (options.capture?.has(node) === true) {
    options.capture.set(node, g);
    exposed = true;
  }
  if (leadsOn(node, pass)) propagate(node, g, pass, options, false);
  if (!exposed) drop(g);
}

/** Whether this walk goes on below a node: not below leaves, nor below what is only captured, whose saved values stay for a later walk. */
function leadsOn({ a, b, c, extra }: Node, pass: number): boolean {
  if (a !== null && a.mark === pass) return true;
  if (b !== null && b.mark === pass) return true;
  if (c !== null && c.mark === pass) return true;
  if (extra !== null) for (const parent of extra.rest) if (parent !== null && parent.mark === pass) return true;
  return false;
}

function replaced(answer: unknown, g: Tensor): Tensor {
  if (!(answer instanceof Tensor)) return g;
  checkGradient('registerHook', g, answer);
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

/** Sends a node's gradient to its parents by the rule of its op. `spare`: nobody reads the gradient afterwards. */
function propagate(node: Node, g: Tensor, pass: number, options: WalkOptions, spare: boolean): void {
  checkSaved(node);
  const { a, b, c, extra } = node;
  if (node.plan.op.kind === 'custom') {
    // One output of a custom function: its gradient waits in the function's slot.
    arrive(a!, another(g), extra === null ? 0 : extra.slot, pass);
    return;
  }
  if (a !== null) send(node, 0, a, g, pass, spare && b === null && c === null);
  if (b !== null) send(node, 1, b, g, pass, spare && c === null);
  if (c !== null) send(node, 2, c, g, pass, spare);
  if (extra !== null)
    for (let i = 0; i < extra.rest.length; i++) {
      const parent = extra.rest[i]!;
      if (parent !== null) send(node, i + 3, parent, g, pass, false);
    }
  if (!options.retainGraph) free(node);
}

/** Remembered with the plan. */
function ruleFor(plan: Plan): Rule<OpKind> {
  if (plan.rule === null) plan.rule = ruleOf(plan);
  return plan.rule as Rule<OpKind>;
}

/** Gradient j of a node goes to its parent. */
function send(node: Node, j: number, parent: Node, g: Tensor, pass: number, spare: boolean): void {
  if (parent.mark !== pass) return;
  const rule = ruleFor(node.plan);
  const sum = parent.gradient;
  if (rule.addTo !== undefined && sum !== null && isOwn(sum) && anomaly.check === null && rule.addTo(node, j, g, sum)) {
    arrive(parent, null, 0, pass);
    return;
  }
  const own = rule.apply(node, j, g, spare && isOwn(g));
  if (own !== null && anomaly.check !== null) anomaly.check(node, own);
  arrive(parent, own === g ? another(g) : own, 0, pass);
}

const versionOf = (t: Tensor | null): number => (t === null ? 0 : t.storage.version);

/** Saved values must still be what they were. */
export function checkSaved(node: Node): void {
  const { versions, extra } = node;
  if (versions === -1) throw freed(node);
  let sum = versionOf(node.sa) + versionOf(node.sb) + versionOf(node.sc) + versionOf(node.so);
  if (extra !== null) for (const t of extra.savedRest) sum += versionOf(t);
  if (sum !== versions) throw changed(node);
}

const freed = (node: Node): AutogradError =>
  new AutogradError(
    'backward',
    `the graph of ${node.plan.op.name} was freed by an earlier backward; detach() what comes from before it, or pass { retainGraph: true } to the first one to go through it twice`,
  );

const changed = (node: Node): AutogradError =>
  new AutogradError(
    'backward',
    `a value that ${node.plan.op.name} needs for its gradient was changed in place after it was used; use the op that returns a new tensor, or clone() before changing it`,
  );

/** Gives the saved values back. */
function free(node: Node): void {
  const { sa, sb, sc, so, extra } = node;
  const rest = extra === null ? null : extra.savedRest;
  if (sa === null && sb === null && sc === null && so === null && (rest === null || rest.length === 0)) return;
  if (sa !== null) sa.dispose();
  if (sb !== null) sb.dispose();
  if (sc !== null) sc.dispose();
  if (so !== null) so.dispose();
  node.sa = null;
  node.sb = null;
  node.sc = null;
  node.so = null;
  if (rest !== null && rest.length > 0) {
    for (const t of rest) t?.dispose();
    extra!.savedRest = [];
  }
  node.versions = -1;
}
