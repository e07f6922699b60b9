/** Compares what came out with what should have, and says where and by how much it differs. */
import type { DataArray } from '@nn/backend';

/** The check of a case failed. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
}

/** Throws unless the condition holds. */
export function check(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new ConformanceError(typeof message === 'string' ? message : message());
}

/** Throws unless every element is within its tolerance; NaN equals NaN, both zeros are equal. */
export function compare(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: (expected: number, i: number) => number = () => 0,
): void {
  check(actual.length === expected.length, () => `${what}: ${actual.length} elements instead of ${expected.length}`);
  const wrong: number[] = [];
  for (let i = 0; i < expected.length; i++)
    if (!close(actual[i]!, expected[i]!, tolerance(expected[i]!, i))) wrong.push(i);
  check(wrong.length === 0, () => {
    const shown = wrong.slice(0, 3).map((i) => `[${i}] is ${actual[i]}, should be ${expected[i]}`);
    return `${what}: ${wrong.length} of ${expected.length} elements differ: ${shown.join('; ')}`;
  });
}

const close = (actual: number, expected: number, tolerance: number): boolean =>
  actual === expected || (Number.isNaN(actual) && Number.isNaN(expected)) || Math.abs(actual - expected) <= tolerance;

/** Throws unless both hold the same bits. */
export function compareBits(what: string, actual: DataArray, expected: DataArray): void {
  const bits = (data: DataArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  compare(what, bits(actual), bits(expected));
}
