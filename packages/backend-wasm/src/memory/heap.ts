/**
 * Allocation in linear memory: four size classes a doubling, a free list each, fresh memory from the top. Every allocation has room behind it that kernels may
 * read (never write), and large ones start at differing distances from page boundaries, so that operands of one kernel don't fall into the same cache sets.
 * Where free blocks are of the wrong sizes, neighbours among them are put together and cut anew.
 */
import { OutOfMemoryError } from '@nn/backend';
import { type LinearMemory, mostPages, pageBytes } from './linear-memory.ts';

/** Kernels may read so many bytes beyond an operand. */
export const slack = 64;
const line = 64;
/** Free bytes that are worth putting together instead of taking more from the machine. */
const worthGathering = 64 << 20;

/** A stretch of memory. Those of all blocks and gaps, in order, leave nothing out. */
interface Extent {
  readonly from: number;
  readonly to: number;
}

export class Heap {
  readonly #memory: LinearMemory;
  readonly #limit: number;
  readonly #free: number[][] = [];
  /** What each block covers, by its address. */
  readonly #extents = new Map<number, Extent>();
  /** Memory below the top that belongs to no block. */
  #gaps: Extent[] = [];
  #top: number;
  #turn = 0;
  /** Bytes handed out, and the most there ever were. */
  used = 0;
  peak = 0;

  constructor(memory: LinearMemory, start: number, limit: number) {
    this.#memory = memory;
    this.#top = start;
    this.#limit = limit;
  }

  /** The class whose blocks hold `bytes`: sizes are 4, 5, 6 and 7 times powers of two. */
  static classOf(bytes: number): number {
    const quarters = Math.max(1, Math.ceil(bytes / 16));
    if (quarters <= 4) return quarters - 1;
    const power = 31 - Math.clz32(quarters - 1);
    return 4 * (power - 1) + Math.ceil(quarters / 2 ** (power - 2)) - 5;
  }

  /** Bytes of a class's blocks. */
  static sizeOf(sizeClass: number): number {
    if (sizeClass < 4) return 16 * (sizeClass + 1);
    return 16 * (5 + (sizeClass % 4)) * 2 ** (Math.floor(sizeClass / 4) - 1);
  }

  /** The address of at least `bytes` bytes, a multiple of 16. Throws an `OutOfMemoryError`. */
  allocate(bytes: number): number {
    const sizeClass = Heap.classOf(bytes);
    const size = Heap.sizeOf(sizeClass);
    let list = this.#free[sizeClass];
    if (list === undefined) {
      list = [];
      this.#free[sizeClass] = list;
    }
    const address = list.pop() ?? this.#fresh(size);
    this.used += size;
    this.peak = Math.max(this.peak, this.used);
    return address;
  }

  #fresh(size: number): number {
    const within = this.#cut(size);
    if (within !== null) return within;
    const start = this.#startIn(this.#top, size);
    const end = start + size + slack;
    if (end > this.#memory.size) {
      const most = Math.min(this.#limit, mostPages * pageBytes);
      const idle = this.#top - this.used;
      if ((end > most || idle > Math.max(worthGathering, this.used)) && this.#gather()) return this.#fresh(size);
      if (end > most) throw this.#full(size, 'its limit');
      // A quarter more than is asked, so that growth is rare; just enough where that much can't be had.
      const ample = Math.min(Math.max(end, this.#memory.size * 1.25), most);
      if (!this.#memory.grow(ample) && !this.#memory.grow(end)) {
        if (this.#gather()) return this.#fresh(size);
        throw this.#full(size, 'all the machine gives');
      }
    }
    const from = this.#top;
    this.#top = endOf(start, size);
    this.#extents.set(start, { from, to: this.#top });
    return start;
  }

  #startIn(from: number, size: number): number {
    return size >= 4096 ? Math.ceil(from / line) * line + line * (this.#turn++ % 61) : from;
  }

  /** A block from the first gap that holds it. */
  #cut(size: number): number | null {
    for (const [i, gap] of this.#gaps.entries()) {
      if (gap.to - gap.from < size) continue;
      const start = this.#startIn(gap.from, size);
      const to = endOf(start, size);
      if (to > gap.to) continue;
      this.#extents.set(start, { from: gap.from, to });
      this.#gaps.splice(i, 1, ...(to < gap.to ? [{ from: to, to: gap.to }] : []));
      return start;
    }
    return null;
  }

  /** Makes gaps of all free blocks, neighbours together. False if none was free: then there is nothing new. */
  #gather(): boolean {
    const addresses = this.#free.flatMap((list) => list.splice(0));
    if (addresses.length === 0) return false;
    const free = addresses.map((address) => this.#extents.get(address)!);
    for (const address of addresses) this.#extents.delete(address);
    const gaps: Extent[] = [];
    for (const { from, to } of [...this.#gaps, ...free].sort((p, q) => p.from - q.from)) {
      if (gaps.at(-1)?.to === from) gaps.push({ from: gaps.pop()!.from, to });
      else gaps.push({ from, to });
    }
    if (gaps.at(-1)!.to === this.#top) this.#top = gaps.pop()!.from;
    this.#gaps = gaps;
    return true;
  }

  /** Takes a block back that was allocated with this many bytes. */
  free(address: number, bytes: number): void {
    const sizeClass = Heap.classOf(bytes);
    this.#free[sizeClass]!.push(address);
    this.used -= Heap.sizeOf(sizeClass);
  }

  #full(size: number, what: string): OutOfMemoryError {
    const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    return new OutOfMemoryError(
      'allocate',
      `the wasm backend has no room for ${mib(size)}: ${mib(this.used)} in use, ${mib(this.#memory.size)} taken is ${what}; ` +
        'free tensors with scope() or dispose(), use smaller batches, or raise memoryLimit',
    );
  }
}

/** Where the extent of a block ends: something between it and the next, in steps of 16 bytes. */
const endOf = (start: number, size: number): number => start + Math.ceil((size + 16) / 16) * 16;
