/** `backward` and `grad`: checks around the walk. */
import { AutogradError } from '@nn/backend';
import { type BackwardOptions, type Tensor, toDType } from '@nn/tensor';
import { checkGradient, checkNamed, filledLike, type Node, nodeOf, scopes, sizesOf } from '@nn/tensor/internal';
import { eachParent, walk } from './engine.ts';
import { handle } from './rules/rule.ts';

/** The gradient to start from, a handle for the walk: given, or 1 for a scalar. */
function seed(op: string, t: Tensor, given: Tensor | null | undefined): Tensor {
  if (given !== undefined && given !== null) {
    sizesOf(op, given);
    const own = toDType(given, t.dtype) as Tensor;
    checkGradient(op, t, own);
    return own === given ? handle(given) : own;
  }
  if (t.layout.size !== 1)
    throw new AutogradError(
      op,
      `only a tensor with one element starts from 1, this has shape (${t.shape.join(', ')}); reduce it (mean, sum) or pass its gradient`,
    );
  return filledLike(t, 1);
}

function rootOf(op: string, t: Tensor): Node {
  const node = nodeOf(t);
  if (node === null)
    throw new AutogradError(
      op,
      'this tensor is not tracked: nothing that it was made from requires grad; make parameters with { requiresGrad: true }, compute outside of noGrad, and take a gradient that is to be differentiated with { createGraph: true }',
    );
  return node;
}

/**
 * Gradients of a tensor with respect to all leaves below it, added to their `grad`; PyTorch: `torch.autograd.backward`.
 * @param tensor what to differentiate; one element, or pass `gradient` of its shape
 */
export function backward(tensor: Tensor, gradient?: Tensor, options: BackwardOptions = {}): void {
  const root = rootOf('backward', tensor);
  const createGraph = checkNamed('backward', options).createGraph === true;
  walk([root], [seed('backward', tensor, gradient)], {
    createGraph,
    retainGraph: options.retainGraph ?? createGraph,
    capture: null,
    useful: null,
  });
}

export interface GradOptions extends BackwardOptions {
  /** Gradients of the outputs; 1 for outputs of one element. */
  readonly gradOutputs?: Tensor | readonly (Tensor | null | undefined)[] | undefined;
  /** An input that no output depends on gets null instead of an error; false. */
  readonly allowUnused?: boolean;
}

const list = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

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

/** Gradients of outputs with respect to inputs (leaves or not), returned instead of added to `grad`. */
export function gradients(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  checkNamed('grad', options);
  const outs = list<Tensor>(outputs);
  const ins = list<Tensor>(inputs);
  const given =
    options.gradOutputs === undefined
      ? []
      : list(options.gradOutputs as Tensor | readonly (Tensor | null | undefined)[]);
  const capture = new Map<Node, Tensor | null>();
  const nodes = ins.map((t, i) => {
    const node = nodeOf(t);
    if (node === null)
      throw new AutogradError(
        'grad',
        `input ${i} is not tracked; it must require grad before the outputs are computed`,
      );
    capture.set(node, null);
    return node;
  });
  const createGraph = options.createGraph === true;
  const roots = outs.map((t) => rootOf('grad', t));
  walk(
    roots,
    outs.map((t, i) => seed('grad', t, given[i] as Tensor | undefined)),
    { createGraph, retainGraph: options.retainGraph ?? createGraph, capture, useful: leading(roots, capture) },
  );
  const found = new Set<Tensor | null>();
  return nodes.map((node, i) => {
    const g = capture.get(node) ?? null;
    if (g === null && options.allowUnused !== true)
      throw new AutogradError('grad', `no output depends on input ${i}; pass { allowUnused: true } to get null for it`);
    if (g === null || !found.has(g)) {
      found.add(g);
      return g;
    }
    // One gradient of several inputs: each has a handle to dispose of.
    const own = handle(g);
    scopes.active?.add(own);
    return own;
  });
}
