/** How a model does on images that it isn't trained with. */
import '@nn/tensor/methods';
import { noGrad } from '@nn/autograd';
import { DataLoader } from '@nn/data';
import type { MnistDataset } from '@nn/mnist';
import type { Module } from '@nn/nn';
import { amax, softmax, type Tensor } from '@nn/tensor';
import { readScalars, readVectors } from '../training/read-together.ts';
import { rowsOf } from '../training/rows.ts';
import type { Means } from '../training/score.ts';
import { meansOf, nothingSeen, tallied } from '../training/tally.ts';
import type { Batch } from '../training/task.ts';

export interface Evaluation extends Means {
  /** For each image its class, the predicted one, and how sure the model was of that, 0 to 1. */
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
  readonly confidences: Float32Array;
}

const batchSize = 500;

/** Runs a model over a set, in evaluation mode and without drawing a random number. */
export async function evaluate(model: Module, set: MnistDataset): Promise<Evaluation> {
  const judged: Judged[] = [];
  const wasTraining = model.training;
  model.eval();
  for await (const batch of new DataLoader(set, { batchSize })) judged.push(noGrad(() => judge(model, batch)));
  model.train(wasTraining);
  const [losses, ...vectors] = await Promise.all([
    readScalars(judged.map(({ loss }) => loss)),
    readVectors(judged.map(({ answers }) => answers)),
    readVectors(judged.map(({ predicted }) => predicted)),
    readVectors(judged.map(({ confidence }) => confidence)),
  ]);
  const [labels, predictions] = [Int32Array.from(vectors[0]), Int32Array.from(vectors[1])];
  let tally = nothingSeen;
  for (const [i, { answers }] of judged.entries()) {
    const [from, size] = [tally.samples, answers.shape[0]!];
    tally = tallied(tally, size, losses[i]!, countMatches(labels, predictions, from, from + size));
  }
  return { ...meansOf(tally), labels, predictions, confidences: Float32Array.from(vectors[2]) };
}

/** A batch, judged where the model is; nothing of it was read yet. */
interface Judged {
  readonly loss: Tensor;
  readonly answers: Tensor;
  readonly predicted: Tensor;
  readonly confidence: Tensor;
}

function judge(model: Module, batch: Batch): Judged {
  const { logits, answers, loss } = rowsOf(model, batch);
  return {
    loss,
    answers,
    predicted: logits.argmax({ dim: 1 }),
    confidence: amax(softmax(logits, 1 as never), { dim: 1 } as never) as Tensor,
  };
}

function countMatches(a: Int32Array, b: Int32Array, from: number, to: number): number {
  let matches = 0;
  for (let i = from; i < to; i++) if (a[i] === b[i]) matches++;
  return matches;
}

/** `matrix[label][prediction]`: how many images of a class were taken for which. */
export function confusionMatrix(
  { labels, predictions }: Pick<Evaluation, 'labels' | 'predictions'>,
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    matrix[label]![predictions[i]!]!++;
  });
  return matrix;
}

/** Images worth looking at: the surest mistakes and images that are right, of different classes; of three each two and one, as long as there are both. */
export function chooseExamples({ labels, predictions, confidences }: Evaluation, count: number): number[] {
  const all = Array.from(labels.keys());
  const wrong = all
    .filter((i) => labels[i] !== predictions[i])
    .sort((a, b) => confidences[b]! - confidences[a]! || a - b);
  const right = all.filter((i) => labels[i] === predictions[i]);
  const firstOfClass = right.filter((i, at) => right.findIndex((j) => labels[j] === labels[i]) === at);
  const chosen: number[] = [];
  while (chosen.length < count && wrong.length + firstOfClass.length > 0) {
    const [first, second] = chosen.length % 3 === 2 ? [firstOfClass, wrong] : [wrong, firstOfClass];
    chosen.push((first.shift() ?? second.shift())!);
  }
  return chosen;
}
