/**
 * Odd functions of float32 that saturate, and tails of the normal law. Minimax polynomials of our own; the splits are those of the derived rows that these
 * replace, so that they are as exact.
 */
import { type Code, f32x4, i32x4, type Local, multiplyAdd, pick, V128, v128 } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import { exponentialOf, signBits, toExponent, type VectorCode } from './exponential.ts';
import { polynomial } from './polynomial.ts';

/** An odd function: `near` is below the limit a + a q(a), `far` is beyond it; both are given |x|. */
function odd(f: FunctionBuilder, x: Local, limit: number, near: (a: Local) => Code, far: (a: Local) => Code): Code {
  const [a, small] = f.locals(V128, 2) as [Local, Local];
  return [
    a.set(f32x4.abs(x)),
    small.set(multiplyAdd(f.module.features, near(a), a, a)),
    v128.or(pick(f.module.features, f32x4.lt(a, f.lanes('f32', limit)), small, far(a)), signBits(f, x)),
  ];
}

/** Hyperbolic tangent, at most 1.5 ulp: beyond 0.625 as 1 - 2/(exp(2|x|) + 1). */
export const hyperbolicTangent: VectorCode = (f, x) => {
  const one = f.lanes('f32', 1);
  const z = f.local(V128);
  return odd(
    f,
    x,
    0.625,
    (a) => [
      z.set(f32x4.mul(a, a)),
      f32x4.mul(polynomial(f, z, [-5.7049873e-3, 2.0639088e-2, -5.3739715e-2, 0.13331442, -0.3333328]), z),
    ],
    // From 9 on the result is 1.
    (a) =>
      f32x4.sub(
        one,
        f32x4.div(
          f.lanes('f32', 2),
          f32x4.add(exponentialOf(f, f32x4.pmin(f32x4.add(a, a), f.lanes('f32', 18.2))), one),
        ),
      ),
  );
};

/** Error function, at most 1.7 ulp (1.9 without fused multiply-adds): beyond 1/2 as 1 - exp(-p(|x|)), where p = -log(1 - erf) is nearly a parabola. */
export const errorFunction: VectorCode = (f, x) => {
  const y = f.local(V128);
  const logarithm = [
    6.7673267e-7, -1.2075679e-5, 7.3455686e-5, 1.0174806e-5, -2.9760285e-3, 2.2942573e-2, -0.10572933, -0.6351946,
    -1.1287649, 4.4540691e-5,
  ];
  return odd(
    f,
    x,
    0.5,
    (a) => [
      y.set(f32x4.mul(a, a)),
      polynomial(f, y, [4.717998e-3, -2.6757188e-2, 0.11282823, -0.37612608, 0.12837917]),
    ],
    (a) => [
      y.set(f32x4.pmin(a, f.lanes('f32', 3.93))),
      f32x4.sub(f.lanes('f32', 1), exponentialOf(f, polynomial(f, y, logarithm))),
    ],
  );
};

/** exp(-u/2) for |u| <= ln 2; error 3e-9. */
const falling = [2.1591717e-5, -2.6152236e-4, 2.6042683e-3, -2.0833151e-2, 0.12499998, -0.5, 1];

/** The exponential is 0 from here on. */
const lastOf = (width: 1 | 2): number => Math.sqrt(176 / width);

/** exp(-a² width/2) for 0 <= a <= last. The square is split into one that is exact and a small rest. */
function bell(f: FunctionBuilder, a: Local, width: 1 | 2, square: Code): Code {
  const { features } = f.module;
  const [coarse, shifted, n, u] = f.locals(V128, 4) as [Local, Local, Local, Local];
  const lanes = (value: number): Code => f.lanes('f32', value);
  return [
    coarse.set(v128.and(a, f.lanes('i32', -(2 ** 12)))),
    shifted.set(multiplyAdd(features, square, lanes(-width * 0.5 * Math.LOG2E), lanes(toExponent))),
    n.set(f32x4.sub(shifted, lanes(toExponent))),
    // n times the first part of ln 2 is exact.
    u.set(multiplyAdd(features, n, lanes((2 / width) * 0.693359375), f32x4.mul(coarse, coarse))),
    u.set(multiplyAdd(features, n, lanes((2 / width) * -2.1219444005469057e-4), u)),
    u.set(multiplyAdd(features, f32x4.sub(a, coarse), f32x4.add(a, coarse), u)),
    f32x4.mul(
      polynomial(
        f,
        u,
        falling.map((c, i) => c * width ** (falling.length - 1 - i)),
      ),
      i32x4.shl(shifted, 23),
    ),
  ];
}

/** exp(-x²/2). */
export const normalBell: VectorCode = (f, x) => {
  const a = f.local(V128);
  return [a.set(f32x4.pmin(f32x4.abs(x), f.lanes('f32', lastOf(1)))), bell(f, a, 1, f32x4.mul(a, a))];
};

/** The upper tail of the normal law over exp(-a²/2), a >= 0, as a quotient; error 1.3e-8 with coefficients of float32, exact at 0. */
const mills = {
  p: [0.39894809649, 3.9785727024, 18.071570754, 43.485312579, 49.983010251],
  q: [9.9735546908, 46.281908826, 119.19267808, 166.7319982, 99.966020502],
};

/**
 * `scale` · erfc(a √½ · √`width`) for 0 <= a <= last: with scale 1/2 and width 1 the upper tail of the normal law. `known` is the bell at a, where it is at hand.
 */
function tail(f: FunctionBuilder, a: Local, width: 1 | 2, scale: number, known?: Code): Code {
  const root = Math.sqrt(width);
  const square = f.local(V128);
  const scaled = (list: readonly number[], by: number): Code[] =>
    list.map((c, i) => f.lanes('f32', (by * c) / root ** (i + 1)));
  const [p4, p3, p2, p1, p0] = scaled(mills.p, 2 * scale) as [Code, Code, Code, Code, Code];
  const [q4, q3, q2, q1, q0] = scaled(mills.q, 1) as [Code, Code, Code, Code, Code];
  const sum = (x: Code, y: Code, z: Code): Code => multiplyAdd(f.module.features, x, y, z);
  /** Of pairs, so that rounding the square matters little. */
  const pairs = (high: Code, c3: Code, c2: Code, c1: Code, c0: Code): Code =>
    sum(sum(high, square, sum(c3, a, c2)), square, sum(c1, a, c0));
  return [
    square.set(f32x4.mul(a, a)),
    f32x4.div(
      f32x4.mul(known ?? bell(f, a, width, square), pairs(p4, p3, p2, p1, p0)),
      pairs(f32x4.add(a, q4), q3, q2, q1, q0),
    ),
  ];
}

/** x times the normal law's distribution function at x, at most 5.9 ulp (6.8 without fused multiply-adds): max(x, 0) - |x| tail(|x|). */
export const gaussianUnit: VectorCode = (f, x) => {
  const [size, a] = f.locals(V128, 2) as [Local, Local];
  const last = f.lanes('f32', lastOf(1));
  return [
    // -inf stays, for it gives NaN.
    size.set(f32x4.abs(f32x4.pmin(x, last))),
    a.set(f32x4.pmin(size, last)),
    // -0 keeps its sign.
    multiplyAdd(f.module.features, tail(f, a, 1, -0.5), size, f32x4.pmax(x, f.lanes('f32', -0))),
  ];
};

/** 2 `scale` minus the tail on the side of x where `isNear`, the tail on the other: the larger of the tail and a difference that is at most 0 there. */
const twoSided =
  (width: 1 | 2, scale: 0.5 | 1, isNear: (x: Code, zero: Code) => Code) =>
  (f: FunctionBuilder, x: Local, known?: Code): Code => {
    const [a, result] = f.locals(V128, 2) as [Local, Local];
    return [
      a.set(f32x4.pmin(f32x4.abs(x), f.lanes('f32', lastOf(width)))),
      result.set(tail(f, a, width, scale, known)),
      f32x4.pmax(f32x4.sub(v128.and(isNear(x, f.lanes('f32', 0)), f.lanes('f32', 2 * scale)), result), result),
    ];
  };

/** Distribution function of the standard normal law, at most 5.5 ulp (6.1 without fused multiply-adds). The bell may be given. */
export const normalDistribution: (f: FunctionBuilder, x: Local, known?: Code) => Code = twoSided(1, 0.5, f32x4.ge);
/** 1 - erf(x), at most 5.2 ulp (6.5 without fused multiply-adds). */
export const errorFunctionComplement: VectorCode = twoSided(2, 1, f32x4.lt);
