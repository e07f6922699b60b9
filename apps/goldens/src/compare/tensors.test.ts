import { describe, expect, it } from 'vitest';
import { compareNumbers, comparePlain, compareTensors, joinComparisons } from './tensors.ts';

const exact = { rtol: 0, atol: 0 };
const values = { dtype: 'float32', shape: [2, 2], values: [1, 2, 3, 4] };
const stored = { dtype: 'float32', shape: [2, 2], data: [1, 2, 3, 4] };

describe('compareTensors', () => {
  it('accepts equal tensors', () => {
    expect(compareTensors(values, stored, exact)).toEqual({ largestError: 0 });
  });

  it('names the first place that differs, how many do, and the largest error', () => {
    const actual = { ...values, values: [1, 2.5, 3, 7] };
    expect(compareTensors(actual, stored, { rtol: 0, atol: 0.1 })).toEqual({
      largestError: 3,
      message: 'at [0, 1]: 2.5, expected 2 (2 of 4 values differ)',
    });
  });

  it('compares dtype and shape before values', () => {
    expect(compareTensors({ ...values, dtype: 'float64' }, stored, exact).message).toBe(
      'dtype float64, expected float32',
    );
    expect(compareTensors({ ...values, shape: [4] }, stored, exact).message).toBe('shape (4,), expected (2, 2)');
    expect(compareTensors({ ...values, dtype: 'float64' }, stored, exact, { compareDtype: false })).toEqual({
      largestError: 0,
    });
  });

  it('compares float32 values as float32', () => {
    const expected = { dtype: 'float32', shape: [], data: [0.1] };
    expect(
      compareTensors({ dtype: 'float32', shape: [], values: [Math.fround(0.1)] }, expected, exact).message,
    ).toBeUndefined();
  });

  it('reports the largest error of values that agree', () => {
    const actual = { ...values, values: [1.25, 2, 3, 4] };
    expect(compareTensors(actual, stored, { rtol: 0, atol: 0.5 })).toEqual({ largestError: 0.25 });
  });
});

describe('compareTensors on samples', () => {
  const sampled = {
    dtype: 'float32',
    shape: [4],
    samples: { index: [0, 3], value: [1, 4] },
    sum: 10,
    sum_abs: 10,
    sum_within: 0.5,
  };
  const large = { dtype: 'float32', shape: [4], values: [1, 2, 3, 4] };

  it('looks at the sampled values and both sums', () => {
    expect(compareTensors(large, sampled, exact)).toEqual({ largestError: 0 });
    expect(compareTensors({ ...large, values: [1, 2, 3, 5] }, sampled, exact).message).toContain(
      'at [3]: 5, expected 4',
    );
    expect(compareTensors({ ...large, values: [1, 2, 4, 4] }, sampled, exact).message).toContain(
      'sum 11, expected 10 within 0.5',
    );
    expect(compareTensors({ ...large, values: [1, -1, 6, 4] }, sampled, exact).message).toContain(
      'sum of absolute values 12',
    );
  });
});

describe('joinComparisons', () => {
  it('keeps the largest error and names the parts that disagree', () => {
    const joined = joinComparisons([
      ['a', compareNumbers([1], [1.5], { rtol: 0, atol: 1 })],
      ['b', comparePlain('x', 'y')],
    ]);
    expect(joined).toEqual({ largestError: 0.5, message: 'b: "x", expected "y"' });
  });
});

describe('compareNumbers', () => {
  it('refuses lists of another length', () => {
    expect(compareNumbers([1], [1, 2], exact).message).toBe('1 values, expected 2');
  });
});
