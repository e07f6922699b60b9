/** For programs: every event as one line of JSON. */
import type { Metrics } from '../training/metrics.ts';
import type { Display, Loss, Recovered, RunEnd, RunStart, Write } from './display.ts';

export class JsonDisplay implements Display {
  readonly #write: Write;

  constructor(write: Write) {
    this.#write = write;
  }

  #line(value: object): void {
    this.#write(`${JSON.stringify(value)}\n`);
  }

  start({ run, options, model, weights, data, resumed }: RunStart): void {
    this.#line({ type: 'start', run, options, model, weights, data, resumed });
  }

  progress(): void {}

  measure(metrics: Metrics): void {
    this.#line(metrics);
  }

  checkpoint(path: string, step: number): void {
    this.#line({ type: 'checkpoint', step, path });
  }

  lose(loss: Loss): void {
    this.#line({ type: 'loss', ...loss });
  }

  recover(recovered: Recovered): void {
    this.#line({ type: 'recovery', ...recovered });
  }

  interrupt(run: string, step: number, resume: string): void {
    this.#line({ type: 'interrupt', step, run, resume });
  }

  end({ run, report, epoch, step, seconds, conclusion }: RunEnd): void {
    this.#line({ type: 'end', run, report, epoch, step, seconds, ...conclusion.facts });
  }

  close(): void {}
}
