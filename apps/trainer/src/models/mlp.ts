/** Dense layers with activations between them. */
import { Dropout, ELU, GELU, LeakyReLU, Linear, type Module, ReLU, Sequential, Sigmoid, SiLU, Tanh } from '@nn/nn';
import { activationNames, type TrainingOptions } from '../options/training-options.ts';
import { areSizes, dropoutDetails, isChance, isSize, type ModelKind } from './model-kind.ts';

export interface MlpDescription {
  readonly kind: 'mlp';
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

export const mlp: ModelKind<MlpDescription> = {
  describe: ({ hidden, activation, dropout }, sizes) => ({ kind: 'mlp', hidden, activation, dropout, ...sizes }),

  accepts: ({ inputs, hidden, outputs, activation, dropout }) =>
    isSize(inputs) &&
    areSizes(hidden) &&
    isSize(outputs) &&
    activationNames.some((name) => name === activation) &&
    isChance(dropout),

  /** Linear, activation, dropout if any, for each hidden layer; then Linear. */
  build({ inputs, hidden, outputs, activation, dropout }) {
    const sizes = [inputs, ...hidden];
    const layers = hidden.flatMap((size, i): Module[] => [
      new Linear(sizes[i]!, size),
      activations[activation](),
      ...(dropout > 0 ? [new Dropout({ p: dropout })] : []),
    ]);
    return new Sequential<readonly Module[]>(...layers, new Linear(sizes.at(-1)!, outputs));
  },

  shapes({ inputs, hidden, outputs, dropout }) {
    const modulesALayer = dropout > 0 ? 3 : 2;
    const sizes = [inputs, ...hidden, outputs];
    return new Map(
      sizes.slice(1).flatMap((size, i): [string, readonly number[]][] => [
        [`${i * modulesALayer}.weight`, [size, sizes[i]!]],
        [`${i * modulesALayer}.bias`, [size]],
      ]),
    );
  },

  title: ({ inputs, hidden, outputs }) => [inputs, ...hidden, outputs].join('-'),

  details: ({ hidden, activation, dropout }) => [
    ...(hidden.length > 0 ? [activation] : []),
    ...dropoutDetails(dropout),
  ],
};
