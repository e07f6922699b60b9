/**
 * How many kernels poolings and normalizations launch, forward and backward, on the backend that only counts: performance tests that don't flake. And that what they take in
 * between is given back by name, without the collector.
 */
import { noGrad } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { memory, ones, type Tensor, zeros } from '@nn/tensor';
import { expect, it } from 'vitest';
import * as nn from '../index.ts';

const backend = nullBackend();
const tracked = (shape: readonly number[]): Tensor => ones(shape, { backend, requiresGrad: true }) as Tensor;
const plain = (shape: readonly number[]): Tensor => zeros(shape, { backend }) as Tensor;
const image = tracked([2, 6, 8, 8]);
const [weight, bias] = [tracked([6]), tracked([6])];
const [mean, variance] = [plain([6]), plain([6])];
const tokens = tracked([4, 5, 6]);
const columns = tracked([2, 54, 25]);
const labels = zeros([20, 6], { dtype: 'int64', backend }) as Tensor;

function launchesOf(run: () => void): number {
  const before = backend.counts.total;
  run();
  return backend.counts.total - before;
}

/** Launches without gradients, of a tracked forward, and of its backward. */
const cases: readonly [string, number, number, number, () => Tensor][] = [
  ['maxPool2d', 1, 1, 1, () => nn.maxPool2d(image, 2)],
  ['maxPool2d, overlapping', 1, 1, 2, () => nn.maxPool2d(image, 3, { stride: 2 })],
  ['maxPool2d, padded', 3, 3, 2, () => nn.maxPool2d(image, 3, { stride: 2, padding: 1 })],
  [
    'maxPool2d, returnIndices',
    1,
    1,
    1,
    () => {
      const { values, indices } = nn.maxPool2d(image, 2, { returnIndices: true });
      indices.dispose();
      return values;
    },
  ],
  ['maxPool2d with a large window', 1, 2, 2, () => nn.maxPool2d(image, 5)],
  ['adaptiveMaxPool2d to a divisor', 1, 1, 1, () => nn.adaptiveMaxPool2d(image, 4)],
  ['fractionalMaxPool2d', 7, 7, 2, () => nn.fractionalMaxPool2d(image, 2, { outputSize: 5 })],
  ['avgPool2d', 1, 1, 1, () => nn.avgPool2d(image, 2)],
  ['avgPool2d with gaps', 1, 1, 2, () => nn.avgPool2d(image, 2, { stride: 3 })],
  ['avgPool2d, overlapping', 1, 1, 3, () => nn.avgPool2d(image, 3, { stride: 2 })],
  ['avgPool2d, padded', 3, 3, 3, () => nn.avgPool2d(image, 3, { stride: 2, padding: 1 })],
  ['avgPool2d, padding not counted', 5, 5, 3, () => nn.avgPool2d(image, 3, { padding: 1, countIncludePad: false })],
  ['adaptiveAvgPool2d to 1', 1, 1, 1, () => nn.adaptiveAvgPool2d(image, 1)],
  ['adaptiveAvgPool2d to no divisor', 8, 8, 4, () => nn.adaptiveAvgPool2d(image, 3)],
  ['unfold', 1, 1, 10, () => nn.unfold(image, 3)],
  ['unfold side by side', 1, 1, 2, () => nn.unfold(image, 2, { stride: 2 })],
  ['unfold, padded', 3, 3, 6, () => nn.unfold(image, 3, { padding: 1, stride: 2 })],
  ['fold', 10, 10, 1, () => nn.fold(columns, [7, 7], 3)],
  ['ReflectionPad2d', 3, 3, 2, () => new nn.ReflectionPad2d([1, 2, 0, 1]).forward(image)],
  ['ZeroPad2d', 2, 2, 1, () => new nn.ZeroPad2d([1, 2, 0, 1]).forward(image)],
  ['gumbelSoftmax', 3, 3, 2, () => nn.gumbelSoftmax(tokens)],
  ['gumbelSoftmax, hard', 6, 6, 2, () => nn.gumbelSoftmax(tokens, { hard: true })],
  ['multilabelMarginLoss', 10, 10, 5, () => nn.multilabelMarginLoss(tokens.flatten({ endDim: 1 }) as Tensor, labels)],
  ['layerNorm', 1, 1, 3, () => nn.layerNorm(tokens, 6, { weight, bias })],
  ['layerNorm without weights', 1, 1, 1, () => nn.layerNorm(tokens, 6)],
  ['batchNorm, training', 4, 4, 3, () => nn.batchNorm(image, mean, variance, { weight, bias, training: true })],
  [
    'batchNorm, training, no running statistics',
    4,
    4,
    3,
    () => nn.batchNorm(image, null, null, { weight, bias, training: true }),
  ],
  ['batchNorm, evaluating', 2, 2, 3, () => nn.batchNorm(image, mean, variance, { weight, bias })],
  ['groupNorm', 2, 2, 7, () => nn.groupNorm(image, 3, { weight, bias })],
  ['instanceNorm', 2, 2, 5, () => nn.instanceNorm(image)],
  ['localResponseNorm', 5, 5, 7, () => nn.localResponseNorm(image, 3)],
];

it.each(cases)('%s: %i, tracked %i, backward %i', (_, expectedPlain, expectedTracked, expectedBackward, run) => {
  const untracked = launchesOf(() => noGrad<Tensor>(run));
  let out!: Tensor;
  const forward = launchesOf(() => {
    out = run();
  });
  const gradient = plain(out.shape);
  const leaves = [image, weight, bias, tokens, columns];
  for (const t of leaves) t.grad = null;
  const backward = launchesOf(() => out.backward(gradient));
  expect([untracked, forward, backward]).toEqual([expectedPlain, expectedTracked, expectedBackward]);
});

it.each(cases)('%s gives everything back', (_, _plain, _tracked, _backward, run) => {
  const leaves = [image, weight, bias, tokens, columns];
  const step = (): number => {
    const out = run();
    const gradient = plain(out.shape);
    out.backward(gradient);
    out.dispose();
    gradient.dispose();
    for (const t of leaves) {
      t.grad?.dispose();
      t.grad = null;
    }
    const { live, free } = memory(backend);
    return live - free;
  };
  // Memory is counted in slabs of 64 slots, of which a leak takes one more each step.
  const held = Array.from({ length: 130 }, step);
  expect(held.at(-1)).toBe(held[1]);
});
