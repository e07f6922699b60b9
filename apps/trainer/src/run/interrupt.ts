/** Ctrl-C and its kind: the first asks training to stop where it can be resumed, the second ends the process at once. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interrupt {
  #signal: (typeof signals)[number] | null = null;
  readonly #listen = (signal: NodeJS.Signals): void => {
    if (this.#signal !== null) process.exit(exitCodeOf(signal));
    this.#signal = signal as (typeof signals)[number];
  };

  constructor() {
    for (const signal of signals) process.on(signal, this.#listen);
  }

  get requested(): boolean {
    return this.#signal !== null;
  }

  /** What a shell expects of a process that a signal has ended: 130 for Ctrl-C. */
  get exitCode(): number {
    return this.#signal === null ? 0 : exitCodeOf(this.#signal);
  }

  /** Gives the signals their usual meaning again. */
  dispose(): void {
    for (const signal of signals) process.off(signal, this.#listen);
  }
}

const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** Lets signals and timers through: they wait while code runs that never leaves its turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
