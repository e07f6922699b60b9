/**
 * Logarithms: x = 2^e m with √½ <= m < √2, and a minimax polynomial of our own for log m (error 8e-10). Denormal numbers are taken apart as integers, so that it
 * doesn't matter whether the device flushes them.
 */
import type { Helper } from '../../shader.ts';
import { polynomial } from './polynomial.ts';

const coefficients = [
  6.7466386e-2, -0.11675651, 0.11888163, -0.12405589, 0.14219552, -0.16667996, 0.20002119, -0.25000009, 0.33333313,
];

export const logarithms: Readonly<Record<string, Helper>> = {
  Decomposition: { text: 'struct Decomposition { exponent: i32, fraction: f32 }' },
  /** x > 0 as 2^exponent · fraction. The exponent is how far the bits are above those of √½. */
  decomposed: {
    needs: ['Decomposition'],
    text: `fn decomposed(x: f32) -> Decomposition {
  var bits = bitcast<u32>(x);
  var offset = 0i;
  if (bits < 0x00800000u) {
    bits = bitcast<u32>(f32(bits));
    offset = 149i;
  }
  let exponent = bitcast<i32>(bits - 0x3f3504f3u) >> 23u;
  return Decomposition(exponent - offset, bitcast<f32>(bits - (u32(exponent) << 23u)));
}`,
  },
  /** log x for any x. `excess` is x - 1 where that is known more exactly; it counts where x is near 1. */
  logarithmNear: {
    needs: ['decomposed', 'fromBits'],
    text: `fn logarithmNear(x: f32, excess: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) == 0u) { return fromBits(0xff800000u); }
  if (bits > 0x80000000u) { return fromBits(0x7fc00000u); }
  if (bits >= 0x7f800000u) { return x; }
  let parts = decomposed(x);
  let e = parts.exponent;
  let t = select(parts.fraction - 1f, excess, e == 0i);
  let y = fma(f32(e), -2.1219444005469057e-4f, ${polynomial('t', coefficients)} * (t * t * t));
  return fma(f32(355i * e), 0.001953125f, t + fma(t * -0.5f, t, y));
}`,
  },
  /** At most 0.8 ulp. */
  logarithm: { needs: ['logarithmNear'], text: 'fn logarithm(x: f32) -> f32 { return logarithmNear(x, x - 1f); }' },
  /** log(1 + x), at most 2.4 ulp (0.6 where x is near 0). */
  logarithmOfOnePlus: {
    needs: ['logarithmNear', 'isNotZero'],
    text: `fn logarithmOfOnePlus(x: f32) -> f32 { return select(x, logarithmNear(1f + x, x), isNotZero(x)); }`,
  },
};
