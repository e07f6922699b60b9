/** What a generator may make in a way of its own, instead of from the words of a draw. */

/** Values in place, of the dtype that their array stands for; those of float16 lie in float32. */
export type Floats = Float32Array | Float64Array;

export interface Laws {
  /** Uniform values in [from, to), with as many bits as float16 has if they are to be `halves`. */
  uniform(values: Floats, from: number, to: number, halves?: boolean): void;
  normal(values: Floats, mean: number, std: number): void;
  /** Values of density rate · exp(-rate x). */
  exponential(values: Floats, rate: number): void;
  /** 1 with probability p, else 0. */
  chances(values: Uint8Array, p: number): void;
  /** A whole number from 0 to `range` - 1, for a range of at most 2^32; from two words rather than one where it's `long`. */
  below(range: number, long?: boolean): number;
  /** A whole number below 2^53. */
  wide(): number;
  /** 0 to n - 1 in random order. */
  permutation(n: number): Int32Array;
  /** Where the orders of a sampler come from that was given no generator, for one epoch. */
  orders(): Laws;
}
