/** What a file of weights says of itself: what the model is, how pixels become its inputs, and what its classes are called. */
import { FormatError } from '@nn/backend';
import { activationNames, modelNames } from '../options/training-options.ts';
import type { ModelDescription } from './model.ts';

/** All that predicting needs besides the weights. */
export interface Classifier {
  readonly model: ModelDescription;
  readonly mean: number;
  readonly std: number;
  readonly classes: readonly string[];
}

const key = 'nn-train';

/** Metadata of a file of weights. `format` is what Python's readers of the format look for. */
export const describeInMetadata = (
  model: ModelDescription,
  { mean, std, classes }: Omit<Classifier, 'model'>,
): Record<string, string> => ({
  format: 'pt',
  [key]: JSON.stringify({ model, mean, std, classes } satisfies Classifier),
});

/** Reads it back. */
export function classifierOf(place: string, metadata: Readonly<Record<string, string>>): Classifier {
  const fail = (what: string): FormatError => new FormatError('predict', `${place}: ${what}`);
  const text = metadata[key];
  if (text === undefined)
    throw fail(`its metadata don't say what the model is (no "${key}"); was it written by nn-train?`);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new FormatError('predict', `${place}: its metadata "${key}" are no JSON`, { cause });
  }
  if (!isClassifier(found)) throw fail(`its metadata "${key}" describe no model that this program knows`);
  return found;
}

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;

function isClassifier(value: unknown): value is Classifier {
  const { model, mean, std, classes } = (value ?? {}) as Partial<Classifier>;
  const { kind, inputs, hidden, outputs, activation, dropout } = model ?? ({} as Partial<ModelDescription>);
  return (
    modelNames.includes(kind!) &&
    activationNames.includes(activation!) &&
    [inputs, outputs].every(isSize) &&
    Array.isArray(hidden) &&
    hidden.every(isSize) &&
    typeof dropout === 'number' &&
    Number.isFinite(mean) &&
    Number.isFinite(std) &&
    std! > 0 &&
    Array.isArray(classes) &&
    classes.length === outputs &&
    classes.every((name) => typeof name === 'string')
  );
}
