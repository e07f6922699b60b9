/** Rounding to float16 against the format's definition, over all of it. */
import { describe, expect, it } from 'vitest';
import { nearestHalf, roundToHalf } from './half.ts';

/** The value that 16 bits stand for, by IEEE 754. */
function decode(code: number): number {
  const exponent = (code >> 10) & 31;
  const fraction = code & 1023;
  const sign = code & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

const all = Array.from({ length: 65536 }, (_, code) => decode(code));
/** Of every positive half but the largest, the next one. */
const positive = Array.from({ length: 0x7bff }, (_, code) => ({ code, low: decode(code), high: decode(code + 1) }));

const failures = (round: (x: number) => number, cases: readonly (readonly [number, number])[]): number[] =>
  cases.filter(([x, expected]) => !Object.is(round(x), expected)).map(([x]) => x);

describe.each([
  ['in arithmetic', nearestHalf],
  ['as it is used here', roundToHalf],
])('rounding to float16, %s', (_, round) => {
  it('leaves all 65,536 halves as they are, zeros with their signs', () => {
    expect(failures(round, all.map((x) => [x, x]))).toEqual([]); // biome-ignore format: one list
  });

  it('takes every tie between two halves to the even one', () => {
    const ties = positive.flatMap(({ code, low, high }) => {
      const even = code % 2 === 0 ? low : high;
      const tie = (low + high) / 2;
      return [[tie, even], [-tie, -even]] as const; // biome-ignore format: a pair
    });
    expect(failures(round, ties)).toEqual([]);
  });

  it('takes what lies beside a tie to the nearer half', () => {
    const sides = positive.flatMap(({ low, high }) => {
      const tie = (low + high) / 2;
      const near = tie * 2 ** -22;
      return [[tie - near, low], [tie + near, high], [near - tie, -low]] as const; // biome-ignore format: a triple
    });
    expect(failures(round, sides)).toEqual([]);
  });

  it.each([
    [65504, 65504],
    [65519.99609375, 65504],
    [65520, Number.POSITIVE_INFINITY],
    [-65520, Number.NEGATIVE_INFINITY],
    [3.4028234663852886e38, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.NaN, Number.NaN],
    [2 ** -25, 0],
    [-(2 ** -25), -0],
    [2 ** -25 * (1 + 2 ** -20), 2 ** -24],
    [3 * 2 ** -25, 2 ** -23],
    [1e-45, 0],
    [-1e-45, -0],
  ])('takes %d to %d', (x, expected) => {
    expect(round(x)).toBe(expected);
  });
});
