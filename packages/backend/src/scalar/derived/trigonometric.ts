/** Trigonometric functions beyond the core's sin and cos. Reducing large arguments is the core's business. */
import {
  abs,
  add,
  cos,
  div,
  equal,
  floor,
  less,
  max,
  min,
  mul,
  neg,
  round,
  same,
  select,
  sin,
  sqrt,
  sub,
} from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { odd, polynomial, ratio } from './approximation.ts';
import { signbit } from './classification.ts';
import { rsqrt, square } from './powers.ts';
import { copysign } from './sign.ts';

const { PI } = Math;

/** Tangent. */
export const tan: Builder = defineRow({
  name: 'tan',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(sin(x), cos(x)),
  gradient: (g, out) => [mul(g, add(same(1, out), square(out)))],
  domain: [[-1.5, 1.5]],
});

/** (asin(s)/s - 1)/z, z = s² <= 1/4; error 4.8e-16. */
const arcsine = {
  p: [0.16666666666666674, -0.2964292953299082, 0.15996284507497505, -0.02549399742558201, 0.00026033194109103294],
  q: [1, -2.2285757719791777, 1.6947790249577737, -0.5009662726045875, 0.045055967652406145],
};

/** asin of s in [0, 1/2] from s and s². */
const smallArcsine = (s: Expression, z: Expression): Expression =>
  add(s, mul(mul(s, z), ratio(z, arcsine.p, arcsine.q)));

/** Above 1/2, asin(x) = pi/2 - 2 asin(√((1 - x)/2)): one approximation serves both ranges (Cody & Waite 1980, ch. 10). */
function halves(x: Expression): { near: Expression; root: Expression; z: Expression } {
  const a = abs(x);
  const near = less(a, same(0.5, x));
  const z = select(near, square(x), mul(same(0.5, x), sub(same(1, x), a)));
  return { near, root: sqrt(z), z };
}

/** 1/√(1 - x²). */
const arcsineSlope = (x: Expression): Expression => rsqrt(mul(sub(same(1, x), x), add(same(1, x), x)));

/** Arcsine; NaN outside [-1, 1]. */
export const asin: Builder = defineRow({
  name: 'asin',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const { near, root, z } = halves(x);
    const value = smallArcsine(select(near, x, root), z);
    const far = sub(same(PI / 2, x), add(value, value));
    return select(near, value, select(less(x, same(0, x)), neg(far), far));
  },
  gradient: (g, _, x) => [mul(g, arcsineSlope(x))],
  domain: [[-0.99, 0.99]],
});

/** Arccosine; NaN outside [-1, 1]. */
export const acos: Builder = defineRow({
  name: 'acos',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const { near, root, z } = halves(x);
    const value = smallArcsine(select(near, x, root), z);
    const far = add(value, value);
    return select(near, sub(same(PI / 2, x), value), select(less(x, same(0, x)), sub(same(PI, x), far), far));
  },
  gradient: (g, _, x) => [neg(mul(g, arcsineSlope(x)))],
  domain: [[-0.99, 0.99]],
});

/** (atan(t)/t - 1)/z, z = t² <= tan(pi/8)²; error 2.1e-16. */
const arctangent = {
  p: [-0.33333333333333326, -0.4926065124322239, -0.2001811869539742, -0.019174346086691427],
  q: [1, 2.077819537296503, 1.4186638546906951, 0.3515605958675368, 0.022816830718549706],
};

/** tan(pi/8): up to here atan is approximated directly, beyond 1/tan(pi/8) through pi/2 - atan(1/x), between them around pi/4. */
const eighth = Math.SQRT2 - 1;

/** atan of a non-negative number. */
function atanOfPositive(a: Expression): Expression {
  const near = less(a, same(eighth, a));
  const far = less(same(1 / eighth, a), a);
  const numerator = select(near, a, select(far, same(-1, a), sub(a, same(1, a))));
  const t = div(numerator, select(near, same(1, a), select(far, a, add(a, same(1, a)))));
  const z = square(t);
  const value = add(t, mul(mul(t, z), ratio(z, arctangent.p, arctangent.q)));
  return add(select(near, same(0, a), select(far, same(PI / 2, a), same(PI / 4, a))), value);
}

/** Arctangent. */
export const atan: Builder = defineRow({
  name: 'atan',
  arity: 1,
  accepts: 'float',
  meaning: (x) => odd(x, atanOfPositive(abs(x))),
  gradient: (g, _, x) => [div(g, add(same(1, x), square(x)))],
  domain: [[-10, 10]],
});

/** Angle of the point (x, y), in (-pi, pi]. */
export const atan2: Builder<2> = defineRow({
  name: 'atan2',
  arity: 2,
  accepts: 'float',
  meaning: (y, x) => {
    const larger = max(abs(x), abs(y));
    const smaller = min(abs(x), abs(y));
    // The quotient of equals would be NaN for two infinities, and at the origin, where it is taken for 0.
    const equals = select(equal(larger, same(0, x)), same(0, x), same(1, x));
    const steep = less(abs(x), abs(y));
    const angle = atanOfPositive(select(equal(smaller, larger), equals, div(smaller, larger)));
    const upright = select(steep, sub(same(PI / 2, x), angle), angle);
    return copysign(select(signbit(x), sub(same(PI, x), upright), upright), y);
  },
  gradient: (g, _, y, x) => {
    const squares = add(square(x), square(y));
    return [mul(g, div(x, squares)), mul(g, div(neg(y), squares))];
  },
  domain: [
    [-10, 10],
    [0.1, 10],
  ],
});

/** sin(pi x), exact reduction: x less its nearest integer, negated where that is odd. */
export function sinPi(x: Expression): Expression {
  const n = round(x);
  const parity = sub(n, mul(same(2, x), floor(mul(same(0.5, x), n))));
  return mul(sub(same(1, x), add(parity, parity)), sin(mul(same(PI, x), sub(x, n))));
}

/** Taylor coefficients of sin(pi x)/(pi x) in x². */
const sine = [
  1, -1.6449340668482264, 0.8117424252833536, -0.19075182412208422, 0.0261478478176548, -0.0023460810354558235,
  0.000148428793031071, -6.975873661656381e-6, 2.5312174041370274e-7,
];

/** sin(pi x) / (pi x), and 1 at 0. */
export const sinc: Builder = defineRow({
  name: 'sinc',
  arity: 1,
  accepts: 'float',
  // No gradient is stated: both branches have derivatives of every order, also at 0.
  meaning: (x) => {
    const near = less(abs(x), same(0.25, x));
    const inner = select(near, x, same(0, x));
    const outer = select(near, same(1, x), x);
    return select(near, polynomial(square(inner), sine), div(sinPi(outer), mul(same(PI, x), outer)));
  },
  domain: [[-5, 5]],
});
