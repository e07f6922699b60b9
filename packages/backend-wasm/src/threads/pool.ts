/** Workers that share the memory, and launches divided among them and the caller. */
import { BackendError } from '@nn/backend';
import type { Heap } from '../memory/heap.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Entry } from '../program.ts';
import { type Control, control, controlModule } from './control.ts';
import { Shelf } from './shelf.ts';
import { startWorker, type WorkerHandle } from './start-worker.ts';

/** Looks that a worker takes before it goes to sleep: a few tens of microseconds. */
const spins = 20_000;
/** Nanoseconds of work from which threads pay: when they sleep, and while they are awake. */
const worthWaking = 40_000;
const worthSharing = 8_000;
/** Bytes of code kept where workers find it. */
const shelfBytes = 4 << 20;

/** A launch's division. */
export interface Shares {
  readonly units: number;
  readonly grain: number;
  readonly work: number;
  /** Bytes that each thread needs beside, a multiple of 64. */
  readonly scratch: number;
}

export class Pool {
  readonly threads: number;
  readonly #memory: LinearMemory;
  readonly #shelf: Shelf;
  readonly #workers: WorkerHandle[];
  #control: Control | null;
  readonly #lostAfter: number;
  #launch = 0;
  #broken: string | null = null;

  private constructor(memory: LinearMemory, heap: Heap, workers: WorkerHandle[], controls: Control, lostAfter: number) {
    this.#lostAfter = lostAfter;
    this.#memory = memory;
    this.#shelf = new Shelf(heap, memory, shelfBytes);
    this.#workers = workers;
    this.#control = controls;
    this.threads = workers.length + 1;
    for (const worker of workers)
      worker.onDeath((reason) => {
        this.#broken ??= reason;
      });
  }

  /**
   * Starts `threads - 1` workers; rejects where the platform has none. A chunk that isn't done after `lostAfter` milliseconds, or twenty times the
   * caller's own share if that is more, counts as lost.
   */
  static async start(memory: LinearMemory, heap: Heap, threads: number, lostAfter = 10_000): Promise<Pool> {
    const code = controlModule();
    const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { e: { m: memory.memory } });
    const started = Array.from({ length: threads - 1 }, (_, i) =>
      startWorker({ memory: memory.memory, code, index: i + 1, spins }),
    );
    const settled = await Promise.allSettled(started);
    const workers = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refused = settled.find((result) => result.status === 'rejected');
    const pool = new Pool(memory, heap, workers, instance.exports as unknown as Control, lostAfter);
    if (refused !== undefined) {
      pool.dispose();
      throw refused.reason;
    }
    return pool;
  }

  /** Runs all units of an entry on all threads, where that pays and there is room for the code; says whether it did. */
  share(label: string, entry: Entry, block: number, scratch: number, shares: Shares): boolean {
    const chunks = this.chunksOf(shares);
    const bytesAt = chunks > 1 ? entry.bytesAt || this.#shelf.put(entry) : 0;
    if (bytesAt > 0) this.run(label, entry, bytesAt, block, scratch, shares, chunks);
    return bytesAt > 0;
  }

  /** Into how many chunks a launch falls (far fewer than a ticket can count); 1: it isn't worth dividing. */
  chunksOf({ units, grain, work }: Shares): number {
    if (work < worthSharing || this.#broken !== null) return 1;
    const { words } = this.#memory;
    if (work < worthWaking && Atomics.load(words, control.parked) > 0) return 1;
    const each = work > 2e7 ? 16 : work > 1e6 ? 4 : work > 1e5 ? 2 : 1;
    return Math.min(each * this.threads, Math.ceil(units / grain));
  }

  /** Runs all units in so many chunks. `bytesAt` is where its code lies in shared memory. */
  run(
    label: string,
    entry: Entry,
    bytesAt: number,
    block: number,
    scratch: number,
    shares: Shares,
    chunks: number,
  ): void {
    const { units, grain } = shares;
    const { words } = this.#memory;
    const size = Math.ceil(units / chunks / grain) * grain;
    const count = Math.ceil(units / size);
    words[control.entry] = entry.id;
    words[control.bytes] = bytesAt;
    words[control.byteCount] = entry.bytes.length;
    words[control.units] = units;
    words[control.chunkUnits] = size;
    words[control.block] = block;
    words[control.scratch] = scratch;
    words[control.scratchBytes] = shares.scratch;
    Atomics.store(words, control.done, 0);
    this.#launch = (this.#launch + 1) & 0xffff;
    Atomics.store(words, control.ticket, (this.#launch << 16) | count);
    if (Atomics.load(words, control.parked) > 0) Atomics.notify(words, control.ticket);
    const started = Date.now();
    const { tryTake, report, join } = this.#control!;
    let failure: { readonly error: unknown } | null = null;
    for (let chunk = tryTake(); chunk >= 0; chunk = tryTake()) {
      try {
        // After an error the remaining chunks are only counted: workers must be done before anyone hears of it.
        if (failure === null) entry.run(block, chunk * size, Math.min(units, (chunk + 1) * size), scratch);
      } catch (error) {
        failure = { error };
      }
      report();
    }
    if (join(count, 1_000_000) === 0) this.#wait(label, count, Date.now() - started);
    const failed = Atomics.exchange(words, control.failed, 0) !== 0;
    if (failure !== null) throw failure.error;
    if (failed)
      throw new BackendError(label, 'a thread of the wasm backend failed while it computed; the result is incomplete');
  }

  #wait(label: string, count: number, own: number): void {
    const end = Date.now() + Math.max(this.#lostAfter, 20 * own);
    while (this.#control!.join(count, 1_000_000) === 0)
      if (Date.now() > end) {
        this.#broken = 'a worker ended while it computed';
        throw new BackendError(
          label,
          `a worker of the wasm backend took a share of the work and never finished it; the result is incomplete, the backend goes on with one thread`,
        );
      }
  }

  /** Why launches run on one thread although there are workers; null while they are well. */
  get broken(): string | null {
    return this.#broken;
  }

  /** Ends the workers, and lets go of the memory. */
  dispose(): void {
    const { words } = this.#memory;
    Atomics.store(words, control.stop, 1);
    Atomics.notify(words, control.ticket);
    for (const worker of this.#workers.splice(0)) worker.end();
    this.#control = null;
  }
}
