/** Smooth activations; sigmoid, softplus and their kin are in `logistic.ts`, tanh in `hyperbolic.ts`. */
import { abs, add, div, exp, lessEqual, min, mul, same, select, sub } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { ndtr, normalDensity } from './error-functions.ts';
import { expm1 } from './exponential.ts';
import { sigmoid } from './logistic.ts';
import { square } from './powers.ts';

const wide: readonly [number, number] = [-10, 10];

const isNegative = (x: Expression): Expression => lessEqual(x, same(0, x));

/** x where it is negative, else 0: exponentials of it are finite, and so are their derivatives. */
const negativePart = (x: Expression): Expression => select(isNegative(x), x, same(0, x));

/** x, or alpha (exp(x) - 1) where x <= 0. */
export const elu: Builder<2> = defineRow({
  name: 'elu',
  arity: 2,
  accepts: 'float',
  meaning: (x, alpha) => select(isNegative(x), mul(alpha, expm1(x)), x),
  gradient: (g, _, x, alpha) => {
    const below = negativePart(x);
    return [mul(g, select(isNegative(x), mul(alpha, exp(below)), same(1, x))), mul(g, expm1(below))];
  },
  domain: [wide, [0.5, 2]],
});

/** x, or alpha (exp(x/alpha) - 1) where x <= 0. */
export const celu: Builder<2> = defineRow({
  name: 'celu',
  arity: 2,
  accepts: 'float',
  meaning: (x, alpha) => select(isNegative(x), mul(alpha, expm1(div(x, alpha))), x),
  gradient: (g, _, x, alpha) => {
    const below = div(negativePart(x), alpha);
    const slope = exp(below);
    return [mul(g, select(isNegative(x), slope, same(1, x))), mul(g, sub(expm1(below), mul(below, slope)))];
  },
  domain: [wide, [0.5, 2]],
});

/** Klambauer et al. 2017: the fixed point at mean 0 and variance 1. */
const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

/** Self-normalising elu. */
export const selu: Builder = defineRow({
  name: 'selu',
  arity: 1,
  accepts: 'float',
  meaning: (x) => mul(same(seluScale, x), elu(x, same(seluAlpha, x))),
  domain: [wide],
});

/** x sigmoid(x). */
export const silu: Builder = defineRow({
  name: 'silu',
  arity: 1,
  accepts: 'float',
  meaning: (x) => mul(x, sigmoid(x)),
  gradient: (g, _, x) => {
    const s = sigmoid(x);
    return [mul(g, mul(s, add(same(1, x), mul(x, sub(same(1, x), s)))))];
  },
  domain: [wide],
});

/**
 * tanh(log(1 + e)) = n/(n + 2) with n = e (e + 2), e = exp(x). From x = 20 on it is 1 in either float type, and e must not
 * overflow.
 */
function softTanh(x: Expression): { e: Expression; n: Expression; below: Expression } {
  const below = min(x, same(20, x));
  const e = exp(below);
  return { e, n: mul(e, add(e, same(2, x))), below };
}

/** x tanh(softplus(x)). */
export const mish: Builder = defineRow({
  name: 'mish',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const { n } = softTanh(x);
    return mul(x, div(n, add(n, same(2, x))));
  },
  // t + x sigmoid(x) (1 - t²), where 1 - t² = 4 (n + 1)/(n + 2)².
  gradient: (g, _, x) => {
    const { e, n, below } = softTanh(x);
    const n2 = add(n, same(2, x));
    const slope = mul(div(e, add(e, same(1, x))), div(mul(same(4, x), div(add(n, same(1, x)), n2)), n2));
    return [mul(g, add(div(n, n2), mul(below, slope)))];
  },
  domain: [wide],
});

/** x times the distribution function of the standard normal law at x. */
export const gelu: Builder = defineRow({
  name: 'gelu',
  arity: 1,
  accepts: 'float',
  meaning: (x) => mul(x, ndtr(x)),
  gradient: (g, _, x) => [mul(g, add(ndtr(x), mul(x, normalDensity(x))))],
  domain: [wide],
});

/** 2 √(2/pi), twice the slope of the approximating tanh. */
const geluSlope = 2 * Math.sqrt(2 / Math.PI);
const geluCubic = 0.044715;

/** gelu approximated by tanh: x (1 + tanh(√(2/pi) (x + 0.044715 x³)))/2. */
export const geluTanh: Builder = defineRow({
  name: 'geluTanh',
  arity: 1,
  accepts: 'float',
  // (1 + tanh(u))/2 = sigmoid(2u), which keeps its digits where tanh is near -1.
  meaning: (x) => mul(x, geluGate(x)),
  gradient: (g, _, x) => {
    const s = geluGate(x);
    // Where x² could overflow, s (1 - s) is 0.
    const z = min(square(x), same(1e4, x));
    const slope = mul(same(geluSlope, x), add(same(1, x), mul(same(3 * geluCubic, x), z)));
    return [mul(g, add(s, mul(mul(x, mul(s, sub(same(1, x), s))), slope)))];
  },
  domain: [wide],
});
const geluGate = (x: Expression): Expression =>
  sigmoid(mul(same(geluSlope, x), mul(x, add(same(1, x), mul(same(geluCubic, x), square(x))))));

/** x / (1 + |x|). */
export const softsign: Builder = defineRow({
  name: 'softsign',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(x, add(same(1, x), abs(x))),
  gradient: (g, _, x) => {
    const scale = add(same(1, x), abs(x));
    return [div(div(g, scale), scale)];
  },
  domain: [wide],
});
