/** What a file of weights says of itself: which model it is of, and what the task adds (`images/classifier.ts`, `text/language-model.ts`). */
import { FormatError } from '@nn/backend';
import { isDescription, type ModelDescription } from '../models/models.ts';

/** A description, and whatever else using the model needs. */
export interface StoredModel {
  readonly model: ModelDescription;
  readonly [name: string]: unknown;
}

const key = 'nn-train';

/** Metadata of a file of weights. `format` is what Python's readers of the format look for. */
export const describeInMetadata = (model: ModelDescription, additions: object): Record<string, string> => ({
  format: 'pt',
  [key]: JSON.stringify({ model, ...additions }),
});

export const unknownModel = (place: string): FormatError =>
  new FormatError('model', `${place}: its metadata "${key}" describe no model that this program knows`);

/** Reads it back; what the task added is still to be checked. */
export function storedModel(place: string, metadata: Readonly<Record<string, string>>): StoredModel {
  const text = metadata[key];
  if (text === undefined)
    throw new FormatError(
      'model',
      `${place}: its metadata don't say what the model is (no "${key}"); was it written by nn-train?`,
    );
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new FormatError('model', `${place}: its metadata "${key}" are no JSON`, { cause });
  }
  if (!isDescription((found as Partial<StoredModel> | null)?.model)) throw unknownModel(place);
  return found as StoredModel;
}
