import { describe, expect, it } from 'vitest';
import { agrees, measureError } from './tolerance.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const exact = { rtol: 0, atol: 0 };
const loose = { rtol: 0.1, atol: 0.5 };

describe('agrees', () => {
  it.each([
    [1, 1, exact, true],
    [1, 1 + Number.EPSILON, exact, false],
    [0, -0, exact, true],
    [11.5, 10, loose, true],
    [11.6, 10, loose, false],
    [-11.5, -10, loose, true],
    [10, 11.6, loose, true],
    [nan, nan, exact, true],
    [1, nan, loose, false],
    [nan, 1, loose, false],
    [infinity, infinity, exact, true],
    [-infinity, infinity, loose, false],
    [1e300, infinity, loose, false],
    [infinity, 1e300, loose, false],
  ])('%d and %d', (actual, expected, tolerance, result) => {
    expect(agrees(actual, expected, tolerance)).toBe(result);
  });
});

describe('measureError', () => {
  it.each([
    [3, 1, 2],
    [nan, nan, 0],
    [infinity, infinity, 0],
    [nan, 1, infinity],
    [1, infinity, infinity],
    [0, -0, 0],
  ])('%d and %d', (actual, expected, error) => {
    expect(measureError(actual, expected)).toBe(error);
  });
});
