/**
 * Derivatives of whole functions, each written as a formula in the case: Hessians, Jacobians, derivatives of any order,
 * and the gradient of a gradient penalty.
 */

import { grad, hessian, jacobian } from '@nn/autograd';
import { matmul, mean, norm, pow, sub, sum, type Tensor, tanh } from '@nn/tensor';
import { type Comparison, compareNumbers, joinComparisons } from '../compare/tensors.ts';
import { type GoldenCase, isRecord } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { findFormula } from '../programs/formulas.ts';
import { buildInput, buildInputs } from '../run/build-inputs.ts';
import { checkOutputs, compareGradient } from '../run/check-standard.ts';
import { MissingError } from '../run/library.ts';
import { readTensor } from '../run/tensors.ts';
import { type Form, UntranslatedError } from './form.ts';

type Runner = (golden: GoldenCase) => Promise<Comparison>;

const RUNNERS: ReadonlyMap<string, Runner> = new Map<string, Runner>([
  ['torch.autograd.functional.hessian', checkHessian],
  ['torch.autograd.functional.jacobian', checkJacobian],
  ['torch.autograd.grad', checkDerivatives],
  ['gradient_penalty', checkGradientPenalty],
]);

export const functionForm: Form = {
  matches: ({ attrs }) => typeof attrs['function'] === 'string',

  run(golden) {
    const runner = RUNNERS.get(golden.op);
    if (!runner) throw new MissingError(`no mapping for ${golden.op}`);
    return runner(golden);
  },
};

function formulaOf({ attrs }: GoldenCase): (x: Tensor) => Tensor {
  return findFormula(attrs['function'] as string);
}

function variableOf({ inputs }: GoldenCase): Tensor {
  const [input] = inputs;
  if (!input) throw new TypeError('a function needs an input');
  return buildInput({ ...input, requires_grad: true });
}

/** Outputs: value, gradient, Hessian. */
async function checkHessian(golden: GoldenCase): Promise<Comparison> {
  const [formula, x] = [formulaOf(golden), variableOf(golden)];
  const value = formula(x);
  const [gradient] = grad([value], [x]);
  return checkOutputs(golden, [value, gradient as Tensor, await hessian(formula, x)]);
}

async function checkJacobian(golden: GoldenCase): Promise<Comparison> {
  return checkOutputs(golden, [await jacobian(formulaOf(golden), variableOf(golden))]);
}

/** The derivatives of a scalar function, order after order, each the gradient of the one before. */
async function checkDerivatives(golden: GoldenCase): Promise<Comparison> {
  const x = variableOf(golden);
  const orders = toPlain(golden.attrs['orders'] ?? []) as readonly number[];
  const expected = golden.fields['expected'];
  const derivatives = isRecord(expected) ? (expected['derivatives'] as readonly number[]) : [];
  const found = [formulaOf(golden)(x)];
  while (found.length <= Math.max(...orders)) {
    const [next] = grad([found.at(-1) as Tensor], [x], { createGraph: true });
    found.push(next as Tensor);
  }
  const values: number[] = [];
  for (const order of orders) values.push((await readTensor(found[order] as Tensor)).values[0] as number);
  return compareNumbers(values, derivatives, golden.tolerance, (position) => `order ${orders[position]}`);
}

const GRADIENT_PENALTY = 'out = tanh(x @ w1^T) @ w2^T; g = d sum(out)/d x; penalty = mean((norm2(g, dim=1) - 1)^2)';

/** Outputs: out, g, penalty; grads: of the penalty. */
async function checkGradientPenalty(golden: GoldenCase): Promise<Comparison> {
  if (golden.attrs['function'] !== GRADIENT_PENALTY) throw new UntranslatedError('no translation of this penalty');
  const leaves = buildInputs({ ...golden, inputs: golden.inputs.map((input) => ({ ...input, requires_grad: true })) });
  const [w1, w2, x] = ['w1', 'w2', 'x'].map((name) => leaves.get(name) as Tensor) as [Tensor, Tensor, Tensor];
  const out = matmul(tanh(matmul(x, w1.t())), w2.t());
  const [g] = grad([sum(out)], [x], { createGraph: true }) as [Tensor];
  const penalty = mean(pow(sub(norm(g, { dim: 1 }), 1), 2));
  const names = Object.keys(golden.grads ?? {});
  const gradients = grad(
    [penalty],
    names.map((name) => leaves.get(name) as Tensor),
  );
  const parts: [string, Comparison][] = [['outputs', await checkOutputs(golden, [out, g, penalty])]];
  for (const [position, name] of names.entries()) {
    const stored = golden.grads?.[name] ?? null;
    parts.push([
      `gradient of ${name}`,
      await compareGradient(gradients[position] ?? null, stored, 'float32', golden.tolerance),
    ]);
  }
  return joinComparisons(parts);
}
