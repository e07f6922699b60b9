/** Roots that end a norm. Where the result is 0 the chain rule would multiply ∞ by 0; their slope counts as 0 there, as PyTorch has it. */
import { div, equal, log, mul, neg, pow, same, select, sqrt, sub } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';

const positive: readonly [number, number] = [1e-2, 10];

const unlessZero = (out: Expression, slope: Expression): Expression =>
  select(equal(out, same(0, out)), same(0, out), slope);

/** √x, flat at 0: of a Euclidean norm, a standard deviation. */
export const normSqrt: Builder = defineRow({
  name: 'normSqrt',
  arity: 1,
  accepts: 'float',
  meaning: sqrt,
  gradient: (g, out) => [unlessZero(out, div(g, mul(same(2, out), out)))],
  domain: [positive],
});

/** x^(1/p), flat where it is 0: of a p-norm. */
export const normRoot: Builder<2> = defineRow({
  name: 'normRoot',
  arity: 2,
  accepts: 'float',
  meaning: (x, p) => pow(x, div(same(1, p), p)),
  gradient: (g, out, x, p) => [
    unlessZero(out, mul(g, div(pow(out, sub(same(1, p), p)), p))),
    unlessZero(out, neg(mul(g, div(mul(out, log(x)), mul(p, p))))),
  ],
  domain: [positive, [0.5, 4]],
});
