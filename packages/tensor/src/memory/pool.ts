/**
 * Memory of one backend: size classes → slabs → slots. Only slabs are known to the FinalizationRegistry, so one registration serves up to 64
 * small tensors, and dead young Storages cost the collector nothing. JavaScript doesn't tell when a value dies and small wrappers don't make
 * the collector run; `press` makes it: every 64 MB taken it creates 256 MB of untouched garbage, more than engines allow for.
 * Knows bytes and blocks; knows nothing of tensors or kernels.
 */
import { type Backend, type Block, OutOfMemoryError } from '@nn/backend';
import { Storage } from './storage.ts';
import { press, Turn } from './turn.ts';

/** Dies when no Storage in it is reachable; the record that the registry holds then returns its block. */
export class Slab {
  readonly block: Block;
  readonly sizeClass: SizeClass;
  readonly record: SlabRecord;
  constructor(record: SlabRecord, block: Block) {
    this.block = block;
    this.sizeClass = record.sizeClass;
    this.record = record;
  }
}

interface SlabRecord {
  readonly sizeClass: SizeClass;
  /** Null once it was returned. */
  block: Block | null;
  readonly tag: string;
}

/** Slots of one size, for elements of one width: so that a slot's place is a count of elements, and giving it out divides nothing. */
export class SizeClass {
  readonly pool: Pool;
  /** Of a slot. */
  readonly bytes: number;
  readonly slots: number;
  /** Of a slot, in elements. */
  readonly #step: number;
  /** Slots given back by name, last in first out: the slab keeps its registration. */
  readonly #freeSlabs: Slab[] = [];
  readonly #freeOrigins: number[] = [];
  /** Whole blocks given back by the collector. */
  readonly blocks: Block[] = [];
  /** The slab that is being filled, its next free place, and its end. */
  #slab: Slab | null = null;
  #next = 0;
  #end = 0;

  constructor(pool: Pool, bytes: number, width: number, slots: number) {
    this.pool = pool;
    this.bytes = bytes;
    this.slots = slots;
    this.#step = bytes / width;
  }

  /** Bytes in slots that were given back by name. */
  get free(): number {
    return this.bytes * this.#freeSlabs.length;
  }

  allocate(tag: string): Storage {
    const slab = this.#freeSlabs.pop();
    if (slab !== undefined) return new Storage(slab, this.#freeOrigins.pop()!);
    if (this.#next === this.#end) this.#refill(tag);
    const origin = this.#next;
    this.#next = origin + this.#step;
    return new Storage(this.#slab, origin);
  }

  /** Takes back a slot by name. */
  reuse(slab: Slab, origin: number): void {
    this.#freeSlabs.push(slab);
    this.#freeOrigins.push(origin);
  }

  #refill(tag: string): void {
    const block = this.pool.take(this, this.bytes * this.slots, tag);
    const record = { sizeClass: this, block, tag };
    this.#slab = new Slab(record, block);
    this.#next = 0;
    this.#end = this.#step * this.slots;
    this.pool.register(this.#slab, record);
  }

  /** Forgets free slots that are parts of slabs, so that half-empty slabs can die; and the slab that is full. */
  forget(): void {
    if (this.#next === this.#end) this.#slab = null;
    if (this.slots === 1) return;
    this.#freeSlabs.length = 0;
    this.#freeOrigins.length = 0;
  }

  /** Gives out the slabs of one slot that were given back by name. */
  *wholeSlabs(): Generator<Slab> {
    if (this.slots > 1) return;
    this.forget();
    this.#freeOrigins.length = 0;
    yield* this.#freeSlabs.splice(0);
  }
}

const megabyte = 1 << 20;
/** Bytes taken between two presses. */
export const quantum: number = 64 * megabyte;
const slabBytes = 1 << 16;
/** More than any element takes. */
const maxWidth = 64;

export class Pool {
  readonly backend: Backend;
  /** Bytes in slabs that may still be in use; in blocks kept for reuse; the most that was ever live. */
  live = 0;
  cached = 0;
  peak = 0;
  limit: number = 4096 * megabyte;
  readonly turn: Turn = new Turn();
  #sincePress = 0;
  /** The most that was in use where a block was taken from the backend, since idle ones were last given back. */
  #mostInUse = 0;
  readonly byTag: Map<string, number> = new Map();
  readonly #classes: Map<number, SizeClass> = new Map();
  readonly #registry: FinalizationRegistry<SlabRecord> = new FinalizationRegistry((record) => this.#returned(record));

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** Bytes in free slots of live slabs. */
  get free(): number {
    let free = 0;
    for (const sizeClass of this.#classes.values()) free += sizeClass.free;
    return free;
  }

  /** The class for so many elements of a width in bytes: four classes a doubling, from 64 bytes. Asked when a layout is made, never per op. */
  classFor(elements: number, width: number): SizeClass {
    const bytes = elements * width;
    let size = 64;
    if (bytes > 64) {
      const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
      size = Math.ceil(bytes / step) * step;
    }
    const key = size * maxWidth + width;
    let found = this.#classes.get(key);
    if (found === undefined) {
      const slots = Math.max(1, Math.min(this.backend.slotsPerBlock, Math.floor(slabBytes / size)));
      found = new SizeClass(this, size, width, slots);
      this.#classes.set(key, found);
    }
    return found;
  }

  /** A block for a slab: a cached one or a new one, within the limit. */
  take(sizeClass: SizeClass, bytes: number, tag: string): Block {
    this.#press(bytes);
    const kept = sizeClass.blocks.pop();
    if (kept !== undefined) this.cached -= bytes;
    else {
      this.#spare(bytes);
      if (this.live + this.cached + bytes > this.limit) this.#makeRoom(bytes, tag);
    }
    const block = kept ?? this.#allocate(bytes, tag);
    this.live += bytes;
    this.peak = Math.max(this.peak, this.live);
    this.byTag.set(tag, (this.byTag.get(tag) ?? 0) + bytes);
    return block;
  }

  register(slab: Slab, record: SlabRecord): void {
    this.#registry.register(slab, record);
  }

  /** Gives the backend back what no tensor is in: cached blocks, and blocks of one tensor that was given back by name. */
  #reclaim(): void {
    for (const sizeClass of this.#classes.values())
      for (const slab of sizeClass.wholeSlabs()) this.#returned(slab.record);
    this.trim();
  }

  /** Where sizes change, blocks of former ones lie idle: more of them than were ever in use at once, and a quantum, are given back before another is taken. */
  #spare(bytes: number): void {
    const inUse = this.live - this.free + bytes;
    this.#mostInUse = Math.max(this.#mostInUse, inUse);
    if (this.live + this.cached + bytes <= 2 * this.#mostInUse + quantum) return;
    this.#mostInUse = inUse;
    this.#reclaim();
  }

  /** Gives cached blocks back to the backend. */
  trim(): void {
    for (const sizeClass of this.#classes.values())
      for (const block of sizeClass.blocks.splice(0)) {
        this.cached -= sizeClass.bytes * sizeClass.slots;
        this.backend.free(block);
      }
  }

  #returned(record: SlabRecord): void {
    const { sizeClass, block, tag } = record;
    if (block === null) return;
    record.block = null;
    const bytes = sizeClass.bytes * sizeClass.slots;
    this.turn.returned(bytes);
    this.live -= bytes;
    this.cached += bytes;
    sizeClass.blocks.push(block);
    const left = (this.byTag.get(tag) ?? 0) - bytes;
    if (left > 0) this.byTag.set(tag, left);
    else this.byTag.delete(tag);
  }

  #press(bytes: number): void {
    this.turn.took(bytes);
    this.#sincePress += bytes;
    if (this.#sincePress < quantum) return;
    this.#sincePress = 0;
    for (const sizeClass of this.#classes.values()) sizeClass.forget();
    this.turn.expect();
    press();
  }

  #makeRoom(bytes: number, tag: string): void {
    this.#reclaim();
    if (this.live + bytes <= this.limit) return;
    throw this.#full(
      tag,
      bytes,
      `${megabytes(bytes)} more would pass the limit of ${megabytes(this.limit)}`,
      'or raise the limit with setMemoryLimit(bytes)',
    );
  }

  #allocate(bytes: number, tag: string): Block {
    const ask = (): Block => this.backend.allocate(bytes);
    try {
      return ask();
    } catch (error) {
      return this.again(error, ask, `${megabytes(bytes)} more`, bytes, tag);
    }
  }

  /** Asks a backend that had no memory once more, after it got back what is only kept for reuse. Another error stays what it is. */
  again<T>(error: unknown, ask: () => T, what: string, bytes: number, tag: string): T {
    if (!(error instanceof OutOfMemoryError)) throw error;
    this.#reclaim();
    try {
      return ask();
    } catch (cause) {
      if (!(cause instanceof OutOfMemoryError)) throw cause;
      throw this.#full(tag, bytes, `it has no room for ${what}`, 'or give the backend more memory', cause);
    }
  }

  #full(tag: string, bytes: number, why: string, wayOut: string, cause?: unknown): OutOfMemoryError {
    const holders = [...this.byTag].sort((p, q) => q[1] - p[1]).slice(0, 3);
    const largest = holders.map(([name, held]) => `${name} ${megabytes(held)}`).join(', ');
    const starved = this.live >= bytes && this.turn.taken > this.live / 4;
    this.turn.ranOut();
    return new OutOfMemoryError(
      tag,
      `${megabytes(this.live)} are live on ${this.backend.name}, ${why}${largest === '' ? '' : `; largest holders: ${largest}`}. ${
        starved
          ? 'This code has not awaited anything for a long time, so JavaScript could not give memory back: put the body of the loop in scope(() => …), or await a read such as loss.item() now and then'
          : `Drop references to tensors that are no longer needed, use a smaller batch, ${wayOut}`
      }.`,
      { cause },
    );
  }
}

export const megabytes = (bytes: number): string =>
  bytes < megabyte ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / megabyte).toFixed(1)} MB`;
