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
/** Bytes by which an engine is pressed: V8 is often not moved by its allowance for external memory (64 MB), always by 128 MB. */
const garbage = 256 << 20;
/** Into so many pieces it falls: each costs a little, but JavaScriptCore, which is at work beside us, finds the dead a hundred ms sooner by many. */
const inPassing = 2;
const whileWaiting = 8;
/** Bun writes to all that a buffer of fixed size takes, which costs 10 ms; to one that can grow it doesn't. */
const fills = 'Bun' in globalThis;

/** Makes an engine see so much memory that nobody holds, never touched, that it collects. */
export function press(pieces: number = inPassing, growing: boolean = fills): void {
  const bytes = garbage / pieces;
  const Buffer = ArrayBuffer as new (bytes: number, options?: { maxByteLength: number }) => ArrayBuffer;
  for (let i = 0; i < pieces; i++) new Buffer(bytes, growing ? { maxByteLength: bytes } : undefined);
}

/** What waits for the collector on one backend. */
export class Turn {
  /** Bytes taken since the last macrotask that we know of. */
  taken = 0;
  /** Bytes that only the collector can give back and has not; of these, as many as were found to be in use. */
  #outstanding = 0;
  #inUse = 0;
  #expecting = false;

  /** Bytes were taken from the backend. */
  took(bytes: number): void {
    this.taken += bytes;
    this.#outstanding += bytes;
  }

  /** The collector gave bytes back. */
  returned(bytes: number): void {
    this.#outstanding -= bytes;
    this.#inUse = Math.min(this.#inUse, this.#outstanding);
  }

  /** Much was taken and little came back. */
  get #isOverdue(): boolean {
    return this.#outstanding > this.#inUse + overdue;
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

  /** Lets finalizers run when enough memory was taken since they last could. For loops that own their awaits (DataLoader, reads). */
  async breathe(): Promise<void> {
    if (this.taken < due) return;
    await macrotask();
    // A busy machine may need longer to find out what is dead; what is not found by then counts as in use.
    for (let tries = 0; this.#isOverdue && tries < patience; tries++) {
      // By turns: V8 in Chromium and Deno finds some of what is old only by buffers that grow, and is slow by those alone.
      if (tries % 2 === 0) press(whileWaiting, fills || tries % 4 === 2);
      await later();
    }
    if (this.#isOverdue) this.#inUse = this.#outstanding;
    this.taken = 0;
  }
}

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

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
