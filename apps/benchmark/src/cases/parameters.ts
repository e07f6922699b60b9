/**
 * The parameters of the models that are trained: name, shape and kind in PyTorch's order and layout. Peers build their models from this list; ours is
 * filled from it, which fails loudly if our layers order or shape their parameters in another way.
 */
import type { TrainingSpec } from './spec.ts';

export interface ParameterRow {
  readonly name: string;
  readonly shape: readonly number[];
  /** Weights lie around 0 by their fan-in, biases around 0, scales (of a layer norm) are 1. */
  readonly kind: 'weight' | 'bias' | 'scale';
}

const weight = (name: string, ...shape: number[]): ParameterRow => ({ name: `${name}.weight`, shape, kind: 'weight' });
const bias = (name: string, size: number): ParameterRow => ({ name: `${name}.bias`, shape: [size], kind: 'bias' });
const linear = (name: string, inputs: number, outputs: number): ParameterRow[] => [
  weight(name, outputs, inputs),
  bias(name, outputs),
];
const norm = (name: string, size: number): ParameterRow[] => [
  { name: `${name}.weight`, shape: [size], kind: 'scale' },
  bias(name, size),
];

/** All parameters of a model. */
export function parametersOf(spec: TrainingSpec): readonly ParameterRow[] {
  switch (spec.kind) {
    case 'mlp':
      return spec.sizes.slice(1).flatMap((outputs, i) => linear(String(2 * i), spec.sizes[i]!, outputs));
    case 'cnn':
      return [
        weight('0', 16, 1, 3, 3),
        bias('0', 16),
        weight('3', 32, 16, 3, 3),
        bias('3', 32),
        ...linear('7', 1568, 10),
      ];
    case 'gpt': {
      const { vocabulary, block, layers, width } = spec;
      return [
        weight('tokens', vocabulary, width),
        weight('positions', block, width),
        ...Array.from({ length: layers }, (_, i) => [
          ...norm(`blocks.${i}.norm1`, width),
          ...linear(`blocks.${i}.qkv`, width, 3 * width),
          ...linear(`blocks.${i}.projection`, width, width),
          ...norm(`blocks.${i}.norm2`, width),
          ...linear(`blocks.${i}.widen`, width, 4 * width),
          ...linear(`blocks.${i}.narrow`, 4 * width, width),
        ]).flat(),
        ...norm('norm', width),
        weight('head', vocabulary, width),
      ];
    }
  }
}
