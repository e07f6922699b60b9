/**
 * Sine and cosine. Up to 8192 the argument loses its quarter turns in three parts (Cody & Waite 1980, ch. 8), two of them made of integers and exact; larger ones, which are rare,
 * are multiplied by as many digits of 2/π as count, in integers (M. Payne & R. Hanek, "Radian reduction for trigonometric functions", SIGNUM 1983).
 * Parts and polynomials are those of the Cephes library (S. L. Moshier, sinf, cosf).
 */
import type { Helper } from '../../shader.ts';
import { polynomial } from './polynomial.ts';

const sine = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
const cosine = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5, 1];
/** Binary digits of 2/π, after 32 zeros. */
const turns = [0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab];

export const circulars: Readonly<Record<string, Helper>> = {
  Turned: { text: 'struct Turned { quarters: i32, rest: f32 }' },
  /** Of a finite x: quarter turns (their last two bits count), and what is left between -π/4 and π/4. */
  turned: {
    needs: ['Turned', 'turnedFar', 'settled'],
    text: `fn turned(x: f32) -> Turned {
  if (abs(x) > 8192f) { return turnedFar(x); }
  let n = i32(round(x * ${Math.fround(2 / Math.PI)}f));
  let most = settled(x - f32(201i * n) * ${2 ** -7}f);
  return Turned(n, settled(most - f32(2029i * n) * ${2 ** -22}f) - f32(n) * 7.549789948768648e-8f);
}`,
  },
  /**
   * The mantissa times 96 digits of 2/π, from that on whose multiples are no whole turns: the two upper bits of the product are quarter turns, the others their
   * fraction. Half a quarter is added first, so that the fraction can be read as a signed number.
   */
  turnedFar: {
    needs: ['Turned', 'upperProduct', 'digitsOfTurns'],
    text: `fn turnedFar(x: f32) -> Turned {
  let bits = bitcast<u32>(x);
  let first = ((bits >> 23u) & 0xffu) - 120u;
  let m = (bits & 0x007fffffu) | 0x00800000u;
  let w0 = digitsOfTurns(first);
  let w1 = digitsOfTurns(first + 32u);
  let w2 = digitsOfTurns(first + 64u);
  let middle = m * w1 + upperProduct(m, w2);
  let carry = select(0u, 1u, middle < m * w1);
  let high = m * w0 + upperProduct(m, w1) + carry;
  let low = m * w2;
  let fraction = bitcast<i32>((high << 2u) | (middle >> 30u));
  let below = (middle << 2u) | (low >> 30u);
  let rest = fma(f32(below), ${2 ** -64}f, f32(fraction) * ${2 ** -32}f) * ${Math.fround(Math.PI / 2)}f;
  let quarters = bitcast<i32>((high + 0x20000000u) >> 30u);
  return Turned(select(quarters, -quarters, x < 0f), select(rest, -rest, x < 0f));
}`,
  },
  /** 32 digits from the one at `first`. */
  digitsOfTurns: {
    text: `const turnDigits = array<u32, ${turns.length}>(${turns.map((word) => `0x${word.toString(16)}u`).join(', ')});
fn digitsOfTurns(first: u32) -> u32 {
  let i = first >> 5u;
  let shift = first & 31u;
  return (turnDigits[i] << shift) | select(turnDigits[i + 1u] >> ((32u - shift) & 31u), 0u, shift == 0u);
}`,
  },
  /** Sine of the argument moved by some quarter turns: 1 makes it the cosine. At most 1.3 ulp, near zeros an absolute 2^-24; beyond 8192 at most 2.4 ulp. */
  circular: {
    needs: ['turned', 'fromBits'],
    text: `fn circular(x: f32, quarters: i32) -> f32 {
  if ((bitcast<u32>(x) & 0x7fffffffu) >= 0x7f800000u) { return fromBits(0x7fc00000u); }
  let parts = turned(x);
  let r = parts.rest;
  let n = parts.quarters + quarters;
  let z = r * r;
  let odd = fma(${polynomial('z', sine)}, z * r, r);
  let even = ${polynomial('z', cosine)};
  return bitcast<f32>(bitcast<u32>(select(odd, even, (n & 1i) != 0i)) ^ (u32(n & 2i) << 30u));
}`,
  },
  /** Small numbers, zeros of both signs among them, are their own sines. */
  sine: {
    needs: ['circular'],
    text: 'fn sine(x: f32) -> f32 { return select(circular(x, 0i), x, abs(x) < 2.44140625e-4f); }',
  },
  cosine: { needs: ['circular'], text: 'fn cosine(x: f32) -> f32 { return circular(x, 1i); }' },
};
