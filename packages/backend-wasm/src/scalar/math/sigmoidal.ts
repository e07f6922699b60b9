/**
 * Odd functions of float32 that saturate, and tails of the normal law. Minimax polynomials of our own; the splits are those of the derived rows that these
 * replace, so that they are as exact.
 */
import { type Code, f32x4, type Local, multiplyAdd, pick, V128, v128 } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import { exponentialOf, signBits, type VectorCode } from './exponential.ts';
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

/** The normal law's, which may be given the bell. */
type NormalCode = (f: FunctionBuilder, x: Local, known?: Code) => Code;

/** exp(y²) erfc(y)/t for t = 1/(1 + slope y); error 3.4e-8. */
const slope = 0.48;
const scaledTail = [
  -5.1412161e-2, 0.27619338, -0.54384577, 0.4048771, -8.9231506e-2, 0.23080903, 0.23008589, 0.27175254, 0.2707715,
];

/** The exponential is 0 from here on. */
const lastOf = (width: 1 | 2): number => Math.sqrt(175.4 / width);

/** exp(-a² width/2) for 0 <= a <= last. The square is split into one that is exact and a small rest. */
function bell(f: FunctionBuilder, a: Local, width: 1 | 2): Code {
  const coarse = f.local(V128);
  const half = f.lanes('f32', -width / 2);
  return [
    coarse.set(v128.and(a, f.lanes('i32', -(2 ** 12)))),
    exponentialOf(
      f,
      f32x4.mul(half, f32x4.mul(coarse, coarse)),
      f32x4.mul(half, f32x4.mul(f32x4.sub(a, coarse), f32x4.add(a, coarse))),
    ),
  ];
}

/** exp(-x²/2). */
export const normalBell: VectorCode = (f, x) => {
  const a = f.local(V128);
  return [a.set(f32x4.pmin(f32x4.abs(x), f.lanes('f32', lastOf(1)))), bell(f, a, 1)];
};

/**
 * `scale` · erfc(x √½ · √`width`) for x >= 0 and its reflection `2 scale - …` below: with scale 1/2 and width 1 the upper tail of the normal law. `known` is the bell at x,
 * where it is at hand.
 */
const tail =
  (width: 1 | 2, scale: 0.5 | 1, upper: boolean): NormalCode =>
  (f, x, known) => {
    const { features } = f.module;
    const [a, t, result] = f.locals(V128, 3) as [Local, Local, Local];
    const one = f.lanes('f32', 1);
    const negative = f32x4.lt(x, f.lanes('f32', 0));
    return [
      a.set(f32x4.pmin(f32x4.abs(x), f.lanes('f32', lastOf(width)))),
      t.set(f32x4.div(one, multiplyAdd(features, a, f.lanes('f32', slope * Math.sqrt(width / 2)), one))),
      result.set(
        f32x4.mul(
          f32x4.mul(
            polynomial(
              f,
              t,
              scaledTail.map((c) => c * scale),
            ),
            t,
          ),
          known ?? bell(f, a, width),
        ),
      ),
      upper
        ? pick(features, negative, f32x4.sub(f.lanes('f32', 2 * scale), result), result)
        : pick(features, negative, result, f32x4.sub(f.lanes('f32', 2 * scale), result)),
    ];
  };

/** Distribution function of the standard normal law, at most 6.5 ulp (in the far tail; 7 without fused multiply-adds). */
export const normalDistribution: NormalCode = tail(1, 0.5, false);
/** 1 - erf(x), at most 6.5 ulp (7 without fused multiply-adds). */
export const errorFunctionComplement: VectorCode = tail(2, 1, true);
