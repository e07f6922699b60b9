/** When the next checkpoint is due. Those of epochs and steps come at the same steps in every run; those of seconds when they come. */
import type { Schedule } from '../options/parse.ts';

export class CheckpointClock {
  readonly #schedule: Schedule;
  #last: number = performance.now();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Whether one is due between two batches of an epoch. */
  dueAtBatch(step: number): boolean {
    const { every, unit } = this.#schedule;
    if (unit === 'steps') return step % every === 0;
    return unit === 'seconds' && performance.now() - this.#last >= every * 1000;
  }

  /** Whether one is due after an epoch. */
  dueAtEpoch(epoch: number, step: number): boolean {
    const { every, unit } = this.#schedule;
    return unit === 'epochs' ? epoch % every === 0 : this.dueAtBatch(step);
  }

  /** Starts counting seconds anew. */
  saved(): void {
    this.#last = performance.now();
  }
}
