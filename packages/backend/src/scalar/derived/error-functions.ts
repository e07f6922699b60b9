/** The error function, its complement and inverse, and the distribution function of the standard normal law. */
import {
  abs,
  add,
  div,
  equal,
  exp,
  less,
  lessEqual,
  log,
  min,
  mul,
  neg,
  same,
  select,
  sqrt,
  sub,
  trunc,
} from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { ratio } from './approximation.ts';
import { square } from './powers.ts';

/** erf(x)/x, x² <= 1/4; error 5.5e-17. */
const central = {
  p: [1.1283791670955126, 0.6017979263745045, 0.08275786128034028, 0.014655360367569006],
  q: [1, 0.8666628593680268, 0.26222986475135845, 0.03754116766782521, 0.0022959377623507026],
};

/** exp(y²) erfc(y), 0 <= y <= 28 (beyond, erfc is 0 in float64); error 2.9e-16. One range, in the spirit of Cody 1969. */
const scaledTail = {
  p: [
    1.0000000000000002, 2.1240021547590096, 2.235624065871763, 1.49298140213321, 0.6892264026634437,
    0.22682043225969226, 0.05310598617386094, 0.008534917705155761, 0.0008566056069505678, 4.104347137970512e-5,
  ],
  q: [
    1, 3.2523813218545916, 4.905543392900333, 4.528165826215616, 2.8397838775727315, 1.2679266697126859,
    0.4095562556876412, 0.09488705637972723, 0.015164121590306223, 0.0015182939066338116, 7.274765890228451e-5,
  ],
};

/** exp(-y² scale) for 0 <= y < 64. y² is split into a part of few bits, whose square is exact, and a small rest. */
function bell(y: Expression, scale: number): Expression {
  const coarse = mul(trunc(mul(y, same(16, y))), same(1 / 16, y));
  const rest = mul(sub(y, coarse), add(y, coarse));
  return mul(exp(mul(same(-scale, y), square(coarse))), exp(mul(same(-scale, y), rest)));
}

const capped = (x: Expression): Expression => min(abs(x), same(28, x));

/** 2/√pi times the integral of exp(-t²) from 0 to x. */
export const erf: Builder = defineRow({
  name: 'erf',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const y = capped(x);
    const far = sub(same(1, x), mul(exp(neg(square(y))), ratio(y, scaledTail.p, scaledTail.q)));
    const near = mul(x, ratio(square(x), central.p, central.q));
    return select(less(y, same(0.5, x)), near, select(less(x, same(0, x)), neg(far), far));
  },
  gradient: (g, _, x) => [mul(g, mul(same(2 / Math.sqrt(Math.PI), x), exp(neg(square(x)))))],
  domain: [[-5, 5]],
});

/** 1 - erf(x), accurate where it is small. */
export const erfc: Builder = defineRow({
  name: 'erfc',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const y = capped(x);
    const tail = mul(bell(y, 1), ratio(y, scaledTail.p, scaledTail.q));
    return select(less(x, same(0, x)), sub(same(2, x), tail), tail);
  },
  gradient: (g, _, x) => [neg(mul(g, mul(same(2 / Math.sqrt(Math.PI), x), exp(neg(square(x))))))],
  domain: [[-5, 9]],
});

/** Density of the standard normal law. */
export const normalDensity = (x: Expression): Expression =>
  mul(same(1 / Math.sqrt(2 * Math.PI), x), exp(mul(same(-0.5, x), square(x))));

/** Distribution function of the standard normal law, (1 + erf(x/√2))/2. */
export const ndtr: Builder = defineRow({
  name: 'ndtr',
  arity: 1,
  accepts: 'float',
  meaning: (x) => {
    const a = min(abs(x), same(39, x));
    const y = mul(same(Math.SQRT1_2, x), a);
    const tail = mul(mul(same(0.5, x), bell(a, 0.5)), ratio(y, scaledTail.p, scaledTail.q));
    return select(less(x, same(0, x)), tail, sub(same(1, x), tail));
  },
  gradient: (g, _, x) => [mul(g, normalDensity(x))],
  domain: [[-10, 5]],
});

/** Wichura, Algorithm AS 241 (1988), PPND16: quantiles of the normal law, by distance from 1/2 and, in the tails, √(-log p). */
const quantile = {
  centre: {
    p: [
      3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
      67265.7709270087, 33430.57558358813, 2509.0809287301227,
    ],
    q: [
      1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
      28729.085735721943, 5226.495278852854,
    ],
  },
  tail: {
    p: [
      1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
      0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
    ],
    q: [
      1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
      0.0005475938084995345, 1.0507500716444169e-9,
    ],
  },
  farTail: {
    p: [
      6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
      0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
    ],
    q: [
      1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
      1.421511758316446e-7, 2.0442631033899397e-15,
    ],
  },
};

/** Inverse of erf; infinite at ±1, NaN beyond. */
export const erfinv: Builder = defineRow({
  name: 'erfinv',
  arity: 1,
  accepts: 'float',
  // √½ times the normal quantile of (1 + x)/2. At ±1 the last quotient is infinite, beyond them the root is NaN.
  meaning: (x) => {
    const { centre, tail, farTail } = quantile;
    const centreArgument = sub(same(0.180625, x), mul(same(0.25, x), square(x)));
    const near = mul(mul(same(0.5, x), x), ratio(centreArgument, centre.p, centre.q));
    const rest = sub(same(1, x), abs(x));
    const r = sqrt(neg(log(mul(same(0.5, x), rest))));
    const five = same(5, x);
    const inTail = ratio(sub(r, same(1.6, x)), tail.p, tail.q);
    const far = select(lessEqual(r, five), inTail, ratio(sub(r, five), farTail.p, farTail.q));
    const value = select(lessEqual(abs(x), same(0.85, x)), near, select(less(x, same(0, x)), neg(far), far));
    return select(equal(rest, same(0, x)), div(x, rest), mul(same(Math.SQRT1_2, x), value));
  },
  gradient: (g, out) => [mul(g, mul(same(Math.sqrt(Math.PI) / 2, out), exp(square(out))))],
  domain: [[-0.99, 0.99]],
});
