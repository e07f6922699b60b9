/** Images of classes: digits, clothes. */
import { DataLoader } from '@nn/data';
import type { TrainingOptions } from '../options/training-options.ts';
import { accuracy } from '../training/score.ts';
import type { OnDownload, Task } from '../training/task.ts';
import { concludeImages } from './conclusion.ts';
import { type ImageData, loadImages } from './data.ts';
import { evaluate } from './evaluate.ts';

export const imageTask = async (options: TrainingOptions, onDownload: OnDownload): Promise<Task> =>
  taskOf(await loadImages(options, onDownload));

export function taskOf(data: ImageData): Task {
  const { train, valid, classes, mean, std } = data;
  return {
    name: data.name,
    fingerprint: data.fingerprint,
    sizes: { inputs: train.tensors[0].shape[1]!, outputs: classes.length },
    unit: 'images',
    counts: { train: train.length, valid: valid.length },
    samplesPerEpoch: train.length,
    score: accuracy,
    metadata: { mean, std, classes },
    load: ({ batchSize, shuffle }) => new DataLoader(train, { batchSize, shuffle }),
    async judge(model) {
      const evaluation = await evaluate(model, valid);
      return { means: evaluation, conclude: () => concludeImages(data, evaluation) };
    },
  };
}
