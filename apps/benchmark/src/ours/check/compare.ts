/** Comparing what was computed with what should have been. */

/** Float32's distance from 1 to the next number, halved: the most that one rounding may move a value, relatively. */
export const half = 2 ** -24;

export interface Values {
  readonly [i: number]: number;
  readonly length: number;
}

/**
 * null if each value is as near to its own expected one as allowed; else a sentence about the worst. `allowed` is absolute, per element.
 */
export function difference(
  what: string,
  actual: Values,
  expected: Values,
  allowed: (i: number) => number,
): string | null {
  if (actual.length !== expected.length) return `${what}: ${actual.length} values instead of ${expected.length}`;
  let [worst, excess] = [-1, 1];
  for (let i = 0; i < actual.length; i++) {
    const ratio = Math.abs(actual[i]! - expected[i]!) / allowed(i);
    // NaN is never within bounds.
    if (!(ratio <= excess)) [worst, excess] = [i, Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio];
  }
  return worst < 0
    ? null
    : `${what}[${worst}] is ${actual[worst]}, should be ${expected[worst]} ± ${allowed(worst).toPrecision(2)}`;
}

/** The same, within a share of the largest expected value. */
export function differenceInScale(what: string, actual: Values, expected: Values, tolerance: number): string | null {
  let scale = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]!));
  return difference(what, actual, expected, () => tolerance * scale + Number.MIN_VALUE);
}
