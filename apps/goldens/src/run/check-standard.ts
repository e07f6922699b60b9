/**
 * Checks a case in the common form against what was computed: outputs, then the vector-Jacobian product of every
 * input that requires a gradient, then the gradients of those (double_backward).
 */

import { grad } from '@nn/autograd';
import { mul, sum, type Tensor } from '@nn/tensor';
import { AGREED, type Comparison, compareTensors, fail, joinComparisons } from '../compare/tensors.ts';
import type { DoubleBackward, GoldenCase, StoredTensor } from '../format/document.ts';
import { isTensor, makeStored, type Output, readOutput, readTensor } from './tensors.ts';

/** What ran: the leaves that gradients belong to, by input name, and the flattened outputs. */
export interface Execution {
  readonly leaves: ReadonlyMap<string, Tensor>;
  readonly outputs: readonly Output[];
}

type Gradients = ReadonlyMap<string, Tensor | null>;

export async function checkStandard(golden: GoldenCase, { leaves, outputs }: Execution): Promise<Comparison> {
  const forward = await checkOutputs(golden, outputs);
  if (forward.message !== undefined || !golden.grads) return forward;
  const secondOrder = golden.double_backward;
  const gradOutputs = (golden.grad_output ?? []).map((stored, position) =>
    stored === null ? null : makeStored(stored, dtypeOf(outputs[position]), secondOrder !== undefined),
  );
  const gradients = differentiate(golden, leaves, outputs, gradOutputs);
  const first = await checkGradients('gradient of', golden.grads, gradients, leaves, golden);
  const second = secondOrder ? await checkDoubleBackward(golden, secondOrder, leaves, gradients, gradOutputs) : AGREED;
  return joinComparisons([
    ['output', forward],
    ['backward', first],
    ['double backward', second],
  ]);
}

export async function checkOutputs(golden: GoldenCase, outputs: readonly Output[]): Promise<Comparison> {
  const expected = golden.outputs ?? [];
  if (outputs.length !== expected.length) return fail(`${outputs.length} outputs, expected ${expected.length}`);
  const parts: [string, Comparison][] = [];
  for (const [position, output] of outputs.entries()) {
    const { typed, ...actual } = await readOutput(output);
    const options = { compareDtype: typed };
    const comparison = compareTensors(actual, expected[position] as StoredTensor, golden.tolerance, options);
    parts.push([outputs.length === 1 ? 'output' : `output ${position}`, comparison]);
  }
  return joinComparisons(parts);
}

function differentiate(
  golden: GoldenCase,
  leaves: ReadonlyMap<string, Tensor>,
  outputs: readonly Output[],
  gradOutputs: readonly (Tensor | null)[],
): Gradients {
  const names = Object.keys(golden.grads ?? {});
  const inputs = names.map((name) => findLeaf(leaves, name));
  const differentiated = outputs.filter(
    (output, position): output is Tensor => isTensor(output) && gradOutputs[position] != null,
  );
  const results = grad(differentiated, inputs, {
    gradOutputs: gradOutputs.filter((gradOutput) => gradOutput !== null),
    allowUnused: true,
    createGraph: golden.double_backward !== undefined,
  });
  return new Map(names.map((name, position) => [name, results[position] ?? null]));
}

async function checkGradients(
  prefix: string,
  expected: { readonly [name: string]: StoredTensor | null },
  actual: Gradients,
  leaves: ReadonlyMap<string, Tensor>,
  { tolerance }: GoldenCase,
): Promise<Comparison> {
  const parts: [string, Comparison][] = [];
  for (const [name, stored] of Object.entries(expected)) {
    const gradient = actual.get(name) ?? null;
    parts.push([`${prefix} ${name}`, await compareGradient(gradient, stored, dtypeOf(leaves.get(name)), tolerance)]);
  }
  return joinComparisons(parts);
}

/** Null in a file means that PyTorch gave no gradient at all, which is not a gradient of zeros. */
export async function compareGradient(
  actual: Tensor | null,
  expected: StoredTensor | null,
  defaultDtype: string,
  tolerance: GoldenCase['tolerance'],
): Promise<Comparison> {
  if (expected === null) return actual === null ? AGREED : fail('a gradient, expected none');
  if (actual === null) return fail('no gradient');
  return compareTensors(await readTensor(actual), expected, tolerance, { defaultDtype });
}

/** s = sum over inputs of (gradient[input] * v[input]); d s / d input and d s / d grad_output. */
async function checkDoubleBackward(
  golden: GoldenCase,
  secondOrder: DoubleBackward,
  leaves: ReadonlyMap<string, Tensor>,
  gradients: Gradients,
  gradOutputs: readonly (Tensor | null)[],
): Promise<Comparison> {
  const names = Object.keys(secondOrder.grads);
  const directions = gradOutputs.filter((gradOutput) => gradOutput !== null);
  const inputs = [...names.map((name) => findLeaf(leaves, name)), ...directions];
  const terms = Object.entries(secondOrder.v).flatMap(([name, stored]) => {
    const gradient = gradients.get(name);
    return gradient ? [sum(mul(gradient, makeStored(stored, gradient.dtype)))] : [];
  });
  // The sum of several outputs is differentiated by differentiating all of them with weight 1.
  const differentiable = terms.filter((term) => term.requiresGrad);
  const results = differentiable.length === 0 ? [] : grad(differentiable, inputs, { allowUnused: true });
  const ofInputs = new Map(names.map((name, position) => [name, results[position] ?? null]));
  const first = await checkGradients('gradient of', secondOrder.grads, ofInputs, leaves, golden);
  const parts: [string, Comparison][] = [['inputs', first]];
  for (const [position, stored] of secondOrder.grad_grad_output.entries()) {
    const gradient = results[names.length + position] ?? null;
    parts.push([`grad_output ${position}`, await compareGradient(gradient, stored, 'float32', golden.tolerance)]);
  }
  return joinComparisons(parts);
}

function findLeaf(leaves: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const leaf = leaves.get(name);
  if (!leaf) throw new Error(`the case has a gradient of ${name}, but no input of that name`);
  return leaf;
}

function dtypeOf(value: unknown): string {
  return isTensor(value) ? value.dtype : 'float32';
}
