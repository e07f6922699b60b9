import { describe, expect, test } from 'vitest';
import { formatSize, formatValue } from './format-size.ts';

describe('formatSize', () => {
  test.each([
    [[], 'torch.Size([])'],
    [[0], 'torch.Size([0])'],
    [[7], 'torch.Size([7])'],
    [[2, 0, 3], 'torch.Size([2, 0, 3])'],
  ])('%o is %s', (shape, text) => {
    expect(formatSize(shape)).toBe(text);
  });
});

describe('formatValue', () => {
  test.each([
    [3.5, 'float32', '3.5'],
    [2, 'float32', '2.0'],
    [-0, 'float32', '-0.0'],
    [Math.fround(0.1), 'float32', '0.10000000149011612'],
    [0.1, 'float64', '0.1'],
    [1e-5, 'float64', '1e-05'],
    [Number.NaN, 'float32', 'nan'],
    [Number.NEGATIVE_INFINITY, 'float64', '-inf'],
    [2, 'int64', '2'],
    [-2147483648, 'int32', '-2147483648'],
    [255, 'uint8', '255'],
    [1, 'bool', 'True'],
    [0, 'bool', 'False'],
  ] as const)('%d of %s is %s', (value, dtype, text) => {
    expect(formatValue(value, dtype)).toBe(text);
  });
});
