import { describe, expect, it } from 'vitest';
import { parseAttributes } from './json.ts';
import { PythonFloat, toPlain } from './python-float.ts';

describe('parseAttributes', () => {
  it.each([
    ['2', 2],
    ['2.0', new PythonFloat(2)],
    ['-0.0', new PythonFloat(-0)],
    ['1e-05', new PythonFloat(1e-5)],
    ['"NaN"', new PythonFloat(Number.NaN)],
    ['"Infinity"', new PythonFloat(Number.POSITIVE_INFINITY)],
    ['"-Infinity"', new PythonFloat(Number.NEGATIVE_INFINITY)],
    ['"fro"', 'fro'],
    ['true', true],
    ['null', null],
    ['[1, 2.5, [true]]', [1, new PythonFloat(2.5), [true]]],
    ['{"p": 2.0, "dim": [0, 1]}', { p: new PythonFloat(2), dim: [0, 1] }],
  ])('%s', (text, expected) => {
    expect(parseAttributes(text)).toEqual(expected);
  });

  it('keeps the sign of zero', () => {
    expect(Object.is((parseAttributes('-0.0') as PythonFloat).value, -0)).toBe(true);
  });
});

describe('toPlain', () => {
  it('turns Python floats into numbers at any depth', () => {
    expect(toPlain({ a: new PythonFloat(2), b: [1, new PythonFloat(0.5), { c: null }] })).toEqual({
      a: 2,
      b: [1, 0.5, { c: null }],
    });
  });
});
