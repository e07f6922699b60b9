/** Functions that cases write as formulas: arithmetic, and by their text those that are written in words. */

import { add, logsumexp, mul, pow, sub, sum, type Tensor } from '@nn/tensor';
import { UntranslatedError } from '../forms/form.ts';
import { ArithmeticError, evaluateArithmetic } from './arithmetic.ts';

type Formula = (x: Tensor) => Tensor;

const FORMULAS: ReadonlyMap<string, Formula> = new Map<string, Formula>([
  ['sum of 100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2', rosenbrock],
  ['logsumexp(x)', (x) => logsumexp(x, { dim: 0 })],
]);

export function findFormula(text: string): Formula {
  return FORMULAS.get(text.trim()) ?? ((x) => evaluateFormula(text, x));
}

function evaluateFormula(text: string, x: Tensor): Tensor {
  try {
    return evaluateArithmetic(text, x) as Tensor;
  } catch (error) {
    throw error instanceof ArithmeticError ? new UntranslatedError(`no translation of the function ${text}`) : error;
  }
}

function rosenbrock(x: Tensor): Tensor {
  const [head, tail] = [x.at(':-1'), x.at('1:')];
  return sum(add(mul(pow(sub(tail, pow(head, 2)), 2), 100), pow(sub(1, head), 2)));
}
