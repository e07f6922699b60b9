/**
 * Powers; of float32 as 2^(y · log2 |x|) in double precision, which leaves room for the error that a large exponent multiplies; the edges are C's pow (C17, F.10.4.4).
 */
import {
  type Code,
  f32x4,
  f64x2,
  I32,
  i32x4,
  i64x2,
  type Local,
  multiplyAdd64,
  pick,
  V128,
  v128,
  when,
} from '../../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../../assembler/module.ts';
import { integerPower } from '../integers.ts';
import { joinLow, upperHalf } from '../quad.ts';
import { hostLanes } from './host-lanes.ts';
import { polynomial64 } from './polynomial.ts';

/** Adding it to a small double leaves the nearest integer in the low bits, as 2 to its power has it in its exponent. */
const toExponent = 1.5 * 2 ** 52 + 1023;

/** 2 log2(e) artanh(s)/s by powers of s²; error 4e-12. */
const logarithm = [0.3407301603005812, 0.41167271568598024, 0.5770835850324136, 0.9617966733413343, 2.885390081790087];

/** 2^r for |r| <= 1/2; error 5e-11. */
const exponential = [
  1.5196155875e-5, 1.54667577199e-4, 1.333393507e-3, 9.61803812803e-3, 5.55041036597e-2, 0.240226510666, 0.693147180705,
  1,
];

/** 2^(y (exponent + log2 m)) of two doubles, with √½ <= m < √2. */
function half(f: FunctionBuilder, m: Local, exponent: Code, y: Code): Code {
  const { features } = f.module;
  const [s, z, t] = f.locals(V128, 3) as [Local, Local, Local];
  const lanes = (value: number): Code => f.lanes('f64', value);
  return [
    s.set(f64x2.div(f64x2.sub(m, lanes(1)), f64x2.add(m, lanes(1)))),
    z.set(f64x2.mul(s, s)),
    z.set(f64x2.mul(y, multiplyAdd64(features, s, polynomial64(f, z, logarithm), exponent))),
    z.set(f64x2.pmin(f64x2.pmax(z, lanes(-1000)), lanes(1000))),
    t.set(f64x2.add(z, lanes(toExponent))),
    z.set(f64x2.sub(z, f64x2.sub(t, lanes(toExponent)))),
    f64x2.mul(polynomial64(f, z, exponential), i64x2.shl(t, 52)),
  ];
}

/** Results that a finite power of a positive normal number doesn't have. */
function edges(f: FunctionBuilder, x: Local, y: Local, r: Local): Code {
  const { features } = f.module;
  const [whole, odd, negative] = f.locals(V128, 3) as [Local, Local, Local];
  const one = f.lanes('f32', 1);
  const zero = f.lanes('f32', 0);
  const infinity = f.lanes('f32', Number.POSITIVE_INFINITY);
  return [
    whole.set(f32x4.eq(f32x4.trunc(y), y)),
    odd.set(v128.and(whole, f32x4.ne(f32x4.mul(f32x4.trunc(f32x4.mul(y, f.lanes('f32', 0.5))), f.lanes('f32', 2)), y))),
    r.set(v128.xor(r, v128.and(odd, v128.and(x, f.lanes('i32', -(2 ** 31)))))),
    negative.set(v128.and(f32x4.lt(x, zero), f32x4.gt(x, f.lanes('f32', Number.NEGATIVE_INFINITY)))),
    r.set(pick(features, v128.andnot(negative, v128.or(whole, f32x4.ne(y, y))), f.lanes('f32', Number.NaN), r)),
    r.set(pick(features, f32x4.ne(x, x), x, r)),
    r.set(
      pick(
        features,
        v128.or(
          v128.or(f32x4.eq(y, zero), f32x4.eq(x, one)),
          v128.and(f32x4.eq(f32x4.abs(y), infinity), f32x4.eq(x, f.lanes('f32', -1))),
        ),
        one,
        r,
      ),
    ),
  ];
}

function body(f: FunctionBuilder, x: Local, y: Local): Code {
  const { features } = f.module;
  const [a, exponent, m, small, wide, r] = f.locals(V128, 6) as [Local, Local, Local, Local, Local, Local];
  const rare = f.local(I32);
  const infinity = f.lanes('f32', Number.POSITIVE_INFINITY);
  const zero = f.lanes('f32', 0);
  const part = (side: (value: Code) => Code): Code => [
    wide.set(f64x2.promoteLowF32x4(side(m))),
    f32x4.demoteF64x2Zero(half(f, wide, f64x2.promoteLowF32x4(side(exponent)), f64x2.promoteLowF32x4(side(y)))),
  ];
  return [
    a.set(f32x4.abs(x)),
    small.set(zero),
    // Any but a positive normal x, or an infinite y or NaN, by the bits.
    rare.set(
      v128.anyTrue(
        v128.or(
          i32x4.geU(i32x4.sub(x, f.lanes('i32', 0x00800000)), f.lanes('i32', 0x7f000000)),
          i32x4.geU(i32x4.shl(y, 1), f.lanes('i32', -(2 ** 24))),
        ),
      ),
    ),
    when(rare, [
      small.set(f32x4.lt(a, f.lanes('f32', 2 ** -126))),
      a.set(pick(features, small, f32x4.mul(a, f.lanes('f32', 2 ** 23)), a)),
      small.set(v128.and(small, f.lanes('f32', 23))),
    ]),
    // How far the bits are above those of √½.
    exponent.set(i32x4.shrS(i32x4.sub(a, f.lanes('i32', 0x3f3504f3)), 23)),
    m.set(i32x4.sub(a, i32x4.shl(exponent, 23))),
    exponent.set(f32x4.sub(f32x4.convertI32x4S(exponent), small)),
    when(rare, [
      exponent.set(pick(features, f32x4.eq(a, zero), f.lanes('f32', Number.NEGATIVE_INFINITY), exponent)),
      exponent.set(pick(features, f32x4.eq(a, infinity), infinity, exponent)),
    ]),
    r.set(
      joinLow(
        part((value) => value),
        part(upperHalf),
      ),
    ),
    when(rare, edges(f, x, y, r)),
    r,
  ];
}

export const power: FunctionCode = (f, type, args) => {
  if (type === 'f64') return hostLanes(f, 'pow', type, args);
  if (type !== 'f32') return integerPower(f, type, args);
  const [x, y] = f.locals(V128, 2) as [Local, Local];
  return [[x.set(args[0]![0]!), y.set(args[1]![0]!), body(f, x, y)]];
};
