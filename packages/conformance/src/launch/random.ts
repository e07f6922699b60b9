/** Numbers for cases: the same in every run, on every machine. */
import { type DataArray, type DType, dtypes } from '@nn/backend';

/** Uniform numbers in [0, 1): mulberry32, a 32-bit generator good enough for test data. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whole numbers between -largest and largest (from 0 where the dtype has no sign): sums of them are exact in any order. */
export function wholeNumbers(dtype: DType, n: number, seed: number, largest = 4): DataArray {
  const random = randomOf(seed);
  const smallest = dtype === 'bool' || dtype === 'uint8' ? 0 : -largest;
  const top = dtype === 'bool' ? 1 : largest;
  return new dtypes[dtype].array(
    Array.from({ length: n }, () => smallest + Math.floor(random() * (top - smallest + 1))),
  );
}

/** Numbers of [-1, 1] with full mantissas. */
export function fractions(dtype: DType, n: number, seed: number): DataArray {
  const random = randomOf(seed);
  return new dtypes[dtype].array(Array.from({ length: n }, () => 2 * random() - 1));
}
