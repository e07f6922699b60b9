/** The three roles of `conv`, first and second order, against central differences in float64; and what a training step launches. */
import { type Backend, lower, nullBackend, reference } from '@nn/backend';
import { ones, type Tensor, tensor } from '@nn/tensor';
import { convolve, convolveTransposed } from '@nn/tensor/internal';
import { describe, expect, test } from 'vitest';
import { grad, gradcheck, gradgradcheck } from '../src/index.ts';

/** Values that are all different. */
function values(shape: readonly number[], seed = 1): Tensor {
  const n = shape.reduce((p, k) => p * k, 1);
  return tensor(
    Float64Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1) * seed) * 1.5 + 0.1),
    {
      shape,
    },
  ) as Tensor;
}

/** A backend that leaves convolutions to the shared fallback. */
const declining: Backend = Object.assign(reference(), {
  lower,
  supports: ({ kind }: { kind: string }) => kind !== 'conv',
});

interface Axis {
  readonly stride?: number;
  readonly padding?: readonly [number, number];
  readonly dilation?: number;
}

const geometryOf = (axes: readonly Axis[], groups = 1): Parameters<typeof convolve>[4] => ({
  stride: axes.map(({ stride = 1 }) => stride),
  before: axes.map(({ padding = [0, 0] }) => padding[0]),
  after: axes.map(({ padding = [0, 0] }) => padding[1]),
  dilation: axes.map(({ dilation = 1 }) => dilation),
  groups,
});

interface Case {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly groups?: number;
  readonly x: readonly number[];
  readonly w: readonly number[];
  /** Of the transpose, which has these sizes. */
  readonly size?: readonly number[];
  readonly unbiased?: true;
}

const cases: readonly Case[] = [
  { name: 'one axis', axes: [{}], x: [2, 2, 4], w: [2, 2, 2] },
  { name: 'one image', axes: [{ padding: [1, 1] }], x: [2, 3], w: [2, 2, 3] },
  { name: 'no bias', axes: [{}], x: [1, 2, 4], w: [1, 2, 2], unbiased: true },
  { name: 'a stride that leaves columns over', axes: [{ stride: 2 }, { stride: 3 }], x: [1, 1, 4, 6], w: [2, 1, 2, 2] },
  {
    name: 'uneven padding, dilation, groups',
    axes: [{ padding: [0, 1], dilation: 2 }, { padding: [2, 1] }],
    groups: 2,
    x: [2, 2, 4, 2],
    w: [2, 1, 2, 2],
  },
  { name: 'padding wider than the kernel', axes: [{ padding: [2, 3], stride: 2 }], x: [1, 1, 3], w: [2, 1, 2] },
  { name: 'three axes', axes: [{}, { stride: 2 }, { padding: [1, 0] }], x: [1, 1, 2, 3, 2], w: [2, 1, 2, 2, 2] },
  { name: 'the transpose', axes: [{ stride: 2, padding: [1, 1] }], x: [2, 2, 3], w: [2, 1, 3], size: [6] },
  {
    name: 'the transpose in groups, of one image',
    axes: [{ dilation: 2 }, {}],
    groups: 2,
    x: [2, 2, 2],
    w: [2, 2, 2, 2],
    size: [4, 3],
  },
  { name: 'a transpose that leaves rows over', axes: [{ dilation: 3 }], x: [1, 1, 2], w: [1, 2, 2], size: [7] },
];

describe.each(cases)('$name', ({ axes, groups = 1, x, w, size, unbiased }) => {
  const geometry = geometryOf(axes, groups);
  const channels = size === undefined ? w[0]! : w[1]! * groups;
  const inputs = [values(x), values(w, 2), ...(unbiased ? [] : [values([channels], 3)])];
  const f = (a: Tensor, b: Tensor, bias: Tensor | null = null): Tensor =>
    size === undefined
      ? convolve('convolution', a, b, bias, geometry)
      : convolveTransposed('convolution', a, b, bias, geometry, size);

  test('first derivatives', async () => {
    expect(await gradcheck(f, inputs)).toBe(true);
  });
  test('second derivatives', async () => {
    expect(await gradgradcheck(f, inputs, { atol: 1e-4 })).toBe(true);
  });
  test('the fallback says the same', async () => {
    const all = async (backend: Backend): Promise<unknown> => {
      const own = await Promise.all(inputs.map(async (t) => (await t.to(backend)).requiresGrad_() as Tensor));
      const y = f(...(own as [Tensor, Tensor]));
      const found = grad(y.pow(2).sum() as Tensor, own);
      return Promise.all([y, ...found].map(async (t) => [...(await t.data())].map((v) => Number(v).toFixed(9))));
    };
    expect(await all(declining)).toEqual(await all(reference()));
  });
});

test('an empty batch has gradients of zeros', async () => {
  const [x, w, b] = [[0, 1, 3], [2, 1, 2], [2]].map((shape) => values(shape).requiresGrad_()) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const found = grad(convolve('convolution', x, w, b, geometryOf([{}])).sum(), [x, w, b]);
  expect(found.map((g) => g.shape)).toEqual([[0, 1, 3], [2, 1, 2], [2]]);
  expect(await found[1]!.toArray()).toEqual([[[0, 0]], [[0, 0]]]);
  expect(await found[2]!.toArray()).toEqual([0, 0]);
});

test('strided operands and gradients', async () => {
  const geometry = geometryOf([{}, {}]);
  const f = (x: Tensor, w: Tensor, b: Tensor): Tensor =>
    (convolve('convolution', x.transpose(2, 3), w.transpose(0, 1), b.at('::2'), geometry) as Tensor).transpose(1, 3);
  const inputs = [values([1, 2, 4, 3]), values([2, 2, 2, 2], 2), values([4], 3)];
  expect(await gradcheck(f as never, inputs)).toBe(true);
  expect(await gradgradcheck(f as never, inputs, { atol: 1e-4 })).toBe(true);
});

test('a convolution with bias is one launch forwards, and one for each operand backwards', () => {
  const backend = nullBackend();
  const leaf = (shape: readonly number[]): Tensor => ones(shape, { requiresGrad: true, backend }) as Tensor;
  const [x, w, b] = [leaf([2, 3, 8, 8]), leaf([4, 3, 3, 3]), leaf([4])];
  const seed = ones([2, 4, 6, 6], { backend }) as Tensor;
  backend.reset();
  const y = convolve('convolution', x, w, b, geometryOf([{}, {}]));
  expect(backend.counts).toMatchObject({ total: 1, launches: { conv: 1 } });
  y.backward(seed);
  expect(backend.counts).toMatchObject({ total: 4, launches: { conv: 3, reduce: 1 } });
  expect([x.grad!.shape, w.grad!.shape, b.grad!.shape]).toEqual([[2, 3, 8, 8], [4, 3, 3, 3], [4]]);
  expect(y.gradFn!.name).toBe('ConvolutionBackward0');
});
