/** The networks that can be chosen by name: from a description, which is stored with the weights, to modules. */
import { Dropout, ELU, GELU, LeakyReLU, Linear, type Module, ReLU, Sequential, Sigmoid, SiLU, Tanh } from '@nn/nn';
import type { TrainingOptions } from '../options/training-options.ts';

/** All that there is to know of a network but its weights. */
export interface ModelDescription {
  readonly kind: TrainingOptions['model'];
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: TrainingOptions['activation'];
  readonly dropout: number;
}

const activations: { readonly [Name in TrainingOptions['activation']]: () => Module } = {
  relu: () => new ReLU(),
  'leaky-relu': () => new LeakyReLU(),
  elu: () => new ELU(),
  gelu: () => new GELU(),
  silu: () => new SiLU(),
  tanh: () => new Tanh(),
  sigmoid: () => new Sigmoid(),
};

/** The description that a run's options ask for. */
export const describeModel = (
  { model, hidden, activation, dropout }: TrainingOptions,
  inputs: number,
  outputs: number,
): ModelDescription => ({ kind: model, inputs, hidden, outputs, activation, dropout });

/** Linear, activation, dropout if any, for each hidden layer; then Linear. Weights are drawn from the default generator. */
export function buildModel({ inputs, hidden, outputs, activation, dropout }: ModelDescription): Sequential {
  const sizes = [inputs, ...hidden];
  const layers = hidden.flatMap((size, i): Module[] => [
    new Linear(sizes[i]!, size),
    activations[activation](),
    ...(dropout > 0 ? [new Dropout({ p: dropout })] : []),
  ]);
  return new Sequential<readonly Module[]>(...layers, new Linear(sizes.at(-1)!, outputs));
}

/** Names and shapes of a network's weights, told without building it. */
export function weightShapes({ inputs, hidden, outputs, dropout }: ModelDescription): Map<string, readonly number[]> {
  const modulesALayer = dropout > 0 ? 3 : 2;
  const sizes = [inputs, ...hidden, outputs];
  return new Map(
    sizes.slice(1).flatMap((size, i): [string, readonly number[]][] => [
      [`${i * modulesALayer}.weight`, [size, sizes[i]!]],
      [`${i * modulesALayer}.bias`, [size]],
    ]),
  );
}

/** `784-50-10`. */
export const sizesOf = ({ inputs, hidden, outputs }: ModelDescription): string =>
  [inputs, ...hidden, outputs].join('-');

/** Number of weights. */
export const countWeights = (description: ModelDescription): number =>
  [...weightShapes(description).values()].reduce((sum, shape) => sum + shape.reduce((p, n) => p * n, 1), 0);
