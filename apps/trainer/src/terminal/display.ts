/** What a training run tells whoever watches it. How it is shown is a matter of the implementations: a terminal, plain lines, JSON, or next to nothing. */

import type { ModelDescription } from '../models/models.ts';
import type { TrainingOptions } from '../options/training-options.ts';
import type { Metrics } from '../training/metrics.ts';
import type { Means, Score } from '../training/score.ts';
import type { Conclusion } from '../training/task.ts';

/** What a run sets out to do. */
export interface RunStart {
  readonly run: string;
  readonly options: TrainingOptions;
  readonly model: ModelDescription;
  readonly weights: number;
  readonly data: { readonly name: string; readonly train: number; readonly valid: number };
  /** What samples are called: `images`. */
  readonly unit: string;
  /** What is shown beside losses. */
  readonly score: Score;
  /** Where a resumed run goes on. */
  readonly resumed: { readonly epoch: number; readonly step: number } | null;
  /** The epochs that were trained before. */
  readonly epochs: readonly Metrics[];
}

/** Where the running epoch is. */
export interface Progress extends Means {
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  readonly samplesPerSecond: number;
  /** Until the end of the run; null as long as nobody knows. */
  readonly secondsLeft: number | null;
}

/** How a run ended. */
export interface RunEnd {
  readonly run: string;
  readonly report: string;
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly conclusion: Conclusion;
}

export interface Display {
  start(start: RunStart): void;
  progress(progress: Progress): void;
  measure(metrics: Metrics): void;
  checkpoint(path: string, step: number): void;
  /** A signal has stopped the run; `resume` is the command that goes on. */
  interrupt(run: string, step: number, resume: string): void;
  end(end: RunEnd): void;
  /** Leaves the terminal as it was, whatever happened. */
  close(): void;
}

export type Write = (text: string) => void;
