/** Small powers and roots. */
import { abs, add, div, equal, max, min, mul, neg, same, select, sqrt } from '../core.ts';
import { type Builder, defineRow } from '../row.ts';
import { isinf } from './classification.ts';

const positive: readonly [number, number] = [1e-2, 10];

/** x². */
export const square: Builder = defineRow({
  name: 'square',
  arity: 1,
  accepts: 'number',
  meaning: (x) => mul(x, x),
  gradient: (g, _, x) => [mul(g, mul(same(2, x), x))],
  domain: [[-10, 10]],
});

/** 1 / x. */
export const reciprocal: Builder = defineRow({
  name: 'reciprocal',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(same(1, x), x),
  gradient: (g, out) => [neg(mul(g, square(out)))],
  domain: [positive],
});

/** 1 / x². Its slope doesn't take the way over x⁴, which is 0 or infinite long before. */
export const inverseSquare: Builder = defineRow({
  name: 'inverseSquare',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(same(1, x), square(x)),
  gradient: (g, out, x) => [mul(mul(g, same(-2, out)), div(out, x))],
  domain: [positive],
});

/** 1 / √x. */
export const rsqrt: Builder = defineRow({
  name: 'rsqrt',
  arity: 1,
  accepts: 'float',
  meaning: (x) => reciprocal(sqrt(x)),
  gradient: (g, out) => [mul(g, mul(same(-0.5, out), mul(out, square(out))))],
  domain: [positive],
});

/** √(x² + y²) without overflow; infinite when either is, even beside a NaN. */
export const hypot: Builder<2> = defineRow({
  name: 'hypot',
  arity: 2,
  accepts: 'float',
  meaning: (x, y) => {
    const larger = max(abs(x), abs(y));
    const smaller = min(abs(x), abs(y));
    // Both 0, both infinite: the quotient would be NaN.
    const quotient = select(equal(smaller, larger), same(1, x), div(smaller, larger));
    const value = mul(larger, sqrt(add(same(1, x), square(quotient))));
    return select(isinf(x), abs(x), select(isinf(y), abs(y), value));
  },
  gradient: (g, out, x, y) => [mul(g, div(x, out)), mul(g, div(y, out))],
  domain: [
    [-10, 10],
    [-10, 10],
  ],
});
