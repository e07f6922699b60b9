/** Ctrl-C and its kind: the first asks the run to end with what it has, the second ends the process at once. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

export class Interrupt {
  #signal: NodeJS.Signals | null = null;
  readonly #controller: AbortController = new AbortController();
  readonly #listen = (signal: NodeJS.Signals): void => {
    if (this.#signal !== null) process.exit(exitCodeOf(signal));
    this.#signal = signal;
    this.#controller.abort();
  };

  constructor() {
    for (const signal of signals) process.on(signal, this.#listen);
  }

  /** Aborted by the first signal. */
  get abort(): AbortSignal {
    return this.#controller.signal;
  }

  get isRequested(): boolean {
    return this.#signal !== null;
  }

  /** What a shell expects of a process that a signal has ended: 130 for Ctrl-C; 0 if there was none. */
  get exitCode(): number {
    return this.#signal === null ? 0 : exitCodeOf(this.#signal);
  }

  /** Gives the signals their usual meaning again. */
  dispose(): void {
    for (const signal of signals) process.off(signal, this.#listen);
  }
}
