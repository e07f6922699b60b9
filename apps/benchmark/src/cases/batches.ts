/** The batches of a training case: numbers in [0, 1) or tokens, and the classes that they belong to. */
import { integers, seeds, uniform } from './numbers.ts';
import type { FullBatchSpec, TrainingSpec } from './spec.ts';

export interface Batch {
  readonly inputs: Float32Array | Int32Array;
  readonly shape: readonly number[];
  /** Whether the inputs are whole numbers. */
  readonly isWhole: boolean;
  readonly labels: Int32Array;
}

/** The batch with this number. */
export function batchOf(spec: TrainingSpec, number: number): Batch {
  const [input, label] = [seeds.batch + number, seeds.label + number];
  switch (spec.kind) {
    case 'mlp': {
      const [first, last] = [spec.sizes[0]!, spec.sizes.at(-1)!];
      return images([spec.batch, first], input, integers(spec.batch, label, last));
    }
    case 'cnn':
      return images([spec.batch, 1, 28, 28], input, integers(spec.batch, label, 10));
    case 'gpt': {
      const { batch, block, vocabulary } = spec;
      const tokens = integers(batch * block, input, vocabulary);
      return {
        inputs: tokens,
        shape: [batch, block],
        isWhole: true,
        labels: integers(batch * block, label, vocabulary),
      };
    }
  }
}

function images(shape: readonly number[], seed: number, labels: Int32Array): Batch {
  const size = shape.reduce((product, n) => product * n, 1);
  return { inputs: uniform(size, seed), shape, isWhole: false, labels };
}

/** Inputs, weights and targets of the pass over a whole data set. */
export function fullBatchOf({ rows, inputs, hidden }: FullBatchSpec): {
  readonly x: Float32Array;
  readonly t: Float32Array;
  readonly w1: Float32Array;
  readonly w2: Float32Array;
} {
  const [first, second] = [1 / Math.sqrt(inputs), 1 / Math.sqrt(hidden)];
  return {
    x: uniform(rows * inputs, seeds.batch),
    t: uniform(rows, seeds.label),
    w1: uniform(inputs * hidden, seeds.parameter, -first, first),
    w2: uniform(hidden, seeds.parameter + 1, -second, second),
  };
}
