/** For files and pipes: one line for each epoch, and one now and then in between. Quiet, it says only how the run ended. */
import { type Metrics, trainMeans, validMeans } from '../training/metrics.ts';
import { accuracy, type Means, type Score } from '../training/score.ts';
import type { Display, Loss, Progress, Recovered, RunEnd, RunStart, Write } from './display.ts';
import { count, duration, lossText } from './format.ts';
import { endLines, lossLine, recoveryLines, resultLine, startLines, timeLine } from './summary.ts';

/** Milliseconds between two lines within an epoch. */
const pause = 10_000;
const width = 80;

export class PlainDisplay implements Display {
  readonly #write: Write;
  #epochs = 0;
  #unit = '';
  #score: Score = accuracy;
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
    this.#unit = start.unit;
    this.#score = start.score;
    this.#print(...startLines(start));
  }

  progress(progress: Progress): void {
    const { epoch, epochs, batch, batches, samplesPerSecond, secondsLeft } = progress;
    if (performance.now() - this.#lastLine < pause || secondsLeft === null) return;
    this.#print(
      `epoch ${epoch}/${epochs}, step ${batch}/${batches}: ${this.#means(progress)}, ${count(Math.round(samplesPerSecond))} ${this.#unit}/s, ${duration(secondsLeft)} left`,
    );
  }

  measure(metrics: Metrics): void {
    if (metrics.type !== 'epoch') return;
    const { epoch, seconds } = metrics;
    const [train, valid] = [trainMeans(metrics), validMeans(metrics)].map((means) => this.#means(means));
    this.#print(`epoch ${epoch}/${this.#epochs}: train ${train}; held out: ${valid}; ${duration(seconds)}`);
  }

  #means(means: Means): string {
    return `loss ${lossText(means.loss)}, ${this.#score.word} ${this.#score.text(means)}`;
  }

  checkpoint(): void {}

  lose(loss: Loss): void {
    this.#print(lossLine(loss));
  }

  recover(recovered: Recovered): void {
    this.#print(...recoveryLines(recovered));
  }

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
  lose(): void {}
  recover(): void {}
  interrupt(): void {}

  end(end: RunEnd): void {
    this.#write(`${resultLine(end)}\n${timeLine(end)}\n`);
  }

  close(): void {}
}
