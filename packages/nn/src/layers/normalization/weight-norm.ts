/** Weight normalization of a module: a parameter becomes a length and a direction, from which it is made anew before every `forward`. */
import { noGrad } from '@nn/autograd';
import type { DType } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { normExceptDim, weightNormalize } from '../../functional/normalization/index.ts';
import type { Module } from '../../module/module.ts';
import { ownParameter, Parameter } from '../../module/parameter.ts';
import { fieldsOf, plainParameter, renew, restore } from './normalized.ts';

export interface WeightNormOptions {
  /** The parameter; 'weight'. */
  readonly name?: string | undefined;
  /** The dimension that has a length each; 0. Null: one length of everything. */
  readonly dim?: number | null | undefined;
}

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
  const weight = plainParameter('weightNorm', module, name);
  const [g, v] = noGrad<[Parameter, Parameter]>(() => [
    ownParameter(normExceptDim(weight, { dim })),
    new Parameter<readonly number[], DType>(weight),
  ]);
  fields[name] = undefined;
  module.registerParameter(`${name}_g`, g);
  module.registerParameter(`${name}_v`, v);
  const compute = (): Tensor => weightNormalize(fields[`${name}_v`] as Tensor, fields[`${name}_g`] as Tensor, { dim });
  fields[name] = compute();
  renew('weightNorm', module, name, ['g', 'v'], compute);
  return module;
}

/**
 * Makes a normalized weight an ordinary parameter again, of the value that it has. Returns the module. PyTorch: `torch.nn.utils.remove_weight_norm`.
 * @throws ValueError if it isn't normalized
 */
export function removeWeightNorm<M extends Module>(module: M, name = 'weight'): M {
  restore('removeWeightNorm', 'weightNorm', module, name);
  return module;
}
