/**
 * Exponentials: x = n ln 2 + r with 0 <= r <= ln 2, so that 2^n is a float wherever the result is (W. J. Cody & W. Waite, *Software Manual for the Elementary
 * Functions*, 1980, ch. 6); minimax polynomials of our own. Results below the smallest normal number are 0: devices may flush them.
 */
import type { Helper } from '../../shader.ts';
import { polynomial } from './polynomial.ts';

/** Of a minimax polynomial for e^r, 0 <= r <= ln 2. */
const coefficients = [1.8607788e-3, 7.9694251e-3, 4.1784283e-2, 0.16665268, 0.50000018, 1, 1];

/** x coth(x/2) - 2 over x². */
const cotangent = [
  4.1099798564549345e-8, -1.653296640747349e-6, 6.613755343425129e-5, -0.002777777777381166, 0.1666666666666647,
];

export const exponentials: Readonly<Record<string, Helper>> = {
  /**
   * exp(x + low) for x from -88 (that is 0 already) to 88.8 (infinite already), and |low| < 0.06. The first part of
   * ln 2 is 355/512; its multiples are made of integers, lest a compiler add the parts up before it multiplies.
   */
  exponentialOfSum: {
    needs: ['fromBits', 'settled'],
    text: `fn exponentialOfSum(x: f32, low: f32) -> f32 {
  let n = i32(floor(x * 1.44269504f));
  let r = settled(x - f32(355i * n) * 0.001953125f) + (f32(n) * 2.1219444005469057e-4f + low);
  return ${polynomial('r', coefficients)} * fromBits(u32(n + 127i) << 23u);
}`,
  },
  /** At most 1.8 ulp. */
  exponential: {
    needs: ['exponentialOfSum', 'isNumber'],
    text: `fn exponential(x: f32) -> f32 {
  return select(x, exponentialOfSum(clamp(x, -88f, 88.8f), 0f), isNumber(x));
}`,
  },
  /** exp(x) - 1: up to 1/2 as 2x/(x coth(x/2) - x), just as the row says it; at most 2.4 ulp. */
  exponentialMinusOne: {
    needs: ['exponential'],
    text: `fn exponentialMinusOne(x: f32) -> f32 {
  if (abs(x) < 0.5f) {
    let z = x * x;
    return (x + x) / (fma(z, ${polynomial('z', cotangent)}, 2f) - x);
  }
  return exponential(x) - 1f;
}`,
  },
};
