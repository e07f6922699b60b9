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

/**
 * Both words of `blocks` places from `first` on: words 2i and 2i + 1 are those of place first + i. Twenty rounds, four to a group, whose rotation distances take turns; after each
 * group a part of the key. Written out, because engines rotate by constants in one instruction.
 */
export function threefryWords({ key0, key1, counter }: Draw, first: number, blocks: number): Uint32Array {
  const words = new Uint32Array(2 * blocks);
  const p = key0 | 0;
  const q = key1 | 0;
  const r = parity ^ key0 ^ key1;
  const start = (counter + p) | 0;
  for (let i = 0; i < blocks; i++) {
    let x = start;
    let y = (first + i + q) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + q) | 0;
    y = (y + r + 1) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + r) | 0;
    y = (y + p + 2) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + p) | 0;
    y = (y + q + 3) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + q) | 0;
    y = (y + r + 4) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + r) | 0;
    y = (y + p + 5) | 0;
    words[2 * i] = x;
    words[2 * i + 1] = y;
  }
  return words;
}
