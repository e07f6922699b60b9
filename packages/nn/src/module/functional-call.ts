/** A call of a module with other tensors in the places of its parameters and buffers, for as long as the call takes. */
import { ValueError } from '@nn/backend';
import { type Apply, type Checked, type ShapeFunction, type ShapeOf, type ShapeOr, Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { Module } from './module.ts';
import type { StateDict } from './state-dict.ts';
import { refusePromise } from './synchronous.ts';
import { type TensorPlace, tensorPlaces } from './tensor-places.ts';

export interface FunctionalCallOptions {
  /** Whether each parameter and buffer must be given; false. */
  readonly strict?: boolean | undefined;
  /** Whether a tensor that the module has in several places is replaced in all of them, when one is named; true. */
  readonly tieWeights?: boolean | undefined;
}

/** A forward that is over when it returns; otherwise the type is a sentence. */
type Synchronous<M extends Module> =
  ReturnType<M['forward']> extends PromiseLike<unknown>
    ? 'functionalCall: forward must be synchronous; its tensors would be put back before it goes on'
    : unknown;

/** A list of inputs, or one alone, unless it is a layer's, which the compiler compares with the layer. */
type Inputs<M extends Module> =
  | Readonly<Parameters<M['forward']>>
  | (M extends { readonly '~shapes': ShapeFunction } ? never : Parameters<M['forward']>[0]);

/** Modules that keep tensors elsewhere than in fields say how another comes into the place of one. */
interface Holder {
  '~put'(name: string, tensor: Tensor): void;
}

const fieldsOf = (owner: Module): Record<string, unknown> => owner as unknown as Record<string, unknown>;

function put({ owner, name }: TensorPlace, tensor: Tensor): void {
  if (Object.hasOwn(owner, name)) fieldsOf(owner)[name] = tensor;
  else (owner as Module & Holder)['~put'](name, tensor);
}

/** How many characters are the same from the beginning on, and from the end. */
function likeness(a: string, b: string): number {
  const least = Math.min(a.length, b.length);
  let [first, last] = [0, 0];
  while (first < least && a[first] === b[first]) first++;
  while (last < least && a.at(-1 - last) === b.at(-1 - last)) last++;
  return first + last;
}

const near = (key: string, known: string[]): string =>
  known.sort((a, b) => likeness(key, b) - likeness(key, a)).slice(0, 3).join(', '); // biome-ignore format: one line

/** What goes where, if all fits. */
function replacements(
  model: Module,
  given: ReadonlyMap<string, Tensor>,
  { strict = false, tieWeights = true }: FunctionalCallOptions,
): ReadonlyMap<TensorPlace, Tensor> {
  const places = tensorPlaces(model);
  const byKey = new Map(places.map((place) => [place.key, place]));
  const byTensor = new Map<Tensor, TensorPlace>();
  const problems = [...given].flatMap(([key, value]) => {
    const place = byKey.get(key);
    if (place === undefined)
      return [
        `there is no ${key}; ${byKey.size === 0 ? 'there are none' : `near it are ${near(key, [...byKey.keys()])}`}`,
      ];
    if (!(value instanceof Tensor)) return [`${key} is no tensor: ${String(value)}`];
    const other = byTensor.get(place.tensor);
    const isShared = other?.owner === place.owner && other.name === place.name;
    if (other !== undefined && (tieWeights || isShared) && given.get(other.key) !== value)
      return [
        `${other.key} and ${key} are one tensor in the module, but two were given${isShared ? '' : '; pass { tieWeights: false } for that'}`,
      ];
    byTensor.set(place.tensor, other ?? place);
    return [];
  });
  const found = new Map<TensorPlace, Tensor>();
  for (const place of places) {
    const named = given.has(place.key) ? place : tieWeights ? byTensor.get(place.tensor) : undefined;
    if (named !== undefined) found.set(place, given.get(named.key)!);
    else if (strict) problems.push(`${place.key} is missing`);
  }
  if (problems.length === 0) return found;
  throw new ValueError(
    'functionalCall',
    `the tensors don't fit ${model.constructor.name}:${problems.map((problem) => `\n  ${problem}`).join('')}`,
  );
}

/** The given tensors by key; each key once. */
function named(given: unknown): Map<string, { readonly value: Tensor; readonly from: StateDict }> {
  const all = new Map<string, { readonly value: Tensor; readonly from: StateDict }>();
  for (const from of Array.isArray(given) ? given : [given]) {
    if (typeof from !== 'object' || from === null || from instanceof Tensor)
      throw new ValueError('functionalCall', `got ${String(from)} where tensors belong: give { name: tensor }`);
    for (const [key, value] of Object.entries(from as StateDict)) {
      if (all.has(key)) throw new ValueError('functionalCall', `${key} is given twice; give it once`);
      all.set(key, { value, from });
    }
  }
  return all;
}

/**
 * What `model.forward(…args)` gives with other tensors in the places of its parameters and buffers, those that are named; hooks run. The module's own are back when it returns or throws, and
 * get no gradients of it: these go to the given tensors, and on to what those were made from. A parameter may be any tensor here, and isn't among `parameters()` meanwhile. What `forward`
 * assigns to a buffer that was given is in `parametersAndBuffers` afterwards; what it changes in place is changed there. PyTorch: `torch.func.functional_call`, which without `strict` takes
 * unknown names without a word.
 * @param parametersAndBuffers by the keys of the state dict, or a list of several such objects
 * @param args the input, or a list of inputs; none
 * @throws ValueError for a name that isn't there, two tensors for one, one that is missing if `strict`, or a `forward` that returns a promise
 * @example
 * ```ts
 * import { grad } from '@nn/autograd';
 * import { functionalCall, Linear, mseLoss } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const model = new Linear(1, 1, { bias: false });
 * const weight = tensor([[2]], { requiresGrad: true });
 * const [x, y] = [tensor([[1]]), tensor([[0]])];
 * // A step of gradient descent that is itself differentiated, as in MAML.
 * const [g] = grad(mseLoss(functionalCall(model, { weight }, x), y), [weight], { createGraph: true });
 * const fast = weight.sub(g.mul(0.25));
 * mseLoss(functionalCall(model, { weight: fast }, x), y).backward();
 * console.log(await fast.item(), await weight.grad!.item()); // prints: 1 1
 * ```
 */
export function functionalCall<F extends ShapeFunction, A extends Tensor>(
  model: Module & { readonly '~shapes': F },
  parametersAndBuffers: StateDict | readonly StateDict[],
  input: Checked<Apply<F, ShapeOf<A>>, A>,
  options?: FunctionalCallOptions,
): Tensor<ShapeOr<Apply<F, ShapeOf<A>>>, A['dtype']>;
export function functionalCall<M extends Module>(
  model: M & Synchronous<M>,
  parametersAndBuffers: StateDict | readonly StateDict[],
  args?: Inputs<M>,
  options?: FunctionalCallOptions,
): ReturnType<M['forward']>;
export function functionalCall(
  model: Module,
  parametersAndBuffers: StateDict | readonly StateDict[],
  args?: unknown,
  options: FunctionalCallOptions = {},
): unknown {
  checkNamed('functionalCall', options);
  if (!(model instanceof Module))
    throw new ValueError('functionalCall', `got ${String(model)} where the module belongs`);
  const given = named(parametersAndBuffers);
  const tensors = new Map([...given].map(([key, { value }]) => [key, value]));
  const replaced = replacements(model, tensors, options);
  try {
    for (const [place, tensor] of replaced) put(place, tensor);
    const output: unknown = model.forward(...(args === undefined ? [] : Array.isArray(args) ? args : [args]));
    refusePromise('functionalCall', model, output);
    return output;
  } finally {
    for (const [place, tensor] of replaced) {
      const last = fieldsOf(place.owner)[place.name];
      const entry = given.get(place.key);
      if (entry !== undefined && last instanceof Tensor && last !== tensor) entry.from[place.key] = last;
      put(place, place.tensor);
    }
  }
}
