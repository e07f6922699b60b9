/** Whole training steps, and one pass over a whole data set. */
import { atMost, type Case, type Goal, onTwoThreads } from './case.ts';
import type { GptSpec, MlpSpec } from './spec.ts';

const product = (sizes: readonly number[]): number => sizes.slice(1).reduce((sum, n, i) => sum + n * sizes[i]!, 0);

function mlp(
  sizes: readonly number[],
  optimizer: MlpSpec['optimizer'],
  batch: number,
  goals: readonly Goal[] = [],
): Case {
  const name = sizes.join('-');
  // Forward, weights' gradients, and the inputs' gradients of all layers but the first.
  const macs = batch * (3 * product(sizes) - sizes[0]! * sizes[1]!);
  return {
    id: `mlp-${name}-${optimizer}-${batch}`,
    title: `MLP ${name}, ${optimizer === 'sgd' ? 'SGD' : 'Adam'}, batch ${batch}`,
    group: 'training',
    spec: { kind: 'mlp', sizes, batch, optimizer },
    flops: 2 * macs,
    limit: 'fma',
    goals,
  };
}

const gpt: GptSpec = { kind: 'gpt', vocabulary: 65, block: 64, batch: 16, layers: 2, heads: 4, width: 128 };

function flopsOf({ vocabulary, block, batch, layers, width }: GptSpec): number {
  const tokens = batch * block;
  const perLayer = tokens * 12 * width ** 2 + 2 * tokens * block * width;
  return 2 * 3 * (layers * perLayer + tokens * width * vocabulary);
}

const fullBatch = { rows: 50_000, inputs: 784, hidden: 50 };
const cnnBatch = 64;
/** Of one image: 3 × 3 to 16 on 28², 16 × 3 × 3 to 32 on 14², 1568 to 10. */
const cnnMacs = { first: 28 ** 2 * 16 * 9, second: 14 ** 2 * 32 * 16 * 9, last: 1568 * 10 };

export const training: readonly Case[] = [
  mlp([784, 50, 10], 'sgd', 64, [atMost(1), onTwoThreads(0.33, 'torch', 2)]),
  mlp([784, 50, 10], 'sgd', 37),
  mlp([784, 300, 100, 10], 'sgd', 64),
  mlp([784, 512, 512, 10], 'adam', 128, [atMost(1.62)]),
  {
    id: 'full-batch',
    title: 'full batch 50000×784-50-1, forward + backward',
    group: 'training',
    spec: { kind: 'fullBatch', ...fullBatch },
    flops: 4 * fullBatch.rows * (fullBatch.inputs * fullBatch.hidden + 1.5 * fullBatch.hidden),
    limit: 'fma',
    goals: [atMost(1.64), onTwoThreads(0.9, 'torch', 1)],
    isLong: true,
  },
  {
    id: 'cnn',
    title: `CNN conv16-pool-conv32-pool-linear, Adam, batch ${cnnBatch}`,
    group: 'training',
    spec: { kind: 'cnn', batch: cnnBatch },
    flops: 2 * cnnBatch * (2 * cnnMacs.first + 3 * cnnMacs.second + 3 * cnnMacs.last),
    limit: 'fma',
    goals: [atMost(0.8), onTwoThreads(0.51, 'torch', 1)],
    isLong: true,
  },
  {
    id: 'gpt',
    title: 'GPT 2 layers, 4 heads, dim 128, block 64, batch 16, AdamW',
    group: 'training',
    spec: gpt,
    flops: flopsOf(gpt),
    limit: 'fma',
    goals: [atMost(1.92)],
    isLong: true,
  },
];
