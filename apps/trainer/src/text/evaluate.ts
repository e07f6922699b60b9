/** How well a model foretells a text that it isn't trained with. */
import { noGrad } from '@nn/autograd';
import { DataLoader } from '@nn/data';
import type { Module } from '@nn/nn';
import type { Tensor } from '@nn/tensor';
import { readScalars } from '../training/read-together.ts';
import { rowsOf } from '../training/rows.ts';
import type { Means } from '../training/score.ts';
import { meansOf, nothingSeen, tallied } from '../training/tally.ts';
import type { Batch } from '../training/task.ts';
import { SideBySide, type Windows } from './windows.ts';

const batchSize = 64;

/** Means over the characters of windows side by side, in evaluation mode and without drawing a random number. */
export async function evaluateText(model: Module, windows: Windows): Promise<Means> {
  const wasTraining = model.training;
  model.eval();
  const judged: { loss: Tensor; correct: Tensor; samples: number }[] = [];
  for await (const batch of new DataLoader<Batch>(windows, { batchSize, sampler: new SideBySide(windows) }))
    judged.push(noGrad(() => judge(model, batch)));
  model.train(wasTraining);
  const [losses, corrects] = await Promise.all([
    readScalars(judged.map(({ loss }) => loss)),
    readScalars(judged.map(({ correct }) => correct)),
  ]);
  return meansOf(judged.reduce((t, { samples }, i) => tallied(t, samples, losses[i]!, corrects[i]!), nothingSeen));
}

function judge(model: Module, batch: Batch): { loss: Tensor; correct: Tensor; samples: number } {
  const { logits, answers, loss } = rowsOf(model, batch);
  return { loss, correct: logits.argmax({ dim: 1 }).eq(answers).sum() as Tensor, samples: answers.shape[0]! };
}
