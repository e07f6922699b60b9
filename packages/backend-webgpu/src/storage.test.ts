/** float16 on the host: all bit patterns, ties and edges. */
import { expect, it } from 'vitest';
import { fromHalf, fromStored, toHalf, toStored } from './storage.ts';

const all = Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNPattern = (bits: number): boolean => (bits & 0x7fff) > 0x7c00;

it('gives every float16 back', () => {
  const wrong = all.filter((bits) => toHalf(fromHalf(bits)) !== (isNaNPattern(bits) ? 0x7e00 : bits));
  expect(wrong).toEqual([]);
});

it('rounds to nearest, ties to even', () => {
  const positive = all.filter((bits) => bits < 0x7c00);
  const wrong = positive.filter((bits) => {
    const [low, high] = [fromHalf(bits), bits === 0x7bff ? 65536 : fromHalf(bits + 1)];
    const [middle, near] = [(low + high) / 2, (high - low) / 512];
    const even = bits % 2 === 0 ? bits : bits + 1;
    return toHalf(middle) !== even || toHalf(middle - near) !== bits || toHalf(middle + near) !== bits + 1;
  });
  expect(wrong).toEqual([]);
});

it.each([
  [0, 0],
  [-0, 0x8000],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [1e38, 0x7c00],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [2 ** -25, 0],
  [1e-40, 0],
])('stores %d as %i', (x, bits) => {
  expect(toHalf(x)).toBe(bits);
});

it('stores each dtype so that it comes back', () => {
  const floats = new Float32Array([1.5, -2, 65504]);
  for (const [dtype, data] of [
    ['float32', floats],
    ['float16', floats],
    ['int64', new Int32Array([-1, 2 ** 31 - 1])],
    ['uint8', new Uint8Array([0, 255])],
    ['bool', new Uint8Array([0, 1])],
  ] as const) {
    const stored = toStored(dtype, data);
    const copy = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength).slice().buffer;
    expect(fromStored(dtype, copy, 0, data.length)).toEqual(data);
  }
});
