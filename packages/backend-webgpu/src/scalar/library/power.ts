/**
 * Powers of floats as exp(y · log |x|) with about 30 digits of the logarithm, which leaves room for the error that a large exponent multiplies; the edges are
 * C's pow (C17, F.10.4.4). Numbers are split by their bits, so that products of parts are exact and no compiler can take a sum and a difference for nothing.
 */
import type { Helper } from '../../shader.ts';
import { polynomial } from './polynomial.ts';

/** (2 artanh(s) - 2s)/s³ = 2/3 + 2/5 s² + …, |s| < 0.172. */
const coefficients = [2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3].map(Math.fround);

export const powers: Readonly<Record<string, Helper>> = {
  /** log x = high + low for finite x > 0; high has 12 digits. With f = m - 1, log m = 2 artanh(f/(m + 1)). */
  twoPartLogarithm: {
    needs: ['decomposed', 'leading', 'settled'],
    text: `fn twoPartLogarithm(x: f32) -> vec2f {
  let parts = decomposed(x);
  let e = parts.exponent;
  let m = parts.fraction;
  let f = m - 1f;
  let divisor = leading(m + 1f);
  let s = leading(f / (m + 1f));
  let below = (settled(f - s * divisor) - s * (m - (divisor - 1f))) / (m + 1f);
  let whole = s + below;
  let z = whole * whole;
  let rest = fma(f32(e), -2.1219444005469057e-4f, fma(whole * z, ${polynomial('z', coefficients)}, below + below));
  let first = f32(355i * e) * 0.001953125f;
  let high = leading(first + (s + s));
  return vec2f(high, (settled(first - high) + (s + s)) + rest);
}`,
  },
  /** exp(y · log x) of finite numbers, x > 0. Beyond 2^32 an exponent changes nothing any more. */
  positivePower: {
    needs: ['twoPartLogarithm', 'leading', 'settled', 'exponentialOfSum'],
    text: `fn positivePower(x: f32, exponent: f32) -> f32 {
  let y = clamp(exponent, -4294967296f, 4294967296f);
  let parts = twoPartLogarithm(x);
  let upper = leading(y);
  let product = upper * parts.x;
  let rest = fma(y - upper, parts.x, y * parts.y);
  let sum = product + rest;
  if (sum > 88.8f) { return exponentialOfSum(88.8f, 0f); }
  if (sum < -88f) { return 0f; }
  let high = leading(sum);
  return exponentialOfSum(high, settled(product - high) + rest);
}`,
  },
  /** At most 2.4 ulp. */
  powerF32: {
    needs: ['positivePower', 'fromBits'],
    text: `fn powerF32(x: f32, y: f32) -> f32 {
  let infinity = 0x7f800000u;
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let order = bitcast<u32>(y) & 0x7fffffffu;
  let rising = bitcast<u32>(y) < 0x80000000u;
  if (bits == 0x3f800000u || order == 0u) { return 1f; }
  if (size > infinity || order > infinity) { return fromBits(0x7fc00000u); }
  if (order == infinity) {
    if (size == 0x3f800000u) { return 1f; }
    return fromBits(select(0u, infinity, (size > 0x3f800000u) == rising));
  }
  let whole = trunc(y) == y;
  let odd = whole && order < 0x4b800000u && (i32(y) & 1i) != 0i;
  let sign = select(0u, bits & 0x80000000u, odd);
  if (size == 0u || size == infinity) { return fromBits(sign | select(0u, infinity, (size == infinity) == rising)); }
  if (bits > size && !whole) { return fromBits(0x7fc00000u); }
  return bitcast<f32>(bitcast<u32>(positivePower(abs(x), y)) | sign);
}`,
  },
};
