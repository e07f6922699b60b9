/** Bounds, the larger and the smaller that ignore NaN, and interpolation. Bounds are arguments: they are run-time numbers. */

import { isFloatScalar } from '../../dtype.ts';
import { add, and, less, lessEqual, mul, or, same, select, sub } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { isnan } from './classification.ts';

const wide: readonly [number, number] = [-10, 10];

/** The bound where x is beyond it or it is NaN, else x: NaN stays, and so does the sign of a zero that equals the bound, as in PyTorch. */
const bounded = (x: Expression, bound: Expression, beyond: Expression): Expression =>
  select(isFloatScalar(x.type) ? or(beyond, isnan(bound)) : beyond, bound, x);

/** The larger of x and lo; NaN if either is. */
export const clampMin: Builder<2> = defineRow({
  name: 'clampMin',
  arity: 2,
  accepts: 'number',
  meaning: (x, lo) => bounded(x, lo, less(x, lo)),
  gradient: (g, _, x, lo) => [select(lessEqual(lo, x), g, same(0, g)), select(less(x, lo), g, same(0, g))],
  domain: [wide, [-3, 3]],
});

/** The smaller of x and hi; NaN if either is. */
export const clampMax: Builder<2> = defineRow({
  name: 'clampMax',
  arity: 2,
  accepts: 'number',
  meaning: (x, hi) => bounded(x, hi, less(hi, x)),
  gradient: (g, _, x, hi) => [select(lessEqual(x, hi), g, same(0, g)), select(less(hi, x), g, same(0, g))],
  domain: [wide, [-3, 3]],
});

/** x between lo and hi; hi where lo is greater. At the bounds x gets the whole gradient. */
export const clamp: Builder<3> = defineRow({
  name: 'clamp',
  arity: 3,
  accepts: 'number',
  meaning: (x, lo, hi) => clampMax(clampMin(x, lo), hi),
  gradient: (g, _, x, lo, hi) => [
    select(and(lessEqual(lo, x), lessEqual(x, hi)), g, same(0, g)),
    select(and(less(x, lo), less(lo, hi)), g, same(0, g)),
    select(or(less(hi, x), less(hi, lo)), g, same(0, g)),
  ],
  domain: [wide, [-5, 0], [1, 5]],
});

/** Whether the first wins in fmax and fmin: `wins`, or the second is NaN. */
const first = (wins: Expression, y: Expression): Expression => (isFloatScalar(y.type) ? or(wins, isnan(y)) : wins);

/** The larger; of a number and NaN the number. Of equals the first, which gets the gradient. */
export const fmax: Builder<2> = defineRow({
  name: 'fmax',
  arity: 2,
  accepts: 'number',
  meaning: (x, y) => select(first(lessEqual(y, x), y), x, y),
  domain: [wide, wide],
});

/** The smaller; of a number and NaN the number. Of equals the first, which gets the gradient. */
export const fmin: Builder<2> = defineRow({
  name: 'fmin',
  arity: 2,
  accepts: 'number',
  meaning: (x, y) => select(first(lessEqual(x, y), y), x, y),
  domain: [wide, wide],
});

/** x + weight (end - x). */
export const lerp: Builder<3> = defineRow({
  name: 'lerp',
  arity: 3,
  accepts: 'float',
  // Two forms, so that weight 0 gives exactly x and weight 1 exactly end.
  meaning: (x, end, weight) => {
    const step = sub(end, x);
    const fromEnd = sub(end, mul(step, sub(same(1, weight), weight)));
    return select(less(weight, same(0.5, weight)), add(x, mul(weight, step)), fromEnd);
  },
  gradient: (g, _, x, end, weight) => [mul(g, sub(same(1, weight), weight)), mul(g, weight), mul(g, sub(end, x))],
  domain: [wide, wide, [-1, 2]],
});
