/**
 * A training run from stored weights on stored images: the loss of every step, the gradient norms of the first, the final
 * weights and accuracy. The model is built from its printed form, where that is a flat Sequential of known modules.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@nn/tensor';
import { type Comparison, compareNumbers, fail, joinComparisons } from '../compare/tensors.ts';
import { type GoldenCase, isRecord, type JsonRecord } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { readSafetensors } from '../format/safetensors.ts';
import type { TensorValues } from '../format/tensor-values.ts';
import { constructFromRepr } from '../run/constructed-as.ts';
import { callFunction, callMethod, construct } from '../run/library.ts';
import { toOptions } from '../run/options.ts';
import { makeTensor, readTensor } from '../run/tensors.ts';
import { type Form, type FormContext, UntranslatedError } from './form.ts';
import { readSamples, type Samples, takeBatch } from './training-data.ts';

/** What a file says of the run, beside the model. */
interface Plan {
  readonly optimizer: string;
  readonly optimizer_args: Readonly<Record<string, unknown>>;
  readonly loss: string;
  readonly input: string;
  readonly batch_size: number;
  readonly epochs: number | null;
  readonly steps?: number;
}

type FinalSums = Readonly<Record<string, { readonly sum: number; readonly sum_of_abs: number }>>;

/** Norms are printed with 7 digits, and float32 sums of that many squares agree to about this much. */
const NORM_TOLERANCE = { rtol: 1e-4, atol: 1e-6 };
/** Final weights have gone through every step; their sums may differ by this share of the sum of absolute values. */
const SUM_SHARE = 1e-3;

export const trainingForm: Form = {
  matches: ({ op }) => op === 'training',

  async run(golden, context) {
    const plan = toPlain(golden.attrs) as Plan;
    const model = buildModel(golden);
    if (plan.loss !== 'cross_entropy, mean') throw new UntranslatedError(`no translation of the loss ${plan.loss}`);
    const files = golden.fields['files'] as JsonRecord;
    const weights = await readFileOf(context, files['weights'] as string);
    const state = [...weights].map(([name, values]) => [name, makeTensor(values)] as const);
    await callMethod(model, 'loadStateDict', [Object.fromEntries(state)]);
    const samples = readSamples(await readFileOf(context, files['data'] as string), plan.input);
    return train(model, samples, plan, golden.fields['expected'] as JsonRecord);
  },
};

function buildModel(golden: GoldenCase): unknown {
  const model = golden.fields['model'];
  const built = isRecord(model) ? constructFromRepr(model['repr'] as string) : undefined;
  if (built === undefined) throw new UntranslatedError('no translation of this model');
  return built;
}

async function readFileOf({ directory }: FormContext, name: string): Promise<Map<string, TensorValues>> {
  return readSafetensors(await readFile(join(directory, name)));
}

async function train(model: unknown, samples: Samples, plan: Plan, expected: JsonRecord): Promise<Comparison> {
  const count = samples.labels.values.length;
  const batches = Math.ceil(count / plan.batch_size);
  const steps = plan.steps ?? (plan.epochs ?? 1) * batches;
  const optimizer = construct(plan.optimizer, [
    parametersOf(model).map(([, parameter]) => parameter),
    toOptions(plan.optimizer_args),
  ]);
  const losses: number[] = [];
  let firstNorms: Readonly<Record<string, number>> = {};
  for (let step = 0; step < steps; step += 1) {
    const start = (step % batches) * plan.batch_size;
    const [x, y] = takeBatch(samples, start, Math.min(start + plan.batch_size, count));
    const loss = callFunction('crossEntropy', [callMethod(model, 'forward', [x]), y]) as Tensor;
    losses.push((await readTensor(loss)).values[0] as number);
    loss.backward();
    if (step === 0) firstNorms = await measureGradientNorms(model);
    await callMethod(optimizer, 'step', []);
    callMethod(optimizer, 'zeroGrad', []);
  }
  return joinComparisons([
    ['losses', compareLosses(losses, expected)],
    ['first gradients', compareNorms(firstNorms, expected['first_step_gradient_norms'] as Record<string, number>)],
    ['final state', await compareFinalState(model, expected['final_state_sums'] as unknown as FinalSums)],
    ['final accuracy', await compareAccuracy(model, samples, expected)],
  ]);
}

function parametersOf(model: unknown): [name: string, parameter: Tensor][] {
  return [...(callMethod(model, 'namedParameters', []) as Iterable<[string, Tensor]>)];
}

async function measureGradientNorms(model: unknown): Promise<Record<string, number>> {
  const norms: Record<string, number> = {};
  for (const [name, parameter] of parametersOf(model)) {
    const gradient = parameter.grad ? (await readTensor(parameter.grad)).values : [Number.NaN];
    norms[name] = Math.sqrt(gradient.reduce((total, value) => total + value * value, 0));
  }
  return norms;
}

/** Every step has its own tolerance, since differences grow as training goes on. */
function compareLosses(losses: readonly number[], expected: JsonRecord): Comparison {
  const wanted = expected['losses'] as readonly number[];
  const within = expected['tolerance_per_step'] as readonly number[];
  if (losses.length !== wanted.length) return fail(`${losses.length} steps, expected ${wanted.length}`);
  return joinComparisons(
    losses.map((loss, step) => [
      `step ${step}`,
      compareNumbers([loss], [wanted[step] as number], { rtol: 0, atol: within[step] as number }, () => 'loss'),
    ]),
  );
}

function compareNorms(norms: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): Comparison {
  const names = Object.keys(expected);
  const found = names.map((name) => norms[name] ?? Number.NaN);
  return compareNumbers(found, Object.values(expected), NORM_TOLERANCE, (position) => names[position] as string);
}

async function compareFinalState(model: unknown, expected: FinalSums): Promise<Comparison> {
  const parts: [string, Comparison][] = [];
  for (const [name, parameter] of parametersOf(model)) {
    const { sum = Number.NaN, sum_of_abs = Number.NaN } = expected[name] ?? {};
    const { values } = await readTensor(parameter);
    const found = [values, values.map(Math.abs)].map((list) => list.reduce((total, value) => total + value, 0));
    const tolerance = { rtol: 0, atol: SUM_SHARE * sum_of_abs };
    const describe = (position: number): string => (position === 0 ? 'sum' : 'sum of absolute values');
    parts.push([name, compareNumbers(found, [sum, sum_of_abs], tolerance, describe)]);
  }
  return joinComparisons(parts);
}

async function compareAccuracy(model: unknown, samples: Samples, expected: JsonRecord): Promise<Comparison> {
  callMethod(model, 'eval', []);
  const count = samples.labels.values.length;
  const [x] = takeBatch(samples, 0, count);
  const best = callFunction('argmax', [callMethod(model, 'forward', [x]), { dim: 1 }]) as Tensor;
  const { values } = await readTensor(best);
  const right = values.filter((label, position) => label === samples.labels.values[position]).length;
  const tolerance = { rtol: 0, atol: expected['final_accuracy_within'] as number };
  return compareNumbers([right / count], [expected['final_accuracy'] as number], tolerance, () => 'accuracy');
}
