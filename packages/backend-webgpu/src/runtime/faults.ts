/** Indices out of range: a launch that meets one notes it in a buffer, and the next read finds it there. */
import type { Buffer } from './buffers.ts';

/** Launches whose labels are remembered. */
const remembered = 4096;

export class Faults {
  readonly buffer: Buffer;
  /** The same without any, to be copied there. */
  readonly none: Buffer;
  readonly #labels: string[] = [];
  #next = 0;
  #expected = false;

  /** Two new buffers of four words: whether there is one, the index, the size that it is out of, and the number of the launch. */
  constructor(buffer: Buffer, none: Buffer) {
    this.buffer = buffer;
    this.none = none;
  }

  /** A launch is coming that may find one; its number. */
  expect(label: string): number {
    this.#expected = true;
    const number = this.#next;
    this.#labels[number] = label;
    this.#next = (number + 1) % remembered;
    return number;
  }

  /** Whether a read has to look; it does, and leaves none. From then on only for what comes later. */
  taken(): boolean {
    const expected = this.#expected;
    this.#expected = false;
    return expected;
  }

  /** What a read found. */
  found(words: Uint32Array): { readonly label: string; readonly index: number; readonly size: number } | null {
    if (words[0] === 0) return null;
    return { label: this.#labels[words[3]!]!, index: words[1]! | 0, size: words[2]! };
  }
}
