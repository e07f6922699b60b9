/** Fractional max pooling against a slow clear version for given numbers, the windows that are drawn, gradients, and what it refuses. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { DTypeError, ShapeError, ValueError } from '@nn/backend';
import { Generator, manualSeed, rand, randn, type Tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';

beforeEach(() => {
  manualSeed(0);
});

/** Where windows start (Graham 2014): a sequence with random first step whose last window ends at the end. */
const startsOf = (u: number, size: number, kernel: number, count: number): number[] => {
  const step = (size - kernel) / (count - 1);
  return Array.from({ length: count }, (_, p) =>
    p === count - 1 ? size - kernel : Math.floor((p + u) * step) - Math.floor(u * step),
  );
};

const cases: readonly [string, number[], number[], number[]][] = [
  ['halves', [2, 3, 8, 6], [2, 2], [4, 3]],
  ['other sizes', [1, 2, 7, 9], [1, 3], [5, 4]],
  ['one window', [2, 1, 4, 5], [3, 2], [1, 1]],
  ['every place', [1, 2, 4, 5], [2, 2], [3, 4]],
  ['large windows', [1, 1, 12, 11], [5, 6], [3, 4]],
  ['no batch', [3, 6, 5], [2, 2], [3, 2]],
  ['three dimensions', [2, 2, 4, 5, 6], [2, 1, 2], [2, 3, 4]],
  ['three dimensions, no batch', [2, 4, 4, 4], [2, 2, 2], [2, 2, 3]],
];

const poolFor = (rank: number): nn.FractionalMaxPoolFunction =>
  rank === 2 ? nn.fractionalMaxPool2d : nn.fractionalMaxPool3d;

const samplesFor = (shape: readonly number[], rank: number): Tensor =>
  rand([...(shape.length === rank + 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!]), rank], {
    dtype: 'float64',
  }) as Tensor;

describe.each(cases)('%s', (_, shape, kernelSize, outputSize) => {
  const rank = kernelSize.length;
  const size = shape.slice(-rank);
  const pool = poolFor(rank);

  it('values and places', async () => {
    const x = randn(shape, { dtype: 'float64' }) as Tensor;
    const samples = samplesFor(shape, rank);
    const [values, numbers] = [await x.data(), await samples.data()];
    const plane = size.reduce((p, n) => p * n, 1);
    const places: number[] = [];
    for (let row = 0; row < values.length / plane; row++) {
      // Numbers of an image are those of x, then y.
      const own = Array.from(numbers.slice(row * rank, (row + 1) * rank) as Float64Array);
      const starts = size.map((n, d) => startsOf(own[rank === 2 ? 1 - d : d]!, n, kernelSize[d]!, outputSize[d]!));
      const walk = (at: readonly number[], sizes: readonly number[], visit: (at: readonly number[]) => void): void => {
        if (at.length === sizes.length) visit(at);
        else for (let i = 0; i < sizes[at.length]!; i++) walk([...at, i], sizes, visit);
      };
      walk([], outputSize, (window) => {
        let best = -1;
        walk([], kernelSize, (k) => {
          const place = k.reduce((sum, j, d) => sum * size[d]! + starts[d]![window[d]!]! + j, 0);
          if (best < 0 || Number(values[row * plane + place]) > Number(values[row * plane + best])) best = place;
        });
        places.push(best);
      });
    }
    const each = outputSize.reduce((p, n) => p * n, 1);
    for (const t of [x, x.transpose(0, -1).contiguous().transpose(0, -1) as Tensor]) {
      const options = { outputSize, randomSamples: samples };
      const found = pool(t, kernelSize, { ...options, returnIndices: true });
      expect(found.values.shape).toEqual([...shape.slice(0, -rank), ...outputSize]);
      expect(Array.from(await found.indices.data(), Number)).toEqual(places);
      const expected = places.map((p, i) => values[Math.floor(i / each) * plane + p]);
      expect(Array.from(await found.values.data())).toEqual(expected);
      expect(await pool(t, kernelSize, options).data()).toEqual(await found.values.data());
    }
  });

  it('gradients', async () => {
    const x = randn(shape, { dtype: 'float64' }) as Tensor;
    const options = { outputSize, randomSamples: samplesFor(shape, rank) };
    expect(await gradcheck((t) => pool(t, kernelSize, options), [x])).toBe(true);
  });
});

it('second derivatives', async () => {
  const x = randn([1, 1, 4, 4], { dtype: 'float64' }) as Tensor;
  const options = { outputSize: 2, randomSamples: samplesFor([1, 1, 4, 4], 2) };
  const squared = (t: Tensor): Tensor => nn.fractionalMaxPool2d(t, 2, options).pow(2) as Tensor;
  expect(await gradgradcheck(squared, [x])).toBe(true);
});

it('draws windows for every plane, by the generator', async () => {
  const x = randn([1, 1, 20, 20]).expand([1, 50, 20, 20]) as Tensor;
  const draw = async (generator?: Generator): Promise<unknown[]> => {
    const found: Tensor = nn.fractionalMaxPool2d(x, 2, { outputRatio: 0.7, generator });
    return (await found.at(0).toArray()) as unknown[];
  };
  const planes = await draw(new Generator(1));
  expect(new Set(planes.map((plane) => JSON.stringify(plane))).size).toBeGreaterThan(10);
  expect(await draw(new Generator(1))).toEqual(planes);
  expect(await draw(new Generator(2))).not.toEqual(planes);
  expect(await draw()).not.toEqual(await draw());
});

it('layers do the same', async () => {
  const x = randn([2, 3, 9, 8]) as Tensor;
  const randomSamples = rand([2, 3, 2]) as Tensor;
  const layer = new nn.FractionalMaxPool2d([2, 3], { outputRatio: [0.5, 0.4], randomSamples });
  const expected = nn.fractionalMaxPool2d(x, [2, 3], { outputSize: [4, 3], randomSamples });
  expect(await layer.eval().forward(x).toArray()).toEqual(await expected.toArray());
  expect([layer.outputSize, layer.outputRatio, String(layer)]).toEqual([null, [0.5, 0.4], 'FractionalMaxPool2d()']);
  const both = new nn.FractionalMaxPool3d(2, { outputSize: 2, returnIndices: true }).forward(zeros([1, 4, 4, 4]));
  expect([both.values.shape, both.indices.dtype]).toEqual([[1, 2, 2, 2], 'int64']);
});

it('of an empty batch', () => {
  expect(nn.fractionalMaxPool2d(zeros([0, 2, 5, 5]), 2, { outputSize: 3 }).shape).toEqual([0, 2, 3, 3]);
});

it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
  ['no size', () => nn.fractionalMaxPool2d(zeros([1, 4, 4]), 2), ValueError, 'either an outputSize or an outputRatio'],
  [
    'two sizes',
    () => new nn.FractionalMaxPool2d(2, { outputSize: 2, outputRatio: 0.5 }),
    ValueError,
    '[FractionalMaxPool2d] takes either',
  ],
  [
    'a whole ratio',
    () => new nn.FractionalMaxPool3d(2, { outputRatio: [0.5, 1, 0.5] }),
    ValueError,
    'outputRatio must be between 0 and 1, but got 1',
  ],
  [
    'two ratios of three',
    () => new nn.FractionalMaxPool3d(2, { outputRatio: [0.5, 0.5] }),
    ValueError,
    'has 2 numbers',
  ],
  ['a matrix', () => nn.fractionalMaxPool2d(zeros([4, 4]), 2, { outputSize: 2 }), ShapeError, 'expected 3 or 4'],
  [
    'too many windows',
    () => nn.fractionalMaxPool2d(zeros([1, 4, 4]), [1, 3], { outputSize: 3 }),
    ShapeError,
    '3 windows of 3 do not fit size 4; take a smaller kernel or an outputSize of at most 2',
  ],
  [
    'numbers for other planes',
    () => nn.fractionalMaxPool2d(zeros([2, 4, 4]), 2, { outputSize: 2, randomSamples: zeros([2, 2]) }),
    ShapeError,
    'randomSamples are float32 of shape (2, 2), expected floats of shape (1, 2, 2)',
  ],
  [
    'numbers in a list',
    () => nn.fractionalMaxPool2d(zeros([1, 4, 4]), 2, { outputSize: 2, randomSamples: [0.5, 0.5] as never }),
    DTypeError,
    '[fractionalMaxPool2d] an operand is an array',
  ],
  [
    'a ratio that leaves nothing',
    () => nn.fractionalMaxPool2d(zeros([1, 4, 4]), 1, { outputRatio: 0.1 }),
    ValueError,
    'an outputRatio of 0.1 leaves nothing of size 4; take a larger one',
  ],
])('refuses %s', (_, call, kind, text) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(text);
});
