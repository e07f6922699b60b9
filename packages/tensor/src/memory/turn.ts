/**
 * Macrotasks. Finalizers run only between them, so a loop that awaits nothing, or only microtasks, frees nothing except by name. Library loops and
 * awaited reads pass through a macrotask here when one is due.
 */

/** Bytes taken after which an awaited read yields. */
const due = 32 << 20;
/** Bytes outstanding beyond those in use after which it yields more than once. */
const overdue = 96 << 20;
/** Turns of the event loop that it then waits at most. */
const patience = 64;
/** Must exceed V8's external-memory allowance (64 MB): at 64 MB the collector is often not moved, at 128 MB always. */
const garbage = 128 << 20;

/** Makes V8 see so much memory that nobody holds, never touched, that it collects. */
export const press = (): void => void new ArrayBuffer(garbage);

class Turn {
  /** Bytes taken since the last macrotask that we know of. */
  taken = 0;
  /** Bytes that only the collector can give back and has not; of these, as many as were found to be in use. */
  outstanding = 0;
  #inUse = 0;
  #expecting = false;

  /** The collector gave bytes back. */
  returned(bytes: number): void {
    this.outstanding -= bytes;
    this.#inUse = Math.min(this.#inUse, this.outstanding);
  }

  /** Much was taken and little came back. */
  get isOverdue(): boolean {
    return this.outstanding > this.#inUse + overdue;
  }

  /** What is outstanding after all attempts is in use. */
  settle(): void {
    if (this.isOverdue) this.#inUse = this.outstanding;
  }

  /** Memory ran out. Whoever catches that, drops tensors and goes on: the next awaited read has the collector look for everything outstanding. */
  ranOut(): void {
    this.taken = Math.max(this.taken, due);
    this.#inUse = -overdue;
  }

  /** Notices the next macrotask, whoever causes it. */
  expect(): void {
    if (this.#expecting) return;
    this.#expecting = true;
    const timer: unknown = setTimeout(() => {
      this.#expecting = false;
      this.taken = 0;
    }, 0);
    (timer as { unref?: () => void }).unref?.();
  }
}

export const turn: Turn = new Turn();

const macrotask = (): Promise<void> =>
  new Promise((resolve) => {
    const immediate = (globalThis as { setImmediate?: (f: () => void) => void }).setImmediate;
    if (immediate !== undefined) immediate(resolve);
    else if (typeof MessageChannel === 'function') {
      const { port1, port2 } = new MessageChannel();
      (port1 as unknown as { onmessage: (() => void) | null }).onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    } else setTimeout(resolve, 0);
  });

/** Lets finalizers run when enough memory was taken since they last could. For loops that own their awaits (DataLoader, reads). */
export async function breathe(): Promise<void> {
  if (turn.taken < due) return;
  await macrotask();
  // A busy machine may need longer to find out what is dead; what is not found by then counts as in use.
  for (let tries = 0; turn.isOverdue && tries < patience; tries++) {
    if (tries % 4 === 0) press();
    await later();
  }
  turn.settle();
  turn.taken = 0;
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
