/**
 * Remainders of floats, exact as C's fmod: |x| loses q · |y|, where q is the quotient's upper 26 bits, until it is below |y|; most need one step. Every product and difference is
 * exact: float32 is computed in doubles, and a float64 divisor taken in two parts of 26 and 27 bits. A quotient of float32 that isn't whole is too far from the next integer to be
 * rounded there; one of float64 may be, which leaves a little less than 0, mended at the end.
 */
import { branchIf, type Code, f64x2, type Local, loop, pick, V128, v128, when } from '../../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../../assembler/module.ts';
import { castQuad } from '../cast.ts';

/** The remainders of two doubles; `wide` where they may have more bits than float32. */
function half(f: FunctionBuilder, wide: boolean, dividend: Code, divisor: Code): Code {
  const { features } = f.module;
  const [x, y, r, q, d] = f.locals(V128, 5) as [Local, Local, Local, Local, Local];
  const upper = f.lanes('i32', -(2 ** 27), -1, -(2 ** 27), -1);
  const infinite = f64x2.eq(f64x2.abs(q), f.lanes('f64', Number.POSITIVE_INFINITY));
  /** For quotients too large for a double: y times a power of two, which goes into x less often. Twice is enough for any y but 0. */
  const grow = [d.set(pick(features, infinite, f64x2.mul(d, f.lanes('f64', 2 ** 600)), d)), q.set(f64x2.div(r, d))];
  return [
    x.set(dividend),
    y.set(f64x2.abs(divisor)),
    r.set(f64x2.abs(x)),
    loop(
      d.set(y),
      q.set(f64x2.div(r, d)),
      wide ? when(v128.anyTrue(infinite), [grow, grow]) : [],
      q.set(v128.and(f64x2.trunc(q), upper)),
      wide ? [r.set(f64x2.sub(r, f64x2.mul(q, v128.and(d, upper)))), d.set(f64x2.sub(d, v128.and(d, upper)))] : [],
      r.set(f64x2.sub(r, f64x2.mul(q, d))),
      // Not where it is NaN: of an infinite x, or by 0.
      branchIf(v128.anyTrue(f64x2.ge(wide ? f64x2.abs(r) : r, y)), 0),
    ),
    wide ? r.set(f64x2.add(r, v128.and(f64x2.lt(r, f.lanes('f64', 0)), y))) : [],
    // What is below y stays, also where y is infinite.
    pick(features, f64x2.lt(f64x2.abs(x), y), x, v128.or(r, v128.and(x, f.lanes('f64', -0)))),
  ];
}

export const remainder: FunctionCode = (f, type, args) => {
  const [x, y] = args.map((arg) => castQuad(f, type, 'f64', arg));
  const parts = x!.map((part, i) => half(f, type === 'f64', part, y![i]!));
  return castQuad(f, 'f64', type, parts);
};
