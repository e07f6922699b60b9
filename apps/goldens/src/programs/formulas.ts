/** Functions that cases write as formulas, translated by their text. */

import { add, exp, logsumexp, mul, outer, pow, prod, sin, sub, sum, type Tensor, tensor } from '@nn/tensor';
import { UntranslatedError } from '../forms/form.ts';

type Formula = (x: Tensor) => Tensor;

const FORMULAS: ReadonlyMap<string, Formula> = new Map<string, Formula>([
  ['sum of 100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2', rosenbrock],
  ['sum((x - [1,2,3])^2 * [1,10,3])', (x) => sum(mul(pow(sub(x, tensor([1, 2, 3])), 2), tensor([1, 10, 3])))],
  ['logsumexp(x)', (x) => logsumexp(x, { dim: 0 })],
  ['sum(x^3)/3 + prod(x)', (x) => add(sum(pow(x, 3)).div(3), prod(x))],
  ['outer(x, exp(x))', (x) => outer(x, exp(x))],
  ['sin(x)*exp(x)', (x) => mul(sin(x), exp(x))],
]);

export function findFormula(text: string): Formula {
  const formula = FORMULAS.get(text.trim());
  if (!formula) throw new UntranslatedError(`no translation of the function ${text}`);
  return formula;
}

function rosenbrock(x: Tensor): Tensor {
  const [head, tail] = [x.at(':-1'), x.at('1:')];
  return sum(add(mul(pow(sub(tail, pow(head, 2)), 2), 100), pow(sub(1, head), 2)));
}
