/** A model's answers as rows, whatever the shape of its inputs: one for each image, one for each character of each text. */
import { crossEntropy, type Module } from '@nn/nn';
import type { Tensor } from '@nn/tensor';
import type { Batch } from './task.ts';

export interface Rows {
  /** (samples, classes). */
  readonly logits: Tensor;
  /** (samples). */
  readonly answers: Tensor;
  /** The mean over the samples. */
  readonly loss: Tensor;
}

export function rowsOf(model: Module, [inputs, answers]: Batch): Rows {
  const logits = model.forward(inputs) as Tensor;
  const rows = logits.reshape([-1, logits.shape.at(-1)!]) as Tensor;
  const right = answers.reshape([-1]) as Tensor;
  return { logits: rows, answers: right, loss: crossEntropy(rows, right as never) as Tensor };
}
