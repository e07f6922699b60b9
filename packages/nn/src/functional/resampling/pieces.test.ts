/** Large results are made in pieces, of images, rows or columns: that they are the product of matrices that they should be, in little memory and few launches. */
import { grad } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { arange, equal, eye, manualSeed, matmul, memory, randn, type Tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InterpolateOptions, interpolate } from './interpolate.ts';

beforeEach(() => {
  manualSeed(0);
});

/** Resampling from n elements to m, as a matrix (m, n). */
function matrix(n: number, m: number, options: InterpolateOptions): Tensor {
  const unit = eye(n, { dtype: 'float64' }).reshape([1, 1, n, n]) as Tensor;
  return interpolate(unit, { ...options, size: [m, n] }).reshape([m, n]) as Tensor;
}

async function expectClose(found: Tensor, expected: Tensor): Promise<void> {
  expect(found.shape).toEqual(expected.shape);
  expect(await found.sub(expected).abs().max().item()).toBeLessThan(1e-12);
}

const cases: readonly [string, readonly number[], readonly [number, number], InterpolateOptions][] = [
  ['images', [24, 1, 40, 40], [110, 110], { mode: 'bilinear' }],
  ['channels, corners aligned', [2, 13, 40, 40], [110, 110], { mode: 'bilinear', alignCorners: true }],
  ['channels, cubically', [1, 12, 40, 40], [110, 110], { mode: 'bicubic' }],
  ['rows of the input', [1, 1, 600, 30], [100, 450], { mode: 'bilinear' }],
  ['rows of the result', [1, 1, 16, 120], [240, 1200], { mode: 'bilinear' }],
  [
    'antialiased, more taps than a launch has operands',
    [1, 3, 400, 20],
    [5, 300],
    { mode: 'bicubic', antialias: true },
  ],
];

describe('large results', () => {
  it.each(cases)('%s', async (_, shape, size, options) => {
    const x = randn(shape, { dtype: 'float64', requiresGrad: true }) as Tensor;
    const [rows, columns] = [matrix(shape[2]!, size[0], options), matrix(shape[3]!, size[1], options)];
    const out = interpolate(x, { ...options, size });
    await expectClose(out, matmul(matmul(rows, x), columns.t()) as Tensor);
    const g = randn(out.shape, { dtype: 'float64', requiresGrad: true }) as Tensor;
    const [dx] = grad(out, [x], { gradOutputs: [g], createGraph: true }) as [Tensor];
    await expectClose(dx, matmul(matmul(rows.t(), g), columns) as Tensor);
    const u = randn(shape, { dtype: 'float64' }) as Tensor;
    dx.backward(u);
    expect(await equal(g.grad!, interpolate(u, { ...options, size }))).toBe(true);
  });

  it('of one row', async () => {
    const x = arange(31, { dtype: 'float64' }).reshape([1, 1, 31]) as Tensor;
    const out = interpolate(x, { size: 300001, mode: 'linear', alignCorners: true });
    await expectClose(out, arange(300001, { dtype: 'float64' }).div(10000).reshape([1, 1, 300001]) as Tensor);
  });

  it('of views are those of their copies', async () => {
    const x = randn([40, 12, 2, 40]) as Tensor;
    const view = x.permute([2, 1, 3, 0]) as Tensor;
    const options = { size: [110, 110], mode: 'bilinear' } as const;
    expect(await equal(interpolate(view, options), interpolate(view.clone() as Tensor, options))).toBe(true);
  });
});

/** Launches of forward and backward, and bytes that they ever held beside the input, the result and the two gradients. */
function costOf(shape: readonly number[], options: InterpolateOptions): [number, number] {
  const backend = nullBackend();
  const x = zeros(shape, { backend, requiresGrad: true }) as Tensor;
  const out = interpolate(x, options);
  const g = zeros(out.shape, { backend }) as Tensor;
  const before = backend.counts.total;
  backend.reset();
  out.backward(g);
  const own = [x, out, g, x.grad!].reduce((bytes, t) => bytes + 4 * t.numel(), 0);
  return [before + backend.counts.total, memory(backend).peak - own];
}

describe('large results take little memory beside themselves', () => {
  it.each<[string, readonly number[], InterpolateOptions]>([
    ['bilinear', [8, 16, 64, 64], { scaleFactor: 2, mode: 'bilinear' }],
    ['bicubic', [8, 16, 64, 64], { scaleFactor: 2, mode: 'bicubic' }],
    ['bilinear, many', [64, 32, 64, 64], { scaleFactor: 2, mode: 'bilinear' }],
    ['trilinear', [4, 32, 16, 16, 16], { scaleFactor: 2, mode: 'trilinear' }],
    ['one image', [1, 3, 512, 512], { scaleFactor: 2, mode: 'bilinear' }],
  ])('%s', (_, shape, options) => {
    const [launches, bytes] = costOf(shape, options);
    const own = 4 * interpolate(zeros(shape, { backend: nullBackend() }) as Tensor, options).numel();
    expect(bytes).toBeLessThan(own);
    expect(launches).toBeLessThan(400);
  });
});
