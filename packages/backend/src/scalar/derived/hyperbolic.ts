/** Hyperbolic functions and their inverses. */
import { abs, add, div, exp, less, log, mul, neg, same, select, sqrt, sub } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { odd, polynomial, ratio } from './approximation.ts';
import { log1p } from './exponential.ts';
import { rsqrt, square } from './powers.ts';

/** exp(a)/2 and exp(-a)/2 as products of exp(a/2), which overflows later than exp(a). */
function halfExponentials(a: Expression): readonly [Expression, Expression] {
  const root = exp(mul(same(0.5, a), a));
  return [mul(mul(same(0.5, a), root), root), div(same(0.5, a), mul(root, root))];
}

/** (sinh(x)/x - 1)/z, z = x² <= 1; error 2.2e-15 of a term that is at most 1/6. */
const hyperbolicSine = [
  0.1666666666666663, 0.00833333333336008, 0.0001984126980991501, 2.7557332645571835e-6, 2.504951499144889e-8,
  1.6289599224977958e-10,
];

/** Hyperbolic sine. */
export const sinh: Builder = defineRow({
  name: 'sinh',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const z = square(x);
    const near = add(x, mul(mul(x, z), polynomial(z, hyperbolicSine)));
    const [rising, falling] = halfExponentials(abs(x));
    const far = sub(rising, falling);
    return select(less(abs(x), same(1, x)), near, select(less(x, same(0, x)), neg(far), far));
  },
  gradient: (g, _, x) => [mul(g, cosh(x))],
  domain: [[-10, 10]],
});

/** Hyperbolic cosine. */
export const cosh: Builder = defineRow({
  name: 'cosh',
  arity: 1,
  accepts: 'float',
  meaning: (x) => add(...halfExponentials(abs(x))),
  gradient: (g, _, x) => [mul(g, sinh(x))],
  domain: [[-10, 10]],
});

/** (tanh(x)/x - 1)/z, z = x² <= 0.625²; error 1.7e-17. */
const tangent = {
  p: [-0.3333333333333333, -0.020498914642430192, -0.0001991831337501322],
  q: [1, 0.46149674392728735, 0.023291485067503684, 0.0002065391889535782],
};

/** tanh(x)/x - 1 for |x| < 0.625. */
const smallTangent = (x: Expression): Expression => {
  const z = square(x);
  return mul(z, ratio(z, tangent.p, tangent.q));
};

const isSmall = (x: Expression): Expression => less(abs(x), same(0.625, x));

/** Hyperbolic tangent. */
export const tanh: Builder = defineRow({
  name: 'tanh',
  arity: 1,
  accepts: 'float',
  // 1 - 2/(exp(2|x|) + 1) beyond 0.625 (Cody & Waite 1980, ch. 13).
  meaning: (x) => {
    const a = abs(x);
    const far = sub(same(1, x), div(same(2, x), add(exp(add(a, a)), same(1, x))));
    return select(isSmall(x), mul(x, add(same(1, x), smallTangent(x))), select(less(x, same(0, x)), neg(far), far));
  },
  gradient: (g, out) => [mul(g, sub(same(1, out), square(out)))],
  domain: [[-10, 10]],
});

/** x - tanh(x). */
export const tanhshrink: Builder = defineRow({
  name: 'tanhshrink',
  arity: 1,
  accepts: 'float',
  meaning: (x) => select(isSmall(x), neg(mul(x, smallTangent(x))), sub(x, tanh(x))),
  gradient: (g, _, x) => [mul(g, square(tanh(x)))],
  domain: [[-10, 10]],
});

/** From here on √(x² ± 1) is |x|, and x² may overflow: asinh and acosh are log(2|x|). */
const huge = 2 ** 28;

const logOfDouble = (x: Expression): Expression => add(log(x), same(Math.LN2, x));

/** Inverse of sinh. */
export const asinh: Builder = defineRow({
  name: 'asinh',
  arity: 1,
  accepts: 'float',
  // log(a + √(a² + 1)) = log1p(a + a²/(1 + √(a² + 1))).
  meaning: (x) => {
    const a = abs(x);
    const z = square(a);
    const value = log1p(add(a, div(z, add(same(1, x), sqrt(add(z, same(1, x)))))));
    return odd(x, select(less(a, same(huge, x)), value, logOfDouble(a)));
  },
  gradient: (g, _, x) => [mul(g, rsqrt(add(square(x), same(1, x))))],
  domain: [[-10, 10]],
});

/** Inverse of cosh; NaN below 1. */
export const acosh: Builder = defineRow({
  name: 'acosh',
  arity: 1,
  accepts: 'float',
  // With t = x - 1, log1p(t + √t √(t + 2)); NaN below 1 by the root.
  meaning: (x) => {
    const t = sub(x, same(1, x));
    const value = log1p(add(t, mul(sqrt(t), sqrt(add(t, same(2, x))))));
    return select(less(x, same(huge, x)), value, logOfDouble(x));
  },
  gradient: (g, _, x) => [mul(g, mul(rsqrt(sub(x, same(1, x))), rsqrt(add(x, same(1, x)))))],
  domain: [[1.01, 10]],
});

/** Inverse of tanh; infinite at ±1, NaN beyond. */
export const atanh: Builder = defineRow({
  name: 'atanh',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const a = abs(x);
    return odd(x, mul(same(0.5, x), log1p(div(add(a, a), sub(same(1, x), a)))));
  },
  gradient: (g, _, x) => [div(g, mul(sub(same(1, x), x), add(same(1, x), x)))],
  domain: [[-0.99, 0.99]],
});
