/** The networks that can be chosen by name. A description says which kind it is of; all that is asked of one goes to its kind. */
import type { Module } from '@nn/nn';
import type { TrainingOptions } from '../options/training-options.ts';
import { type CnnDescription, cnn } from './cnn.ts';
import { type GptDescription, gpt } from './gpt.ts';
import { type MlpDescription, mlp } from './mlp.ts';
import type { ModelKind, Sizes } from './model-kind.ts';

interface Descriptions {
  readonly mlp: MlpDescription;
  readonly cnn: CnnDescription;
  readonly gpt: GptDescription;
}

/** All that there is to know of a network but its weights. */
export type ModelDescription = Descriptions[keyof Descriptions];

const kinds: { readonly [K in TrainingOptions['model']]: ModelKind<Descriptions[K]> } = { mlp, cnn, gpt };

/** The kind of a description, which it fits by its own word. */
const kindOf = ({ kind }: ModelDescription): ModelKind<ModelDescription> =>
  kinds[kind] as unknown as ModelKind<ModelDescription>;

export const describeModel = (options: TrainingOptions, sizes: Sizes): ModelDescription =>
  kinds[options.model].describe(options, sizes);

/** Whether a value from a file describes a network that this program knows. */
export function isDescription(value: unknown): value is ModelDescription {
  if (typeof value !== 'object' || value === null) return false;
  const { kind } = value as { readonly kind?: unknown };
  return typeof kind === 'string' && Object.hasOwn(kinds, kind) && kindOf(value as ModelDescription).accepts(value);
}

export const buildModel = (description: ModelDescription): Module => kindOf(description).build(description);

export const weightShapes = (description: ModelDescription): Map<string, readonly number[]> =>
  kindOf(description).shapes(description);

export const titleOf = (description: ModelDescription): string => kindOf(description).title(description);

export const detailsOf = (description: ModelDescription): readonly string[] => kindOf(description).details(description);

/** Number of weights. */
export const countWeights = (description: ModelDescription): number =>
  [...weightShapes(description).values()].reduce((sum, shape) => sum + shape.reduce((p, n) => p * n, 1), 0);
