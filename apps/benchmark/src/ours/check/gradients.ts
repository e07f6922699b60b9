/** Computations with gradients: against plain loops where those are short, against the reference backend for the larger models. */
import { type Backend, reference } from '@nn/backend';
import { setBackend } from '@nn/tensor';
import { addendOf, leafOf } from '../../cases/chain.ts';
import type { ChainSpec, CnnSpec, FullBatchSpec, GptSpec, MlpSpec, TrainingSpec } from '../../cases/spec.ts';
import { chain } from '../chain.ts';
import { passOf } from '../full-batch.ts';
import { trainee } from '../training.ts';
import { difference, differenceInScale, half, type Values } from './compare.ts';
import { passInPlainLoops, trainDense } from './dense.ts';

/** float32 against float64 through a whole step: gradients within this share of a parameter's largest. */
const gradientTolerance = 2e-4;
const lossTolerance = 2e-4;

const firstOf = (sentences: readonly (string | null)[]): string | null =>
  sentences.find((sentence) => sentence !== null) ?? null;

export async function checkChain(spec: ChainSpec): Promise<string | null> {
  const { op, length, size } = spec;
  const [w, v] = [leafOf(size), addendOf(size)];
  let total = 0;
  for (let i = 0; i < size; i++) total += op === 'add' ? w[i]! + length * v[i]! : w[i]! ** (length + 1);
  const gradient = op === 'add' ? 1 : (length + 1) * w[0]! ** length;
  const { values } = await chain(spec);
  const scale = [Math.abs(total) + size * (op === 'add' ? length : 1), gradient];
  return difference('[sum, gradient]', values, [total, gradient], (i) => 4 * length * half * scale[i]!);
}

interface Trained {
  readonly losses: readonly number[];
  readonly gradients: readonly Values[];
}

/** The first two losses and the first gradients on the default backend. */
async function train(spec: TrainingSpec): Promise<Trained> {
  const { parameters, loss, update } = await trainee(spec);
  const first = await loss(0).item();
  const gradients: Values[] = [];
  for (const { grad } of parameters) gradients.push(grad === null ? [] : await grad.data());
  update();
  return { losses: [first, await loss(1).item()], gradients };
}

const compareTraining = (actual: Trained, expected: Trained): string | null =>
  firstOf([
    difference('loss', actual.losses, expected.losses, (i) => lossTolerance * Math.abs(expected.losses[i]!)),
    ...actual.gradients.map((gradient, i) =>
      differenceInScale(`gradient of parameter ${i}`, gradient, expected.gradients[i]!, gradientTolerance),
    ),
  ]);

export const checkMlp = async (spec: MlpSpec): Promise<string | null> =>
  compareTraining(await train(spec), trainDense(spec));

export async function checkFullBatch(spec: FullBatchSpec): Promise<string | null> {
  const { w1, w2, call } = passOf(spec);
  const loss = await call().item();
  const expected = passInPlainLoops(spec);
  return firstOf([
    difference('loss', [loss], [expected.loss], () => lossTolerance * expected.loss),
    differenceInScale('gradient of w1', await w1.grad!.data(), expected.w1, gradientTolerance),
    differenceInScale('gradient of w2', await w2.grad!.data(), expected.w2, gradientTolerance),
  ]);
}

/** Against the reference backend, which our conformance tests hold to its own specification; on itself it can only be compared with peers. */
export async function checkByReference(backend: Backend, spec: CnnSpec | GptSpec): Promise<string | null> {
  const actual = await train(spec);
  if (actual.losses.some((loss) => !Number.isFinite(loss))) return `losses are ${actual.losses.join(' and ')}`;
  if (backend.name === 'reference') return null;
  setBackend(reference());
  try {
    return compareTraining(actual, await train(spec));
  } finally {
    setBackend(backend);
  }
}
