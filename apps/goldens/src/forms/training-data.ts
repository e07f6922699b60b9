/** What a training run is given, batch by batch as tensors: images with labels from a file, or pieces of a text with the characters that follow. */

import type { Tensor } from '@nn/tensor';
import { roundToDtype, type TensorValues } from '../format/tensor-values.ts';
import { makeTensor } from '../run/tensors.ts';
import { UntranslatedError } from './form.ts';

/** Inputs and the classes that are right. */
export type Batch = [x: Tensor, y: Tensor];

/** The batches of a run. */
export interface TrainingData {
  readonly steps: number;
  batch(step: number): Batch;
  /** All samples at once, for the accuracy; none where it isn't asked for. */
  readonly all: Batch | null;
}

/** What a file says of its batches. */
export interface BatchPlan {
  readonly input?: string;
  readonly batch_size: number;
  readonly epochs?: number | null;
  readonly steps?: number;
  readonly context?: number;
  readonly batch?: string;
}

/** Images in their order, epoch after epoch. */
export function imageBatches(data: ReadonlyMap<string, TensorValues>, plan: BatchPlan): TrainingData {
  const samples = readSamples(data, plan.input ?? '');
  const count = samples.labels.values.length;
  const perEpoch = Math.ceil(count / plan.batch_size);
  return {
    steps: plan.steps ?? (plan.epochs ?? 1) * perEpoch,
    batch(step) {
      const start = (step % perEpoch) * plan.batch_size;
      return takeBatch(samples, start, Math.min(start + plan.batch_size, count));
    },
    all: takeBatch(samples, 0, count),
  };
}

interface GivenText {
  readonly text: string;
  readonly vocabulary: string;
  readonly offsets: readonly (readonly number[])[];
}

const TEXT_BATCH =
  'row r of step s: inputs are characters offsets[s][r] .. +context, targets the same shifted by one; the loss is the mean over all positions';

/** Pieces of a text from given places. */
export function textBatches(given: GivenText, plan: BatchPlan): TrainingData {
  if (plan.batch !== TEXT_BATCH) throw new UntranslatedError(`no translation of the batches ${plan.batch}`);
  const { context = 0 } = plan;
  const numbers = Array.from(given.text, (character) => given.vocabulary.indexOf(character));
  const rows = (starts: readonly number[], shift: number): Tensor =>
    makeTensor({
      dtype: 'int64',
      shape: [starts.length, context],
      values: starts.flatMap((start) => numbers.slice(start + shift, start + shift + context)),
    });
  return {
    steps: given.offsets.length,
    batch(step) {
      const starts = given.offsets[step]!;
      return [rows(starts, 0), rows(starts, 1)];
    },
    all: null,
  };
}

interface Samples {
  readonly images: TensorValues;
  readonly labels: TensorValues;
  /** The shape of one sample as the model takes it. */
  readonly sampleShape: readonly number[];
}

const BRIGHTEST = 255;

/** Takes images and labels from a data file; `input` is `pixel / 255 as float32, flat`, or `… shape (N, 1, 28, 28)`. */
function readSamples(data: ReadonlyMap<string, TensorValues>, input: string): Samples {
  const [images, labels] = [data.get('images'), data.get('labels')];
  if (!images || !labels) throw new TypeError('the data file needs images and labels');
  if (!input.startsWith('pixel / 255 as float32')) throw new UntranslatedError(`no translation of the input ${input}`);
  const shape = /shape \(N, ([\d, ]+)\)/.exec(input)?.[1]?.split(',').map(Number);
  return { images, labels, sampleShape: shape ?? images.shape.slice(1) };
}

function takeBatch({ images, labels, sampleShape }: Samples, start: number, end: number): Batch {
  const size = images.values.length / labels.values.length;
  const pixels = images.values.slice(start * size, end * size).map((pixel) => pixel / BRIGHTEST);
  return [
    makeTensor({ dtype: 'float32', shape: [end - start, ...sampleShape], values: roundToDtype(pixels, 'float32') }),
    makeTensor({ dtype: 'int64', shape: [end - start], values: labels.values.slice(start, end) }),
  ];
}
