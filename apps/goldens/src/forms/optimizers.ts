/**
 * Optimisers: parameters after each step for given gradients, with the state at the end; or a formula minimised from a
 * given start.
 */

import type { Tensor } from '@nn/tensor';
import { type Comparison, compareNumbers, joinComparisons } from '../compare/tensors.ts';
import { type GoldenCase, isRecord, type Json, type JsonRecord, type StoredTensor } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { readNumber } from '../format/tensor-values.ts';
import { findFormula } from '../programs/formulas.ts';
import { buildInput } from '../run/build-inputs.ts';
import { compareValue } from '../run/compare-value.ts';
import { callFunction, callMethod, construct } from '../run/library.ts';
import { toOptions } from '../run/options.ts';
import { toCamelCase } from '../run/signature.ts';
import { makeStored, readTensor } from '../run/tensors.ts';
import type { Form } from './form.ts';

const OPTIMIZER = /^torch\.optim\.([A-Z]\w*)$/;

/** Options that choose among PyTorch's implementations of one step. */
const HINTS: ReadonlySet<string> = new Set(['foreach', 'fused', 'capturable', 'differentiable']);

/** What the files expect of a run whose gradients are given. */
interface ExpectedRun {
  readonly params: readonly (readonly Json[])[];
  readonly total_norms?: readonly number[];
  readonly final_state: readonly JsonRecord[];
}

export const optimizerForm: Form = {
  matches: ({ op }) => OPTIMIZER.test(op),

  run(golden) {
    const given = golden.fields['given'];
    if (!isRecord(given)) throw new TypeError('an optimiser needs "given"');
    const parameters = golden.inputs.map((input) => buildInput({ ...input, requires_grad: true }));
    const optimizer = constructOptimizer(golden, parameters);
    return typeof given['function'] === 'string'
      ? minimize(golden, optimizer, parameters[0] as Tensor, given['function'])
      : followGradients(
          golden,
          optimizer,
          parameters,
          given['grads'] as unknown as readonly (readonly (StoredTensor | null)[])[],
        );
  },
};

/** `param_groups` lists positions of parameters, with options that override the optimiser's. */
function constructOptimizer(golden: GoldenCase, parameters: readonly Tensor[]): unknown {
  const name = OPTIMIZER.exec(golden.op)?.[1] as string;
  const groups = golden.fields['param_groups'] as readonly (JsonRecord & { params: readonly number[] })[] | undefined;
  const grouped = groups?.map(({ params, ...options }) => ({
    ...toOptions(options),
    params: params.map((position) => parameters[position] as Tensor),
  }));
  const options = Object.entries(toPlain(golden.attrs) as Record<string, unknown>).filter(([key]) => !HINTS.has(key));
  return construct(name, [grouped ?? parameters, toOptions(Object.fromEntries(options))]);
}

async function followGradients(
  golden: GoldenCase,
  optimizer: unknown,
  parameters: readonly Tensor[],
  gradients: readonly (readonly (StoredTensor | null)[])[],
): Promise<Comparison> {
  const expected = golden.fields['expected'] as unknown as ExpectedRun;
  const clip = golden.fields['clip'] as JsonRecord | undefined;
  const parts: [string, Comparison][] = [];
  const norms: number[] = [];
  for (const [step, stored] of gradients.entries()) {
    for (const [position, parameter] of parameters.entries()) {
      const gradient = stored[position];
      parameter.grad = gradient ? makeStored(gradient, parameter.dtype) : null;
    }
    if (clip) norms.push(...(await clipGradients(parameters, clip)));
    await callMethod(optimizer, 'step', []);
    parts.push([`step ${step}`, await compareValue(parameters, expected.params[step], golden.tolerance)]);
  }
  if (expected.total_norms) parts.push(['total norms', compareNumbers(norms, expected.total_norms, golden.tolerance)]);
  parts.push(['final state', await compareState(golden, optimizer, expected.final_state)]);
  return joinComparisons(parts);
}

/** The total norm before clipping, where clipping is by norm. */
async function clipGradients(parameters: readonly Tensor[], clip: JsonRecord): Promise<number[]> {
  if (clip['clip_value'] !== undefined) {
    callFunction('clipGradValue_', [parameters, clip['clip_value']]);
    return [];
  }
  const options = clip['norm_type'] === undefined ? [] : [{ normType: readNumber(clip['norm_type']) }];
  const norm = callFunction('clipGradNorm_', [parameters, clip['max_norm'], ...options]) as Tensor;
  return [(await readTensor(norm)).values[0] as number];
}

async function compareState(
  golden: GoldenCase,
  optimizer: unknown,
  expected: readonly JsonRecord[],
): Promise<Comparison> {
  const { state } = callMethod(optimizer, 'stateDict', []) as {
    readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const parts: [string, Comparison][] = [];
  for (const [position, fields] of expected.entries()) {
    const found = state[position] ?? {};
    for (const [name, value] of Object.entries(fields)) {
      parts.push([
        `parameter ${position}, ${name}`,
        await compareValue(found[name] ?? found[toCamelCase(name)] ?? null, value, golden.tolerance),
      ]);
    }
  }
  return joinComparisons(parts);
}

/** LBFGS evaluates the function itself, so its steps take a closure and return the loss before the step. */
async function minimize(golden: GoldenCase, optimizer: unknown, x: Tensor, text: string): Promise<Comparison> {
  const formula = findFormula(text);
  const closure = (): Tensor => {
    callMethod(optimizer, 'zeroGrad', []);
    const loss = formula(x);
    loss.backward();
    return loss;
  };
  const expected = golden.fields['expected'] as JsonRecord;
  const returned = expected['losses_returned_by_step'] as readonly number[] | undefined;
  const steps = returned ?? (expected['losses'] as readonly number[]);
  const losses: number[] = [];
  const parts: [string, Comparison][] = [];
  for (const step of steps.keys()) {
    const loss = returned ? await callMethod(optimizer, 'step', [closure]) : closure();
    losses.push(typeof loss === 'number' ? loss : ((await readTensor(loss as Tensor)).values[0] as number));
    if (!returned) await callMethod(optimizer, 'step', []);
    const after = (expected['x_after_step'] as readonly Json[] | undefined)?.[step];
    if (after !== undefined) parts.push([`x after step ${step}`, await compareValue(x, after, golden.tolerance)]);
  }
  parts.push(['losses', compareNumbers(losses, steps, golden.tolerance)]);
  if (expected['final_x'] !== undefined)
    parts.push(['final x', await compareValue(x, expected['final_x'], golden.tolerance)]);
  return joinComparisons(parts);
}
