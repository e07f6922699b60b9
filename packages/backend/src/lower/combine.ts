/** Combines and orders of two elements as expressions: for fallbacks, and for backends that generate code from expressions. */
import { isFloatScalar } from '../dtype.ts';
import type { Combine } from '../kernel.ts';
import { add, and, isNotANumber, less, max, min, mul, not, or } from '../scalar/core.ts';
import type { Expression } from '../scalar/expression.ts';

/** What a combine makes of two values of one type; of bools 'max' is or, 'min' is and. */
export function combineExpression(combine: Combine, x: Expression, y: Expression): Expression {
  switch (combine) {
    case 'sum':
      return add(x, y);
    case 'product':
      return mul(x, y);
    case 'max':
      return x.type === 'bool' ? or(x, y) : max(x, y);
    case 'min':
      return x.type === 'bool' ? and(x, y) : min(x, y);
  }
}

/** Whether x comes strictly before y in ascending order with NaN last, or in the opposite order. */
export function precedes(x: Expression, y: Expression, descending: boolean): Expression {
  const [first, second] = descending ? [y, x] : [x, y];
  const smaller = less(first, second);
  return isFloatScalar(x.type) ? or(smaller, and(isNotANumber(second), not(isNotANumber(first)))) : smaller;
}
