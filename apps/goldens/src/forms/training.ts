/**
 * A training run from stored weights on stored images or a text: the loss of every step, the gradient norms of the first, the final
 * weights and accuracy. The model is built from its printed form, where that is a flat Sequential of known modules or one of
 * the examples.
 */

import type { Tensor } from '@nn/tensor';
import { type Comparison, compareNumbers, fail, joinComparisons } from '../compare/tensors.ts';
import { type GoldenCase, isRecord, type JsonRecord } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { readSafetensors } from '../format/safetensors.ts';
import type { TensorValues } from '../format/tensor-values.ts';
import { Char, type CharSizes } from '../programs/example-modules.ts';
import { constructFromRepr } from '../run/constructed-as.ts';
import { callFunction, callMethod, construct } from '../run/library.ts';
import { toOptions } from '../run/options.ts';
import { makeTensor, readTensor } from '../run/tensors.ts';
import { type Form, type FormContext, UntranslatedError } from './form.ts';
import { type Batch, type BatchPlan, imageBatches, type TrainingData, textBatches } from './training-data.ts';

/** What a file says of the run, beside the model. */
interface Plan extends BatchPlan {
  readonly optimizer: string;
  readonly optimizer_args: Readonly<Record<string, unknown>>;
  readonly loss: string;
}

type FinalSums = Readonly<Record<string, { readonly sum: number; readonly sum_of_abs: number }>>;

/** Norms are printed with 7 digits, and float32 sums of that many squares agree to about this much. */
const NORM_TOLERANCE = { rtol: 1e-4, atol: 1e-6 };
/** A gradient that is nothing but rounding is at most this share of its neighbours'. */
const IDLE_SHARE = 1e-6;
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
    const data =
      files['data'] === null
        ? textBatches(golden.fields['given'] as never, plan)
        : imageBatches(await readFileOf(context, files['data'] as string), plan);
    return train(model, data, plan, golden.fields['expected'] as JsonRecord);
  },
};

function buildModel(golden: GoldenCase): unknown {
  const model = golden.fields['model'];
  const printed = isRecord(model) ? (model['repr'] as string) : '';
  const built = printed.startsWith('Char(') ? buildChar(golden, printed) : constructFromRepr(printed);
  if (built === undefined) throw new UntranslatedError('no translation of this model');
  return built;
}

const CHAR_FORWARD =
  'out(enc(tok(x) + pos(0..T-1), causal mask)); enc is torch.nn.TransformerEncoder of 2 TransformerEncoderLayer with batch_first, no final norm';

/** The transformer of the examples, if it prints as the file says; a float without a fraction is a whole number here. */
function buildChar(golden: GoldenCase, printed: string): Char | undefined {
  const plan = toPlain(golden.attrs) as unknown as CharSizes & { readonly forward: string };
  const { vocabulary } = golden.fields['given'] as { readonly vocabulary: string };
  const model = new Char({ ...plan, vocabulary: vocabulary.length });
  return plan.forward === CHAR_FORWARD && String(model) === printed.replaceAll('p=0.0', 'p=0') ? model : undefined;
}

async function readFileOf({ folder }: FormContext, name: string): Promise<Map<string, TensorValues>> {
  return readSafetensors(await folder.read(name));
}

async function train(model: unknown, data: TrainingData, plan: Plan, expected: JsonRecord): Promise<Comparison> {
  const optimizer = construct(plan.optimizer, [
    parametersOf(model).map(([, parameter]) => parameter),
    toOptions(plan.optimizer_args),
  ]);
  const losses: number[] = [];
  let firstNorms: Readonly<Record<string, number>> = {};
  const idle: number[] = [];
  for (let step = 0; step < data.steps; step += 1) {
    const loss = lossOf(model, data.batch(step));
    losses.push((await readTensor(loss)).values[0] as number);
    loss.backward();
    if (step === 0) firstNorms = await measureGradientNorms(model);
    idle.push(await idleShare(model));
    await callMethod(optimizer, 'step', []);
    callMethod(optimizer, 'zeroGrad', []);
  }
  return joinComparisons([
    ['losses', compareLosses(losses, expected)],
    // What `movedByRounding` allows for is rounding and nothing else, in every step.
    [
      'gradient of the key bias',
      compareNumbers(
        idle,
        idle.map(() => 0),
        { rtol: 0, atol: IDLE_SHARE },
        (step) => `step ${step}`,
      ),
    ],
    ['first gradients', compareNorms(firstNorms, expected['first_step_gradient_norms'] as Record<string, number>)],
    ['final state', await compareFinalState(model, expected['final_state_sums'] as unknown as FinalSums)],
    ...(data.all === null
      ? []
      : [['final accuracy', await compareAccuracy(model, data.all, expected)] as [string, Comparison]]),
  ]);
}

/** The mean loss over all answers: one for each sample, or for each place of it. */
function lossOf(model: unknown, [x, y]: Batch): Tensor {
  const logits = callMethod(model, 'forward', [x]) as Tensor;
  const rows = logits.reshape([-1, logits.shape.at(-1)!]);
  return callFunction('crossEntropy', [rows, y.reshape([-1])]) as Tensor;
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

/** The largest share that the gradient of a key bias has in that of its whole bias; 0 where there is none. */
async function idleShare(model: unknown): Promise<number> {
  let largest = 0;
  for (const [name, { grad }] of parametersOf(model)) {
    if (!grad || keyThird(name, []) === null) continue;
    const { values } = await readTensor(grad);
    const norm = (list: readonly number[]): number => Math.hypot(...list);
    largest = Math.max(largest, norm(keyThird(name, values)!) / norm(values));
  }
  return largest;
}

/** The part of an attention's bias that is its keys'; null for anything else. */
const keyThird = (name: string, values: readonly number[]): readonly number[] | null =>
  name.endsWith('in_proj_bias') ? values.slice(values.length / 3, (2 * values.length) / 3) : null;

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
    const tolerance = { rtol: 0, atol: SUM_SHARE * sum_of_abs + 2 * movedByRounding(name, values) };
    const describe = (position: number): string => (position === 0 ? 'sum' : 'sum of absolute values');
    parts.push([name, compareNumbers(found, [sum, sum_of_abs], tolerance, describe)]);
  }
  return joinComparisons(parts);
}

/**
 * The sum of absolute values of what has no gradient but rounding errors, which the optimiser scales up to steps of its usual size: the bias of attention's keys (the middle
 * third) adds the same to all scores of a query, which softmax takes out again. It starts at 0, so that this is how far it has come; PyTorch's has come as far elsewhere.
 */
const movedByRounding = (name: string, values: readonly number[]): number =>
  (keyThird(name, values) ?? []).reduce((total, value) => total + Math.abs(value), 0);

async function compareAccuracy(model: unknown, [x, y]: Batch, expected: JsonRecord): Promise<Comparison> {
  callMethod(model, 'eval', []);
  const best = callFunction('argmax', [callMethod(model, 'forward', [x]), { dim: 1 }]) as Tensor;
  const [{ values }, { values: labels }] = [await readTensor(best), await readTensor(y)];
  const right = values.filter((label, position) => label === labels[position]).length;
  const tolerance = { rtol: 0, atol: expected['final_accuracy_within'] as number };
  const share = right / values.length;
  return compareNumbers([share], [expected['final_accuracy'] as number], tolerance, () => 'accuracy');
}
