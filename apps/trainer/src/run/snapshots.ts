/**
 * The last state of a run that its device can't take away: a checkpoint in memory. Kept only while the run computes on a device that can be lost; for others nothing is
 * read and nothing held.
 */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { TrainingRecord } from '../training/session.ts';

export type Snapshot = Checkpoint<TrainingRecord>;

export class Snapshots {
  readonly #every: number;
  #isKeeping: boolean;
  #latest: Snapshot | null = null;

  /** One every so many steps, and one an epoch; none at all where the device can't be lost. */
  constructor(every: number, canBeLost: boolean) {
    this.#every = every;
    this.#isKeeping = canBeLost;
  }

  /** Whether a loss of the device is something to go on from. */
  get isKeeping(): boolean {
    return this.#isKeeping;
  }

  /** Whether one is due between two batches of an epoch. */
  dueAtBatch(step: number): boolean {
    return this.#isKeeping && step % this.#every === 0;
  }

  /** Whether one is due after an epoch. */
  get dueAtEpoch(): boolean {
    return this.#isKeeping;
  }

  keep(snapshot: Snapshot): void {
    if (this.#isKeeping) this.#latest = snapshot;
  }

  /** Null until the first one. */
  get latest(): Snapshot | null {
    return this.#latest;
  }

  /** What computes now can't be lost. */
  stop(): void {
    this.#isKeeping = false;
    this.#latest = null;
  }
}
