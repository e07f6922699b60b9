/** What a file of weights of a classifier says besides the model: how pixels become its inputs, and what its classes are called. */
import { Failure } from '../failure.ts';
import type { CnnDescription } from '../models/cnn.ts';
import type { MlpDescription } from '../models/mlp.ts';
import { type StoredModel, unknownModel } from '../training/model-metadata.ts';

/** All that predicting needs besides the weights. */
export interface Classifier extends StoredModel {
  readonly model: MlpDescription | CnnDescription;
  readonly mean: number;
  readonly std: number;
  readonly classes: readonly string[];
}

/** Checks that a stored model is a classifier of images. */
export function classifierOf(place: string, stored: StoredModel): Classifier {
  const { model, mean, std, classes } = stored;
  if (model.kind === 'gpt')
    throw new Failure(
      `${place} is a model of text (gpt), which predicts no classes; let it write with nn-train sample`,
    );
  const isClassifier =
    Number.isFinite(mean) &&
    Number.isFinite(std) &&
    (std as number) > 0 &&
    Array.isArray(classes) &&
    classes.length === model.outputs &&
    classes.every((name) => typeof name === 'string');
  if (!isClassifier) throw unknownModel(place);
  return stored as Classifier;
}
