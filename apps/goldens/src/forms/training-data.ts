/** The images and labels of a training run, and its batches as tensors. */

import type { Tensor } from '@nn/tensor';
import { roundToDtype, type TensorValues } from '../format/tensor-values.ts';
import { makeTensor } from '../run/tensors.ts';
import { UntranslatedError } from './form.ts';

export interface Samples {
  readonly images: TensorValues;
  readonly labels: TensorValues;
  /** The shape of one sample as the model takes it. */
  readonly sampleShape: readonly number[];
}

const BRIGHTEST = 255;

/** Takes images and labels from a data file; `input` is `pixel / 255 as float32, flat`, or `… shape (N, 1, 28, 28)`. */
export function readSamples(data: ReadonlyMap<string, TensorValues>, input: string): Samples {
  const [images, labels] = [data.get('images'), data.get('labels')];
  if (!images || !labels) throw new TypeError('the data file needs images and labels');
  if (!input.startsWith('pixel / 255 as float32')) throw new UntranslatedError(`no translation of the input ${input}`);
  const shape = /shape \(N, ([\d, ]+)\)/.exec(input)?.[1]?.split(',').map(Number);
  return { images, labels, sampleShape: shape ?? images.shape.slice(1) };
}

export function takeBatch(
  { images, labels, sampleShape }: Samples,
  start: number,
  end: number,
): [x: Tensor, y: Tensor] {
  const size = images.values.length / labels.values.length;
  const pixels = images.values.slice(start * size, end * size).map((pixel) => pixel / BRIGHTEST);
  return [
    makeTensor({ dtype: 'float32', shape: [end - start, ...sampleShape], values: roundToDtype(pixels, 'float32') }),
    makeTensor({ dtype: 'int64', shape: [end - start], values: labels.values.slice(start, end) }),
  ];
}
