/** Weight normalization of a module: a parameter becomes a length and a direction, from which it is made anew before every `forward`. */
import { noGrad } from '@nn/autograd';
import { type DType, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { normExceptDim, weightNormalize } from '../../functional/normalization/index.ts';
import type { HookHandle } from '../../module/hooks.ts';
import type { Module } from '../../module/module.ts';
import { ownParameter, Parameter } from '../../module/parameter.ts';

export interface WeightNormOptions {
  /** The parameter; 'weight'. */
  readonly name?: string | undefined;
  /** The dimension that has a length each; 0. Null: one length of everything. */
  readonly dim?: number | null | undefined;
}

interface Normalized {
  readonly handle: HookHandle;
  readonly compute: () => Tensor;
}

/** What is normalized, by module and parameter. */
const normalized = new WeakMap<Module, Map<string, Normalized>>();

/** A module's fields by name. */
const fieldsOf = (module: Module): Record<string, unknown> => module as unknown as Record<string, unknown>;

/**
 * Says a parameter as a length and a direction, `weight_g` · `weight_v` / ‖`weight_v`‖, which are learnt instead of it. The value stays; the field is a plain tensor from then on, made anew before every
 * `forward`. Returns the module. Salimans & Kingma, "Weight normalization", 2016. PyTorch: `torch.nn.utils.weight_norm`.
 * @param options `name` ('weight'), `dim` (0: a length for each output)
 * @throws ValueError if there is no such parameter, or it is normalized already
 * @example
 * ```ts
 * import { Linear, weightNorm } from '@nn/nn';
 * const layer = weightNorm(new Linear(20, 40));
 * console.log(layer.namedParameters().map(([name, { shape }]) => `${name} ${shape.join('x')}`).join(', '));
 * // prints: bias 40, weight_g 40x1, weight_v 40x20
 * ```
 */
export function weightNorm<M extends Module>(module: M, options: WeightNormOptions = {}): M {
  const { name = 'weight', dim = 0 } = checkNamed('weightNorm', options);
  const fields = fieldsOf(module);
  const known = normalized.get(module) ?? new Map<string, Normalized>();
  if (known.has(name))
    throw new ValueError(
      'weightNorm',
      `${name} of ${module.constructor.name} is normalized already; remove that first`,
    );
  const weight = fields[name] as Parameter | undefined;
  if (!(weight instanceof Parameter))
    throw new ValueError('weightNorm', `${module.constructor.name} has no parameter ${name}`);
  const [g, v] = noGrad<[Parameter, Parameter]>(() => [
    ownParameter(normExceptDim(weight, { dim })),
    new Parameter<readonly number[], DType>(weight),
  ]);
  fields[name] = undefined;
  module.registerParameter(`${name}_g`, g);
  module.registerParameter(`${name}_v`, v);
  const compute = (): Tensor => weightNormalize(fields[`${name}_v`] as Tensor, fields[`${name}_g`] as Tensor, { dim });
  fields[name] = compute();
  const handle = module.registerForwardPreHook(() => {
    fields[name] = compute();
  });
  known.set(name, { handle, compute });
  normalized.set(module, known);
  return module;
}

/**
 * Makes a normalized weight an ordinary parameter again, of the value that it has. Returns the module. PyTorch: `torch.nn.utils.remove_weight_norm`.
 * @throws ValueError if it isn't normalized
 */
export function removeWeightNorm<M extends Module>(module: M, name = 'weight'): M {
  const fields = fieldsOf(module);
  const known = normalized.get(module);
  const entry = known?.get(name);
  if (known === undefined || entry === undefined)
    throw new ValueError('removeWeightNorm', `${name} of ${module.constructor.name} isn't normalized`);
  entry.handle.remove();
  known.delete(name);
  fields[name] = noGrad<Parameter>(() => ownParameter(entry.compute()));
  delete fields[`${name}_g`];
  delete fields[`${name}_v`];
  return module;
}
