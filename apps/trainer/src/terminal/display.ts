/** What a training run tells whoever watches it. How it is shown is a matter of the implementations: a terminal, plain lines, JSON, or next to nothing. */
import type { TrainingOptions } from '../options/training-options.ts';
import type { Evaluation } from '../training/evaluate.ts';
import type { Metrics } from '../training/metrics.ts';
import type { ModelDescription } from '../training/model.ts';
import type { Picture } from './pictures.ts';

/** What a run sets out to do. */
export interface RunStart {
  readonly run: string;
  readonly options: TrainingOptions;
  readonly model: ModelDescription;
  readonly weights: number;
  readonly data: { readonly name: string; readonly train: number; readonly valid: number };
  /** Where a resumed run goes on. */
  readonly resumed: { readonly epoch: number; readonly step: number } | null;
  /** The epochs that were trained before. */
  readonly epochs: readonly Metrics[];
}

/** Where the running epoch is. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly samplesPerSecond: number;
  /** Until the end of the run; null as long as nobody knows. */
  readonly secondsLeft: number | null;
}

/** An image that was held out, with what the model made of it. */
export interface JudgedImage {
  readonly picture: Picture;
  readonly label: string;
  readonly prediction: string;
  readonly confidence: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly run: string;
  readonly report: string;
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly evaluation: Evaluation;
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly examples: readonly JudgedImage[];
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
