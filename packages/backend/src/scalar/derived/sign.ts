/** Functions of a number's sign. */
import { abs, cast, equal, less, mul, neg, same, select, sub } from '../core.ts';
import { type Builder, defineRow } from '../row.ts';
import { signbit } from './classification.ts';

/** -1, 0 or 1; 0 for NaN. */
export const sign: Builder = defineRow({
  name: 'sign',
  arity: 1,
  accepts: 'number',
  meaning: (x) => sub(cast(less(same(0, x), x), x.type), cast(less(x, same(0, x)), x.type)),
  domain: [[-10, 10]],
});

/** |x| with the sign of y. */
export const copysign: Builder<2> = defineRow({
  name: 'copysign',
  arity: 2,
  accepts: 'float',
  meaning: (x, y) => select(signbit(y), neg(abs(x)), abs(x)),
  gradient: (g, _, x, y) => [mul(g, select(signbit(y), neg(sign(x)), sign(x))), null],
  domain: [
    [-10, 10],
    [-10, 10],
  ],
});

/** 0 below 0 (and for NaN), 1 above it, `values` at 0. */
export const heaviside: Builder<2> = defineRow({
  name: 'heaviside',
  arity: 2,
  accepts: 'number',
  meaning: (x, values) => select(equal(x, same(0, x)), values, cast(less(same(0, x), x), x.type)),
  domain: [
    [-10, 10],
    [-1, 2],
  ],
});
