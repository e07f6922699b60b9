/** Sampling at the points of grids against PyTorch's numbers and a slow clear version, gradients against finite differences, and what is refused. */
import { expectNoLeaks, gradcheck, gradgradcheck } from '@nn/autograd';
import { equal, manualSeed, memory, rand, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { affineGrid, type GridSampleOptions, gridSample, type SamplingMode, type SamplingPadding } from './index.ts';

beforeEach(() => {
  manualSeed(0);
});

const double = { dtype: 'float64' } as const;

/** ((7i mod 11) - 5) / 4. */
function numbers(shape: readonly number[]): Tensor {
  const count = shape.reduce((p, n) => p * n, 1);
  const values = Array.from({ length: count }, (_, i) => (((7 * i) % 11) - 5) / 4);
  return tensor(values, double).reshape(shape) as Tensor;
}

/** Inside of the image, at its edge, and beyond on each side. */
const points = [-0.9, -0.3, 0.25, 0.6, 1.3, -0.2, -1.6, 1.9, 0.1, -2.3];

type Row = readonly [SamplingMode, SamplingPadding, boolean, readonly number[], readonly number[]];

describe('gridSample gives the numbers of torch 1.13', () => {
  it.each<Row>([
    [
      'bilinear',
      'zeros',
      false,
      [-0.29750004, -0.12500004, 0.0, 0.0, 0.0],
      [-0.85000005, 1.57500011, -2.0, -1.875, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ],
    [
      'bilinear',
      'zeros',
      true,
      [-0.22625002, 0.23749998, 0.13750002, -0.01, 0.0],
      [-0.26249995, 1.0874999, 0.1499999, -0.90625, -0.37500001, -0.68750009, -0.15000004, 0.09999996, 0.0, 0.0],
    ],
    [
      'bilinear',
      'border',
      false,
      [-0.42500003, -0.12500004, 0.37500001, -1.0, -0.2],
      [0.0, 2.25, -2.0, -1.875, 0, -1.875, 0.0, 0.0, -2.0, 0.0],
    ],
    [
      'bilinear',
      'border',
      true,
      [-0.22625002, 0.23749998, 0.25, -1.0, -0.15],
      [-0.26249995, 1.0874999, 0.1499999, -0.90625, 0, -1.25, 0.0, 0.0, -1.5, 0.0],
    ],
    [
      'bilinear',
      'reflection',
      false,
      [-0.42500003, -0.12500004, 0.39249999, -0.34875, 0.28375003],
      [0.0, 2.25, -2.0, -1.875, 0.34999998, -1.46250039, 1.1749998, -1.0125002, 1.02500039, 0.63750001],
    ],
    [
      'bilinear',
      'reflection',
      true,
      [-0.22625002, 0.23749998, 0.45249997, -0.5275, 0.30125002],
      [
        -0.26249995, 1.0874999, 0.1499999, -0.90625, 0.67499999, -0.0125002, 1.0874999, -1.2250001, 1.3875002,
        0.28750001,
      ],
    ],
    ['nearest', 'zeros', false, [0.25, -0.25, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]],
    ['nearest', 'zeros', true, [0.25, -0.25, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]],
    ['nearest', 'border', false, [0.25, -0.25, 0.0, -1.0, -0.5], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]],
    ['nearest', 'border', true, [0.25, -0.25, 0.0, -1.0, -0.5], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]],
    [
      'nearest',
      'reflection',
      false,
      [0.25, -0.25, 0.0, -0.75, 1.0],
      [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ],
    ['nearest', 'reflection', true, [0.25, -0.25, 0.0, -0.75, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]],
    [
      'bicubic',
      'zeros',
      false,
      [-0.29247498, -0.15256254, -0.03314669, -0.00067774, 0.0],
      [-0.82703816, 2.94976353, -2.84400008, -1.7690623, -0.5156159, 0.15548192, -0.00710016, 0.01235883, 0.0, 0.0],
    ],
    [
      'bicubic',
      'zeros',
      true,
      [-0.17268682, 0.40024704, 0.15739697, -0.0085098, 0.02829463],
      [
        -1.01112945, 1.53658604, -0.74225404, -1.37389893, -0.51964318, -1.31660736, -0.15105026, 0.0984595, 0.25969042,
        -0.01347365,
      ],
    ],
    [
      'bicubic',
      'border',
      false,
      [-0.28145646, -0.13737505, 0.48656251, -1.0, -0.33125],
      [-0.00632871, 3.36909818, -2.66175013, -1.94624984, 0, -2.09531249, 0, 0.0, -2.81249998, 0.0],
    ],
    [
      'bicubic',
      'border',
      true,
      [-0.11756523, 0.40627194, 0.28731963, -1.02037529, -0.25664063],
      [
        -1.09302982, 1.13640665, -0.48454115, -1.36887818, 0.11174619, -1.81545026, -0.33823748, 0.16174175,
        -2.35546874, 0,
      ],
    ],
    [
      'bicubic',
      'reflection',
      false,
      [-0.27860854, -0.13737505, 0.51432805, -0.59554323, 0.51066438],
      [
        -0.03616403, 3.61577634, -2.66175013, -1.94624984, 0.73988123, -1.70688486, 1.68782477, -1.04926053, 1.62123884,
        0.78959207,
      ],
    ],
    [
      'bicubic',
      'reflection',
      true,
      [-0.13698485, 0.30535153, 0.64606313, -0.71253098, 0.49297259],
      [
        -0.66205695, 1.69262619, -0.95962514, -1.45297849, 1.33604438, -0.45180596, 0.21606713, -0.88654518, 2.09174499,
        0.18530895,
      ],
    ],
  ])('%s, %s, corners aligned: %s', async (mode, paddingMode, alignCorners, values, gradients) => {
    const grid = tensor(points).to('float64').reshape([1, 1, 5, 2]).detach().requiresGrad_() as Tensor;
    const out = gridSample(numbers([1, 1, 3, 4]), grid, { mode, paddingMode, alignCorners });
    out.sum().backward();
    const [found, gradient] = [await out.data(), await grid.grad!.data()];
    values.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 7);
    });
    gradients.forEach((value, i) => {
      expect(gradient[i]).toBeCloseTo(value, 7);
    });
  });

  it.each<[SamplingPadding, readonly number[]]>([
    ['zeros', [1.75, 1.25, 0.75, 0.375, -1, -0.125, 0.5, -0.125]],
    ['border', [0, 0, 0, 0, -1, -0.125, 0, 0]],
    ['reflection', [0, 0, 0, 0, -1, -0.125, 0, 0]],
  ])('on the edges themselves, %s', async (paddingMode, gradients) => {
    const grid = tensor([-1, -1, 1, 1, 0, 0, 1, -1], double).reshape([1, 1, 4, 2]).detach().requiresGrad_() as Tensor;
    const out = gridSample(numbers([1, 1, 2, 3]), grid, { paddingMode, alignCorners: true });
    out.sum().backward();
    expect(await out.flatten().toArray()).toEqual([-1.25, -0.75, 0.375, -0.5]);
    const found = await grid.grad!.data();
    expect(Array.from(found, (g) => g + 0)).toEqual(gradients);
  });
});

const every: readonly GridSampleOptions[] = (['bilinear', 'nearest', 'bicubic'] as const).flatMap((mode) =>
  (['zeros', 'border', 'reflection'] as const).flatMap((paddingMode) =>
    [false, true].map((alignCorners) => ({ mode, paddingMode, alignCorners })),
  ),
);
const named = every.map((o) => [`${o.mode}, ${o.paddingMode}${o.alignCorners ? ', corners aligned' : ''}`, o] as const);

/** One element of an image as it continues beyond its edges, by steps back into it. */
function stepped(at: number, n: number, { paddingMode, alignCorners }: GridSampleOptions): number {
  if (paddingMode === 'border') return Math.min(Math.max(at, 0), n - 1);
  if (n === 1) return 0;
  let place = at;
  while (place < 0 || place > n - 1)
    if (alignCorners === true) place = place < 0 ? -place : 2 * (n - 1) - place;
    else place = place < -0.5 ? -1 - place : place > n - 0.5 ? 2 * n - 1 - place : Math.min(Math.max(place, 0), n - 1);
  return place;
}

function weight(mode: SamplingMode, distance: number): number {
  const x = Math.abs(distance);
  if (mode === 'bilinear') return Math.max(0, 1 - x);
  if (x < 1) return 1.25 * x ** 3 - 2.25 * x ** 2 + 1;
  return x < 2 ? -0.75 * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
}

/** What a coordinate reads of a dimension: weights by place. */
function reads(x: number, n: number, options: GridSampleOptions): Map<number, number> {
  const { mode = 'bilinear', paddingMode, alignCorners } = options;
  const position = alignCorners === true ? ((x + 1) / 2) * (n - 1) : ((x + 1) * n - 1) / 2;
  const own = paddingMode === 'zeros' || mode === 'bicubic' ? position : stepped(position, n, options);
  const found = new Map<number, number>();
  const read = (place: number, w: number): void => {
    const inside = mode === 'bicubic' && paddingMode !== 'zeros' ? stepped(place, n, options) : place;
    if (inside >= 0 && inside < n) found.set(inside, (found.get(inside) ?? 0) + w);
  };
  if (mode === 'nearest') read(Math.round(own), 1);
  else for (let k = Math.floor(own) - 2; k <= Math.floor(own) + 3; k++) read(k, weight(mode, own - k));
  return found;
}

/** Point by point, for one image of one channel. */
function slow(image: readonly number[], sizes: readonly number[], grid: readonly number[], options: GridSampleOptions) {
  const spatial = sizes.length;
  return Array.from({ length: grid.length / spatial }, (_, p) => {
    const along = sizes.map((n, d) => [...reads(grid[p * spatial + spatial - 1 - d]!, n, options)]);
    const all = along.reduce<[number, number][]>(
      (sum, list, d) =>
        sum.flatMap(([place, w]) => list.map(([k, v]) => [place * sizes[d]! + k, w * v] as [number, number])),
      [[0, 1]],
    );
    return all.reduce((sum, [place, w]) => sum + w * image[place]!, 0);
  });
}

describe('gridSample', () => {
  it.each(named)('%s', async (_, options) => {
    for (const sizes of [
      [3, 4],
      [1, 5],
      [2, 3, 4],
    ]) {
      if (options.mode === 'bicubic' && sizes.length === 3) continue;
      const x = randn([1, 1, ...sizes], double) as Tensor;
      const grid = rand([1, 2, ...sizes.slice(1).map(() => 5), sizes.length], double)
        .mul(5)
        .sub(2.5) as Tensor;
      const out = gridSample(x, grid, options);
      expect(out.shape).toEqual([1, 1, ...grid.shape.slice(1, -1)]);
      const expected = slow(Array.from(await x.data()), sizes, Array.from(await grid.data()), options);
      const found = await out.data();
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 10);
      });
    }
  });

  it('every image with its own points, every channel alike', async () => {
    const x = randn([2, 3, 4, 5], double) as Tensor;
    const grid = rand([2, 3, 2, 2], double).mul(3).sub(1.5) as Tensor;
    const out = gridSample(x, grid);
    for (const [n, c] of [
      [0, 0],
      [1, 2],
    ] as const) {
      const alone = gridSample(x.at(`${n}:${n + 1}`, `${c}:${c + 1}`) as Tensor, grid.at(`${n}:${n + 1}`) as Tensor);
      expect(await (out.at(n, c) as Tensor).toArray()).toEqual(await (alone.at(0, 0) as Tensor).toArray());
    }
  });

  it('views of any strides', async () => {
    const x = randn([5, 4, 3, 2]).permute([3, 2, 0, 1]) as Tensor;
    const grid = rand([2, 2, 6, 5]).permute([0, 3, 2, 1]).mul(2).sub(1) as Tensor;
    const turned = grid.permute([0, 2, 1, 3]).at(':', '::2') as Tensor;
    for (const options of every) {
      const dense = gridSample(x.clone() as Tensor, turned.clone() as Tensor, options);
      expect(await equal(gridSample(x, turned, options), dense)).toBe(true);
    }
  });

  it.each(named)('%s: gradients', async (_, options) => {
    const x = randn([2, 2, 3, 4], double) as Tensor;
    const grid = rand([2, 2, 3, 2], double).mul(3).sub(1.5) as Tensor;
    expect(await gradcheck((a, b) => gridSample(a, b, options), [x, grid])).toBe(true);
    if (options.mode === 'bicubic') return;
    const volume = randn([1, 2, 2, 3, 2], double) as Tensor;
    const places = rand([1, 2, 1, 3, 3], double).mul(3).sub(1.5) as Tensor;
    expect(await gradcheck((a, b) => gridSample(a, b, options), [volume, places])).toBe(true);
  });

  it.each(named.filter(([, { alignCorners }]) => !alignCorners))('%s: second derivatives', async (_, options) => {
    const x = randn([1, 1, 3, 2], double) as Tensor;
    const grid = rand([1, 1, 2, 2], double).mul(3).sub(1.5) as Tensor;
    const squared = (a: Tensor, b: Tensor): Tensor =>
      gridSample(a.mul(a) as Tensor, b.mul(b).sub(1) as Tensor, options);
    expect(await gradgradcheck(squared, [x, grid])).toBe(true);
  });

  it('the nearest of points half way are even, and the grid has a gradient of zeros', async () => {
    const x = tensor([[[[1, 2, 3, 4]]]]) as Tensor;
    // Places -0.5, 0.5, 1.5, 2.5 and 3.5.
    const grid = tensor([-1, -0.5, 0, 0.5, 1].flatMap((p) => [p, 0]))
      .reshape([1, 1, 5, 2])
      .detach() as Tensor;
    grid.requiresGrad_();
    const out = gridSample(x, grid, { mode: 'nearest' });
    expect(await out.flatten().toArray()).toEqual([1, 1, 3, 3, 0]);
    out.sum().backward();
    expect(await grid.grad!.abs().sum().item()).toBe(0);
  });

  it('places that are no numbers read the image or zeros, never memory beyond', async () => {
    const [n, i] = [Number.NaN, Number.POSITIVE_INFINITY];
    const x = tensor([[[[1, 2], [3, 4]]]]) as Tensor; // biome-ignore format: an image
    const grid = tensor([n, 0, i, 0, -i, 0, 1e30, -1e30]).reshape([1, 1, 4, 2]) as Tensor;
    for (const options of every) {
      const found = Array.from(await gridSample(x, grid, options).data());
      if (options.paddingMode === 'zeros') expect(found[3]).toBe(0);
      else if (options.mode !== 'bicubic') expect(found.every((v) => v >= 1 && v <= 4)).toBe(true);
    }
    const border = gridSample(x, grid, { mode: 'nearest', paddingMode: 'border' });
    expect(await border.flatten().toArray()).toEqual([1, 2, 1, 2]);
  });

  it('an infinite element is read by its neighbours alone', async () => {
    const x = tensor([[[[1, Number.POSITIVE_INFINITY, 2]]]]) as Tensor;
    const grid = tensor([[[[1.5, 0], [-1, 0], [1, 0]]]]) as Tensor; // biome-ignore format: points
    expect(await gridSample(x, grid, { alignCorners: true, paddingMode: 'border' }).at(0, 0, 0, 0).item()).toBe(2);
    expect(await gridSample(x, grid, { alignCorners: true }).at(0, 0, 0, 2).item()).toBe(2);
  });

  it('float16 is rounded once; nothing of nothing', async () => {
    const x = randn([1, 2, 3, 4]).to('float16') as Tensor;
    const grid = rand([1, 2, 2, 2]).to('float16') as Tensor;
    const wide = gridSample(x.to('float32') as Tensor, grid.to('float32') as Tensor).to('float16') as Tensor;
    expect(await equal(gridSample(x, grid), wide)).toBe(true);
    expect(gridSample(zeros([0, 2, 3, 4]), zeros([0, 5, 6, 2])).shape).toEqual([0, 2, 5, 6]);
    expect(gridSample(zeros([1, 2, 3, 4]), zeros([1, 0, 6, 2])).shape).toEqual([1, 2, 0, 6]);
  });

  it('takes nothing from step to step', () => {
    const x = randn([2, 3, 6, 5], { requiresGrad: true }) as Tensor;
    const theta = randn([2, 2, 3], { requiresGrad: true }) as Tensor;
    expectNoLeaks(() => {
      for (const options of every)
        gridSample(x, affineGrid(theta, [2, 3, 4, 4]), options)
          .sum()
          .backward();
      x.zeroGrad();
      theta.zeroGrad();
    });
    const taken = (): number => memory().live - memory().free;
    const [image, fixed] = [x.detach() as Tensor, theta.detach() as Tensor];
    const step = (): void => {
      const grid = affineGrid(fixed, [2, 3, 4, 4]);
      gridSample(image, grid, { mode: 'bicubic' }).dispose();
      grid.dispose();
    };
    step();
    const before = taken();
    for (let k = 0; k < 200; k++) step();
    expect(taken()).toBeLessThanOrEqual(before);
  });

  const [image, grid] = [zeros([1, 2, 4, 5]) as Tensor, zeros([1, 3, 3, 2]) as Tensor];
  it.each<[string, () => unknown]>([
    ['got an input of (2, 4, 5) and a grid of (1, 3, 3, 2)', () => gridSample(zeros([2, 4, 5]), grid)],
    ['got an input of (1, 2, 4, 5) and a grid of (1, 3, 3, 3, 3)', () => gridSample(image, zeros([1, 3, 3, 3, 3]))],
    ['differ in the number of images', () => gridSample(image, zeros([2, 3, 3, 2]))],
    ["the grid's last dimension must hold 2 coordinates", () => gridSample(image, zeros([1, 3, 3, 3]))],
    ['only the number of images and of points may be 0', () => gridSample(zeros([1, 2, 0, 5]), grid)],
    ['floats of one dtype, got float32 and float64', () => gridSample(image, grid.to('float64') as Tensor)],
    ["got 'cubic'", () => gridSample(image, grid, { mode: 'cubic' as never })],
    ["got 'toString'", () => gridSample(image, grid, { mode: 'toString' as never })],
    ["got 'edge'", () => gridSample(image, grid, { paddingMode: 'edge' as never })],
    [
      "mode 'bicubic' is for images",
      () => gridSample(zeros([1, 1, 2, 2, 2]), zeros([1, 1, 1, 1, 3]), { mode: 'bicubic' }),
    ],
    ['[gridSample] an operand is an array', () => gridSample([[[[1]]]] as never, grid)],
    ['[gridSample] an operand is undefined', () => gridSample(image, undefined as never)],
    ['got bilinear where options belong', () => gridSample(image, grid, 'bilinear' as never)],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});
