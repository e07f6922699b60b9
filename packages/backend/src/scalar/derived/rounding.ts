/** Fractions, remainders and rounded quotients. */

import { isFloatScalar } from '../../dtype.ts';
import {
  add,
  and,
  cast,
  div,
  equal,
  less,
  mul,
  neg,
  notEqual,
  rem,
  round,
  same,
  select,
  sub,
  trunc,
  xor,
} from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';

const wide: readonly [number, number] = [-10, 10];
const divisor: readonly [number, number] = [0.5, 4];

/** x less its integral part; keeps the sign. */
export const frac: Builder = defineRow({
  name: 'frac',
  arity: 1,
  accepts: 'float',
  meaning: (x) => sub(x, trunc(x)),
  domain: [wide],
});

/** Whether a remainder with the dividend's sign has the wrong one for Python. */
const crosses = (remainder: Expression, y: Expression): Expression => {
  const zero = same(0, y);
  return and(notEqual(remainder, zero), xor(less(remainder, zero), less(y, zero)));
};

/** x - y floor(x/y): Python's %, with the sign of the divisor. */
export const remainder: Builder<2> = defineRow({
  name: 'remainder',
  arity: 2,
  accepts: 'number',
  meaning: (x, y) => {
    const remainder = rem(x, y);
    return select(crosses(remainder, y), add(remainder, y), remainder);
  },
  gradient: (g, _, x, y) => [g, neg(mul(g, floorDivide(x, y)))],
  domain: [wide, divisor],
});

/** C's fmod, with the sign of the dividend: the core's rem under PyTorch's name. */
export const fmod = (x: Expression, y: Expression): Expression => rem(x, y);

/** Quotient rounded down; of integers 0 where the divisor is 0. */
export const floorDivide: Builder<2> = defineRow({
  name: 'floorDivide',
  arity: 2,
  accepts: 'number',
  // From the exact remainder, as Python does: 1 // 0.1 is 9, although 1/0.1 rounds to 10.
  meaning: (x, y) => {
    const remainder = rem(x, y);
    const down = cast(crosses(remainder, y), x.type);
    if (!isFloatScalar(x.type)) return sub(div(x, y), down);
    const zero = same(0, x);
    const quotient = sub(div(sub(x, remainder), y), down);
    // Whole but for the roundings of the difference and the division.
    const value = select(equal(quotient, zero), mul(zero, div(x, y)), round(quotient));
    return select(equal(y, zero), div(x, y), value);
  },
  gradient: () => [null, null],
  domain: [wide, divisor],
});

/** Quotient rounded towards zero; of integers 0 where the divisor is 0. */
export const truncDivide: Builder<2> = defineRow({
  name: 'truncDivide',
  arity: 2,
  accepts: 'number',
  meaning: (x, y) => (isFloatScalar(x.type) ? trunc(div(x, y)) : div(x, y)),
  gradient: () => [null, null],
  domain: [wide, divisor],
});
