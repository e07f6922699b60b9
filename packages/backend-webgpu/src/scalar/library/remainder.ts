/** Remainder of floats with the dividend's sign (C's fmod), exact: a long division of the mantissas, eight digits at a time. */
import type { Helper } from '../../shader.ts';

export const remainders: Readonly<Record<string, Helper>> = {
  remainderF32: {
    needs: ['fromBits', 'mantissa'],
    text: `fn remainderF32(x: f32, y: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let divisor = bitcast<u32>(y) & 0x7fffffffu;
  if (size >= 0x7f800000u || divisor > 0x7f800000u || divisor == 0u) { return fromBits(0x7fc00000u); }
  if (size < divisor) { return x; }
  let exponent = max(divisor >> 23u, 1u);
  let m = mantissa(divisor);
  var rest = mantissa(size) % m;
  var steps = max(size >> 23u, 1u) - exponent;
  while (steps != 0u && rest != 0u) {
    let digits = min(steps, 8u);
    rest = (rest << digits) % m;
    steps -= digits;
  }
  let sign = bits & 0x80000000u;
  if (rest == 0u) { return fromBits(sign); }
  let scaled = bitcast<u32>(f32(rest));
  if ((scaled >> 23u) + exponent > 150u) { return fromBits(sign | (scaled + (exponent << 23u) - (150u << 23u))); }
  return fromBits(sign | (rest << (exponent - 1u)));
}`,
  },
  /** The whole number that a finite float is a power of two of. */
  mantissa: {
    text: `fn mantissa(size: u32) -> u32 {
  return (size & 0x007fffffu) | select(0u, 0x00800000u, size >= 0x00800000u);
}`,
  },
};
