/** Every function with options refuses, from plain JavaScript, what PyTorch takes in their place: it would be ignored. */
import { ones, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as functional from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const F: any = functional;
const x = tensor([
  [0.5, 0.25],
  [0.125, 0.75],
]);
const v = tensor([1, -1]);
const classes = tensor([1, 0], { dtype: 'int64' });
const [line, plane, space] = [ones([1, 2, 4]), ones([1, 2, 4, 4]), ones([1, 2, 4, 4, 4])];
const kernels = [ones([2, 2, 1]), ones([2, 2, 1, 1]), ones([2, 2, 1, 1, 1])];
const spatial = (name: string, calls: (image: unknown, kernel: unknown, d: number) => readonly unknown[]) =>
  Object.fromEntries([line, plane, space].map((image, i) => [`${name}${i + 1}d`, calls(image, kernels[i], i + 1)]));
const places = (d: number) => tensor(new Int32Array(2), { dtype: 'int64', shape: [1, 2, ...new Array(d).fill(1)] });

/** What each takes before its options. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  ...spatial('conv', (image, kernel) => [image, kernel]),
  ...spatial('convTranspose', (image, kernel) => [image, kernel]),
  ...spatial('dropout', (image) => [image]),
  ...spatial('adaptiveMaxPool', (image) => [image, 2]),
  ...spatial('avgPool', (image) => [image, 2]),
  ...spatial('lpPool', (image) => [image, 2, 2]),
  ...spatial('maxPool', (image) => [image, 2]),
  ...spatial('maxUnpool', (_, __, d) => [ones([1, 2, ...new Array<number>(d).fill(1)]), places(d), 2]),
  affineGrid: [ones([1, 2, 3]), [1, 1, 2, 2]],
  alphaDropout: [x],
  batchNorm: [x, null, null],
  binaryCrossEntropy: [x, x],
  binaryCrossEntropyWithLogits: [x, x],
  cosineEmbeddingLoss: [x, x, v],
  crossEntropy: [x, classes],
  ctcLoss: [
    ones([4, 2, 3]),
    tensor([[1], [2]], { dtype: 'int64' }),
    tensor([4, 4], { dtype: 'int64' }),
    tensor([1, 1], { dtype: 'int64' }),
  ],
  embedding: [classes, x],
  embeddingBag: [tensor([[1, 0]], { dtype: 'int64' }), x],
  featureAlphaDropout: [line],
  fold: [ones([1, 4, 1]), 2, 2],
  fractionalMaxPool2d: [plane, 2],
  fractionalMaxPool3d: [space, 2],
  gaussianNllLoss: [x, x, x],
  gridSample: [plane, ones([1, 2, 2, 2])],
  groupNorm: [x, 2],
  gumbelSoftmax: [x],
  hingeEmbeddingLoss: [x, x],
  huberLoss: [x, x],
  instanceNorm: [line],
  interpolate: [plane],
  klDiv: [x, x],
  l1Loss: [x, x],
  layerNorm: [x, [2]],
  localResponseNorm: [line, 2],
  marginRankingLoss: [x, x, x],
  mseLoss: [x, x],
  multiMarginLoss: [x, classes],
  multilabelMarginLoss: [
    x,
    tensor(
      [
        [1, -1],
        [0, 1],
      ],
      { dtype: 'int64' },
    ),
  ],
  multilabelSoftMarginLoss: [x, x],
  nllLoss: [x, classes],
  normExceptDim: [x],
  poissonNllLoss: [x, x],
  scaledDotProductAttention: [x, x, x],
  smoothL1Loss: [x, x],
  softMarginLoss: [x, x],
  tripletMarginLoss: [x, x, x],
  tripletMarginWithDistanceLoss: [x, x, x],
  unfold: [plane, 2],
  weightNormalize: [x, tensor([[1], [1]])],
};

/** Options of those that need some. */
const needed: Readonly<Record<string, unknown>> = {
  batchNorm: { training: true },
  fractionalMaxPool2d: { outputSize: 2 },
  fractionalMaxPool3d: { outputSize: 2 },
  interpolate: { scaleFactor: 2 },
};

describe.each(Object.entries(calls))('%s', (name, operands) => {
  it('takes options', () => {
    F[name](...operands, needed[name] ?? {});
    // What is remembered of such a call doesn't let the next one through.
    if (needed[name] === undefined) F[name](...operands);
  });

  it.each([1, true, 'a', [1], v])('refuses %s in their place', (given) => {
    expect(() => F[name](...operands, given)).toThrow(/where options belong/);
  });
});
