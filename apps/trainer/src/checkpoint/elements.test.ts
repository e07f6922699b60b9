import { FormatError } from '@nn/backend';
import { expect, test } from 'vitest';
import { loadValues, storeValues, type Values } from './elements.ts';
import { halfBits, halfValue } from './half.ts';

test.each<{ values: Values; bytes: readonly number[] }>([
  { values: { dtype: 'float32', shape: [1], data: Float32Array.of(1) }, bytes: [0, 0, 0x80, 0x3f] },
  { values: { dtype: 'float64', shape: [], data: Float64Array.of(-2) }, bytes: [0, 0, 0, 0, 0, 0, 0, 0xc0] },
  { values: { dtype: 'float16', shape: [2], data: Float32Array.of(1, -2) }, bytes: [0, 0x3c, 0, 0xc0] },
  { values: { dtype: 'int32', shape: [1], data: Int32Array.of(258) }, bytes: [2, 1, 0, 0] },
  { values: { dtype: 'int64', shape: [1], data: Int32Array.of(-2) }, bytes: [0xfe, 255, 255, 255, 255, 255, 255, 255] },
  { values: { dtype: 'uint8', shape: [2], data: Uint8Array.of(3, 4) }, bytes: [3, 4] },
  { values: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) }, bytes: [1, 0] },
])('$values.dtype to bytes and back', ({ values, bytes }) => {
  const stored = storeValues(values);
  expect(Array.from(stored.bytes)).toEqual(bytes);
  expect(loadValues('x', stored)).toEqual(values);
  // Bytes from a file are Buffers, and stand anywhere in them.
  const within = Buffer.from([9, ...bytes, 9]).subarray(1, 1 + bytes.length);
  expect(loadValues('x', { ...stored, bytes: within })).toEqual(values);
});

// From the tables of IEEE 754-2008's binary16.
test.each([
  [65504, 0x7bff],
  [2 ** -14, 0x0400],
  [1023 / 2 ** 24, 0x03ff],
  [2 ** -24, 0x0001],
  [-0, 0x8000],
  [0.333251953125, 0x3555],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [Number.NaN, 0x7e00],
])('the half %f is %i', (value, bits) => {
  expect(halfBits(value)).toBe(bits);
  expect(halfValue(bits)).toBe(value);
});

test('every half comes back', () => {
  const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits);
  for (const sign of [0, 0x8000])
    expect(finite.filter((bits) => halfBits(halfValue(sign | bits)) !== (sign | bits))).toEqual([]);
  expect(finite.filter((bits) => !(halfValue(bits + 1) > halfValue(bits)))).toEqual([]);
});

test('neither side shares memory with the other', () => {
  const data = Float32Array.of(1);
  const stored = storeValues({ dtype: 'float32', shape: [1], data });
  data[0] = 2;
  const loaded = loadValues('x', stored);
  stored.bytes.fill(0);
  expect(loaded.data[0]).toBe(1);
});

test('what cannot be computed with is refused', () => {
  expect(() => loadValues('x', { type: 'BF16', shape: [1], bytes: new Uint8Array(2) })).toThrow(/x holds BF16/);
  const bytes = new Uint8Array(BigInt64Array.of(2n ** 31n).buffer);
  expect(() => loadValues('x', { type: 'I64', shape: [1], bytes })).toThrow(FormatError);
  expect(() => loadValues('x', { type: 'I64', shape: [1], bytes })).toThrow(/2147483648; integers beyond 32 bits/);
});
