/** Code in shared memory, where workers find what they haven't met. Holds so many bytes at most: what was put there first goes, and comes back when it is launched again. */
import { OutOfMemoryError } from '@nn/backend';
import type { Heap } from '../memory/heap.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Entry } from '../program.ts';

export class Shelf {
  readonly #heap: Heap;
  readonly #memory: LinearMemory;
  readonly #limit: number;
  readonly #entries = new Set<Entry>();
  #bytes = 0;

  constructor(heap: Heap, memory: LinearMemory, limit: number) {
    this.#heap = heap;
    this.#memory = memory;
    this.#limit = limit;
  }

  /** Puts an entry's bytes there and gives their address; 0 where memory is full. Between launches only: no worker may be reading. */
  put(entry: Entry): number {
    const { length } = entry.bytes;
    for (const oldest of this.#entries) {
      if (this.#bytes + length <= this.#limit) break;
      this.#heap.free(oldest.bytesAt, oldest.bytes.length);
      this.#bytes -= oldest.bytes.length;
      oldest.bytesAt = 0;
      this.#entries.delete(oldest);
    }
    let at: number;
    try {
      at = this.#heap.allocate(length);
    } catch (error) {
      if (error instanceof OutOfMemoryError) return 0;
      throw error;
    }
    this.#memory.bytes.set(entry.bytes, at);
    entry.bytesAt = at;
    this.#bytes += length;
    this.#entries.add(entry);
    return at;
  }
}
