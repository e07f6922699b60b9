/**
 * The inputs of all cases: numbers that follow from a seed and a position alone, so that every player, in JavaScript or Python, makes the same without
 * sending them. The mixing is MurmurHash3's finalizer (Austin Appleby 2011, public domain) on position × an odd constant + seed.
 */

/** Seeds by purpose; each list or parameter takes the next number after its base. */
export const seeds = { left: 1, right: 2, batch: 10, label: 100, parameter: 1000 } as const;

/** A number in [0, 2³²) from a seed and a position. */
export function hash(seed: number, position: number): number {
  let h = (Math.imul(position + 1, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** `size` float32 numbers, uniform in [low, high). */
export function uniform(size: number, seed: number, low = 0, high = 1): Float32Array {
  const values = new Float32Array(size);
  const scale = (high - low) / 2 ** 32;
  for (let i = 0; i < size; i++) values[i] = low + scale * hash(seed, i);
  return values;
}

/** `size` whole numbers below `limit`. */
export function integers(size: number, seed: number, limit: number): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => Math.floor((hash(seed, i) / 2 ** 32) * limit));
}

/** What a parameter starts with; `position` is its place among the model's parameters, in PyTorch's order and layout. */
export function initial(position: number, shape: readonly number[], kind: 'weight' | 'bias' | 'scale'): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1);
  if (kind === 'scale') return new Float32Array(size).fill(1);
  const bound = kind === 'bias' ? 0.1 : 1 / Math.sqrt(size / shape[0]!);
  return uniform(size, seeds.parameter + position, -bound, bound);
}
