/** For files and pipes: one line for each epoch, and one now and then in between. Quiet, it says only how the run ended. */
import type { Metrics } from '../training/metrics.ts';
import type { Display, Progress, RunEnd, RunStart, Write } from './display.ts';
import { count, duration, lossText, percent } from './format.ts';
import { endLines, resultLine, startLines, timeLine } from './summary.ts';

/** Milliseconds between two lines within an epoch. */
const pause = 10_000;
const width = 80;

export class PlainDisplay implements Display {
  readonly #write: Write;
  #epochs = 0;
  #lastLine: number = performance.now();

  constructor(write: Write) {
    this.#write = write;
  }

  #print(...lines: readonly string[]): void {
    this.#write(`${lines.join('\n')}\n`);
    this.#lastLine = performance.now();
  }

  start(start: RunStart): void {
    this.#epochs = start.options.epochs;
    this.#print(...startLines(start));
  }

  progress({ epoch, epochs, batch, batches, loss, accuracy, samplesPerSecond, secondsLeft }: Progress): void {
    if (performance.now() - this.#lastLine < pause || secondsLeft === null) return;
    this.#print(
      `epoch ${epoch}/${epochs}, step ${batch}/${batches}: loss ${lossText(loss)}, accuracy ${percent(accuracy)}, ${count(Math.round(samplesPerSecond))} images/s, ${duration(secondsLeft)} left`,
    );
  }

  measure(metrics: Metrics): void {
    if (metrics.type !== 'epoch') return;
    const { epoch, trainLoss, trainAccuracy, validLoss, validAccuracy, seconds } = metrics;
    this.#print(
      `epoch ${epoch}/${this.#epochs}: train loss ${lossText(trainLoss)}, accuracy ${percent(trainAccuracy)}; held out: loss ${lossText(validLoss)}, accuracy ${percent(validAccuracy)}; ${duration(seconds)}`,
    );
  }

  checkpoint(): void {}

  interrupt(run: string, step: number, resume: string): void {
    this.#print(`stopped after step ${step}; all of it is saved in ${run}`, `go on with: ${resume}`);
  }

  end(end: RunEnd): void {
    this.#print(...endLines(end, width));
  }

  close(): void {}
}

export class QuietDisplay implements Display {
  readonly #write: Write;

  constructor(write: Write) {
    this.#write = write;
  }

  start(): void {}
  progress(): void {}
  measure(): void {}
  checkpoint(): void {}
  interrupt(): void {}

  end(end: RunEnd): void {
    this.#write(`${resultLine(end)}\n${timeLine(end)}\n`);
  }

  close(): void {}
}
