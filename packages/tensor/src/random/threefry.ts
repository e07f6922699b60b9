/**
 * Threefry-2x32 with 20 rounds on the host (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the same words, bit for bit, as the
 * scalar language's `randomBits` and `randomBits2`. Integer arithmetic alone.
 */

/** Which numbers a call draws: the generator's key and the call's number. The place of an element is the second word of the counter. */
export interface Draw {
  readonly key0: number;
  readonly key1: number;
  readonly counter: number;
}

/** The paper's rotation distances, four rounds to a group, and the parity of its key schedule. */
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const parity = 0x1bd11bda;

/** Both words of `blocks` places from `first` on: words 2i and 2i + 1 are those of place first + i. */
export function threefryWords({ key0, key1, counter }: Draw, first: number, blocks: number): Uint32Array {
  const words = new Uint32Array(2 * blocks);
  const keys = [key0, key1, parity ^ key0 ^ key1] as const;
  for (let i = 0; i < blocks; i++) {
    let x = (counter + key0) | 0;
    let y = (first + i + key1) | 0;
    for (let group = 1; group <= 5; group++) {
      const [a, b, c, d] = rotations[(group - 1) & 1]!;
      x = (x + y) | 0;
      y = ((y << a) | (y >>> (32 - a))) ^ x;
      x = (x + y) | 0;
      y = ((y << b) | (y >>> (32 - b))) ^ x;
      x = (x + y) | 0;
      y = ((y << c) | (y >>> (32 - c))) ^ x;
      x = (x + y) | 0;
      y = ((y << d) | (y >>> (32 - d))) ^ x;
      x = (x + keys[group % 3]!) | 0;
      y = (y + keys[(group + 1) % 3]! + group) | 0;
    }
    words[2 * i] = x;
    words[2 * i + 1] = y;
  }
  return words;
}
