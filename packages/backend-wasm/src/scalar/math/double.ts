/**
 * Exponentials and logarithms of float64, two to a vector: the same bits in every engine, which leaves those of its own Math.exp open. Constants as in Cody & Waite, *Software Manual
 * for the Elementary Functions*, 1980; series rather than minimax polynomials, since a few terms more are enough.
 */
import {
  type Code,
  f64x2,
  I32,
  i64x2,
  type Local,
  multiplyAdd64,
  pick,
  V128,
  v128,
  when,
} from '../../assembler/index.ts';
import type { VectorCode } from './exponential.ts';
import { polynomial64 } from './polynomial.ts';

/** Adding it to a small double leaves the nearest integer in the low bits. */
export const magic: number = 1.5 * 2 ** 52;
/** ln 2 in two parts: a number of up to 11 bits times the first is exact. */
const [mostOfLog2, restOfLog2] = [0.6931471803691238, 1.9082149292705877e-10];

/** 1/2!, 1/3! … 1/13!, the highest first. */
const factorials = Array.from({ length: 12 }, (_, i) => {
  let product = 1;
  for (let k = 2; k <= 13 - i; k++) product *= k;
  return 1 / product;
});

/** x = n ln 2 + r with |r| <= ln 2 / 2; the power of two comes in two parts, since one alone may be no normal number. */
export const exponential64: VectorCode = (f, x) => {
  const { features } = f.module;
  const own = (value: number): Local => f.lanes('f64', value);
  const [inside, shifted, n, whole, rest, r, y, half] = f.locals(V128, 8) as Local[] as [
    Local, Local, Local, Local, Local, Local, Local, Local,
  ]; // biome-ignore format: one list
  const powerOf = (of: Code): Code => i64x2.shl(i64x2.add(of, f.lanes('i32', 1023, 0, 1023, 0)), 52);
  return [
    // Beyond the ends it is infinite and 0 already; NaN stays.
    inside.set(f64x2.pmax(f64x2.pmin(x, own(710)), own(-746))),
    shifted.set(multiplyAdd64(features, inside, own(Math.LOG2E), own(magic))),
    n.set(f64x2.sub(shifted, own(magic))),
    whole.set(multiplyAdd64(features, n, own(-mostOfLog2), inside)),
    rest.set(f64x2.mul(n, own(-restOfLog2))),
    r.set(f64x2.add(whole, rest)),
    // What rounding took from r.
    rest.set(f64x2.add(f64x2.sub(whole, r), rest)),
    y.set(f64x2.add(r, multiplyAdd64(features, f64x2.mul(r, r), polynomial64(f, r, factorials), rest))),
    half.set(multiplyAdd64(features, n, own(0.5), own(magic))),
    y.set(f64x2.mul(f64x2.add(y, own(1)), powerOf(half))),
    n.set(f64x2.add(f64x2.sub(n, f64x2.sub(half, own(magic))), own(magic))),
    f64x2.mul(y, powerOf(n)),
  ];
};

/** 2/3, 2/5 … 2/21, the highest first. */
const oddShares = Array.from({ length: 10 }, (_, i) => 2 / (21 - 2 * i));

/** x = 2^e m with √½ <= m <= √2; log m = f - (f²/2 - s (f²/2 + 2s²/3 + 2s⁴/5 …)) with f = m - 1 and s = f/(2 + f). */
export const logarithm64: VectorCode = (f, x) => {
  const { features } = f.module;
  const own = (value: number): Local => f.lanes('f64', value);
  const [normal, power, t, s, z, y] = f.locals(V128, 6) as [Local, Local, Local, Local, Local, Local];
  const rare = f.local(I32);
  const infinity = own(Number.POSITIVE_INFINITY);
  return [
    normal.set(x),
    power.set(own(0)),
    // Everything but positive normal numbers.
    rare.set(v128.anyTrue(v128.not(v128.and(f64x2.ge(x, own(2 ** -1022)), f64x2.lt(x, infinity))))),
    when(rare, [
      t.set(f64x2.lt(x, own(2 ** -1022))),
      normal.set(pick(features, t, f64x2.mul(x, own(2 ** 54)), x)),
      power.set(v128.and(t, own(54))),
    ]),
    // The exponent's bits below a large power of two are a number.
    power.set(f64x2.sub(f64x2.sub(v128.or(i64x2.shrU(normal, 52), own(2 ** 52)), own(2 ** 52 + 1023)), power)),
    normal.set(v128.or(v128.and(normal, f.lanes('i32', -1, 0xfffff, -1, 0xfffff)), own(1))),
    t.set(f64x2.gt(normal, own(Math.SQRT2))),
    power.set(f64x2.add(power, v128.and(t, own(1)))),
    normal.set(pick(features, t, f64x2.mul(normal, own(0.5)), normal)),
    t.set(f64x2.sub(normal, own(1))),
    s.set(f64x2.div(t, f64x2.add(t, own(2)))),
    z.set(f64x2.mul(s, s)),
    y.set(f64x2.mul(f64x2.mul(t, own(0.5)), t)),
    // What is added to f²/2 and the small part of e ln 2.
    z.set(multiplyAdd64(features, z, polynomial64(f, z, oddShares), y)),
    z.set(multiplyAdd64(features, s, z, f64x2.mul(power, own(restOfLog2)))),
    y.set(multiplyAdd64(features, power, own(mostOfLog2), f64x2.sub(t, f64x2.sub(y, z)))),
    when(rare, [
      y.set(pick(features, f64x2.eq(x, own(0)), own(Number.NEGATIVE_INFINITY), y)),
      y.set(pick(features, f64x2.lt(x, own(0)), own(Number.NaN), y)),
      // +inf and NaN are their own logarithms.
      y.set(pick(features, v128.or(f64x2.eq(x, infinity), f64x2.ne(x, x)), x, y)),
    ]),
    y,
  ];
};
