/**
 * Numbers to decimal text, exactly: Python's `'{:.4f}'`, `'{:.4e}'` and `repr(float)`, which PyTorch's printing is made of.
 * A double is a fraction of two integers, so rounding happens once, half to even, on its true value. `toFixed` can't serve: it
 * rounds ties up and gives up at 1e21; `toExponential` stops at 100 digits and doesn't pad its exponent. Knows nothing of tensors or options.
 */

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const bits = new DataView(new ArrayBuffer(8));

/** The magnitude of a finite double as a fraction: fraction bits times a power of two (IEEE 754 binary64). */
function magnitudeOf(value: number): Fraction {
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const storedExponent = Number((word >> 52n) & 0x7ffn);
  const storedFraction = word & 0xfffffffffffffn;
  const significand = storedExponent === 0 ? storedFraction : storedFraction | 0x10000000000000n;
  const exponent = Math.max(storedExponent, 1) - 1075;
  return exponent >= 0
    ? { numerator: significand << BigInt(exponent), denominator: 1n }
    : { numerator: significand, denominator: 1n << BigInt(-exponent) };
}

/** numerator / denominator · 10^power, rounded to an integer, ties to even. */
function roundScaled({ numerator, denominator }: Fraction, power: number): bigint {
  const scale = 10n ** BigInt(Math.abs(power));
  const dividend = power >= 0 ? numerator * scale : numerator;
  const divisor = power >= 0 ? denominator : denominator * scale;
  const quotient = dividend / divisor;
  const twiceRest = 2n * (dividend - quotient * divisor);
  const roundsUp = twiceRest > divisor || (twiceRest === divisor && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

/** floor(log10(numerator / denominator)) of a positive fraction. */
function decimalExponentOf({ numerator, denominator }: Fraction): number {
  // A number of a digits over one of b digits lies strictly between 10^(a-b-1) and 10^(a-b+1): one comparison decides.
  const power = numerator.toString().length - denominator.toString().length;
  const scale = 10n ** BigInt(Math.abs(power));
  const reachesPower = power >= 0 ? numerator >= denominator * scale : numerator * scale >= denominator;
  return reachesPower ? power : power - 1;
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

function nonFiniteText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}

/** `digits` decimal digits, the first of them before the point. */
function withPoint(digits: string, before: number): string {
  return digits.length > before ? `${digits.slice(0, before)}.${digits.slice(before)}` : digits;
}

/** `e+05`: a sign always, two digits at least. */
function exponentText(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Python's `'{:.<decimals>f}'.format(value)`: `formatFixed(2.5, 0)` is `2`, `formatFixed(-0.00001, 4)` is `-0.0000`. */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const digits = roundScaled(magnitudeOf(value), decimals)
    .toString()
    .padStart(decimals + 1, '0');
  return signOf(value) + withPoint(digits, digits.length - decimals);
}

/** Python's `'{:.<decimals>e}'.format(value)`: `formatScientific(123456, 2)` is `1.23e+05`. */
export function formatScientific(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  if (value === 0) return signOf(value) + withPoint('0'.repeat(decimals + 1), 1) + exponentText(0);
  const magnitude = magnitudeOf(value);
  const exponent = decimalExponentOf(magnitude);
  const digits = roundScaled(magnitude, decimals - exponent).toString();
  // Rounding 9.99… up gives one digit more: 10.0… is 1.00… of the next power.
  const carry = digits.length - (decimals + 1);
  return signOf(value) + withPoint(digits.slice(0, decimals + 1), 1) + exponentText(exponent + carry);
}

/** Python's `repr(float)`: the shortest digits that read back to the same double, always marked as a float: `3.0`, `1e-05`, `1e+16`. */
export function formatShortest(value: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const [significand = '', power = ''] = Math.abs(value).toExponential().split('e');
  const digits = significand.replace('.', '');
  const exponent = Number(power);
  // repr(float) writes positional digits for exponents from -4 to 15 (float_repr_style 'short').
  if (exponent < -4 || exponent >= 16) return signOf(value) + withPoint(digits, 1) + exponentText(exponent);
  if (exponent < 0) return `${signOf(value)}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return signOf(value) + withPoint(digits.padEnd(exponent + 2, '0'), exponent + 1);
}
