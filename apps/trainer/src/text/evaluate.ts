/** How well a model foretells a text that it isn't trained with. */
import { noGrad } from '@nn/autograd';
import { DataLoader } from '@nn/data';
import type { Module } from '@nn/nn';
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
  let tally = nothingSeen;
  for await (const batch of new DataLoader<Batch>(windows, { batchSize, sampler: new SideBySide(windows) })) {
    const { loss, correct, samples } = noGrad(() => {
      const { logits, answers, loss } = rowsOf(model, batch);
      return { loss, correct: logits.argmax({ dim: 1 }).eq(answers).sum(), samples: answers.shape[0]! };
    });
    tally = tallied(tally, samples, await loss.item(), await correct.item());
  }
  model.train(wasTraining);
  return meansOf(tally);
}
