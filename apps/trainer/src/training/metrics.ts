/** The lines of metrics.jsonl: what was measured, as JSON. */

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

/** Means over an epoch's training images, as the model was when it saw each, and over the images held out, after the epoch. */
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
