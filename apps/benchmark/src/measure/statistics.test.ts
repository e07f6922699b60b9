import { expect, test } from 'vitest';
import { deviation, median, ratioOf, summarize } from './statistics.ts';

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
  // As numbers, not as texts.
  [[10, 9, 8], 9],
  [[1, 1, 1, 1, 1000], 1],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('nothing has no median', () => {
  expect(median([])).toBeNaN();
  expect(deviation([])).toBeNaN();
  expect(summarize([])).toMatchObject({ count: 0, least: Number.NaN });
});

test('values stay in their order', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('the deviation is the scaled median distance from the median, which one outlier does not move', () => {
  expect(deviation([1, 2, 3, 4, 5])).toBeCloseTo(1.4826, 4);
  expect(deviation([1, 2, 3, 4, 500])).toBeCloseTo(1.4826, 4);
  expect(deviation([7, 7, 7])).toBe(0);
});

test('for normal errors the deviation is the standard deviation', () => {
  // Quantiles of the standard normal distribution at (i + ½) / 9.
  const quantiles = [-1.5932, -0.9674, -0.5895, -0.2822, 0, 0.2822, 0.5895, 0.9674, 1.5932];
  expect(deviation(quantiles.map((z) => 10 + 2 * z))).toBeGreaterThan(1.6);
  expect(deviation(quantiles.map((z) => 10 + 2 * z))).toBeLessThan(2.2);
});

test('noise is relative', () => {
  expect(summarize([10, 20, 30, 40, 50])).toEqual({ median: 30, least: 10, noise: (1.4826 * 10) / 30, count: 5 });
});

test('a ratio of rounds is steady where both slow down together', () => {
  const theirs = [1, 1, 4, 4, 1];
  const { median: ratio, noise, count } = ratioOf(theirs.map((ms) => 0.5 * ms), theirs); // biome-ignore format: one line
  expect({ ratio, noise, count }).toEqual({ ratio: 0.5, noise: 0, count: 5 });
  // The shorter of two series says how many rounds there were.
  expect(ratioOf([2, 2, 9], [1, 1]).count).toBe(2);
});
