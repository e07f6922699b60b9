/** The one memory that all kernels work in, and views of it that outlive growth. */
import { BackendError } from '@nn/backend';

/** Bytes of a page. */
export const pageBytes = 65536;
/** What 32-bit addresses reach. */
export const mostPages = 65536;

export class LinearMemory {
  #memory: WebAssembly.Memory | null;
  readonly shared: boolean;
  /** Views of the whole memory, fresh after growth: read the field anew after any allocation. */
  bytes!: Uint8Array;
  words!: Int32Array;
  floats!: Float32Array;
  doubles!: Float64Array;

  /** Shared memory takes addresses for all that it may grow to, `limit` bytes, when it is made. */
  constructor(shared: boolean, limit: number = mostPages * pageBytes) {
    try {
      const maximum = Math.ceil(limit / pageBytes);
      this.#memory = new WebAssembly.Memory(shared ? { initial: 16, maximum, shared } : { initial: 16 });
    } catch (cause) {
      throw new BackendError(
        'wasm',
        'WebAssembly memory could not be made: the machine or a limit on address space (`ulimit -v`) refuses it; dispose() backends that are no longer needed',
        { cause },
      );
    }
    this.shared = shared;
    this.#renew();
  }

  get memory(): WebAssembly.Memory {
    return this.#memory!;
  }

  #renew(buffer: ArrayBufferLike = this.memory.buffer): void {
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Lets go of the memory. */
  drop(): void {
    this.#memory = null;
    this.#renew(new ArrayBuffer(0));
  }

  /** Bytes there are. */
  get size(): number {
    return this.bytes.length;
  }

  /** Grows to at least this many bytes; false where the machine refuses. */
  grow(bytes: number): boolean {
    const pages = Math.ceil((bytes - this.size) / pageBytes);
    if (pages <= 0) return true;
    try {
      this.memory.grow(pages);
    } catch {
      return false;
    }
    this.#renew();
    return true;
  }
}
