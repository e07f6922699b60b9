/**
 * Rounding to float16, which no array of JavaScript before Float16Array does: its elements lie in float32 arrays here, and every number
 * passes through this file on its way into one. Knows no kernels.
 */
import type { DType } from '../dtype.ts';
import type { Register } from './loops.ts';

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * The float16 nearest to a float32, ties to even; from 65520 on it is infinite. Halves in the binade of x lie 2^(e - 10) apart, and never less than 2^-24;
 * adding a double whose own neighbours are that far apart rounds x to them, exactly.
 */
export function nearestHalf(x: number): number {
  float[0] = x;
  const exponent = Math.max((bits[0]! >>> 23) & 255, 113) - 127;
  const coarse = 2 ** (exponent + 42);
  const size = Math.abs(float[0]) + coarse - coarse;
  const bounded = size > 65504 ? Number.POSITIVE_INFINITY : size;
  return bits[0]! < 0 ? -bounded : bounded;
}

/** `nearestHalf`, by the engine where it can (ECMAScript 2025). */
export const roundToHalf: (x: number) => number =
  (Math as { readonly f16round?: (x: number) => number }).f16round ?? nearestHalf;

/** A number as it is stored in memory of the dtype, where the array itself doesn't see to that. */
export const storing = (dtype: DType): ((x: number) => number) =>
  dtype === 'float16' ? (x) => roundToHalf(Math.fround(x)) : (x) => x;

/** The first n numbers of a register, ready to be stored in memory of the dtype. */
export function stored(dtype: DType, values: Register, n: number): Register {
  return dtype === 'float16' ? values.subarray(0, n).map(storing(dtype)) : values;
}
