/** Exponentials and logarithms beyond the core's exp and log. */
import { abs, add, and, div, equal, exp, less, lessEqual, log, mul, pow, same, select, sub } from '../core.ts';
import { type Builder, defineRow } from '../row.ts';
import { polynomial } from './approximation.ts';
import { square } from './powers.ts';

const ln2 = Math.LN2;

/** 2 to the power x. */
export const exp2: Builder = defineRow({
  name: 'exp2',
  arity: 1,
  accepts: 'float',
  meaning: (x) => pow(same(2, x), x),
  gradient: (g, out) => [mul(g, mul(same(ln2, out), out))],
  domain: [[-10, 10]],
});

/** x coth(x/2) = 2 + z (c0 + c1 z + …), z = x² <= 1/4; error 1.2e-14 of a term that is at most 1/24. */
const hyperbolicCotangent = [
  0.1666666666666647, -0.002777777777381166, 6.613755343425129e-5, -1.653296640747349e-6, 4.1099798564549345e-8,
];

/** exp(x) - 1, accurate near 0. */
export const expm1: Builder = defineRow({
  name: 'expm1',
  arity: 1,
  accepts: 'float',
  // e^x - 1 = 2x / (x coth(x/2) - x), free of cancellation; no (1 + x) - 1, which compilers for GPUs may simplify.
  meaning: (x) => {
    const z = square(x);
    const cotangent = add(same(2, x), mul(z, polynomial(z, hyperbolicCotangent)));
    const near = div(add(x, x), sub(cotangent, x));
    return select(less(abs(x), same(0.5, x)), near, sub(exp(x), same(1, x)));
  },
  gradient: (g, _, x) => [mul(g, exp(x))],
  domain: [[-10, 10]],
});

/** 2 atanh(s)/s = 2 + z (c0 + c1 z + …), z = s² <= 0.0295; error 4.6e-16 of a term that is at most 1/100. */
const logarithm = [
  0.666666666666667, 0.3999999999989891, 0.2857142862622683, 0.22222211096109423, 0.1818289180557886,
  0.15331636289606965, 0.1461746508621651,
];

/** log(1 + x), accurate near 0. */
export const log1p: Builder = defineRow({
  name: 'log1p',
  arity: 1,
  accepts: 'float',
  // With s = x/(2 + x), log(1 + x) = 2 atanh(s) = x - s (x - z P(z)) for √½ <= 1 + x <= √2 (as in fdlibm, Sun 1993).
  meaning: (x) => {
    const s = div(x, add(same(2, x), x));
    const z = square(s);
    const near = sub(x, mul(s, sub(x, mul(z, polynomial(z, logarithm)))));
    const isNear = and(less(same(Math.SQRT1_2 - 1, x), x), less(x, same(Math.SQRT2 - 1, x)));
    return select(isNear, near, log(add(same(1, x), x)));
  },
  gradient: (g, _, x) => [div(g, add(same(1, x), x))],
  domain: [[-0.99, 10]],
});

/** Logarithm to base 2. */
export const log2: Builder = defineRow({
  name: 'log2',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(log(x), same(ln2, x)),
  gradient: (g, _, x) => [div(g, mul(x, same(ln2, x)))],
  domain: [[1e-3, 10]],
});

/** Logarithm to base 10. */
export const log10: Builder = defineRow({
  name: 'log10',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(log(x), same(Math.LN10, x)),
  gradient: (g, _, x) => [div(g, mul(x, same(Math.LN10, x)))],
  domain: [[1e-3, 10]],
});

/** x log y, and 0 where x is 0 (unless y is NaN). */
export const xlogy: Builder<2> = defineRow({
  name: 'xlogy',
  arity: 2,
  accepts: 'float',
  meaning: (x, y) => select(and(equal(x, same(0, x)), equal(y, y)), same(0, x), mul(x, log(y))),
  gradient: (g, _, x, y) => {
    const flat = and(equal(x, same(0, x)), lessEqual(y, same(0, y)));
    return [select(flat, same(0, g), xlogy(g, select(flat, same(1, y), y))), mul(g, div(x, y))];
  },
  domain: [
    [-10, 10],
    [1e-2, 10],
  ],
});
