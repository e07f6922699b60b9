import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFixed, formatScientific, formatShortest } from './decimal.ts';

/** Value, decimals, Python's `'{:.<decimals>f}'` and `'{:.<decimals>e}'`. */
const fromPython: readonly (readonly [number, number, string, string])[] = [
  [0.5, 0, '0', '5e-01'],
  [1.5, 0, '2', '2e+00'],
  [2.5, 0, '2', '2e+00'],
  [-0.5, 0, '-0', '-5e-01'],
  [8.5, 0, '8', '8e+00'],
  [9.5, 0, '10', '1e+01'],
  [0, 0, '0', '0e+00'],
  [-0, 4, '-0.0000', '-0.0000e+00'],
  [-4e-5, 4, '-0.0000', '-4.0000e-05'],
  [0.125, 2, '0.12', '1.25e-01'],
  [0.375, 2, '0.38', '3.75e-01'],
  [1.005, 2, '1.00', '1.00e+00'],
  [0.00999995, 4, '0.0100', '1.0000e-02'],
  [9999.99995, 4, '9999.9999', '1.0000e+04'],
  [99999.5, 4, '99999.5000', '1.0000e+05'],
  [123456.7890625, 6, '123456.789062', '1.234568e+05'],
  [0.1, 20, '0.10000000000000000555', '1.00000000000000005551e-01'],
  [1e21, 2, '1000000000000000000000.00', '1.00e+21'],
  [1e23, 0, '99999999999999991611392', '1e+23'],
  [5e-324, 4, '0.0000', '4.9407e-324'],
  [2.2250738585072014e-308, 3, '0.000', '2.225e-308'],
  [Number.NaN, 4, 'nan', 'nan'],
  [Number.POSITIVE_INFINITY, 4, 'inf', 'inf'],
  [Number.NEGATIVE_INFINITY, 4, '-inf', '-inf'],
];

/** Value and Python's `repr(value)`. */
const reprFromPython: readonly (readonly [number, string])[] = [
  [3, '3.0'],
  [3.5, '3.5'],
  [100, '100.0'],
  [0, '0.0'],
  [-0, '-0.0'],
  [0.1, '0.1'],
  [Math.fround(0.1), '0.10000000149011612'],
  [Math.fround(2.7), '2.700000047683716'],
  [1e-4, '0.0001'],
  [1.25e-3, '0.00125'],
  [1e-5, '1e-05'],
  [-1.5e-7, '-1.5e-07'],
  [123456789, '123456789.0'],
  [9999999999999998, '9999999999999998.0'],
  [1e16, '1e+16'],
  [123456789012345680, '1.2345678901234568e+17'],
  [Number.MAX_VALUE, '1.7976931348623157e+308'],
  [5e-324, '5e-324'],
  [Number.NaN, 'nan'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
];

interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}

/** |value| as a ratio, by doubling until nothing is left behind the point (each doubling is exact). */
function ratioOf(value: number): Ratio {
  let over = Math.abs(value);
  let under = 1n;
  while (!Number.isInteger(over)) {
    over *= 2;
    under *= 2n;
  }
  return { over: BigInt(over), under };
}

/** Distance of digits · 10^-decimals from the ratio, in halves of the last digit: -1 less than one, 0 exactly one, 1 more. */
function compareToHalf({ over, under }: Ratio, digits: bigint, decimals: number): number {
  const up = 10n ** BigInt(Math.max(decimals, 0));
  const down = 10n ** BigInt(Math.max(-decimals, 0));
  const difference = digits * under * down - over * up;
  const twice = 2n * (difference < 0n ? -difference : difference);
  const unit = under * down;
  if (twice === unit) return 0;
  return twice < unit ? -1 : 1;
}

const isNegative = (value: number) => value < 0 || Object.is(value, -0);
const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  // Odd numbers over powers of two: exact ties at fewer decimals than the power.
  fc.tuple(fc.integer({ min: -99999, max: 99999 }), fc.nat(10)).map(([n, power]) => (2 * n + 1) / 2 ** power),
);
const decimalCounts = fc.oneof(fc.nat(8), fc.nat(60));

describe('formatFixed', () => {
  test.each(fromPython)('%f with %d decimals is %s', (value, decimals, fixed) => {
    expect(formatFixed(value, decimals)).toBe(fixed);
  });

  test('is the nearest decimal, the even one of two', () => {
    fc.assert(
      fc.property(finite, decimalCounts, (value, decimals) => {
        const text = formatFixed(value, decimals);
        expect(text).toMatch(decimals === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${decimals}}$`));
        expect(text).not.toMatch(/^-?0\d/);
        expect(text.startsWith('-')).toBe(isNegative(value));
        const digits = BigInt(text.replace('-', '').replace('.', ''));
        const distance = compareToHalf(ratioOf(value), digits, decimals);
        expect(distance).toBeLessThanOrEqual(0);
        if (distance === 0) expect(digits % 2n).toBe(0n);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatScientific', () => {
  test.each(fromPython)('%f with %d decimals', (value, decimals, _, scientific) => {
    expect(formatScientific(value, decimals)).toBe(scientific);
  });

  test('is the nearest decimal with one digit before the point, the even one of two', () => {
    fc.assert(
      fc.property(finite, decimalCounts, (value, decimals) => {
        const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d{2,3})$/.exec(formatScientific(value, decimals));
        const [, sign, first = '', rest = '', power] = parts ?? [];
        expect(sign === '-').toBe(isNegative(value));
        expect(rest).toHaveLength(decimals);
        expect(first === '0').toBe(value === 0);
        const digits = BigInt(first + rest);
        const distance = compareToHalf(ratioOf(value), digits, decimals - Number(power));
        expect(distance).toBeLessThanOrEqual(0);
        if (distance === 0) expect(digits % 2n).toBe(0n);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatShortest', () => {
  test.each(reprFromPython)('%f is %s', (value, text) => {
    expect(formatShortest(value)).toBe(text);
  });

  test('reads back to the same double, with no digit more than needed', () => {
    fc.assert(
      fc.property(finite, (value) => {
        const text = formatShortest(value);
        expect(Number(text)).toBe(value);
        const digitsOf = (number: string) => number.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '');
        expect(digitsOf(text)).toBe(digitsOf(value.toExponential()));
      }),
      { numRuns: 1000 },
    );
  });
});
