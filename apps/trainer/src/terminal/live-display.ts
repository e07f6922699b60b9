/** For a person at a terminal: a bar that moves, a table that grows, and pictures at the end. */
import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { EpochMetrics, Metrics } from '../training/metrics.ts';
import { accuracy, type Score } from '../training/score.ts';
import type { Display, Loss, Progress, Recovered, RunEnd, RunStart } from './display.ts';
import { narrowRow, tableBottom, tableRow, tableTop, tableWidth } from './epoch-table.ts';
import { progressLine } from './progress-line.ts';
import { endLines, lossLine, recoveryLines, startLines } from './summary.ts';

export class LiveDisplay implements Display {
  readonly #stream: NodeJS.WriteStream;
  #bar: SingleBar | null = null;
  #epochs = 0;
  #score: Score = accuracy;
  #secondsBefore = 0;
  #tableOpen = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get #width(): number {
    return this.#stream.columns || 80;
  }

  #print(lines: readonly string[]): void {
    this.#stream.write(`${lines.join('\n')}\n`);
  }

  start(start: RunStart): void {
    this.#epochs = start.options.epochs;
    this.#score = start.score;
    this.#print([...startLines(start), '']);
    this.#openTable();
    for (const line of start.epochs) this.measure(line);
  }

  progress(progress: Progress): void {
    if (this.#bar === null) {
      this.#bar = new SingleBar({
        stream: this.#stream,
        format: (_options, _params, payload: Progress) => progressLine(payload, this.#score, this.#width - 1),
        clearOnComplete: true,
        hideCursor: true,
        fps: 20,
      });
      this.#bar.start(progress.batches, progress.batch, progress);
    } else this.#bar.update(progress.batch, progress);
  }

  measure(metrics: Metrics): void {
    if (metrics.type !== 'epoch') return;
    this.#stopBar();
    this.#print([this.#row(metrics)]);
  }

  #row(metrics: EpochMetrics): string {
    const seconds = metrics.seconds - this.#secondsBefore;
    this.#secondsBefore = metrics.seconds;
    return this.#tableOpen
      ? tableRow(metrics, this.#score, this.#epochs, seconds)
      : narrowRow(metrics, this.#score, this.#epochs);
  }

  #openTable(): void {
    this.#tableOpen = this.#width >= tableWidth;
    if (this.#tableOpen) this.#print([tableTop(this.#score)]);
  }

  checkpoint(): void {}

  lose(loss: Loss): void {
    this.close();
    this.#print([pc.yellow(lossLine(loss))]);
  }

  /** A new table: its epochs were trained after the loss. */
  recover(recovered: Recovered): void {
    this.#print(recoveryLines(recovered).map(pc.yellow));
    this.#openTable();
  }

  interrupt(run: string, step: number, resume: string): void {
    this.close();
    this.#print([
      pc.yellow(`stopped after step ${step}; all of it is saved in ${run}`),
      `go on with: ${pc.bold(resume)}`,
    ]);
  }

  end(end: RunEnd): void {
    this.close();
    this.#print(endLines(end, this.#width));
  }

  close(): void {
    this.#stopBar();
    if (this.#tableOpen) this.#print([tableBottom(this.#score)]);
    this.#tableOpen = false;
  }

  #stopBar(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}
