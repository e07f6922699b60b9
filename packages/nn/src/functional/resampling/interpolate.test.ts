/** Interpolation against PyTorch's numbers and a slow clear version, its gradients against finite differences, and what it refuses. */
import { expectNoLeaks, gradcheck, gradgradcheck } from '@nn/autograd';
import type { DType } from '@nn/backend';
import { arange, equal, manualSeed, memory, ones, randint, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InterpolateOptions, interpolate } from './index.ts';

beforeEach(() => {
  manualSeed(0);
});

/** ((7i mod 11) - 5) / 4. */
function numbers(shape: readonly number[], dtype: DType = 'float64'): Tensor {
  const count = shape.reduce((p, n) => p * n, 1);
  const values = Array.from({ length: count }, (_, i) => (((7 * i) % 11) - 5) / 4);
  return tensor(values, { dtype }).reshape(shape) as Tensor;
}

/** All combinations of whole numbers below the sizes, in row-major order. */
const positions = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>((all, n) => all.flatMap((p) => Array.from({ length: n }, (_, i) => [...p, i])), [[]]);

describe('interpolate gives the numbers of torch 1.13', () => {
  it.each<[string, readonly number[], InterpolateOptions, readonly number[], readonly number[]]>([
    ['nearest', [1, 1, 5], { size: 8 }, [1, 1, 8], [-1.25, -1.25, 0.5, 0.5, -0.5, 1.25, 1.25, 0.25]],
    [
      'nearest-exact',
      [1, 1, 5],
      { size: 8, mode: 'nearest-exact' },
      [1, 1, 8],
      [-1.25, -1.25, 0.5, -0.5, -0.5, 1.25, 0.25, 0.25],
    ],
    ['nearest-exact, smaller', [1, 1, 7], { size: 3, mode: 'nearest-exact' }, [1, 1, 3], [0.5, 1.25, -0.75]],
    [
      'linear, a factor that sizes round',
      [1, 1, 5],
      { scaleFactor: 1.5, mode: 'linear' },
      [1, 1, 7],
      [-1.25, -0.375, 0.3333333333, -0.3333333333, 0.375, 1.0833333333, 0.4166666667],
    ],
    [
      'linear, recomputed',
      [1, 1, 5],
      { scaleFactor: 1.5, mode: 'linear', recomputeScaleFactor: true },
      [1, 1, 7],
      [-1.25, -0.25, 0.2142857143, -0.5, 0.75, 0.8214285714, 0.25],
    ],
    [
      'linear, corners aligned',
      [1, 1, 5],
      { scaleFactor: 1.5, mode: 'linear', alignCorners: true },
      [1, 1, 7],
      [-1.25, -0.0833333333, 0.1666666667, -0.5, 0.6666666667, 0.9166666667, 0.25],
    ],
    [
      'trilinear',
      [1, 1, 2, 3, 2],
      { size: [3, 2, 4], mode: 'trilinear' },
      [1, 1, 3, 2, 4],
      [
        -1.0625, -0.625, 0.25, 0.6875, 0.0625, -0.015625, -0.171875, -0.25, -0.28125, -0.1015625, 0.2578125, 0.4375,
        -0.1875, -0.265625, -0.421875, -0.5, 0.5, 0.421875, 0.265625, 0.1875, -0.4375, -0.515625, -0.671875, -0.75,
      ],
    ],
    [
      'bicubic',
      [1, 1, 3, 4],
      { scaleFactor: 1.7, mode: 'bicubic' },
      [1, 1, 5, 6],
      [
        -1.5925461645, -0.5667316967, 0.6022710625, -0.1398341818, -0.4957213351, 0.8348160235, -0.6662603706,
        -0.4233300015, -0.0787989088, 0.0195557575, 0.2453879027, 0.7036379775, 0.3387959709, -0.2427453264,
        -0.7664826403, 0.2505825745, 1.0148034072, 0.3484785272, -0.367594826, -0.241046183, -0.0190791273, 0.387173744,
        0.2953323527, -0.4973725033, -1.2921940564, -0.2915225213, 0.8510016881, 0.4434623252, -0.5731692276,
        -1.1556600997,
      ],
    ],
    ['area', [1, 1, 5, 3], { size: 2, mode: 'area' }, [1, 1, 2, 2], [0.2916666667, -0.25, 0.25, -0.2916666667]],
    [
      'bilinear, antialiased',
      [1, 1, 5, 6],
      { size: [2, 3], mode: 'bilinear', antialias: true },
      [1, 1, 2, 3],
      [0.0178571429, 0.15625, -0.2142857143, 0.0357142857, 0.078125, -0.0357142857],
    ],
    [
      'bicubic, antialiased, corners aligned',
      [1, 1, 6, 5],
      { size: [3, 7], mode: 'bicubic', antialias: true, alignCorners: true },
      [1, 1, 3, 7],
      [
        -0.9238397439, -0.3051058214, 0.3129250401, 0.0771899117, -0.1210634167, -0.033550978, 0.5978546736,
        0.4895881115, -0.0850979649, -0.5681215835, -0.0666615572, 0.118558166, 0.0564798572, -0.2058086786,
        1.3151018995, 0.8475969335, -0.0007336048, -1.0234605611, -0.0308897243, 0.9610376055, -0.0290233242,
      ],
    ],
    [
      'bicubic, antialiased, a factor for each dimension',
      [1, 1, 7, 4],
      { scaleFactor: [0.4, 1.3], mode: 'bicubic', antialias: true },
      [1, 1, 2, 5],
      [
        -0.5755092169, -0.2029113861, 0.1379658301, 0.242459885, 0.1703703347, -0.1471543836, 0.0855978438, 0.313475302,
        0.198324685, -0.4421492768,
      ],
    ],
  ])('%s', async (_, shape, options, outputs, expected) => {
    for (const [dtype, digits] of [['float64', 9] as const, ['float32', 5] as const]) {
      const out = interpolate(numbers(shape, dtype), options);
      expect([out.shape, out.dtype]).toEqual([outputs, dtype]);
      const found = await out.data();
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, digits);
      });
    }
  });
});

type Weigh = (distance: number) => number;

/** Filters as functions of the distance from a position, and how far they reach. */
const filters: Readonly<Record<string, [Weigh, number]>> = {
  linear: [(d) => Math.max(0, 1 - Math.abs(d)), 1],
  cubic: [
    (d) => {
      const x = Math.abs(d);
      if (x < 1) return 1.25 * x ** 3 - 2.25 * x ** 2 + 1;
      return x < 2 ? -0.75 * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
    },
    2,
  ],
};

/** Every element as the sum over a neighbourhood without end, edges repeated. */
async function slow(x: Tensor, size: readonly number[], name: string, aligned: boolean): Promise<number[]> {
  const [filter, reach] = filters[name]!;
  const from = x.shape.slice(2);
  const plane = from.reduce((p, n) => p * n, 1);
  const values = Array.from(await x.data(), Number);
  const reads = from.map((n, d) =>
    Array.from({ length: size[d]! }, (_, i) => {
      const m = size[d]!;
      const position = aligned ? (m > 1 ? (i * (n - 1)) / (m - 1) : 0) : ((i + 0.5) * n) / m - 0.5;
      const weights = new Array<number>(n).fill(0);
      for (let k = Math.floor(position) - reach; k <= Math.floor(position) + reach + 1; k++)
        weights[Math.min(Math.max(k, 0), n - 1)]! += filter(position - k);
      return weights;
    }),
  );
  return Array.from({ length: values.length / plane }, (_, row) =>
    positions(size).map((at) =>
      positions(from).reduce((sum, place, i) => {
        const weight = place.reduce((product, k, d) => product * reads[d]![at[d]!]![k]!, 1);
        return sum + weight * values[row * plane + i]!;
      }, 0),
    ),
  ).flat();
}

const sizes: readonly [string, readonly number[], readonly number[]][] = [
  ['larger', [2, 3, 4], [9]],
  ['twice', [1, 2, 3, 4], [6, 8]],
  ['smaller', [2, 1, 7, 9], [3, 4]],
  ['larger and smaller', [1, 2, 3, 8], [7, 3]],
  ['to one element', [1, 1, 4, 3], [1, 1]],
  ['from one element', [2, 2, 1, 1], [3, 4]],
  ['one dimension kept', [1, 2, 5, 4], [5, 7]],
  ['volumes', [1, 2, 3, 2, 4], [2, 5, 3]],
];
const linearModes = [null, 'linear', 'bilinear', 'trilinear'] as const;

describe('interpolate', () => {
  it.each(sizes)('%s, linearly', async (_, shape, size) => {
    const x = randn(shape, { dtype: 'float64' }) as Tensor;
    for (const alignCorners of [false, true]) {
      const out = interpolate(x, { size, mode: linearModes[size.length]!, alignCorners });
      const expected = await slow(x, size, 'linear', alignCorners);
      const found = await out.data();
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 11);
      });
    }
  });

  it.each(sizes.filter(([, , size]) => size.length === 2))('%s, cubically', async (_, shape, size) => {
    const x = randn(shape, { dtype: 'float64' }) as Tensor;
    for (const alignCorners of [false, true]) {
      const found = await interpolate(x, { size, mode: 'bicubic', alignCorners }).data();
      for (const [i, value] of (await slow(x, size, 'cubic', alignCorners)).entries())
        expect(found[i]).toBeCloseTo(value, 11);
    }
  });

  it.each(sizes)('%s, the nearest', async (_, shape, size) => {
    const x = randn(shape) as Tensor;
    const from = shape.slice(2);
    for (const [mode, offset] of [['nearest', 0] as const, ['nearest-exact', 0.5] as const]) {
      const places = positions(size).map((at) =>
        at.reduce((p, i, d) => p * from[d]! + Math.floor(((i + offset) * from[d]!) / size[d]!), 0),
      );
      const flat = (await x.flatten({ startDim: 2 }).toArray()) as number[][][];
      const expected = flat.map((channels) => channels.map((plane) => places.map((p) => plane[p])));
      const out = interpolate(x, { size, mode });
      expect(out.shape).toEqual([...shape.slice(0, 2), ...size]);
      expect(await out.flatten({ startDim: 2 }).toArray()).toEqual(expected);
    }
  });

  const variants: readonly [string, readonly number[], InterpolateOptions][] = [
    ['nearest, repeated', [1, 2, 2, 3], { scaleFactor: 2 }],
    ['nearest', [1, 1, 3, 4], { size: [7, 3] }],
    ['nearest, smaller', [2, 1, 7], { size: 3 }],
    ['nearest-exact', [1, 2, 4], { size: 7, mode: 'nearest-exact' }],
    ['linear', [1, 2, 5], { size: 8, mode: 'linear' }],
    ['bilinear', [1, 1, 3, 4], { size: [5, 3], mode: 'bilinear' }],
    ['bilinear, corners aligned', [1, 1, 3, 4], { scaleFactor: 2, mode: 'bilinear', alignCorners: true }],
    ['bilinear, antialiased', [1, 1, 6, 5], { size: [2, 7], mode: 'bilinear', antialias: true }],
    ['bicubic', [1, 1, 3, 3], { scaleFactor: 1.7, mode: 'bicubic' }],
    ['bicubic, antialiased, many taps', [1, 1, 1, 90], { size: [1, 2], mode: 'bicubic', antialias: true }],
    ['trilinear', [1, 1, 2, 3, 2], { size: [3, 2, 4], mode: 'trilinear' }],
    ['area', [1, 1, 5, 4], { size: 3, mode: 'area' }],
  ];

  it.each(variants)('%s: gradients, also of views', async (_, shape, options) => {
    const x = randn(shape, { dtype: 'float64' }) as Tensor;
    expect(await gradcheck((t) => interpolate(t, options), [x])).toBe(true);
    const other = randn([...shape].reverse(), { dtype: 'float64' }) as Tensor;
    const order = shape.map((__, d) => shape.length - 1 - d);
    expect(await gradcheck((t) => interpolate(t.permute(order) as Tensor, options), [other])).toBe(true);
    const view = other.permute(order) as Tensor;
    expect(await equal(interpolate(view, options), interpolate(view.clone() as Tensor, options))).toBe(true);
  });

  it.each(variants.filter(([, shape]) => shape.reduce((p, n) => p * n, 1) < 30))(
    '%s: second derivatives',
    async (_, shape, options) => {
      const x = randn(shape, { dtype: 'float64' }) as Tensor;
      expect(await gradgradcheck((t) => interpolate(t.mul(t) as Tensor, options), [x])).toBe(true);
    },
  );

  it('keeps infinities and NaN where they are', async () => {
    const [n, i] = [Number.NaN, Number.POSITIVE_INFINITY];
    const x = tensor([[[1, i, 2, n]]]);
    expect(await interpolate(x, { scaleFactor: 2 }).toArray()).toEqual([[[1, 1, i, i, 2, 2, n, n]]]);
    expect(await interpolate(x, { size: 4, mode: 'linear' }).toArray()).toEqual([[[1, i, 2, n]]]);
    const small = zeros([1, 1, 5], { requiresGrad: true }) as Tensor;
    interpolate(small, { size: 2 }).backward(tensor([[[i, 1]]]) as Tensor);
    expect(await small.grad!.toArray()).toEqual([[[i, 0, 1, 0, 0]]]);
  });

  it.each<DType>(['int64', 'int32', 'uint8', 'bool'])('the nearest of %s', async (dtype) => {
    const x = randint(0, 2, [1, 2, 3], { dtype: 'int64' }).to(dtype) as Tensor;
    const out = interpolate(x, { size: 5 });
    expect(out.dtype).toBe(dtype);
    expect(await out.toArray()).toEqual(await (x.at(':', ':', [0, 0, 1, 1, 2]) as Tensor).toArray());
  });

  it('float16 is rounded once', async () => {
    const x = randn([1, 2, 5, 4]) as Tensor;
    const half = x.to('float16') as Tensor;
    const options = { size: [7, 9], mode: 'bicubic' } as const;
    const expected = interpolate(half.to('float32') as Tensor, options).to('float16') as Tensor;
    expect(await equal(interpolate(half, options), expected)).toBe(true);
  });

  it('a batch of nothing, and a result that is nobody else’s', async () => {
    for (const mode of ['nearest', 'bilinear', 'bicubic', 'area'] as const)
      expect(interpolate(zeros([0, 3, 4, 5]), { size: 6, mode }).shape).toEqual([0, 3, 6, 6]);
    for (const [x, options] of [
      [ones([1, 1, 3]), { size: 3 }],
      [ones([1, 1, 1]), { size: 4 }],
      [ones([1, 1, 3]), { scaleFactor: 1.1 }],
    ] as const) {
      interpolate(x as Tensor, options).zero_();
      expect(await (x as Tensor).min().item()).toBe(1);
    }
  });

  it('takes nothing from step to step', () => {
    const x = randn([2, 3, 6, 5], { requiresGrad: true }) as Tensor;
    const step = (): void => {
      for (const mode of ['nearest', 'bilinear', 'bicubic'] as const)
        interpolate(x, { size: [9, 7], mode })
          .sum()
          .backward();
      x.zeroGrad();
    };
    expectNoLeaks(step);
    const taken = (): number => memory().live - memory().free;
    const y = (): Tensor => interpolate(x.detach() as Tensor, { scaleFactor: 3, mode: 'bicubic' });
    y().dispose();
    const before = taken();
    for (let i = 0; i < 200; i++) y().dispose();
    expect(taken()).toBeLessThanOrEqual(before);
  });

  const image = zeros([1, 2, 4, 5]) as Tensor;
  it.each<[string, () => unknown]>([
    ['the input has 2 dimensions, expected (N, C, L)', () => interpolate(zeros([4, 4]), { size: 2 })],
    ["mode 'linear' is for inputs of 3 dimensions, got 4", () => interpolate(image, { size: 2, mode: 'linear' })],
    ['either size or scaleFactor must be given', () => interpolate(image, {})],
    ['only one of size and scaleFactor', () => interpolate(image, { size: 2, scaleFactor: 2 })],
    ['size must be one number or a list of 2', () => interpolate(image, { size: [2] })],
    ['size must be whole numbers of at least 1, got 0', () => interpolate(image, { size: 0 })],
    ['scaleFactor must be positive numbers, got -1', () => interpolate(image, { scaleFactor: -1 })],
    ['a scaleFactor of 0.1 leaves nothing of dimension 2', () => interpolate(image, { scaleFactor: 0.1 })],
    ['recomputeScaleFactor has no meaning', () => interpolate(image, { size: 2, recomputeScaleFactor: true })],
    ["not for 'nearest'; leave it out", () => interpolate(image, { size: 2, alignCorners: false })],
    ["antialias is for 'bilinear' and 'bicubic'", () => interpolate(image, { size: 2, antialias: true })],
    ["got 'cubic'", () => interpolate(image, { size: 2, mode: 'cubic' as never })],
    ['dimension 1 of (1, 0, 4) is empty', () => interpolate(zeros([1, 0, 4]), { size: 2 })],
    [
      "mode 'linear' makes fractions, which int64 can't hold",
      () => interpolate(arange(4).reshape([1, 1, 4]), { size: 2, mode: 'linear' }),
    ],
    ['[interpolate] an operand is an array', () => interpolate([[[1]]] as never, { size: 2 })],
    ['got 2 where options belong', () => interpolate(image, 2 as never)],
    ['[interpolate] got undefined', () => (interpolate as (x: Tensor) => unknown)(image)],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});
