/** Windows as columns and back: against a slow clear version over every kind of option, gradients against finite differences, and what is refused. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { DTypeError, ShapeError, ValueError } from '@nn/backend';
import { manualSeed, ones, randint, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fold, fold, Unfold, unfold } from '../index.ts';

beforeEach(() => {
  manualSeed(0);
});

type Pair = readonly [number, number];

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kernel: Pair;
  readonly dilation?: Pair;
  readonly padding?: Pair;
  readonly stride?: Pair;
}

const cases: readonly Case[] = [
  { name: 'every place', shape: [2, 3, 4, 5], kernel: [2, 3] },
  { name: 'side by side', shape: [2, 3, 4, 6], kernel: [2, 3], stride: [2, 3] },
  { name: 'side by side, a rest at the end', shape: [1, 2, 5, 8], kernel: [2, 3], stride: [2, 3] },
  { name: 'gaps', shape: [1, 2, 7, 8], kernel: [2, 1], stride: [3, 2] },
  { name: 'overlapping by a part', shape: [1, 2, 7, 9], kernel: [3, 4], stride: [2, 3] },
  { name: 'overlapping twice', shape: [2, 1, 8, 9], kernel: [5, 4], stride: [2, 1] },
  { name: 'padding', shape: [2, 2, 3, 4], kernel: [3, 2], padding: [1, 2] },
  { name: 'padding and stride', shape: [2, 2, 5, 4], kernel: [3, 3], padding: [1, 1], stride: [2, 2] },
  { name: 'more padding than kernel', shape: [1, 1, 2, 2], kernel: [2, 1], padding: [3, 2], stride: [1, 2] },
  { name: 'dilation', shape: [1, 2, 7, 6], kernel: [3, 2], dilation: [2, 3] },
  { name: 'dilation within the stride', shape: [1, 1, 9, 11], kernel: [2, 3], dilation: [2, 2], stride: [3, 5] },
  { name: 'all of it', shape: [2, 2, 7, 8], kernel: [3, 2], dilation: [2, 3], padding: [2, 1], stride: [3, 2] },
  { name: 'one element', shape: [2, 3, 2, 2], kernel: [1, 1] },
  { name: 'the whole image', shape: [2, 1, 3, 4], kernel: [3, 4] },
  { name: 'no batch', shape: [3, 4, 5], kernel: [2, 2], padding: [0, 1] },
  { name: 'an empty batch', shape: [0, 2, 3, 3], kernel: [2, 2] },
];

/** For each column, channel by channel, the flat places of a window's elements in one image; -1 in the padding. */
function placesOf({ shape, kernel, dilation = [1, 1], padding = [0, 0], stride = [1, 1] }: Case): number[][] {
  const [channels, height, width] = shape.slice(-3) as [number, number, number];
  const count = [height, width].map((n, d) =>
    Math.floor((n + 2 * padding[d]! - dilation[d]! * (kernel[d]! - 1) - 1) / stride[d]! + 1),
  );
  const rows: number[][] = [];
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < kernel[0]; i++)
      for (let j = 0; j < kernel[1]; j++) {
        const row: number[] = [];
        for (let a = 0; a < count[0]!; a++)
          for (let b = 0; b < count[1]!; b++) {
            const y = a * stride[0] - padding[0] + i * dilation[0];
            const x = b * stride[1] - padding[1] + j * dilation[1];
            row.push(y < 0 || x < 0 || y >= height || x >= width ? -1 : (c * height + y) * width + x);
          }
        rows.push(row);
      }
  return rows;
}

/** The options as they are called with: pairs that are alike as one number. */
const optionsOf = ({ kernel: _, name: __, shape: ___, ...options }: Case): Record<string, number | Pair> =>
  Object.fromEntries(
    Object.entries(options as Record<string, Pair>).map(([name, pair]) => [name, pair[0] === pair[1] ? pair[0] : pair]),
  );

const numbers = async (t: Tensor): Promise<number[]> => Array.from(await t.data(), Number);

describe.each(cases)('$name', (each) => {
  const { shape, kernel } = each;
  const options = optionsOf(each);
  const places = placesOf(each);
  const lead = shape.slice(0, -3);
  const images = lead[0] ?? 1;
  const plane = shape.slice(-3).reduce((p, n) => p * n, 1);
  const columnShape = [...lead, places.length, places[0]!.length];

  it('unfold reads the windows', async () => {
    const x = randn(shape) as Tensor;
    const values = await numbers(x);
    const out = unfold(x, kernel, options) as Tensor;
    expect(out.shape).toEqual(columnShape);
    const expected = Array.from({ length: images }, (_, n) =>
      places.flat().map((p) => (p < 0 ? 0 : values[n * plane + p]!)),
    );
    expect(await numbers(out)).toEqual(expected.flat());
    const layer = new Unfold(kernel, options).forward(x.transpose(-1, -2).contiguous().transpose(-1, -2) as Tensor);
    expect(await layer.toArray()).toEqual(await out.toArray());
  });

  it('fold adds them up', async () => {
    const columns = randint(-9, 9, columnShape, { dtype: 'int64' }).to('float32') as Tensor;
    const values = await numbers(columns);
    const sums = new Array<number>(images * plane).fill(0);
    values.forEach((v, at) => {
      const size = places.length * places[0]!.length;
      const place = places.flat()[at % size]!;
      if (place >= 0) sums[Math.floor(at / size) * plane + place]! += v;
    });
    const out = fold(columns, shape.slice(-2), kernel, options) as Tensor;
    expect([out.shape, out.isContiguous()]).toEqual([shape, true]);
    expect(await numbers(out)).toEqual(sums);
    const strided = columns.transpose(-1, -2).contiguous().transpose(-1, -2) as Tensor;
    const layer = new Fold(shape.slice(-2), kernel, options).forward(strided);
    expect(await layer.toArray()).toEqual(await out.toArray());
  });

  it('gradients', async () => {
    const one = [1, ...shape.slice(-2)];
    const x = randn(one, { dtype: 'float64' }) as Tensor;
    const columns = randn([kernel[0] * kernel[1], places[0]!.length], { dtype: 'float64' }) as Tensor;
    expect(await gradcheck((t) => unfold(t, kernel, options), [x])).toBe(true);
    expect(await gradcheck((t) => fold(t, shape.slice(-2), kernel, options), [columns])).toBe(true);
  });
});

it('second derivatives, of what is made of them', async () => {
  const options = { padding: [1, 0], stride: [1, 2] } as const;
  const x = randn([2, 1, 2, 4], { dtype: 'float64' }) as Tensor;
  const columns = unfold(x, 2, options) as Tensor;
  const folded = (t: Tensor): Tensor => fold(t, [2, 4], 2, options) as Tensor;
  expect(await gradgradcheck((t: Tensor) => (unfold(t, 2, options) as Tensor).pow(3), [x])).toBe(true);
  expect(await gradgradcheck((t: Tensor) => folded(t).pow(3), [columns])).toBe(true);
});

describe('dtypes', () => {
  it.each(['float64', 'int64', 'int32', 'uint8'] as const)('%s', async (dtype) => {
    const x = tensor(
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      { dtype },
    );
    const columns = unfold(x, 2);
    expect([columns.dtype, await numbers(columns)]).toEqual([dtype, [1, 2, 2, 3, 4, 5, 5, 6]]);
    const image = fold(columns, [2, 3], 2);
    expect([image.dtype, await numbers(image)]).toEqual([dtype, [1, 4, 3, 4, 10, 6]]);
  });

  it('bool is read, and is no number to add up', async () => {
    const x = tensor([[[true, false, true]]]);
    expect(await unfold(x, 1, { padding: [0, 1] }).data()).toEqual(Uint8Array.of(0, 1, 0, 1, 0));
    expect(() => fold(zeros([1, 1], { dtype: 'bool' }), 1, 1)).toThrow(DTypeError);
  });

  it('float16 is rounded once', async () => {
    // 2048 + 1 is 2048 in float16, in which 2048 + 2 is exact.
    const columns = tensor([[0, 0, 2048], [0, 1, 0], [1, 0, 0]], { dtype: 'float16' }); // biome-ignore format: a matrix
    const image = fold(columns, [1, 5], [1, 3]);
    expect([image.dtype, await numbers(image)]).toEqual(['float16', [0, 0, 2050, 0, 0]]);
  });
});

describe('refusals', () => {
  const image = zeros([1, 2, 3, 3]) as Tensor;
  it.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
    ['a matrix', () => unfold(zeros([3, 3]), 2), ShapeError, /^\[unfold\] the input has 2 dimensions, expected 3 or 4/],
    ['no channels', () => unfold(zeros([2, 0, 3, 3]), 2), ShapeError, /dimension 1 of \(2, 0, 3, 3\) is empty/],
    [
      'a large window',
      () => unfold(image, [2, 5]),
      ShapeError,
      /^\[unfold\] a window of 5 does not fit size 3 with padding 0: \(2, -1\) windows/,
    ],
    ['half a stride', () => unfold(image, 2, { stride: 0.5 }), ValueError, /stride is 0.5, expected whole numbers/],
    ['three sizes', () => unfold(image, [1, 2, 3]), ValueError, /kernelSize has 3 numbers, expected one or 2/],
    ['negative padding', () => unfold(image, 2, { padding: -1 }), ValueError, /padding is -1/],
    ['a number as options', () => unfold(image, 2, 1 as never), ValueError, /^\[unfold\] got 1 where options belong/],
    ['a number as an image', () => unfold(1 as never, 2), Error, /^\[unfold\]/],
    ['no kernel', () => unfold(image, undefined as never), ValueError, /^\[unfold\] kernelSize is undefined, expected/],
    ['a kernel as text', () => unfold(image, '2' as never), ValueError, /^\[unfold\] kernelSize is 2, expected/],
    [
      'columns without windows',
      () => fold(zeros([4]), 3, 2),
      ShapeError,
      /^\[fold\] the input has 1 dimensions, expected 2 or 3/,
    ],
    [
      'columns that are no channels',
      () => fold(zeros([1, 7, 4]), 3, 2),
      ShapeError,
      /columns of 7 elements in \(1, 7, 4\) are not some channels of a kernel \(2, 2\), 4 elements each/,
    ],
    ['no columns', () => fold(zeros([1, 0, 4]), 3, 2), ShapeError, /columns of 0 elements/],
    [
      'another number of columns',
      () => fold(zeros([1, 8, 5]), 3, 2),
      ShapeError,
      /5 columns in \(1, 8, 5\), but 2 · 2 = 4 windows lie in an image of \(3, 3\)/,
    ],
    ['a large kernel', () => fold(zeros([1, 25, 1]), 3, 5), ShapeError, /^\[fold\] a window of 5 does not fit size 3/],
    ['no size', () => fold(zeros([1, 4, 4]), 0, 2), ValueError, /outputSize is 0/],
    ['options of a layer', () => new Unfold(2, 3 as never), ValueError, /^\[Unfold\] got 3 where options belong/],
  ])('%s', (_, call, kind, text) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(text);
  });
});

it('names its gradients as PyTorch does, and layers print alike', () => {
  const x = ones([1, 1, 2, 2], { requiresGrad: true });
  const columns = unfold(x, 2) as Tensor;
  expect([columns.gradFn!.name, (fold(columns, 2, 2) as Tensor).gradFn!.name]).toEqual([
    'Im2ColBackward',
    'Col2ImBackward',
  ]);
  expect(String(new Unfold([2, 3], { dilation: 2, padding: [1, 0] }))).toBe(
    'Unfold(kernel_size=(2, 3), dilation=2, padding=(1, 0), stride=1)',
  );
  expect(String(new Fold(4, [2, 2], { stride: 2 }))).toBe(
    'Fold(output_size=4, kernel_size=(2, 2), dilation=1, padding=0, stride=2)',
  );
});
