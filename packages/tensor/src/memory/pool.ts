/**
 * Memory of one backend: size classes → slabs → slots. Only slabs are known to the FinalizationRegistry, so one registration serves up to 64
 * small tensors, and dead young Storages cost the collector nothing. JavaScript doesn't tell when a value dies and small wrappers don't make
 * the collector run; `press` makes it: every 64 MB taken it creates 128 MB of untouched garbage, more than V8's allowance for external memory.
 * Knows bytes and blocks; knows nothing of tensors or kernels.
 */
import { type Backend, type Block, OutOfMemoryError } from '@nn/backend';
import { Storage } from './storage.ts';
import { press, turn } from './turn.ts';

/** Dies when no Storage in it is reachable; the record that the registry holds then returns its block. */
export class Slab {
  readonly block: Block;
  readonly record: SlabRecord;
  constructor(block: Block, record: SlabRecord) {
    this.block = block;
    this.record = record;
  }
}

interface SlabRecord {
  readonly sizeClass: SizeClass;
  readonly block: Block;
  readonly tag: string;
}

/** Slots of one size. */
export class SizeClass {
  readonly pool: Pool;
  readonly bytes: number;
  readonly slots: number;
  /** Slots given back by name, last in first out: the slab keeps its registration. */
  readonly #freeSlabs: Slab[] = [];
  readonly #freeStarts: number[] = [];
  /** Whole blocks given back by the collector. */
  readonly blocks: Block[] = [];
  #slab: Slab | null = null;
  #next = 0;
  #end = 0;

  constructor(pool: Pool, bytes: number, slots: number) {
    this.pool = pool;
    this.bytes = bytes;
    this.slots = slots;
  }

  allocate(width: number, tag: string): Storage {
    const slab = this.#freeSlabs.pop();
    if (slab !== undefined) {
      const start = this.#freeStarts.pop()!;
      this.pool.free -= this.bytes;
      return new Storage(slab, start, width, this);
    }
    if (this.#next === this.#end) this.#refill(tag);
    const start = this.#next;
    this.#next += this.bytes;
    return new Storage(this.#slab!, start, width, this);
  }

  /** Takes back a slot by name. */
  reuse(slab: Slab, start: number): void {
    this.#freeSlabs.push(slab);
    this.#freeStarts.push(start);
    this.pool.free += this.bytes;
  }

  #refill(tag: string): void {
    const bytes = this.bytes * this.slots;
    const block = this.pool.take(this, bytes, tag);
    const record = { sizeClass: this, block, tag };
    this.#slab = new Slab(block, record);
    this.#next = 0;
    this.#end = bytes;
    this.pool.register(this.#slab);
  }

  /** Forgets free slots, so that half-empty slabs can die. */
  forget(): void {
    this.pool.free -= this.bytes * this.#freeSlabs.length;
    this.#freeSlabs.length = 0;
    this.#freeStarts.length = 0;
  }
}

const megabyte = 1 << 20;
/** Bytes taken between two presses. */
export const quantum: number = 64 * megabyte;
const slabBytes = 1 << 16;

export class Pool {
  readonly backend: Backend;
  /** Bytes in slabs that may still be in use; in free slots of those; in blocks kept for reuse; the most that was ever live. */
  live = 0;
  free = 0;
  cached = 0;
  peak = 0;
  limit: number = 4096 * megabyte;
  #sincePress = 0;
  readonly byTag: Map<string, number> = new Map();
  readonly #classes: Map<number, SizeClass> = new Map();
  readonly #registry: FinalizationRegistry<SlabRecord> = new FinalizationRegistry((record) => this.#returned(record));

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** The class for buffers of so many bytes: four classes a doubling, from 64 bytes. Asked when a layout is made, never per op. */
  classFor(bytes: number): SizeClass {
    let size = 64;
    if (bytes > 64) {
      const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
      size = Math.ceil(bytes / step) * step;
    }
    let found = this.#classes.get(size);
    if (found === undefined) {
      const slots = Math.max(1, Math.min(this.backend.slotsPerBlock, Math.floor(slabBytes / size)));
      found = new SizeClass(this, size, slots);
      this.#classes.set(size, found);
    }
    return found;
  }

  /** A block for a slab: a cached one or a new one, within the limit. */
  take(sizeClass: SizeClass, bytes: number, tag: string): Block {
    this.#press(bytes);
    const kept = sizeClass.blocks.pop();
    if (kept !== undefined) this.cached -= bytes;
    else if (this.live + this.cached + bytes > this.limit) this.#makeRoom(bytes, tag);
    const block = kept ?? this.backend.allocate(bytes);
    this.live += bytes;
    this.peak = Math.max(this.peak, this.live);
    this.byTag.set(tag, (this.byTag.get(tag) ?? 0) + bytes);
    return block;
  }

  register(slab: Slab): void {
    this.#registry.register(slab, slab.record);
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
    const bytes = sizeClass.bytes * sizeClass.slots;
    turn.returned(bytes);
    this.live -= bytes;
    this.cached += bytes;
    sizeClass.blocks.push(block);
    const left = (this.byTag.get(tag) ?? 0) - bytes;
    if (left > 0) this.byTag.set(tag, left);
    else this.byTag.delete(tag);
  }

  #press(bytes: number): void {
    turn.taken += bytes;
    turn.outstanding += bytes;
    this.#sincePress += bytes;
    if (this.#sincePress < quantum) return;
    this.#sincePress = 0;
    for (const sizeClass of this.#classes.values()) if (sizeClass.slots > 1) sizeClass.forget();
    turn.expect();
    press();
  }

  #makeRoom(bytes: number, tag: string): void {
    this.trim();
    if (this.live + bytes <= this.limit) return;
    const holders = [...this.byTag].sort((p, q) => q[1] - p[1]).slice(0, 3);
    const largest = holders.map(([name, held]) => `${name} ${megabytes(held)}`).join(', ');
    const starved = turn.taken > this.limit / 4;
    throw new OutOfMemoryError(
      tag,
      `${megabytes(this.live)} are live on ${this.backend.name}, ${megabytes(bytes)} more would pass the limit of ${megabytes(this.limit)}; largest holders: ${largest}. ${
        starved
          ? 'This code has not awaited anything for a long time, so JavaScript could not give memory back: put the body of the loop in scope(() => …), or await a read such as loss.item() now and then'
          : 'Drop references to tensors that are no longer needed, use a smaller batch, or raise the limit with setMemoryLimit(bytes)'
      }.`,
    );
  }
}

export const megabytes = (bytes: number): string =>
  bytes < megabyte ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / megabyte).toFixed(1)} MB`;
