/** Losses of one prediction whose derivatives are stated, because those of their formulas overflow or lose their digits where a model is sure of itself. */
import { abs, add, div, exp, log, max, min, mul, neg, same, sub } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { log1p } from './exponential.ts';
import { sigmoid } from './logistic.ts';

/** 1 - x. */
const rest = (x: Expression): Expression => sub(same(1, x), x);

/** -(t log x + (1 - t) log(1 - x)) of a probability x and what it should be, t. */
export const binaryCrossEntropy: Builder<2> = defineRow({
  name: 'binaryCrossEntropy',
  arity: 2,
  accepts: 'float',
  // Logarithms are held at -100, so that a sure and wrong prediction costs 100 and not infinity.
  meaning: (x, target) => {
    const held = (y: Expression): Expression => max(y, same(-100, y));
    return neg(add(mul(target, held(log(x))), mul(rest(target), held(log1p(neg(x))))));
  },
  gradient: (g, _, x, target) => [
    div(mul(g, sub(x, target)), max(mul(rest(x), x), same(1e-12, x))),
    mul(g, sub(log1p(neg(x)), log(x))),
  ],
  domain: [
    [0.02, 0.98],
    [0, 1],
  ],
});

/** -log(sigmoid(x)) and -log(sigmoid(-x)), with the exponential of what is negative. */
function surprises(x: Expression): { positive: Expression; negative: Expression } {
  const softened = log1p(exp(neg(abs(x))));
  return { positive: sub(softened, min(x, same(0, x))), negative: add(max(x, same(0, x)), softened) };
}

/** `binaryCrossEntropy` of sigmoid(x), where what is right counts `positiveWeight` times. */
export const binaryCrossEntropyWithLogits: Builder<3> = defineRow({
  name: 'binaryCrossEntropyWithLogits',
  arity: 3,
  accepts: 'float',
  meaning: (x, target, positiveWeight) => {
    const { positive, negative } = surprises(x);
    return add(mul(rest(target), negative), mul(mul(positiveWeight, target), positive));
  },
  gradient: (g, _, x, target, positiveWeight) => {
    const weighted = mul(positiveWeight, target);
    const { positive, negative } = surprises(x);
    return [
      mul(g, sub(mul(add(weighted, rest(target)), sigmoid(x)), weighted)),
      mul(g, sub(mul(positiveWeight, positive), negative)),
      mul(g, mul(target, positive)),
    ];
  },
  domain: [
    [-10, 10],
    [0, 1],
    [0.5, 2],
  ],
});
