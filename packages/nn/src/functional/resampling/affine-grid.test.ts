/** Grids of affine transformations against the formula, their gradients, and what is refused. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { manualSeed, ones, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { affineGrid, gridSample } from './index.ts';

beforeEach(() => {
  manualSeed(0);
});

const double = { dtype: 'float64' } as const;

describe('affineGrid', () => {
  it('the identity gives the centres of the elements', async () => {
    const still = tensor([[[1, 0, 0], [0, 1, 0]]]) as Tensor; // biome-ignore format: a matrix
    const at = async (alignCorners: boolean): Promise<unknown> =>
      await affineGrid(still, [1, 1, 1, 4], { alignCorners }).flatten().toArray();
    expect(await at(false)).toEqual([-0.75, 0, -0.25, 0, 0.25, 0, 0.75, 0]);
    expect(await affineGrid(still, [1, 1, 3, 1], { alignCorners: true }).flatten().toArray()).toEqual([
      0, -1, 0, 0, 0, 1,
    ]);
    const x = randn([1, 2, 5, 4]) as Tensor;
    for (const alignCorners of [false, true]) {
      const same = await gridSample(x, affineGrid(still, [1, 2, 5, 4], { alignCorners }), { alignCorners }).data();
      for (const [i, value] of Array.from(await x.data()).entries()) expect(same[i]).toBeCloseTo(value, 5);
    }
  });

  it('θ times (x, y, z, 1), in volumes too', async () => {
    const theta = randn([2, 3, 4], double) as Tensor;
    const t = (await theta.toArray()) as number[][][];
    const grid = (await affineGrid(theta, [2, 1, 2, 3, 4]).toArray()) as number[][][][][];
    const centre = (i: number, n: number): number => (2 * i + 1) / n - 1;
    for (let n = 0; n < 2; n++)
      for (let d = 0; d < 2; d++)
        for (let h = 0; h < 3; h++)
          for (let w = 0; w < 4; w++) {
            const point = [centre(w, 4), centre(h, 3), centre(d, 2), 1];
            const expected = t[n]!.map((row) => row.reduce((sum, v, k) => sum + v * point[k]!, 0));
            expected.forEach((value, k) => {
              expect(grid[n]![d]![h]![w]![k]).toBeCloseTo(value, 12);
            });
          }
  });

  it('differentiates, twice', async () => {
    const theta = randn([2, 2, 3], double) as Tensor;
    expect(await gradcheck((t) => affineGrid(t, [2, 1, 3, 2], { alignCorners: true }), [theta])).toBe(true);
    expect(await gradgradcheck((t) => affineGrid(t.mul(t) as Tensor, [2, 1, 3, 2]), [theta])).toBe(true);
    expect(affineGrid(zeros([0, 2, 3]), [0, 1, 4, 4]).shape).toEqual([0, 4, 4, 2]);
  });

  it.each<[string, () => unknown]>([
    ['theta must be (2, 2, 3), got (1, 2, 3)', () => affineGrid(zeros([1, 2, 3]), [2, 1, 4, 4])],
    ['theta must be (1, 3, 4), got (1, 2, 3)', () => affineGrid(zeros([1, 2, 3]), [1, 1, 4, 4, 4])],
    ['size must be [N, C, H, W]', () => affineGrid(zeros([1, 2, 3]), [4, 4])],
    ['sizes must be whole numbers of at least 1, got (1, 1, 0, 4)', () => affineGrid(ones([1, 2, 3]), [1, 1, 0, 4])],
    ['theta must be floats, got int64', () => affineGrid(ones([1, 2, 3], { dtype: 'int64' }), [1, 1, 4, 4])],
    ['[affineGrid] an operand is an array', () => affineGrid([[[1]]] as never, [1, 1, 4, 4])],
    ['got true where options belong', () => affineGrid(ones([1, 2, 3]), [1, 1, 4, 4], true as never)],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});
