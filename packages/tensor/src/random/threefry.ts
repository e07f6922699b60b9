/**
 * Threefry-2x32 with 20 rounds on the host (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the same words, bit for bit, as the
 * scalar language's `randomBits` and `randomBits2`. Integer arithmetic alone.
 */

import type { Laws } from './laws.ts';

/** Which numbers a call draws: the generator's key and the call's number. The place of an element is the second word of the counter. */
export interface Draw {
  readonly key0: number;
  readonly key1: number;
  readonly counter: number;
  /** The generator's own laws, which come before these words. */
  readonly laws?: Laws | undefined;
}

/** The parity of the paper's key schedule. */
const parity = 0x1bd11bda;

/** Both words of `blocks` places from `first` on: words 2i and 2i + 1 are those of place first + i. */
export function threefryWords({ key0, key1, counter }: Draw, first: number, blocks: number): Uint32Array {
  const words = new Uint32Array(2 * blocks);
  const [p, q, r] = [key0 | 0, key1 | 0, parity ^ key0 ^ key1];
  for (let i = 0; i < blocks; i++) {
    let x = (counter + p) | 0;
    let y = (first + i + q) | 0;
    let a = q;
    let b = r;
    let c = p;
    // Twenty rounds, four to a group, whose rotation distances take turns; after each group a part of the key. Engines rotate by constants in one instruction.
    for (let group = 1; ; group += 2) {
      x = (x + y) | 0;
      y = ((y << 13) | (y >>> 19)) ^ x;
      x = (x + y) | 0;
      y = ((y << 15) | (y >>> 17)) ^ x;
      x = (x + y) | 0;
      y = ((y << 26) | (y >>> 6)) ^ x;
      x = (x + y) | 0;
      y = ((y << 6) | (y >>> 26)) ^ x;
      x = (x + a) | 0;
      y = (y + b + group) | 0;
      if (group === 5) break;
      x = (x + y) | 0;
      y = ((y << 17) | (y >>> 15)) ^ x;
      x = (x + y) | 0;
      y = ((y << 29) | (y >>> 3)) ^ x;
      x = (x + y) | 0;
      y = ((y << 16) | (y >>> 16)) ^ x;
      x = (x + y) | 0;
      y = ((y << 24) | (y >>> 8)) ^ x;
      x = (x + b) | 0;
      y = (y + c + group + 1) | 0;
      const next = c;
      c = b;
      b = a;
      a = next;
    }
    words[2 * i] = x;
    words[2 * i + 1] = y;
  }
  return words;
}
