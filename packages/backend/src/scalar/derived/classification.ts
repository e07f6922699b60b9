/** What kind of number a value is, and replacing the numbers that aren't. Integers are always finite. */

import { isFloatScalar } from '../../dtype.ts';
import { abs, and, bitcast, div, equal, less, lessEqual, neg, notEqual, or, same, select } from '../core.ts';
import { constant, type Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';

/** The largest finite number of x's type. */
const largest = (x: Expression): Expression => same(x.type === 'f64' ? Number.MAX_VALUE : 3.4028234663852886e38, x);

/** A test of one float; integers and bools give `otherwise`. */
const test = (name: string, meaning: (x: Expression) => Expression, otherwise = 0): Builder =>
  defineRow({
    name,
    arity: 1,
    accepts: 'any',
    result: () => 'bool',
    meaning: (x) => (isFloatScalar(x.type) ? meaning(x) : constant(otherwise, 'bool')),
    domain: [[-10, 10]],
  });

/** True for NaN. */
export const isnan: Builder = test('isnan', (x) => notEqual(x, x));

/** True for both infinities. */
export const isinf: Builder = test('isinf', (x) => less(largest(x), abs(x)));

/** True for all but NaN and the infinities. */
export const isfinite: Builder = test('isfinite', (x) => lessEqual(abs(x), largest(x)), 1);

/** True for +inf. */
export const isposinf: Builder = test('isposinf', (x) => less(largest(x), x));

/** True for -inf. */
export const isneginf: Builder = test('isneginf', (x) => less(x, neg(largest(x))));

/** True for negative numbers, -0 among them. */
export const signbit: Builder = defineRow({
  name: 'signbit',
  arity: 1,
  accepts: 'number',
  result: () => 'bool',
  // NaN counts as positive: its sign isn't the same on all machines.
  meaning: (x) => {
    if (x.type === 'f32') return and(less(bitcast(x, 'i32'), constant(0, 'i32')), equal(x, x));
    const negative = less(x, same(0, x));
    return x.type === 'f64' ? or(negative, less(div(same(1, x), x), same(0, x))) : negative;
  },
  domain: [[-10, 10]],
});

/** x, with what stands for NaN, +inf and -inf. */
export const nanToNum: Builder<4> = defineRow({
  name: 'nanToNum',
  arity: 4,
  accepts: 'float',
  meaning: (x, nan, posinf, neginf) =>
    select(isnan(x), nan, select(isposinf(x), posinf, select(isneginf(x), neginf, x))),
  domain: [
    [-10, 10],
    [-1, 1],
    [10, 20],
    [-20, -10],
  ],
});
