/** What a kind of network is to this program: a description that is stored with the weights, and what follows from it. Knows neither data nor files. */
import type { Module } from '@nn/nn';
import type { TrainingOptions } from '../options/training-options.ts';

/** What the data ask of a network: how many numbers or symbols come in, and among how many classes or symbols it chooses. */
export interface Sizes {
  readonly inputs: number;
  readonly outputs: number;
}

export interface ModelKind<D> {
  /** The description that a run's options ask for. */
  readonly describe: (options: TrainingOptions, sizes: Sizes) => D;
  /** Whether what a file says describes a network of this kind. */
  readonly accepts: (value: Partial<Record<keyof D, unknown>>) => boolean;
  /** Modules with new weights, drawn from the default generator. */
  readonly build: (description: D) => Module;
  /** Names and shapes of the weights, told without building it. */
  readonly shapes: (description: D) => Map<string, readonly number[]>;
  /** A few characters that people know it by: `784-50-10`. */
  readonly title: (description: D) => string;
  /** What else is worth saying in a line. */
  readonly details: (description: D) => readonly string[];
}

export const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
export const areSizes = (value: unknown): boolean => Array.isArray(value) && value.every(isSize);
export const isChance = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < 1;

/** What is said of dropout, if there is any. */
export const dropoutDetails = (p: number): readonly string[] => (p > 0 ? [`dropout ${p}`] : []);
