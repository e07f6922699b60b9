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

export class Buffers {
  readonly #device: GPUDevice;
  readonly #usage: number;
  readonly #most: number;
  readonly #free = new Map<number, Buffer[]>();
  #next = 0;
  /** Buffers made so far; bytes given out; bytes kept for reuse. */
  made = 0;
  live = 0;
  kept = 0;

  /** Keeps at most `most` bytes for reuse. */
  constructor(device: GPUDevice, usageFlags: number, most: number) {
    this.#device = device;
    this.#usage = usageFlags;
    this.#most = most;
  }

  take(wanted: number): Buffer {
    const bytes = roundUp(wanted);
    const kept = this.#free.get(bytes)?.pop();
    if (kept !== undefined) this.kept -= bytes;
    const buffer = kept ?? this.#make(bytes);
    this.live += bytes;
    return buffer;
  }

  #make(bytes: number): Buffer {
    const limit = this.#device.limits.maxBufferSize;
    if (bytes > limit)
      throw new OutOfMemoryError(
        'allocate',
        `one buffer of ${bytes} bytes; this device makes them up to ${limit}: work on parts`,
      );
    this.made++;
    return { gpu: this.#device.createBuffer({ size: bytes, usage: this.#usage }), bytes, id: this.#next++, used: -1 };
  }

  /** Takes a buffer back; returns whether it is kept, else the caller destroys it once nothing that waits uses it. */
  give(buffer: Buffer): boolean {
    this.live -= buffer.bytes;
    if (this.kept + buffer.bytes > this.#most) return false;
    this.kept += buffer.bytes;
    const list = this.#free.get(buffer.bytes);
    if (list === undefined) this.#free.set(buffer.bytes, [buffer]);
    else list.push(buffer);
    return true;
  }
}
