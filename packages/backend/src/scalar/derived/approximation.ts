/**
 * Building blocks of the derived rows' approximations. The coefficients in the tables of this folder were fitted to the function in 60
 * decimal digits (rational least squares after Sanathanan & Koerner 1963, then Remez exchange where it converged) unless a
 * source is named; each states its largest relative error. They serve both float types: float32 merely rounds more often.
 */
import { add, div, equal, less, mul, neg, same, select } from '../core.ts';
import type { Expression } from '../expression.ts';

/** c0 + c1 x + c2 x² + …, by Horner's rule. */
export function polynomial(x: Expression, coefficients: readonly number[]): Expression {
  return coefficients.slice(0, -1).reduceRight((sum, c) => add(mul(sum, x), same(c, x)), same(coefficients.at(-1)!, x));
}

/** Quotient of two polynomials, coefficients from the lowest power up. */
export const ratio = (x: Expression, p: readonly number[], q: readonly number[]): Expression =>
  div(polynomial(x, p), polynomial(x, q));

/** An odd function of x from its value at |x|; keeps the sign of zero. */
export const odd = (x: Expression, value: Expression): Expression =>
  select(less(x, same(0, x)), neg(value), select(equal(x, same(0, x)), x, value));
