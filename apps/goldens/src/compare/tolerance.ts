/**
 * The one rule of agreement: |x - y| <= atol + rtol * |y|. NaN agrees with NaN alone, an infinity with the same
 * infinity alone; the two zeros agree, since their difference is 0. Plain numbers, nothing else.
 */

import type { Tolerance } from '../format/document.ts';

/** Whether `actual` agrees with `expected`. */
export function agrees(actual: number, expected: number, { rtol, atol }: Tolerance): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (!Number.isFinite(expected)) return actual === expected;
  return Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
}

/** The distance that a report shows: 0 for values that agree by name (NaN, infinities), infinite when one is not finite. */
export function measureError(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const distance = Math.abs(actual - expected);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}
