/**
 * What a run learns: data to train with, a way to judge, and what to say of the result. There are two shapes of it, images of classes (`images/`) and text (`text/`); training,
 * the folder of a run, and those who show it know only this page.
 */

import type { DataLoader } from '@nn/data';
import type { DownloadProgress } from '@nn/mnist';
import type { Module } from '@nn/nn';
import type { Tensor } from '@nn/tensor';
import type { Sizes } from '../models/model-kind.ts';
import type { TrainingOptions } from '../options/training-options.ts';
import type { Section } from '../report/page.ts';
import type { Means, Score } from './score.ts';

/** What makes out data, so that a resumed run notices others: counts, statistics, digests. */
export type Fingerprint = Readonly<Record<string, number | string>>;

/** Inputs, and for each of them the number of the class or symbol that is right. */
export type Batch = readonly [inputs: Tensor, answers: Tensor];

export interface Task {
  /** A short name of the data, fit for a file. */
  readonly name: string;
  readonly fingerprint: Fingerprint;
  readonly sizes: Sizes;
  /** What a sample is called, several of them: `images`. */
  readonly unit: string;
  /** How many there are, to train with and held out. */
  readonly counts: { readonly train: number; readonly valid: number };
  /** How many are seen in an epoch. */
  readonly samplesPerEpoch: number;
  readonly score: Score;
  /** What using the model needs besides its weights and its description. */
  readonly metadata: object;
  /** Epochs of batches. */
  load(options: Pick<TrainingOptions, 'batchSize' | 'shuffle'>): DataLoader<Batch>;
  /** Runs a model over what is held out, in evaluation mode and without drawing a random number that training would miss. */
  judge(model: Module): Promise<Judgement>;
}

/** How a model does on what is held out. */
export interface Judgement {
  readonly means: Means;
  /** What there is to say of it at the end of a run. */
  conclude(): Promise<Conclusion>;
}

/** What a run came to, for all who show it. */
export interface Conclusion {
  /** What was reached, in a word, and what that means: `95.1 %`, `of 1,000 held-out images right (loss 0.1650)`. */
  readonly headline: string;
  readonly sentence: string;
  /** What is shown above that in a terminal of a width. */
  readonly lines: (width: number) => readonly string[];
  /** What programs are told. */
  readonly facts: object;
  /** Parts of the report. */
  readonly sections: () => Promise<readonly Section[]>;
}

/** Hears how far a download is. */
export type OnDownload = (progress: DownloadProgress) => void;

/** The task that options name, with its data on the default backend. Each shape is loaded only when it is asked for. */
const shapes: {
  readonly [K in TrainingOptions['model']]: (options: TrainingOptions, onDownload: OnDownload) => Promise<Task>;
} = {
  mlp: async (...args) => (await import('../images/task.ts')).imageTask(...args),
  cnn: async (...args) => (await import('../images/task.ts')).imageTask(...args),
  gpt: async (options) => (await import('../text/task.ts')).textTask(options),
};

export const openTask = (options: TrainingOptions, onDownload: OnDownload = () => {}): Promise<Task> =>
  shapes[options.model](options, onDownload);
