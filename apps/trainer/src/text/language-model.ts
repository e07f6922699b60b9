/** What a file of weights of a language model says besides the model: its characters. */
import { Failure } from '../failure.ts';
import type { GptDescription } from '../models/gpt.ts';
import { type StoredModel, unknownModel } from '../training/model-metadata.ts';

/** All that writing needs besides the weights. */
export interface LanguageModel extends StoredModel {
  readonly model: GptDescription;
  /** By their numbers. */
  readonly characters: readonly string[];
}

/** Checks that a stored model is one of text. */
export function languageModelOf(place: string, stored: StoredModel): LanguageModel {
  const { model, characters } = stored;
  if (model.kind !== 'gpt')
    throw new Failure(`${place} is a classifier (${model.kind}), which writes no text; use nn-train predict`);
  const isLanguageModel =
    Array.isArray(characters) &&
    characters.length === model.vocabulary &&
    new Set(characters).size === characters.length &&
    characters.every((each) => typeof each === 'string' && [...each].length === 1);
  if (!isLanguageModel) throw unknownModel(place);
  return stored as LanguageModel;
}
