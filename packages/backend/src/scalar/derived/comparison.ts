/** Closeness, and logic on the truth of numbers (whether they differ from 0). The core has less, equal and their kin. */
import { abs, add, and, cast, equal, lessEqual, mul, not, or, sub, xor } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { isfinite, isnan } from './classification.ts';

const domain: readonly (readonly [number, number])[] = [
  [-2, 2],
  [-2, 2],
  [0, 0.5],
  [0, 0.5],
];

/** |x - y| <= atol + rtol |y|; infinities are close to themselves only, NaN to nothing. */
export const isclose: Builder<4> = defineRow({
  name: 'isclose',
  arity: 4,
  accepts: 'float',
  result: () => 'bool',
  meaning: (x, y, rtol, atol) => {
    const distance = abs(sub(x, y));
    const allowed = add(atol, abs(mul(rtol, y)));
    return or(equal(x, y), and(isfinite(distance), lessEqual(distance, allowed)));
  },
  domain,
});

/** isclose where NaN is close to NaN. */
export const iscloseEqualNan: Builder<4> = defineRow({
  name: 'iscloseEqualNan',
  arity: 4,
  accepts: 'float',
  result: () => 'bool',
  meaning: (x, y, rtol, atol) => or(isclose(x, y, rtol, atol), and(isnan(x), isnan(y))),
  domain,
});

const truth = (x: Expression): Expression => cast(x, 'bool');

/** Both differ from 0; the arguments may have any types, also in the next three. */
export const logicalAnd = (x: Expression, y: Expression): Expression => and(truth(x), truth(y));
export const logicalOr = (x: Expression, y: Expression): Expression => or(truth(x), truth(y));
export const logicalXor = (x: Expression, y: Expression): Expression => xor(truth(x), truth(y));
export const logicalNot = (x: Expression): Expression => not(truth(x));
