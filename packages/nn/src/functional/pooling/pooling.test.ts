/** Pooling against a slow clear version over every kind of option, its gradients against finite differences, and what it refuses. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import type { DType } from '@nn/backend';
import { manualSeed, randint, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';

beforeEach(() => {
  manualSeed(0);
});

interface Options {
  readonly stride?: readonly number[];
  readonly padding?: readonly number[];
  readonly dilation?: readonly number[];
  readonly ceilMode?: boolean;
  readonly countIncludePad?: boolean;
  readonly divisorOverride?: number;
}

/** The elements under each window: their values (undefined in the padding), and how many cells reach no further than the padding. */
interface Under {
  readonly shape: number[];
  readonly windows: { readonly cells: { readonly value: number; readonly place: number }[]; readonly reach: number }[];
}

/** All combinations of whole numbers below the sizes, in row-major order. */
const positions = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>((all, n) => all.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])), [[]]);

async function windowsOf(x: Tensor, kernel: readonly number[], options: Options): Promise<Under> {
  const spatial = kernel.length;
  const { stride = kernel, padding = kernel.map(() => 0), dilation = kernel.map(() => 1), ceilMode = false } = options;
  const lead = x.shape.slice(0, -spatial);
  const size = x.shape.slice(-spatial);
  const count = size.map((n, d) => {
    const room = n + 2 * padding[d]! - dilation[d]! * (kernel[d]! - 1) - 1;
    const windows = (ceilMode ? Math.ceil : Math.floor)(room / stride[d]!) + 1;
    return ceilMode && (windows - 1) * stride[d]! >= n + padding[d]! ? windows - 1 : windows;
  });
  const values = Array.from(await x.data(), Number);
  const plane = size.reduce((p, n) => p * n, 1);
  const rows = lead.reduce((p, n) => p * n, 1);
  const windows = Array.from({ length: rows }, (_, row) =>
    positions(count).map((at) => {
      const places = positions(kernel).map((k) =>
        k.map((j, d) => at[d]! * stride[d]! - padding[d]! + j * dilation[d]!),
      );
      const cells = places
        .filter((p) => p.every((i, d) => i >= 0 && i < size[d]!))
        .map((p) => {
          const place = p.reduce((sum, i, d) => sum * size[d]! + i, 0);
          return { place, value: values[row * plane + place]! };
        });
      const reach = places.filter((p) => p.every((i, d) => i < size[d]! + padding[d]!)).length;
      return { cells, reach };
    }),
  ).flat();
  return { shape: [...lead, ...count], windows };
}

const maxPools = [nn.maxPool1d, nn.maxPool2d, nn.maxPool3d];
const avgPools = [nn.avgPool1d, nn.avgPool2d, nn.avgPool3d];

/** Names, shapes, kernels, options. */
const cases: readonly [string, readonly number[], readonly number[], Options][] = [
  ['neighbours', [2, 3, 6, 8], [2, 2], {}],
  ['a rest at the end', [2, 3, 7, 9], [2, 2], {}],
  ['overlapping windows', [1, 2, 7, 6], [3, 2], { stride: [2, 1] }],
  ['gaps between windows', [1, 2, 9, 8], [2, 2], { stride: [3, 4] }],
  ['padding', [2, 1, 5, 6], [3, 3], { stride: [2, 2], padding: [1, 1] }],
  ['padding of one dimension', [2, 1, 5, 6], [4, 2], { stride: [1, 2], padding: [2, 0] }],
  ['dilation', [1, 2, 8, 9], [2, 3], { stride: [1, 2], dilation: [3, 2], padding: [1, 0] }],
  ['dilation of the kernel size as stride', [1, 1, 9, 9], [2, 2], { dilation: [2, 2] }],
  ['windows over the end', [1, 2, 6, 8], [3, 3], { stride: [2, 2], ceilMode: true }],
  ['windows over the end and padding', [1, 2, 6, 7], [3, 2], { stride: [2, 2], padding: [1, 1], ceilMode: true }],
  [
    'a window that would start in the padding',
    [1, 1, 5, 5],
    [2, 2],
    { stride: [3, 3], padding: [1, 1], ceilMode: true },
  ],
  ['no batch', [3, 6, 5], [2, 2], {}],
  ['a window of everything', [2, 2, 4, 5], [4, 5], {}],
  ['large windows', [1, 2, 9, 11], [5, 4], { stride: [2, 3] }],
  ['large windows and padding', [2, 1, 7, 9], [5, 4], { stride: [2, 3], padding: [2, 1], ceilMode: true }],
  ['large windows with dilation', [1, 1, 12, 10], [5, 4], { dilation: [2, 1], stride: [1, 2], padding: [1, 2] }],
  ['windows of one element', [1, 2, 3, 4], [1, 1], { stride: [2, 2] }],
  ['an empty batch', [0, 2, 4, 4], [2, 2], {}],
  ['one dimension', [2, 3, 11], [3], { stride: [2], padding: [1] }],
  ['one dimension, no batch', [3, 10], [4], { stride: [2], ceilMode: true }],
  ['three dimensions', [2, 2, 4, 5, 6], [2, 2, 3], { stride: [2, 1, 2], padding: [0, 1, 1] }],
  ['three dimensions, no batch', [2, 4, 4, 4], [2, 2, 2], {}],
];

describe('maxPool', () => {
  it.each(cases)('%s: values and places', async (_, shape, kernel, options) => {
    const x = randn(shape) as Tensor;
    const expected = await windowsOf(x, kernel, options);
    const best = expected.windows.map(({ cells }) => cells.reduce((a, b) => (b.value > a.value ? b : a)));
    const pool = maxPools[kernel.length - 1]!;
    const { values, indices } = pool(x, kernel, { ...options, returnIndices: true });
    expect(values.shape).toEqual(expected.shape);
    expect(Array.from(await values.data())).toEqual(best.map(({ value }) => value));
    expect(Array.from(await indices.data())).toEqual(best.map(({ place }) => place));
    const alone: Tensor = pool(x, kernel, options);
    expect(await alone.toArray()).toEqual(await values.toArray());
  });

  it.each(cases.filter(([, shape]) => shape[0]! > 0))('%s: gradients', async (_, shape, kernel, options) => {
    const pool = maxPools[kernel.length - 1]!;
    const x = randn(shape, { dtype: 'float64' }) as Tensor;
    expect(await gradcheck((t) => pool(t, kernel, options), [x])).toBe(true);
  });

  it('second derivatives', async () => {
    const x = randn([1, 2, 4, 5], { dtype: 'float64' }) as Tensor;
    const g = randn([1, 2, 2, 2], { dtype: 'float64' }) as Tensor;
    expect(await gradgradcheck((t) => nn.maxPool2d(t, 3, { stride: 2, padding: 1 }).mul(t.sum()), [x])).toBe(true);
    expect(await gradcheck((t, v) => nn.maxPool2d(t, 2).mul(v), [x, g])).toBe(true);
  });

  it('views of any strides', async () => {
    const x = randn([3, 5, 4, 6]) as Tensor;
    for (const view of [x.permute([0, 3, 1, 2]), x.transpose(2, 3), x.at('::2', '1:') as Tensor]) {
      const own = nn.maxPool2d(view as Tensor, 2, { padding: 1, returnIndices: true });
      const dense = nn.maxPool2d((view as Tensor).clone() as Tensor, 2, { padding: 1, returnIndices: true });
      expect(await own.values.toArray()).toEqual(await dense.values.toArray());
      expect(await own.indices.toArray()).toEqual(await dense.indices.toArray());
    }
  });

  it.each<DType>(['float32', 'float64', 'int32', 'int64', 'uint8'])('%s', async (dtype) => {
    const x = randint(0, 100, [2, 3, 5, 5], { dtype: 'int64' }).to(dtype) as Tensor;
    const expected = await windowsOf(x, [3, 3], { stride: [2, 2], padding: [1, 1] });
    const out: Tensor = nn.maxPool2d(x, 3, { stride: 2, padding: 1 });
    expect(out.dtype).toBe(dtype);
    expect(Array.from(await out.data(), Number)).toEqual(
      expected.windows.map(({ cells }) => Math.max(...cells.map(({ value }) => value))),
    );
  });

  it('of equals the first wins and alone gets the gradient', async () => {
    const x = tensor(
      [
        [
          [1, 1, 0],
          [1, 1, 0],
          [0, 0, 0],
        ],
      ],
      { requiresGrad: true },
    ) as Tensor;
    const { values, indices } = nn.maxPool2d(x, 2, { stride: 1, returnIndices: true });
    expect(await indices.toArray()).toEqual([
      [
        [0, 1],
        [3, 4],
      ],
    ]);
    values.sum().backward();
    expect(await x.grad!.toArray()).toEqual([
      [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
      ],
    ]);
  });

  it('the last NaN wins, and a window of -∞ has its first element', async () => {
    const [n, i] = [Number.NaN, Number.NEGATIVE_INFINITY];
    const found = nn.maxPool1d(tensor([[i, i, 1, n, 5, 7]]), 2, { returnIndices: true });
    expect(await found.values.toArray()).toEqual([[i, n, 7]]);
    expect(await found.indices.toArray()).toEqual([[0, 3, 5]]);
    // torch 1.13: F.max_pool1d(torch.tensor([[1, n, n, 0]]), 4, return_indices=True)[1] is [[2]]
    expect(await nn.maxPool1d(tensor([[1, n, n, 0]]), 4, { returnIndices: true }).indices.toArray()).toEqual([[2]]);
    const ring = nn.maxPool1d(tensor([[n, n, n, 1]]), 3, { padding: 1, returnIndices: true });
    expect(await ring.indices.toArray()).toEqual([[1, 2]]);
    const padded = nn.maxPool1d(tensor([[i, i, i]]), 2, { stride: 2, padding: 1, returnIndices: true });
    expect(await padded.indices.toArray()).toEqual([[0, 1]]);
  });

  it('in large windows too', async () => {
    const [n, i] = [Number.NaN, Number.NEGATIVE_INFINITY];
    const x = [
      i,
      n,
      4,
      n,
      ...new Array<number>(16).fill(i),
      ...new Array<number>(10).fill(2),
      ...new Array<number>(10).fill(2),
    ];
    const found = nn.maxPool1d(tensor([[...x, ...new Array<number>(20).fill(i)]]), 20, { returnIndices: true });
    expect(await found.values.toArray()).toEqual([[n, 2, i]]);
    // torch 1.13 has the last NaN, here the one at 3.
    expect(await found.indices.toArray()).toEqual([[3, 20, 40]]);
    const padded = nn.maxPool1d(tensor([new Array<number>(20).fill(i)]), 20, { padding: 10, returnIndices: true });
    expect(await padded.indices.toArray()).toEqual([[0, 10]]);
  });

  it('gradients of overlapping windows add up', async () => {
    const x = tensor([[0, 3, 0]], { requiresGrad: true }) as Tensor;
    nn.maxPool1d(x, 2, { stride: 1 }).backward(tensor([[2, 5]]) as Tensor);
    expect(await x.grad!.toArray()).toEqual([[0, 7, 0]]);
  });

  it.each<[string, () => unknown]>([
    ['[maxPool2d] the input has 2 dimensions, expected 3 or 4', () => nn.maxPool2d(zeros([4, 4]), 2)],
    ['[maxPool1d] the input has 4 dimensions, expected 2 or 3', () => nn.maxPool1d(zeros([1, 1, 4, 4]), 2)],
    [
      '[maxPool2d] pad should be at most half of kernel size, but got pad=2 and kernel_size=3',
      () => nn.maxPool2d(zeros([1, 4, 4]), 3, { padding: 2 }),
    ],
    [
      '[maxPool2d] a window of 5 does not fit size 4 with padding 0: output size (0, 0)',
      () => nn.maxPool2d(zeros([1, 4, 4]), 5),
    ],
    ['[maxPool2d] kernelSize is 0, expected whole numbers of at least 1', () => nn.maxPool2d(zeros([1, 4, 4]), 0)],
    ['[maxPool2d] stride is 0, expected', () => nn.maxPool2d(zeros([1, 4, 4]), 2, { stride: 0 })],
    ['[maxPool2d] padding is -1, expected', () => nn.maxPool2d(zeros([1, 4, 4]), 2, { padding: -1 })],
    [
      '[maxPool2d] dilation has 3 numbers, expected one or 2',
      () => nn.maxPool2d(zeros([1, 4, 4]), 2, { dilation: [1, 1, 1] }),
    ],
    ['[maxPool2d] dimension 2 of (1, 2, 0, 4) is empty', () => nn.maxPool2d(zeros([1, 2, 0, 4]), 2)],
    ['[maxPool2d] takes numbers, got bool', () => nn.maxPool2d(zeros([1, 4, 4], { dtype: 'bool' }), 2)],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('maxUnpool', () => {
  it.each<[string, readonly number[], number, nn.MaxPoolOptions]>([
    ['2d', [2, 3, 6, 4], 2, {}],
    ['2d, overlapping and padded', [1, 2, 5, 5], 3, { stride: 2, padding: 1 }],
    ['1d', [2, 8], 2, {}],
    ['3d', [1, 2, 4, 4, 2], 2, {}],
  ])('%s puts values back', async (_, shape, kernel, options) => {
    const spatial = shape.length === 2 ? 1 : shape.length - 2;
    const x = randn(shape) as Tensor;
    const { values, indices } = maxPools[spatial - 1]!(x, kernel, { ...options, returnIndices: true });
    const unpool = [nn.maxUnpool1d, nn.maxUnpool2d, nn.maxUnpool3d][spatial - 1]!;
    const { stride, padding } = options;
    const back: Tensor = unpool(values, indices, kernel, { stride, padding });
    expect(back.shape).toEqual(shape);
    const [was, is] = [await x.data(), await back.data()];
    expect(is.every((v, i) => v === 0 || v === was[i])).toBe(true);
    expect(is.filter((v) => v !== 0)).toHaveLength(new Set(await values.data()).size);
  });

  it('differentiates', async () => {
    const x = randn([1, 4, 4], { dtype: 'float64' }) as Tensor;
    const { indices } = nn.maxPool2d(x, 2, { returnIndices: true });
    const v = randn([1, 2, 2], { dtype: 'float64' }) as Tensor;
    expect(await gradcheck((t) => nn.maxUnpool2d(t, indices, 2, { outputSize: [5, 4] }), [v])).toBe(true);
    expect(await gradgradcheck((t) => nn.maxUnpool2d(t.mul(t), indices, 2), [v])).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['indices must be int64, got float32', () => nn.maxUnpool1d(zeros([1, 2]), zeros([1, 2]), 2)],
    [
      'the indices have shape (1, 3), expected that of the input: (1, 2)',
      () => nn.maxUnpool1d(zeros([1, 2]), zeros([1, 3], { dtype: 'int64' }), 2),
    ],
    [
      'size 9 of outputSize (9,) must lie between 2 and 6',
      () => nn.maxUnpool1d(zeros([1, 2]), zeros([1, 2], { dtype: 'int64' }), 2, { outputSize: [9] }),
    ],
    [
      'must have 1 or 2 sizes',
      () => nn.maxUnpool1d(zeros([1, 2]), zeros([1, 2], { dtype: 'int64' }), 2, { outputSize: [1, 2, 3] }),
    ],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });

  it('reports an index beyond the result', async () => {
    const far = tensor([[9n, 0n]]);
    await expect(async () => nn.maxUnpool1d(zeros([1, 2]), far, 2).data()).rejects.toThrow('index 9 is out of bounds');
    const negative = tensor([[-1n, 0n]]);
    await expect(async () => nn.maxUnpool1d(zeros([1, 2]), negative, 2).data()).rejects.toThrow('is out of bounds');
  });
});

describe('avgPool', () => {
  const variants: readonly [string, Options][] = [
    ['', {}],
    [', padding not counted', { countIncludePad: false }],
    [', divided by 3', { divisorOverride: 3 }],
  ];
  const all = cases
    .filter(([, , , { dilation }]) => dilation === undefined)
    .flatMap(([name, shape, kernel, options]) =>
      variants.map(([more, extra]) => [`${name}${more}`, shape, kernel, { ...options, ...extra }] as const),
    );

  it.each(all)('%s', async (_, shape, kernel, options) => {
    const x = randn(shape) as Tensor;
    const { shape: outputs, windows } = await windowsOf(x, kernel, options);
    const expected = windows.map(({ cells, reach }) => {
      const sum = cells.reduce((total, { value }) => total + value, 0);
      return sum / (options.divisorOverride ?? (options.countIncludePad === false ? cells.length : reach));
    });
    const out: Tensor = avgPools[kernel.length - 1]!(x, kernel, options);
    expect(out.shape).toEqual(outputs);
    const found = await out.data();
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
  });

  it.each(all.filter(([, shape]) => shape[0]! > 0))('%s: gradients', async (_, shape, kernel, options) => {
    const pool = avgPools[kernel.length - 1]!;
    const x = randn(
      shape.map((n, d) => (d === 0 && shape.length > kernel.length + 1 ? 1 : n)),
      { dtype: 'float64' },
    ) as Tensor;
    expect(await gradcheck((t) => pool(t, kernel, options), [x])).toBe(true);
  });

  it('second derivatives', async () => {
    const x = randn([1, 1, 4, 5], { dtype: 'float64' }) as Tensor;
    for (const options of [{}, { stride: 1 }, { padding: 1, countIncludePad: false }])
      expect(await gradgradcheck((t) => nn.avgPool2d(t.mul(t), 2, options), [x])).toBe(true);
  });

  it('keeps infinities and NaN where they are', async () => {
    const x = tensor([[Number.POSITIVE_INFINITY, 1, 3, 5, Number.NaN, 0]]);
    expect(await nn.avgPool1d(x, 2).toArray()).toEqual([[Number.POSITIVE_INFINITY, 4, Number.NaN]]);
  });

  it.each<[string, () => unknown]>([
    [
      "[avgPool2d] means are fractions, which int64 can't hold",
      () => nn.avgPool2d(zeros([1, 4, 4], { dtype: 'int64' }), 2),
    ],
    ['[avgPool2d] divisorOverride must not be 0', () => nn.avgPool2d(zeros([1, 4, 4]), 2, { divisorOverride: 0 })],
    [
      '[avgPool3d] pad should be at most half of kernel size',
      () => nn.avgPool3d(zeros([1, 4, 4, 4]), 2, { padding: 2 }),
    ],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('adaptive pooling', () => {
  const averages = [nn.adaptiveAvgPool1d, nn.adaptiveAvgPool2d, nn.adaptiveAvgPool3d];
  const largest = [nn.adaptiveMaxPool1d, nn.adaptiveMaxPool2d, nn.adaptiveMaxPool3d];
  const sizes: readonly [string, readonly number[], readonly (number | null)[]][] = [
    ['a divisor', [2, 3, 6, 8], [3, 2]],
    ['no divisor', [2, 3, 5, 7], [2, 3]],
    ['a divisor of one dimension', [1, 2, 6, 7], [3, 5]],
    ['more than there is', [1, 2, 3, 2], [5, 7]],
    ['everything', [2, 2, 3, 4], [1, 1]],
    ['a kept size', [2, 5, 7], [null, 3]],
    ['one dimension', [2, 3, 11], [4]],
    ['three dimensions', [2, 3, 4, 5], [2, 3, 2]],
    ['nothing', [1, 2, 4, 4], [0, 2]],
    ['an empty batch', [0, 2, 5, 4], [2, 2]],
  ];

  async function expected(x: Tensor, count: readonly (number | null)[]): Promise<{ value: number; place: number }[][]> {
    const size = x.shape.slice(-count.length);
    const plane = size.reduce((p, n) => p * n, 1);
    const values = Array.from(await x.data());
    const rows = plane === 0 ? 0 : values.length / plane;
    const lists = size.map((n, d) => {
      const m = count[d] ?? n;
      return Array.from({ length: m }, (_, i) => {
        const start = Math.floor((i * n) / m);
        return Array.from({ length: Math.ceil(((i + 1) * n) / m) - start }, (__, k) => start + k);
      });
    });
    return Array.from({ length: rows }, (_, row) =>
      positions(lists.map((list) => list.length)).map((at) => {
        const along = at.map((i, d) => lists[d]![i]!);
        return positions(along.map((list) => list.length)).map((k) => {
          const place = k.reduce((sum, j, d) => sum * size[d]! + along[d]![j]!, 0);
          return { place, value: values[row * plane + place]! };
        });
      }),
    ).flat();
  }

  it.each(sizes)('%s', async (_, shape, count) => {
    const x = randn(shape) as Tensor;
    const windows = await expected(x, count);
    const outputs = shape.map((n, d) => count[d - shape.length + count.length] ?? n);
    const mean: Tensor = averages[count.length - 1]!(x, count);
    expect(mean.shape).toEqual(outputs);
    const means = await mean.data();
    windows.forEach((cells, i) => {
      expect(means[i]).toBeCloseTo(cells.reduce((sum, { value }) => sum + value, 0) / cells.length, 5);
    });
    const { values, indices } = largest[count.length - 1]!(x, count, { returnIndices: true });
    const best = windows.map((cells) => cells.reduce((a, b) => (b.value > a.value ? b : a)));
    expect(values.shape).toEqual(outputs);
    expect(Array.from(await values.data())).toEqual(best.map(({ value }) => value));
    expect(Array.from(await indices.data())).toEqual(best.map(({ place }) => place));
  });

  it.each(sizes.filter(([, shape, count]) => shape[0]! > 0 && !count.includes(0)))(
    '%s: gradients',
    async (_, shape, count) => {
      const x = randn(
        shape.map((n, d) => (d === 0 && shape.length > count.length + 1 ? 1 : n)),
        { dtype: 'float64' },
      ) as Tensor;
      expect(await gradcheck((t) => averages[count.length - 1]!(t, count), [x])).toBe(true);
      expect(await gradcheck((t) => largest[count.length - 1]!(t, count), [x])).toBe(true);
    },
  );

  it('second derivatives', async () => {
    const x = randn([1, 3, 4], { dtype: 'float64' }) as Tensor;
    expect(await gradgradcheck((t) => nn.adaptiveAvgPool2d(t.mul(t), [2, 3]), [x])).toBe(true);
    expect(await gradgradcheck((t) => nn.adaptiveMaxPool2d(t.mul(t), [2, 3]), [x])).toBe(true);
  });

  it('an infinity stays in its own windows', async () => {
    const x = tensor([[1, 2, Number.POSITIVE_INFINITY, 4, 6]]);
    expect(await nn.adaptiveAvgPool1d(x, 3).toArray()).toEqual([[1.5, Number.POSITIVE_INFINITY, 5]]);
  });

  it.each<[string, () => unknown]>([
    [
      '[adaptiveAvgPool2d] outputSize is a whole number ≥ 0, null, or a list of 2, got -1',
      () => nn.adaptiveAvgPool2d(zeros([1, 4, 4]), -1),
    ],
    ['[adaptiveMaxPool2d] outputSize is', () => nn.adaptiveMaxPool2d(zeros([1, 4, 4]), [1, 2, 3])],
    ['[adaptiveAvgPool1d] means are fractions', () => nn.adaptiveAvgPool1d(zeros([1, 4], { dtype: 'int32' }), 2)],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('lpPool', () => {
  it.each<[number, readonly number[], readonly number[], Options]>([
    [1, [1, 2, 4, 6], [2, 3], {}],
    [2, [1, 2, 5, 6], [3, 2], { stride: [2, 1] }],
    [3, [2, 7], [3], { stride: [2] }],
    [2.5, [1, 4, 4, 4], [2, 2, 2], {}],
    [0.5, [2, 6], [2], {}],
    [-1, [2, 6], [3], {}],
  ])('p = %d', async (p, shape, kernel, options) => {
    const x = randn(shape).abs() as Tensor;
    const { windows } = await windowsOf(x, kernel, options);
    const pool = [nn.lpPool1d, nn.lpPool2d, nn.lpPool3d][kernel.length - 1]!;
    const found = await pool(x, p, kernel, options as nn.LPPoolOptions).data();
    windows.forEach(({ cells }, i) => {
      expect(found[i]).toBeCloseTo(cells.reduce((sum, { value }) => sum + value ** p, 0) ** (1 / p), 4);
    });
    const wide = x.to('float64').add(0.1) as Tensor;
    expect(await gradcheck((t) => pool(t, p, kernel, options as nn.LPPoolOptions), [wide])).toBe(true);
  });

  it('has a gradient of 0 where it is 0, counts windows over the end as full, and second derivatives', async () => {
    const x = zeros([1, 4], { requiresGrad: true }) as Tensor;
    nn.lpPool1d(x, 2, 2).sum().backward();
    expect(await x.grad!.toArray()).toEqual([[0, 0, 0, 0]]);
    const signed = tensor([[2, -2, 1, 2]], { requiresGrad: true });
    nn.lpPool1d(signed, 1, 2).sum().backward();
    expect(await signed.grad!.toArray()).toEqual([[0, 0, 1, 1]]);
    expect(await nn.lpPool1d(tensor([[3, 4, 5]]), 2, 2, { ceilMode: true }).toArray()).toEqual([
      [5, Math.fround(Math.sqrt(50))],
    ]);
    const y = randn([1, 4], { dtype: 'float64' }).abs().add(0.5) as Tensor;
    expect(await gradgradcheck((t) => nn.lpPool1d(t, 3, 2), [y])).toBe(true);
    expect(() => nn.lpPool1d(x, 0, 2)).toThrow('[lpPool1d] normType must be finite and not 0');
  });
});

describe('windows side by side', () => {
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[2, 3, 6, 8], [3, 2]],
    [[3, 5, 14], [1, 2]],
    [[0, 2, 4, 4], [2, 2]],
    [[1, 2, 2, 3, 4], [2, 1, 2]],
  ]; // biome-ignore format: a table
  for (const [shape, kernel] of cases)
    it(`${kernel.join(' × ')} over (${shape.join(', ')}): the chosen elements get the gradients`, () => {
      const size = shape.reduce((p, n) => p * n, 1);
      const x = tensor(Float32Array.from({ length: size }, (_, i) => (i * 7919) % 13)).reshape(shape);
      x.requiresGrad_();
      const pool = (kernel.length === 2 ? nn.maxPool2d : nn.maxPool3d) as typeof nn.maxPool2d;
      const { values, indices } = pool(x as Tensor, kernel as never, { returnIndices: true });
      const g = values.detach().mul(0.5).add(1) as Tensor;
      values.backward(g as never);
      const expected = new Float32Array(size);
      const plane = shape.slice(-kernel.length).reduce((p, n) => p * n, 1);
      const windows = plane / kernel.reduce((p, n) => p * n, 1);
      const [places, gradients] = [[...indices.dataSync()].map(Number), [...g.dataSync()].map(Number)];
      places.forEach((place, i) => {
        expected[Math.floor(i / windows) * plane + place]! += gradients[i]!;
      });
      expect([...x.grad!.dataSync()]).toEqual([...expected]);
    });
});
