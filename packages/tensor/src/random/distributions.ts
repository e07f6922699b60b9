/**
 * Random values on the host; devices that draw many themselves (`laws` of @nn/backend) make the same bits, so that a seed means the same everywhere. Uniform and normal values of a place come from that place's words
 * alone; whole numbers take words in turn, since they reject some.
 */
import type { DType } from '@nn/backend';
import { circle, logs } from './elementary.ts';
import type { Floats } from './laws.ts';
import { type Draw, threefryWords } from './threefry.ts';

/** Places computed at a time. */
const chunk = 4096;

/** Calls `visit` with the two words of each of `count` places from `start` on, a chunk at a time. */
function eachChunk(
  draw: Draw,
  places: number,
  visit: (words: Uint32Array, start: number, count: number) => void,
): void {
  for (let start = 0; start < places; start += chunk) {
    const count = Math.min(chunk, places - start);
    visit(threefryWords(draw, start, count), start, count);
  }
}

/** 53 bits of two words. */
const bits53 = (first: number, second: number): number => (first >>> 5) * 2 ** 26 + (second >>> 6);

/** Fills with uniform values in [0, 1): multiples of 2^-24 in 32 bits, of 2^-53 in 64, for float16 of 2^-11. */
export function fillUniform(values: Floats, draw: Draw, dtype?: DType): void {
  if (values instanceof Float32Array) {
    const digits = dtype === 'float16' ? 11 : 24;
    const [shift, step] = [32 - digits, 2 ** -digits];
    eachChunk(draw, values.length, (words, start, count) => {
      for (let i = 0; i < count; i++) values[start + i] = (words[2 * i]! >>> shift) * step;
    });
  } else
    eachChunk(draw, values.length, (words, start, count) => {
      for (let i = 0; i < count; i++) values[start + i] = bits53(words[2 * i]!, words[2 * i + 1]!) * 2 ** -53;
    });
}

/**
 * Fills with standard normal values: Box & Muller, "A note on the generation of random normal deviates" (1958). Places 2j and 2j + 1 make one pair, of 53 bits each,
 * computed in double precision.
 */
export function fillNormal(values: Floats, draw: Draw): void {
  const n = values.length;
  eachChunk(draw, n + (n % 2), (words, start, count) => {
    const radii = new Float64Array(count / 2);
    for (let j = 0; j < radii.length; j++) radii[j] = (bits53(words[4 * j]!, words[4 * j + 1]!) + 1) * 2 ** -53;
    logs(radii);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * radii[i / 2]!);
      const [cosine, sine] = circle(bits53(words[2 * i + 2]!, words[2 * i + 3]!) * 2 ** -53);
      // Beyond an odd number of values nothing is stored.
      values[start + i] = radius * cosine;
      values[start + i + 1] = radius * sine;
    }
  });
}

/** Fills with values of the exponential law of rate 1: -log of a uniform value of 52 bits, the ends left out. */
export function fillExponential(values: Floats, draw: Draw): void {
  eachChunk(draw, values.length, (words, start, count) => {
    const drawn = new Float64Array(count);
    for (let i = 0; i < count; i++)
      drawn[i] = (Math.floor(bits53(words[2 * i]!, words[2 * i + 1]!) / 2) + 0.5) * 2 ** -52;
    logs(drawn);
    for (let i = 0; i < count; i++) values[start + i] = -drawn[i]!;
  });
}

/** Whole numbers without bias, in turn from one draw. */
export class WholeNumbers {
  readonly #draw: Draw;
  #words: Uint32Array = new Uint32Array(0);
  #place = 0;
  #next = 0;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  /** 32 random bits. */
  #word(): number {
    if (this.#next === this.#words.length) {
      // Few numbers are often all that is wanted.
      const blocks = Math.min(chunk, Math.max(4, this.#place));
      this.#words = threefryWords(this.#draw, this.#place, blocks);
      this.#place += blocks;
      this.#next = 0;
    }
    return this.#words[this.#next++]!;
  }

  /**
   * A number from 0 to `range` - 1 (range up to 2^32), all equally likely, unless the generator has a law of its own (which may take a `long` draw): the upper half of word · range, where words whose lower half would favour some numbers are
   * drawn again (Lemire, "Fast random integer generation in an interval", 2019).
   */
  below(range: number, long?: boolean): number {
    const { laws } = this.#draw;
    if (laws) return laws.below(range, long);
    for (;;) {
      const word = this.#word();
      const rest = Math.imul(word, range) >>> 0;
      // Fewer halves than `range` favour a number, so that most words need no division.
      if (rest < range && rest < 2 ** 32 % range) continue;
      // Doubles hold the product of 32 and 21 bits.
      if (range <= 2 ** 21) return Math.floor(word * range * 2 ** -32);
      return Math.floor(((word >>> 16) * range + Math.floor(((word & 0xffff) * range) / 65536)) / 65536);
    }
  }

  /** A number below 2^53. */
  wide(): number {
    return this.#draw.laws?.wide() ?? bits53(this.#word(), this.#word());
  }
}

/** The numbers 0 to n - 1 in random order, every order equally likely (Fisher & Yates; Durstenfeld, "Algorithm 235", 1964). */
export function permutation(n: number, draw: Draw): Int32Array {
  if (draw.laws) return draw.laws.permutation(n);
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const numbers = new WholeNumbers(draw);
  for (let i = n - 1; i > 0; i--) {
    const j = numbers.below(i + 1);
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}
