/** The lines of metrics.jsonl: what was measured, as JSON. Losses are natural logarithms, also of characters, whose perplexity is e to the loss. */
import type { Means } from './score.ts';

/** Means over the steps since the line before. */
export interface StepMetrics {
  readonly type: 'step';
  /** The running epoch, counted from 1. */
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly seconds: number;
}

/** Means over an epoch's training samples, as the model was when it saw each, and over those held out, after the epoch. */
export interface EpochMetrics {
  readonly type: 'epoch';
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validLoss: number;
  readonly validAccuracy: number;
  readonly seconds: number;
}

export type Metrics = StepMetrics | EpochMetrics;

/** The means of a line that are over training samples, and those over what is held out. */
export const trainMeans = ({ trainLoss, trainAccuracy }: EpochMetrics): Means => ({
  loss: trainLoss,
  accuracy: trainAccuracy,
});
export const validMeans = ({ validLoss, validAccuracy }: EpochMetrics): Means => ({
  loss: validLoss,
  accuracy: validAccuracy,
});
