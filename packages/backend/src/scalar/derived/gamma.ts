/** Logarithm of the gamma function and its first two derivatives, by one approximation from 1 up and reflection below. */
import {
  abs,
  add,
  and,
  cos,
  div,
  equal,
  less,
  lessEqual,
  log,
  mul,
  neg,
  round,
  same,
  select,
  sin,
  sub,
} from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { ratio } from './approximation.ts';
import { isinf } from './classification.ts';
import { reciprocal, square } from './powers.ts';
import { sinPi } from './trigonometric.ts';

/** lgamma(x)/((x - 1)(x - 2)), 1/2 <= x <= 4; error 2.9e-15. The factors keep the zeros at 1 and 2 exact. */
const nearZeros = {
  p: [
    2.6664106681554256, 90.96771309097785, 650.2984148385877, 1525.8018504297622, 1358.1925947547863, 467.2387550519633,
    56.798668240265236, 1.8227322818769005, 0.0033840422067326487,
  ],
  q: [
    1, 57.0555023967326, 607.8723048001332, 2063.5882367739955, 2688.3244655214985, 1441.8339119276916,
    312.0483643601153, 24.07079041737117, 0.46039952776880033,
  ],
};

/** x (lgamma(x) - (x - 1/2) log x + x - log(2 pi)/2) in w = 1/x <= 1/4, the rest of Stirling's series; error 7.5e-14 of 1/12. */
const stirling = {
  p: [0.08333333333332704, 0.027533403059746664, 0.10646865188084233, 0.007092615918583798, 0.00953532743342248],
  q: [1, 0.3304008366665813, 1.3109571614284907, 0.09612451946610882, 0.14860358886532415],
};

/** log |gamma(x)|; infinite at 0 and the negative integers. */
export const lgamma: Builder = defineRow({
  name: 'lgamma',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const one = same(1, x);
    const reflected = less(x, same(0.5, x));
    const a = select(reflected, sub(one, x), x);
    // The sum with 0 makes +0 of the -0 at 1.
    const factors = mul(sub(a, one), sub(a, same(2, x)));
    const near = add(mul(factors, ratio(a, nearZeros.p, nearZeros.q)), same(0, x));
    const w = reciprocal(a);
    const rest = add(same(Math.log(2 * Math.PI) / 2 - 0.5, x), mul(w, ratio(w, stirling.p, stirling.q)));
    const far = add(mul(sub(a, same(0.5, x)), sub(log(a), one)), rest);
    const value = select(less(a, same(4, x)), near, far);
    // lgamma(x) = log(pi / |sin(pi x)|) - lgamma(1 - x); at the poles 1 - x may be as infinite as the logarithm.
    const sine = mul(same(1 / Math.PI, x), abs(sinPi(x)));
    const pole = neg(log(sine));
    const mirrored = select(equal(sine, same(0, x)), pole, sub(pole, value));
    return select(isinf(x), abs(x), select(reflected, mirrored, value));
  },
  gradient: (g, _, x) => [mul(g, digamma(x))],
  domain: [[0.1, 20]],
});

/** x (log x - digamma(x)) in w = 1/x <= 1; error 2.6e-15. */
const first = {
  p: [
    0.5000000000000013, 2.5691013380339114, 6.810476361603889, 10.391647649232706, 9.53207514820805, 5.025805342674064,
    1.3160889357366166, 0.10163425743093937,
  ],
  q: [
    1, 4.971536009403196, 12.79236338804273, 18.667901413838344, 16.035691974564497, 7.584270534408623,
    1.639748655931258, 0.10447787121713739,
  ],
};

/** x trigamma(x) in w = 1/x <= 1; error 7.7e-17. */
const second = {
  p: [
    1, 9.230848315077568, 40.73662861438944, 107.52080572918173, 182.27983531090388, 201.7449714341997,
    143.4038016891482, 61.923796466182495, 13.481836288980684,
  ],
  q: [
    1, 8.730848315077656, 36.20453779016731, 87.96339544946555, 132.29738124147758, 121.22674425941706,
    61.923857693296505, 13.481830750244777,
  ],
};

/** x moved to 1 or above: by reflection below 0, by one step below 1. */
function raised(x: Expression): { a: Expression; negative: Expression; below: Expression } {
  const one = same(1, x);
  const negative = less(x, same(0, x));
  const below = less(x, one);
  return { a: select(negative, sub(one, x), select(below, add(x, one), x)), negative, below };
}

/** x less its nearest integer: sin and cos of pi x up to a sign that their quotient and squares don't show. */
const remainderOfInteger = (x: Expression): Expression => sub(x, round(x));

/** Derivative of lgamma; NaN at negative integers, ∓inf at ±0. */
export const digamma: Builder = defineRow({
  name: 'digamma',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const { a, negative, below } = raised(x);
    const w = reciprocal(a);
    const value = sub(log(a), mul(w, ratio(w, first.p, first.q)));
    const r = remainderOfInteger(x);
    const turn = mul(same(Math.PI, x), r);
    // digamma(x) = digamma(1 - x) - pi cot(pi x); at negative integers 0/0, for the two sides differ in sign.
    const cotangent = select(equal(r, same(0, x)), div(r, r), div(cos(turn), sin(turn)));
    const reflected = sub(value, mul(same(Math.PI, x), cotangent));
    return select(negative, reflected, select(below, sub(value, reciprocal(x)), value));
  },
  gradient: (g, _, x) => [mul(g, polygamma1(x))],
  domain: [[0.1, 20]],
});

/** Second derivative of lgamma (trigamma). */
export const polygamma1: Builder = defineRow({
  name: 'polygamma1',
  arity: 1,
  accepts: 'float',
  // No gradient is stated: the branches not taken have arguments at which they and their derivatives are finite.
  meaning: (x) => {
    const one = same(1, x);
    const { a, negative, below } = raised(x);
    const w = div(one, a);
    const value = mul(w, ratio(w, second.p, second.q));
    const turn = mul(same(Math.PI, x), select(negative, remainderOfInteger(x), same(0.5, x)));
    const reflected = sub(square(div(same(Math.PI, x), sin(turn))), value);
    const step = div(one, select(and(lessEqual(same(0, x), x), below), x, one));
    return select(negative, reflected, select(below, add(value, square(step)), value));
  },
  domain: [[0.1, 20]],
});
