/** Arrangements of all kinds of sizes: each worker has one place, in powers of two; nobody works for nothing, and few outputs fill a device. */
import { expect, it } from 'vitest';
import { alongOutputs, alongReduced, liesAcross, overParts, workersOf } from './plan.ts';

const counts = [1, 2, 3, 10, 33, 300, 1000, 5000, 65536, 70000, 3e6, 2 ** 30];
const extents = [32, 33, 100, 255, 1000, 5000, 16384, 50257, 70000, 1e6, 2 ** 26];
const cases = counts.flatMap((count) =>
  extents.filter((reduced) => count * reduced < 2 ** 31).map((reduced) => [count, reduced] as const),
);
const isPower = (n: number): boolean => Number.isInteger(Math.log2(n));

it.each(cases)('[%i | %i]', (count, reduced) => {
  const workers = workersOf(count, reduced);
  expect(isPower(workers) && workers * 8 <= reduced && workers <= 2 ** 16).toBe(true);
  for (const own of [alongReduced(workers, 256), alongOutputs(count, reduced, workers, 256)]) {
    const { outputs, threads, each, sections } = own;
    expect([outputs, threads, each, sections].every(isPower)).toBe(true);
    expect([outputs * threads, threads * each * sections]).toEqual([256, workers]);
    const second = overParts(sections, 256);
    expect([second.outputs * second.threads, second.threads * second.each]).toEqual([256, sections]);
  }
  expect(alongReduced(workers, 256).each).toBe(1);
});

it('has a thread for every short reduction, and many for one long', () => {
  expect([workersOf(1, 31), workersOf(1e6, 31), workersOf(1, 2 ** 20), workersOf(2 ** 20, 1024)]).toEqual([
    1,
    1,
    2 ** 16,
    32,
  ]);
});

it.each([
  ['rows', [30], [40], [[40, 1]], false],
  ['columns', [30], [40], [[1, 30]], true],
  ['channels of images', [8], [5, 49], [[49, 392, 1]], false],
  ['one output', [1], [40], [[0, 7]], false],
  ['columns but for a size of one', [30, 1], [40], [[1, 9, 30]], true],
  [
    'columns of one operand, the other spread along them',
    [30],
    [40],
    [
      [1, 30],
      [0, 1],
    ],
    true,
  ],
] as const)('%s', (_, kept, reduced, strides, across) => {
  expect(liesAcross(kept, reduced, strides)).toBe(across);
});
