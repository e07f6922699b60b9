/** Convolutions against their definition in plain loops, over options, ranks and dtypes; their errors; what they launch. */
import { expectNoLeaks, gradcheck, gradgradcheck } from '@nn/autograd';
import { type DType, nullBackend } from '@nn/backend';
import { manualSeed, ones, randint, randn, type Tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../index.ts';

type Convolve = (input: Tensor, weight: Tensor, options?: Options) => Tensor;

interface Options extends Omit<nn.ConvOptions & nn.ConvTransposeOptions, 'padding'> {
  readonly padding?: number | readonly number[] | 'same' | 'valid';
}

const convolutions = [nn.conv1d, nn.conv2d, nn.conv3d] as unknown as readonly Convolve[];
const transposes = [nn.convTranspose1d, nn.convTranspose2d, nn.convTranspose3d] as unknown as readonly Convolve[];

/** Visits every place of a box. */
function eachPlace(sizes: readonly number[], visit: (place: readonly number[], position: number) => void): void {
  const count = sizes.reduce((p, n) => p * n, 1);
  for (let position = 0; position < count; position++) {
    let rest = position;
    const place = sizes.map(() => 0);
    for (let d = sizes.length - 1; d >= 0; d--) {
      place[d] = rest % sizes[d]!;
      rest = Math.floor(rest / sizes[d]!);
    }
    visit(place, position);
  }
}

interface Rule {
  readonly stride: readonly number[];
  readonly before: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** Calls `pair(position in x, position in w, position in y)` for every product of the definition y = Σ w x. */
function eachProduct(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  { stride, before, dilation, groups }: Rule,
  pair: (x: number, w: number, y: number) => void,
): void {
  const index = (shape: readonly number[], place: readonly number[]): number =>
    place.reduce((sum, p, d) => sum * shape[d]! + p, 0);
  eachPlace(y, ([n, o, ...out], position) =>
    eachPlace(w.slice(1), ([c, ...tap], t) => {
      const at = out.map((p, d) => p * stride[d]! + tap[d]! * dilation[d]! - before[d]!);
      if (at.some((p, d) => p < 0 || p >= x[2 + d]!)) return;
      const group = Math.floor(o! / (w[0]! / groups));
      const channel = group * w[1]! + c!;
      pair(index(x, [n!, channel, ...at]), o! * w.slice(1).reduce((p, k) => p * k, 1) + t, position);
    }),
  );
}

interface Case {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly y: readonly number[];
  readonly options?: Options;
  /** Where the padding before an axis isn't the option itself. */
  readonly before?: readonly number[];
}

const list = (value: unknown, axes: number, usual: number): readonly number[] =>
  value === undefined || typeof value === 'string'
    ? new Array<number>(axes).fill(usual)
    : typeof value === 'number'
      ? new Array<number>(axes).fill(value)
      : (value as readonly number[]);

const ruleOf = ({ x, options = {}, before }: Case): Rule => {
  const axes = x.length - 2;
  return {
    stride: list(options.stride, axes, 1),
    before: before ?? list(options.padding, axes, 0),
    dilation: list(options.dilation, axes, 1),
    groups: options.groups ?? 1,
  };
};

const random = (shape: readonly number[], dtype: DType): Tensor =>
  (dtype === 'int32' ? randint(-9, 9, shape, { dtype }) : randn(shape, { dtype: 'float64' }).to(dtype)) as Tensor;

async function expectNear(actual: Tensor, shape: readonly number[], expected: Float64Array): Promise<void> {
  expect(actual.shape).toEqual(shape);
  const scale = actual.dtype === 'float64' ? 1e-13 : actual.dtype === 'float32' ? 1e-5 : 0;
  const values = [...(await actual.data())].map(Number);
  const worst = values.findIndex((v, i) => !(Math.abs(v - expected[i]!) <= scale * (1 + Math.abs(expected[i]!)) * 8));
  if (worst >= 0) expect.fail(`element ${worst} is ${values[worst]}, by the definition ${expected[worst]}`);
}

const addBias = (values: Float64Array, bias: ArrayLike<number>, shape: readonly number[]): void => {
  const plane = shape.slice(2).reduce((p, n) => p * n, 1);
  for (let i = 0; i < values.length; i++) values[i]! += bias[Math.floor(i / plane) % shape[1]!]!;
};

beforeEach(() => {
  manualSeed(11);
});

const cases: readonly Case[] = [
  { name: 'one axis', x: [2, 3, 9], w: [4, 3, 3], y: [2, 4, 7] },
  { name: 'one axis in groups, stepped', x: [2, 4, 9], w: [6, 2, 2], y: [2, 6, 3], options: { groups: 2, stride: [3], padding: 0 } },
  { name: 'images', x: [2, 2, 6, 5], w: [3, 2, 3, 2], y: [2, 3, 4, 4] },
  { name: 'all options by axis', x: [1, 4, 9, 8], w: [2, 2, 3, 2], y: [1, 2, 4, 10], options: { stride: [2, 1], padding: [1, 2], dilation: [2, 2], groups: 2 } },
  { name: 'a channel a group', x: [2, 3, 5, 5], w: [6, 1, 3, 3], y: [2, 6, 5, 5], options: { groups: 3, padding: 1 } },
  { name: 'a kernel of 1', x: [2, 5, 3, 4], w: [2, 5, 1, 1], y: [2, 2, 3, 4] },
  { name: 'a kernel of 1 that jumps', x: [1, 2, 5, 5], w: [2, 2, 1, 1], y: [1, 2, 2, 2], options: { stride: 3 } },
  { name: 'padding wider than the kernel', x: [1, 1, 2, 2], w: [1, 1, 2, 2], y: [1, 1, 7, 7], options: { padding: 3 } },
  { name: "'valid'", x: [1, 1, 4, 4], w: [1, 1, 2, 3], y: [1, 1, 3, 2], options: { padding: 'valid' } },
  { name: "'same'", x: [1, 2, 5, 6], w: [2, 2, 3, 5], y: [1, 2, 5, 6], options: { padding: 'same' }, before: [1, 2] },
  { name: "'same' with one more at the end", x: [1, 1, 5, 6], w: [1, 1, 2, 4], y: [1, 1, 5, 6], options: { padding: 'same', dilation: [1, 3] }, before: [0, 4] },
  { name: 'volumes', x: [1, 2, 4, 5, 3], w: [2, 2, 2, 3, 1], y: [1, 2, 3, 3, 3] },
  { name: 'one position', x: [3, 4, 2, 3], w: [5, 4, 2, 3], y: [3, 5, 1, 1], options: { stride: 4 } },
  { name: 'one position, in groups', x: [3, 6, 2, 3], w: [4, 3, 2, 3], y: [3, 4, 1, 1], options: { groups: 2 } },
  { name: 'one position, a channel a group', x: [2, 3, 5], w: [3, 1, 5], y: [2, 3, 1], options: { groups: 3 } },
  { name: 'one position of a kernel of 1', x: [4, 3, 1, 1], w: [7, 3, 1, 1], y: [4, 7, 1, 1], options: { dilation: 2 } },
  { name: 'volumes with options', x: [2, 2, 4, 5, 3], w: [2, 1, 2, 3, 2], y: [2, 2, 3, 3, 3], options: { stride: [2, 1, 1], padding: [1, 0, 1], dilation: [1, 1, 2], groups: 2 } },
]; // biome-ignore format: one case, one line

describe.each(['float32', 'float64', 'int32'] as const)('of %s', (dtype) => {
  it.each(cases)('$name', async (each) => {
    const { x, w, y, options } = each;
    const [a, b, bias] = [random(x, dtype), random(w, dtype), random([w[0]!], dtype)];
    const [p, q] = [await a.data(), await b.data()];
    const expected = new Float64Array(y.reduce((product, n) => product * n, 1));
    eachProduct(x, w, y, ruleOf(each), (i, j, k) => {
      expected[k]! += p[i]! * q[j]!;
    });
    const convolve = convolutions[x.length - 3]!;
    await expectNear(convolve(a, b, options), y, expected);
    addBias(expected, (await bias.data()) as ArrayLike<number>, y);
    await expectNear(convolve(a, b, { ...options, bias }), y, expected);
    const image = convolve(a.at(0) as Tensor, b, { ...options, bias });
    await expectNear(image, y.slice(1), expected.subarray(0, image.numel()));
  });
});

/** x is the input and y the result of the transposed convolution. */
const transposedCases: readonly Case[] = [
  { name: 'one axis', x: [2, 3, 5], w: [3, 4, 3], y: [2, 4, 7] },
  { name: 'one axis with all options', x: [2, 4, 5], w: [4, 2, 3], y: [2, 4, 15], options: { stride: 3, padding: 1, dilation: 2, outputPadding: 0, groups: 2 } },
  { name: 'images', x: [2, 2, 3, 4], w: [2, 3, 3, 2], y: [2, 3, 5, 5] },
  { name: 'images with options by axis', x: [1, 4, 3, 4], w: [4, 1, 3, 2], y: [1, 2, 11, 11], options: { stride: [2, 3], padding: [1, 0], outputPadding: [2, 0], dilation: [3, 1], groups: 2 } },
  { name: 'more at the end than a step', x: [1, 1, 3], w: [1, 1, 2], y: [1, 1, 8], options: { dilation: 3, outputPadding: 2 } },
  { name: 'padding wider than the kernel', x: [1, 2, 6, 6], w: [2, 1, 2, 2], y: [1, 1, 3, 3], options: { padding: 2 } },
  { name: 'volumes', x: [1, 2, 2, 3, 2], w: [2, 2, 2, 3, 1], y: [1, 2, 4, 7, 3], options: { stride: 2, outputPadding: [0, 0, 0] } },
  { name: 'one position', x: [3, 5, 1, 1], w: [5, 4, 2, 3], y: [3, 4, 2, 3], options: { stride: 2 } },
  { name: 'one position, in groups', x: [3, 4, 1, 1], w: [4, 3, 2, 3], y: [3, 6, 2, 3], options: { groups: 2 } },
  { name: 'one position and more at the end', x: [2, 3, 1], w: [3, 2, 3], y: [2, 2, 4], options: { stride: 2, outputPadding: 1 } },
]; // biome-ignore format: one case, one line

describe.each(['float32', 'float64', 'int32'] as const)('transposed, of %s', (dtype) => {
  it.each(transposedCases)('$name', async (each) => {
    const { x, w, y, options } = each;
    const [a, b] = [random(x, dtype), random(w, dtype)];
    const bias = random([y[1]!], dtype);
    const [p, q] = [await a.data(), await b.data()];
    const expected = new Float64Array(y.reduce((product, n) => product * n, 1));
    eachProduct(y, w, x, ruleOf(each), (i, j, k) => {
      expected[i]! += p[k]! * q[j]!;
    });
    const convolve = transposes[x.length - 3]!;
    await expectNear(convolve(a, b, options), y, expected);
    addBias(expected, (await bias.data()) as ArrayLike<number>, y);
    await expectNear(convolve(a, b, { ...options, bias }), y, expected);
    const image = convolve(a.at(0) as Tensor, b, { ...options, bias });
    await expectNear(image, y.slice(1), expected.subarray(0, image.numel()));
  });
});

describe('errors', () => {
  const t = (...shape: number[]): Tensor => zeros(shape) as Tensor;
  const conv = nn.conv2d as unknown as Convolve;
  const back = nn.convTranspose2d as unknown as Convolve;
  const w = t(4, 2, 3, 3);

  it.each<[string, string, () => unknown]>([
    ['ShapeError', '[conv2d] the input has 2 dimensions, expected 3 or 4: input (5, 5), weight (4, 2, 3, 3); channels come before', () => conv(t(5, 5), w)],
    ['ShapeError', '[conv2d] the weight has 3 dimensions, expected 4: input (1, 2, 5, 5), weight (4, 2, 3)', () => conv(t(1, 2, 5, 5), t(4, 2, 3))],
    ['ShapeError', '[conv2d] the input has 3 channels, expected 2: input (1, 3, 5, 5), weight (4, 2, 3, 3)', () => conv(t(1, 3, 5, 5), w)],
    ['ShapeError', '[conv2d] the input has 3 channels, expected 4: input (3, 5, 5), weight (4, 2, 3, 3), 2 groups', () => conv(t(3, 5, 5), w, { groups: 2 })],
    ['ShapeError', "[conv2d] the weight's 4 channels can't be shared among 3 groups", () => conv(t(1, 6, 5, 5), w, { groups: 3 })],
    ['ShapeError', '[conv2d] the bias has shape (2,), expected (4,)', () => conv(t(1, 2, 5, 5), w, { bias: t(2) })],
    ['ShapeError', '[conv2d] the bias has shape (4, 1), expected (4,)', () => conv(t(1, 2, 5, 5), w, { bias: t(4, 1) })],
    ['ShapeError', '[conv2d] a window of 3 does not fit size 2 with padding 0: input (2, 5, 2), weight (4, 2, 3, 3); take a smaller kernel or more padding', () => conv(t(2, 5, 2), w)],
    ['ShapeError', '[conv2d] a window of 9 does not fit size 5 with padding 1', () => conv(t(1, 2, 5, 5), w, { dilation: 4, padding: 1 })],
    ['ShapeError', '[conv2d] the kernel is empty', () => conv(t(1, 2, 5, 5), t(4, 2, 0, 3))],
    ['ShapeError', '[conv2d] dimension 1 of the input is empty: input (2, 0, 5), weight (4, 2, 3, 3); only batch and channels may be', () => conv(t(2, 0, 5), w, { padding: 2 })],
    ['DTypeError', '[conv2d] dtypes differ or are bool: float32 and float32 and float64; convert with', () => conv(t(1, 2, 5, 5), w, { bias: t(4).to('float64') as Tensor })],
    ['DTypeError', '[conv2d] dtypes differ or are bool: bool and bool', () => conv(t(1, 2, 5, 5).to('bool') as Tensor, w.to('bool') as Tensor)],
    ['ValueError', '[conv2d] stride is 0, expected whole numbers of at least 1', () => conv(t(1, 2, 5, 5), w, { stride: 0 })],
    ['ValueError', '[conv2d] dilation is (1, 1.5), expected whole numbers of at least 1', () => conv(t(1, 2, 5, 5), w, { dilation: [1, 1.5] })],
    ['ValueError', '[conv2d] padding is -1, expected whole numbers of at least 0', () => conv(t(1, 2, 5, 5), w, { padding: -1 })],
    ['ValueError', '[conv2d] padding has 3 numbers, expected one or 2: (1, 2, 3)', () => conv(t(1, 2, 5, 5), w, { padding: [1, 2, 3] })],
    ['ValueError', "[conv2d] padding is 'full', expected a number, one for each axis, 'same' or 'valid'", () => conv(t(1, 2, 5, 5), w, { padding: 'full' as never })],
    ['ValueError', "[conv2d] padding 'same' is for a stride of 1, got a stride of (1, 2)", () => conv(t(1, 2, 5, 5), w, { padding: 'same', stride: [1, 2] })],
    ['ValueError', '[conv2d] groups is 0, expected whole numbers of at least 1', () => conv(t(1, 2, 5, 5), w, { groups: 0 })],
    ['ShapeError', '[convTranspose2d] the input has 2 channels, expected 4: input (1, 2, 5, 5), weight (4, 2, 3, 3)', () => back(t(1, 2, 5, 5), w)],
    ['ShapeError', '[convTranspose2d] the input has 1 dimensions, expected 3 or 4', () => back(t(4), w)],
    ['ShapeError', '[convTranspose2d] the bias has shape (4,), expected (2,)', () => back(t(1, 4, 5, 5), w, { bias: t(4) })],
    ['ShapeError', '[convTranspose2d] the result would have the sizes (-1, 0): input (4, 1, 2), weight (4, 2, 3, 3); take less padding or more output padding', () => back(t(4, 1, 2), w, { padding: 2 })],
    ['ValueError', '[convTranspose2d] outputPadding must be smaller than either stride or dilation, but got 2 for stride 2 and dilation 1', () => back(t(1, 4, 5, 5), w, { stride: 2, outputPadding: [1, 2] })],
    ['ValueError', "[convTranspose2d] padding is 'same', expected", () => back(t(1, 4, 5, 5), w, { padding: 'same' })],
    ['DTypeError', '[convTranspose2d] dtypes differ or are bool: float32 and float32 and float64', () => back(t(1, 4, 5, 5), w, { bias: t(2).to('float64') as Tensor })],
  ])('%s %s', (name, message, run) => {
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ name }));
  }); // biome-ignore format: one error, one line
});

it('one launch with its bias, of one image too, and of strided operands after a copy of each', () => {
  const backend = nullBackend();
  const t = (...shape: number[]): Tensor => ones(shape, { backend }) as Tensor;
  const [x, w, v, bias] = [t(2, 3, 8, 8), t(4, 3, 3, 3), t(3, 4, 3, 3), t(4)];
  const launches = (run: () => unknown): unknown => {
    backend.reset();
    run();
    return Object.fromEntries(Object.entries(backend.counts.launches).filter(([, n]) => n > 0));
  };
  expect(launches(() => nn.conv2d(x, w, { bias, padding: 1 }))).toEqual({ conv: 1 });
  expect(launches(() => nn.conv2d(x.at(1) as Tensor, w, { bias, padding: 'same' }))).toEqual({ conv: 1 });
  expect(launches(() => nn.convTranspose2d(x, v))).toEqual({ conv: 1 });
  expect(launches(() => nn.convTranspose2d(x, v, { bias }))).toEqual({ conv: 1, map: 1 });
  expect(launches(() => nn.conv2d(x.transpose(2, 3) as Tensor, w))).toEqual({ conv: 1, map: 1 });
});

it('one position is a product of matrices, gradients too', async () => {
  const backend = nullBackend();
  const of = (run: () => unknown): unknown => {
    backend.reset();
    run();
    return { matmul: backend.counts.launches.matmul, conv: backend.counts.launches.conv };
  };
  const t = (...shape: number[]): Tensor => ones(shape, { backend, requiresGrad: true }) as Tensor;
  const [x, w, bias] = [t(2, 6, 4, 4), t(8, 3, 4, 4), t(8)];
  expect(of(() => nn.conv2d(x, w, { bias, groups: 2 }).sum().backward())).toEqual({ matmul: 3, conv: 0 });
  expect(of(() => nn.convTranspose2d(t(2, 8, 1, 1), w, { groups: 2 }))).toEqual({ matmul: 1, conv: 0 });
  // Two positions are not.
  expect(of(() => nn.conv2d(x, w, { groups: 2, padding: [1, 0] }))).toEqual({ matmul: 0, conv: 1 });
});

it.each([1, 2])('gradients of one position, of %i groups', async (groups) => {
  const [x, w, bias] = [[3, 4, 2, 3], [6, 4 / groups, 2, 3], [6]].map((shape) => randn(shape, { dtype: 'float64', requiresGrad: true }) as Tensor) as [Tensor, Tensor, Tensor]; // biome-ignore format: three of a kind
  const conv = nn.conv2d as unknown as Convolve;
  expect(await gradcheck((...[a, b, c]: Tensor[]) => conv(a!, b!, { groups, bias: c! }), [x, w, bias])).toBe(true);
  expect(await gradgradcheck((...[a, b]: Tensor[]) => conv(a!, b!, { groups }), [x, w])).toBe(true);
});

it('remembers what was said, not the lists in which it was', () => {
  const padding = [0, 1];
  const convolve = nn.conv2d as unknown as Convolve;
  const [x, w] = [ones([1, 1, 3, 3]), ones([1, 1, 2, 2])] as unknown as [Tensor, Tensor];
  expect(convolve(x, w, { padding }).shape).toEqual([1, 1, 2, 4]);
  padding[0] = 2;
  expect(convolve(x, w, { padding }).shape).toEqual([1, 1, 6, 4]);
  expect(convolve(x, w, { padding: [0, 1] }).shape).toEqual([1, 1, 2, 4]);
});

it('an input without channels gives the bias', async () => {
  const [w, bias] = [ones([2, 0, 2], { requiresGrad: true }), ones([2], { requiresGrad: true })];
  const y = nn.conv1d(ones([1, 0, 3]), w, { bias });
  expect(await y.toArray()).toEqual([
    [
      [1, 1],
      [1, 1],
    ],
  ]);
  y.sum().backward();
  expect(w.grad!.shape).toEqual([2, 0, 2]);
  expect(await bias.grad!.toArray()).toEqual([2, 2]);
});

it('gives back what it takes', () => {
  const [x, w, bias] = [
    randn([2, 3, 6], { requiresGrad: true }),
    randn([3, 3, 2], { requiresGrad: true }),
    randn([3], { requiresGrad: true }),
  ];
  expectNoLeaks(() => {
    const y = nn.conv1d(x.transpose(0, 1).transpose(0, 1), w, { bias, stride: 2 });
    nn.convTranspose1d(nn.conv1d(y.at(0), w.transpose(0, 1), { bias }), w, { bias, stride: 2 })
      .sum()
      .backward();
    for (const leaf of [x, w, bias]) leaf.grad = null;
  });
});
