/** The logistic function, its inverse, its integral, and sums of exponentials by their logarithms. */
import { abs, add, and, div, equal, exp, less, log, max, min, mul, neg, or, same, select, sub } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { clamp } from './bounds.ts';
import { isinf } from './classification.ts';
import { log1p } from './exponential.ts';

/** 1 / (1 + exp(-x)). */
export const sigmoid: Builder = defineRow({
  name: 'sigmoid',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(same(1, x), add(same(1, x), exp(neg(x)))),
  gradient: (g, out) => [mul(g, mul(sub(same(1, out), out), out))],
  domain: [[-10, 10]],
});

/** log(x / (1 - x)); NaN outside [0, 1]. */
export const logit: Builder = defineRow({
  name: 'logit',
  arity: 1,
  accepts: 'float',
  // Below 1/4 the quotient, above it log1p((2x - 1)/(1 - x)), for around 1/2 the numerator is exact.
  meaning: (x) => {
    const rest = sub(same(1, x), x);
    const excess = sub(x, same(0.5, x));
    return select(less(x, same(0.25, x)), log(div(x, rest)), log1p(div(add(excess, excess), rest)));
  },
  gradient: (g, _, x) => [div(g, mul(x, sub(same(1, x), x)))],
  domain: [[0.01, 0.99]],
});

/** logit of x clamped to [eps, 1 - eps]. */
export const logitEps: Builder<2> = defineRow({
  name: 'logitEps',
  arity: 2,
  accepts: 'float',
  meaning: (x, eps) => logit(clamp(x, eps, sub(same(1, eps), eps))),
  gradient: (g, _, x, eps) => {
    const below = less(x, eps);
    const above = less(sub(same(1, eps), eps), x);
    const inner = select(or(below, above), same(0.5, x), x);
    const bound = div(g, mul(eps, sub(same(1, eps), eps)));
    return [
      select(or(below, above), same(0, g), div(g, mul(inner, sub(same(1, x), inner)))),
      select(below, bound, select(above, neg(bound), same(0, g))),
    ];
  },
  domain: [
    [-0.5, 1.5],
    [0.05, 0.3],
  ],
});

/** log(1 + exp(x)) without overflow. */
const softened = (x: Expression): Expression => add(max(x, same(0, x)), log1p(exp(neg(abs(x)))));

/** log(sigmoid(x)) without overflow. */
export const logSigmoid: Builder = defineRow({
  name: 'logSigmoid',
  arity: 1,
  accepts: 'float',
  meaning: (x) => sub(min(x, same(0, x)), log1p(exp(neg(abs(x))))),
  gradient: (g, _, x) => [mul(g, sigmoid(neg(x)))],
  domain: [[-10, 10]],
});

/** log(1 + exp(beta x)) / beta; x itself where beta x exceeds the threshold. */
export const softplus: Builder<3> = defineRow({
  name: 'softplus',
  arity: 3,
  accepts: 'float',
  meaning: (x, beta, threshold) => {
    const z = mul(x, beta);
    return select(less(threshold, z), x, div(softened(z), beta));
  },
  gradient: (g, out, x, beta, threshold) => {
    const z = mul(x, beta);
    const linear = less(threshold, z);
    const slope = sigmoid(z);
    return [
      mul(g, select(linear, same(1, x), slope)),
      select(linear, same(0, g), div(mul(g, sub(mul(x, slope), out)), beta)),
      null,
    ];
  },
  domain: [
    [-10, 10],
    [0.5, 2],
    [15, 20],
  ],
});

/** Equal infinities, whose difference would be NaN. */
const sameInfinity = (x: Expression, y: Expression): Expression => and(isinf(x), equal(x, y));

/** log(exp(x) + exp(y)) without overflow. */
export const logaddexp: Builder<2> = defineRow({
  name: 'logaddexp',
  arity: 2,
  accepts: 'float',
  meaning: (x, y) => select(sameInfinity(x, y), x, add(max(x, y), log1p(exp(neg(abs(sub(x, y))))))),
  gradient: (g, _, x, y) => [mul(g, sigmoid(sub(x, y))), mul(g, sigmoid(sub(y, x)))],
  domain: [
    [-10, 10],
    [-10, 10],
  ],
});

/** log2(2^x + 2^y) without overflow. */
export const logaddexp2: Builder<2> = defineRow({
  name: 'logaddexp2',
  arity: 2,
  accepts: 'float',
  meaning: (x, y) =>
    select(
      sameInfinity(x, y),
      x,
      add(max(x, y), div(log1p(exp(mul(same(-Math.LN2, x), abs(sub(x, y))))), same(Math.LN2, x))),
    ),
  gradient: (g, _, x, y) => [
    mul(g, sigmoid(mul(same(Math.LN2, x), sub(x, y)))),
    mul(g, sigmoid(mul(same(Math.LN2, x), sub(y, x)))),
  ],
  domain: [
    [-10, 10],
    [-10, 10],
  ],
});
