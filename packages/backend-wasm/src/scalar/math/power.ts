/**
 * Powers; of float32 as 2^(y · log2 |x|) in double precision, which leaves room for the error that a large exponent multiplies; the edges are C's pow (C17, F.10.4.4).
 */
import { type Code, f32x4, f64x2, i64x2, type Local, pick, V128, v128 } from '../../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../../assembler/module.ts';
import { integerPower } from '../integers.ts';
import { joinLow, upperHalf } from '../quad.ts';
import { hostLanes } from './host-lanes.ts';
import { polynomial64 } from './polynomial.ts';

const magic = 1.5 * 2 ** 52;

/** 2^(y · log2 a) of two doubles, a > 0 and finite or infinite. log m = 2 artanh((m - 1) / (m + 1)), by its series. */
function half(f: FunctionBuilder, a: Local, y: Local): Code {
  const { features } = f.module;
  const [bits, exponent, m, s, z, log, t, n, low] = f.locals(V128, 9) as Local[];
  const one = f.lanes('f64', 1);
  return [
    // The exponent as a double: its bits under 2^52, which is taken off again.
    bits!.set(i64x2.shrU(a, 52)),
    exponent!.set(f64x2.sub(v128.or(bits!, f.lanes('f64', 2 ** 52)), f.lanes('f64', 2 ** 52 + 1023))),
    m!.set(v128.or(v128.and(a, f.lanes('i32', -1, 0x000fffff, -1, 0x000fffff)), one)),
    low!.set(f64x2.gt(m!, f.lanes('f64', Math.SQRT2))),
    m!.set(pick(features, low!, f64x2.mul(m!, f.lanes('f64', 0.5)), m!)),
    exponent!.set(f64x2.add(exponent!, v128.and(low!, one))),
    s!.set(f64x2.div(f64x2.sub(m!, one), f64x2.add(m!, one))),
    z!.set(f64x2.mul(s!, s!)),
    log!.set(
      f64x2.mul(
        s!,
        polynomial64(
          f,
          z!,
          [15, 13, 11, 9, 7, 5, 3, 1].map((k) => (2 * Math.LOG2E) / k),
        ),
      ),
    ),
    log!.set(f64x2.add(exponent!, log!)),
    log!.set(pick(features, f64x2.eq(a, f.lanes('f64', Number.POSITIVE_INFINITY)), a, log!)),
    log!.set(pick(features, f64x2.eq(a, f.lanes('f64', 0)), f.lanes('f64', Number.NEGATIVE_INFINITY), log!)),
    z!.set(f64x2.mul(y, log!)),
    z!.set(f64x2.pmin(f64x2.pmax(z!, f.lanes('f64', -1000)), f.lanes('f64', 1000))),
    t!.set(f64x2.add(z!, f.lanes('f64', magic))),
    n!.set(f64x2.sub(t!, f.lanes('f64', magic))),
    s!.set(f64x2.mul(f64x2.sub(z!, n!), f.lanes('f64', Math.LN2))),
    log!.set(polynomial64(f, s!, [1 / 362880, 1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1, 1])),
    f64x2.mul(log!, i64x2.shl(i64x2.add(t!, f.lanes('f64', 1023 * 2 ** -1074)), 52)),
  ];
}

function body(f: FunctionBuilder, x: Local, y: Local): Code {
  const { features } = f.module;
  const [r, whole, odd, negative, wideA, wideY] = f.locals(V128, 6) as Local[];
  const a = f32x4.abs(x);
  const one = f.lanes('f32', 1);
  const zero = f.lanes('f32', 0);
  const infinity = f.lanes('f32', Number.POSITIVE_INFINITY);
  const sideways = (value: Code): [Code, Code] => [
    f64x2.promoteLowF32x4(value),
    f64x2.promoteLowF32x4(upperHalf(value)),
  ];
  const [lowA, highA] = sideways(a);
  const [lowY, highY] = sideways(y);
  const part = (base: Code, exponent: Code): Code => [
    wideA!.set(base),
    wideY!.set(exponent),
    f32x4.demoteF64x2Zero(half(f, wideA!, wideY!)),
  ];
  return [
    r!.set(joinLow(part(lowA, lowY), part(highA, highY))),
    whole!.set(f32x4.eq(f32x4.trunc(y), y)),
    odd!.set(
      v128.and(whole!, f32x4.ne(f32x4.mul(f32x4.trunc(f32x4.mul(y, f.lanes('f32', 0.5))), f.lanes('f32', 2)), y)),
    ),
    r!.set(v128.xor(r!, v128.and(odd!, v128.and(x, f.lanes('i32', -(2 ** 31)))))),
    negative!.set(v128.and(f32x4.lt(x, zero), f32x4.gt(x, f.lanes('f32', Number.NEGATIVE_INFINITY)))),
    r!.set(pick(features, v128.andnot(negative!, v128.or(whole!, f32x4.ne(y, y))), f.lanes('f32', Number.NaN), r!)),
    r!.set(pick(features, f32x4.ne(x, x), x, r!)),
    pick(
      features,
      v128.or(
        v128.or(f32x4.eq(y, zero), f32x4.eq(x, one)),
        v128.and(f32x4.eq(f32x4.abs(y), infinity), f32x4.eq(x, f.lanes('f32', -1))),
      ),
      one,
      r!,
    ),
  ];
}

export const power: FunctionCode = (f, type, args) => {
  if (type === 'f64') return hostLanes(f, 'pow', type, args);
  if (type !== 'f32') return integerPower(f, type, args);
  const [x, y] = f.locals(V128, 2) as [Local, Local];
  return [[x.set(args[0]![0]!), y.set(args[1]![0]!), body(f, x, y)]];
};
