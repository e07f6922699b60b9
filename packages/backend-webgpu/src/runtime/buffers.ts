/** Buffers of the device by size: those given back are given out again, within a bound. Knows sizes and usages, nothing of what is in them. */
import { OutOfMemoryError } from '@nn/backend';

/** Values of GPUBufferUsage, which Node has not as globals. */
export const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

/** A buffer with a number of its own, so that sets of buffers have keys. */
export interface Buffer {
  readonly gpu: GPUBuffer;
  readonly bytes: number;
  readonly id: number;
  /** The flush before which it was used last. */
  used: number;
}

/** Whole words of sixteen bytes, so that loads of four elements end inside. */
export const roundUp = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);

/** Buffers there may be at once: each is a mapping of memory for some drivers, of which a process has 65,530 on Linux. */
export const mostBuffers = 50_000;

export class Buffers {
  readonly #device: GPUDevice;
  readonly #usage: number;
  readonly #most: number;
  readonly #destroy: (buffer: Buffer) => void;
  /** By size, none of them empty; the size that was taken or given longest ago comes first. */
  readonly #free = new Map<number, Buffer[]>();
  #next = 0;
  /** Numbers from here on are of buffers that the device is known to have. */
  #trusted = 0;
  /** Buffers there are. */
  #count = 0;
  /** Buffers made so far; bytes given out; bytes kept for reuse. */
  made = 0;
  live = 0;
  kept = 0;

  /** Keeps at most `most` bytes for reuse; what isn't kept is left to `destroy`, which waits for the commands that use it. */
  constructor(device: GPUDevice, usageFlags: number, most: number, destroy: (buffer: Buffer) => void) {
    this.#device = device;
    this.#usage = usageFlags;
    this.#most = most;
    this.#destroy = destroy;
  }

  take(wanted: number): Buffer {
    const bytes = roundUp(wanted);
    const buffer = this.#kept(bytes) ?? this.#make(bytes);
    this.live += bytes;
    return buffer;
  }

  #kept(bytes: number): Buffer | undefined {
    const list = this.#free.get(bytes);
    if (list === undefined) return undefined;
    this.kept -= bytes;
    const buffer = list.pop();
    this.#free.delete(bytes);
    if (list.length > 0) this.#free.set(bytes, list);
    return buffer;
  }

  #make(bytes: number): Buffer {
    const limit = this.#device.limits.maxBufferSize;
    if (bytes > limit)
      throw new OutOfMemoryError(
        'allocate',
        `one buffer of ${bytes} bytes; this device makes them up to ${limit}: work on parts`,
      );
    if (this.#count >= mostBuffers) this.#drop(0);
    if (this.#count >= mostBuffers)
      throw new OutOfMemoryError(
        'allocate',
        `${this.#count} buffers are in use, one for each tensor; more than ${mostBuffers} are too many for some drivers: keep fewer small tensors`,
      );
    this.#count++;
    this.made++;
    return { gpu: this.#device.createBuffer({ size: bytes, usage: this.#usage }), bytes, id: this.#next++, used: -1 };
  }

  /** Takes a buffer back. */
  give(buffer: Buffer): void {
    const { bytes, id } = buffer;
    this.live -= bytes;
    if (bytes > this.#most || id < this.#trusted) {
      this.#end(buffer);
      return;
    }
    this.kept += bytes;
    const list = this.#free.get(bytes) ?? [];
    list.push(buffer);
    this.#free.delete(bytes);
    this.#free.set(bytes, list);
    if (this.kept > this.#most) this.#drop(this.#most);
  }

  /** After the device ran out of memory, when any buffer may be one in name only: none of today's is given out again. */
  distrust(): void {
    this.#trusted = this.#next;
    this.#drop(0);
  }

  /** Keeps at most so many bytes. */
  #drop(most: number): void {
    for (const [bytes, list] of this.#free) {
      while (this.kept > most && list.length > 0) {
        this.#end(list.pop()!);
        this.kept -= bytes;
      }
      if (list.length > 0) break;
      this.#free.delete(bytes);
    }
  }

  #end(buffer: Buffer): void {
    this.#count--;
    this.#destroy(buffer);
  }
}
