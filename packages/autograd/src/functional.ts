/** Derivatives of functions as whole matrices and products with them; PyTorch: `torch.autograd.functional`. */
import { AutogradError } from '@nn/backend';
import { stack, type Tensor, toDType } from '@nn/tensor';
import { alias, checkGradient, filled, filledLike, reshape, sizesOf, slice } from '@nn/tensor/internal';
import { type GradOptions, gradients } from './backward.ts';
import { enableGrad } from './no-grad.ts';

type One = Tensor;
type Many = readonly Tensor[];
type Arguments = One | Many;
/** A result for each argument: alone if the argument was, else a list. */
type ForEach<A extends Arguments, R> = A extends One ? R : R[];
/** How a function takes its arguments: alone, or spread. */
type Of<A extends Arguments, R> = A extends One ? (x: Tensor) => R : (...xs: Tensor[]) => R;

export interface FunctionalOptions {
  /** Record the result too, so that it can be differentiated; false. */
  readonly createGraph?: boolean;
}

const isMany = (inputs: Arguments): inputs is Many => Array.isArray(inputs);
const listOf = (inputs: Arguments): Many => (isMany(inputs) ? inputs : [inputs]);

/** Tracked handles on the arguments; those that are tracked already stay part of the outer graph if it is wanted. */
const variablesOf = (inputs: Arguments, createGraph: boolean): Tensor[] =>
  listOf(inputs).map((t) =>
    createGraph && t.requiresGrad ? t : alias(t, t.layout.shape, t.layout.strides, t.start).requiresGrad_(),
  );

/** What a function returned, if it is a tensor. */
export function checkResult(op: string, out: Tensor): Tensor {
  if (out?.layout !== undefined) return out;
  throw new AutogradError(
    op,
    `the function must return one tensor, got ${Array.isArray(out) ? 'a list' : String(out)}`,
  );
}

const call = (op: string, f: unknown, xs: readonly Tensor[]): Tensor =>
  checkResult(op, (f as (...all: Tensor[]) => Tensor)(...xs));

const wrap = <R>(inputs: Arguments, results: R[]): R | R[] => (isMany(inputs) ? results : results[0]!);

/** Null for an input on which the output doesn't depend, as for all if it depends on nothing that is tracked. */
export const gradientsOf = (out: Tensor, xs: readonly Tensor[], options: GradOptions): (Tensor | null)[] =>
  out.requiresGrad ? gradients(out, xs, { ...options, allowUnused: true }) : xs.map(() => null);

/** The vectors of a product, each refused if it is unlike the tensor that it belongs to. */
const vectorsOf = (op: string, ts: Many, v: Arguments): Tensor[] =>
  ts.map((t, i) => {
    const vector = listOf(v)[i]!;
    sizesOf(op, vector);
    checkGradient(op, t, toDType(vector, t.dtype));
    return vector;
  });

/** A block of derivatives that are all zero. */
const zeros = (out: Tensor, x: Tensor): Tensor => filled(x.layout.device, x.dtype, [...out.shape, ...x.shape], 0);

/** Rows of the Jacobian, one gradient an element of the output. */
function rows(out: Tensor, xs: readonly Tensor[], createGraph: boolean): Tensor[] {
  if (!out.requiresGrad || out.numel() === 0) return xs.map((x) => zeros(out, x));
  const flat = reshape(out, [out.numel()]);
  const each = Array.from({ length: out.numel() }, (_, e) =>
    gradients(reshape(slice(flat, 0, e, 1), []), xs, { createGraph, retainGraph: true, allowUnused: true }),
  );
  return xs.map((x, k) => {
    const parts = each.map((gs) => gs[k] ?? filledLike(x, 0));
    return reshape(stack(parts as [Tensor, ...Tensor[]]), [...out.shape, ...x.shape]);
  });
}

/**
 * All first derivatives of a function: for an output of shape O and an input of shape I a tensor of shape [...O, ...I]; PyTorch: `jacobian`.
 * @example
 * ```ts
 * import { jacobian } from '@nn/autograd';
 * import { tensor, type Tensor } from '@nn/tensor';
 * const j = jacobian((x: Tensor) => x.mul(x), tensor([1, 2]));
 * console.log(await j.toArray()); // prints: [ [ 2, 0 ], [ 0, 4 ] ]
 * ```
 */
export function jacobian<A extends Arguments>(
  f: Of<A, Tensor>,
  inputs: A,
  options: FunctionalOptions = {},
): ForEach<A, Tensor> {
  const createGraph = options.createGraph === true;
  return enableGrad<unknown>(() => {
    const xs = variablesOf(inputs, createGraph);
    return wrap(inputs, rows(call('jacobian', f, xs), xs, createGraph));
  }) as ForEach<A, Tensor>;
}

export function scalarOf(op: string, out: Tensor, or = ''): Tensor {
  if (out.numel() !== 1)
    throw new AutogradError(
      op,
      `the function must return one element, got shape (${out.shape.join(', ')}); reduce it${or}`,
    );
  return out;
}

/**
 * All second derivatives of a scalar function: for one input of shape I a tensor [...I, ...I]; for several a matrix of those; PyTorch: `hessian`.
 */
export function hessian<A extends Arguments>(
  f: Of<A, Tensor>,
  inputs: A,
  options: FunctionalOptions = {},
): ForEach<A, ForEach<A, Tensor>> {
  const createGraph = options.createGraph === true;
  return enableGrad<unknown>(() => {
    const xs = variablesOf(inputs, createGraph);
    const out = scalarOf('hessian', call('hessian', f, xs));
    const first = gradientsOf(out, xs, { createGraph: true });
    return wrap(
      inputs,
      first.map((g, i) => wrap(inputs, rows(g ?? filledLike(xs[i]!, 0), xs, createGraph))),
    );
  }) as ForEach<A, ForEach<A, Tensor>>;
}

/** The function's value, and the product of a vector with its Jacobian from the left; PyTorch: `vjp`. */
export function vjp<A extends Arguments>(
  f: Of<A, Tensor>,
  inputs: A,
  v?: Tensor,
  options: FunctionalOptions = {},
): [Tensor, ForEach<A, Tensor>] {
  const createGraph = options.createGraph === true;
  return enableGrad<unknown>(() => {
    const xs = variablesOf(inputs, createGraph);
    const out = call('vjp', f, xs);
    if (v === undefined) scalarOf('vjp', out, ' or pass v');
    else vectorsOf('vjp', [out], v);
    const found = gradientsOf(out, xs, { gradOutputs: v, createGraph }).map((g, i) => g ?? filledLike(xs[i]!, 0));
    return [createGraph ? out : out.detach(), wrap(inputs, found)];
  }) as [Tensor, ForEach<A, Tensor>];
}

/**
 * The function's value, and the product of its Jacobian with a vector from the right: the derivative along a direction, by differentiating the other product
 * with respect to its vector (the double-backward trick); PyTorch: `jvp`.
 */
export function jvp<A extends Arguments>(
  f: Of<A, Tensor>,
  inputs: A,
  v: A,
  options: FunctionalOptions = {},
): [Tensor, Tensor] {
  const createGraph = options.createGraph === true;
  return enableGrad<unknown>(() => {
    const xs = variablesOf(inputs, createGraph);
    const out = call('jvp', f, xs);
    const vectors = vectorsOf('jvp', xs, v);
    if (!out.requiresGrad) return [out.detach(), filledLike(out, 0)];
    const weights = filledLike(out, 0).requiresGrad_();
    const back = gradients(out, xs, { gradOutputs: weights, createGraph: true, allowUnused: true });
    const pairs = back.flatMap((g, i) => (g === null || !g.requiresGrad ? [] : [{ g, v: vectors[i]! }]));
    const [product] =
      pairs.length === 0
        ? [null]
        : gradients(
            pairs.map((p) => p.g),
            [weights],
            { gradOutputs: pairs.map((p) => p.v), createGraph, allowUnused: true },
          );
    return [createGraph ? out : out.detach(), product ?? filledLike(out, 0)];
  }) as [Tensor, Tensor];
}

/** The value of a scalar function, and the product of its Hessian with a vector, without the Hessian; PyTorch: `hvp` (and `vhp`, as it is symmetric). */
export function hvp<A extends Arguments>(
  f: Of<A, Tensor>,
  inputs: A,
  v: A,
  options: FunctionalOptions = {},
): [Tensor, ForEach<A, Tensor>] {
  const createGraph = options.createGraph === true;
  return enableGrad<unknown>(() => {
    const xs = variablesOf(inputs, createGraph);
    const out = scalarOf('hvp', call('hvp', f, xs));
    const vectors = vectorsOf('hvp', xs, v);
    const first = gradientsOf(out, xs, { createGraph: true });
    const pairs = first.flatMap((g, i) => (g === null || !g.requiresGrad ? [] : [{ g, v: vectors[i]! }]));
    const second =
      pairs.length === 0
        ? xs.map(() => null)
        : gradients(
            pairs.map((p) => p.g),
            xs,
            { gradOutputs: pairs.map((p) => p.v), createGraph, allowUnused: true },
          );
    return [
      createGraph ? out : out.detach(),
      wrap(
        inputs,
        second.map((g, i) => g ?? filledLike(xs[i]!, 0)),
      ),
    ];
  }) as [Tensor, ForEach<A, Tensor>];
}
