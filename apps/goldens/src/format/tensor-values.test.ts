import { describe, expect, it } from 'vitest';
import { readNumber, readTensorValues, roundAsWritten, ValueFormatError } from './tensor-values.ts';

describe('readTensorValues', () => {
  it('reads numbers, booleans and special floats', () => {
    const stored = { dtype: 'float64', shape: [2, 2], data: [1.5, 'NaN', '-Infinity', -0] };
    expect(readTensorValues(stored).values).toEqual([1.5, Number.NaN, Number.NEGATIVE_INFINITY, -0]);
    expect(readTensorValues({ dtype: 'bool', shape: [2], data: [true, false] }).values).toEqual([1, 0]);
  });

  it('rounds float32 values to float32, which the shortest decimals stand for', () => {
    expect(readTensorValues({ dtype: 'float32', shape: [], data: [0.1] }).values).toEqual([Math.fround(0.1)]);
    expect(readTensorValues({ dtype: 'float64', shape: [], data: [0.1] }).values).toEqual([0.1]);
  });

  it('takes the dtype that the reader names where none is written', () => {
    expect(readTensorValues({ shape: [1], data: [1] }).dtype).toBe('float32');
    expect(readTensorValues({ shape: [1], data: [1] }, 'float64').dtype).toBe('float64');
  });

  it('generates floats by ((i*a + b) mod m) / scale + shift', () => {
    const stored = { shape: [2, 2], generate: { a: 5, b: 3, m: 7, scale: 2, shift: -1 } };
    expect(readTensorValues(stored).values).toEqual([0.5, -0.5, 2, 1]);
  });

  it('generates integers by (i*a + b) mod m', () => {
    const stored = { dtype: 'int64', shape: [4], generate: { a: 5, b: 3, m: 7, integer: true } };
    expect(readTensorValues(stored).values).toEqual([3, 1, 6, 4]);
  });

  it('refuses a number of values that does not fit the shape', () => {
    expect(() => readTensorValues({ shape: [2, 3], data: [1] })).toThrow('(2, 3) needs 6 values, 1 are stored');
  });
});

describe('readNumber', () => {
  it.each(['nan', null, [1]])('refuses %j', (value) => {
    expect(() => readNumber(value)).toThrow(ValueFormatError);
  });
});

describe('roundAsWritten', () => {
  it('keeps the twelve digits that the files keep of a plain number', () => {
    expect(roundAsWritten(Math.sqrt(3))).toBe(1.73205080757);
    expect(roundAsWritten(5 / 3)).toBe(1.66666666667);
    expect(roundAsWritten(0.25)).toBe(0.25);
  });
});
