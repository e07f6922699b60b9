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

/** A device that is gone. */
export interface Loss {
  /** Steps that were done. */
  readonly step: number;
  /** What the device's backend says. */
  readonly reason: string;
}

/** Where a run goes on after a loss. */
export interface Recovered {
  /** Steps that are still known. */
  readonly step: number;
  /** What computes from now on, and why it isn't another device of the same kind. */
  readonly backend: string;
  readonly excuse: string | null;
}

export interface Display {
  start(start: RunStart): void;
  progress(progress: Progress): void;
  measure(metrics: Metrics): void;
  checkpoint(path: string, step: number): void;
  /** The device was lost; the run tries to go on. */
  lose(loss: Loss): void;
  recover(recovered: Recovered): void;
  /** A signal has stopped the run; `resume` is the command that goes on. */
  interrupt(run: string, step: number, resume: string): void;
  end(end: RunEnd): void;
  /** Leaves the terminal as it was, whatever happened. */
  close(): void;
}

export type Write = (text: string) => void;
