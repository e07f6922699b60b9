/** Random parts of a dataset. */
import { ValueError } from '@nn/backend';
import { type Source, Subset, sizeOf } from './dataset.ts';
import { type Generator, permutation } from './random.ts';
import { lengthOf } from './sized.ts';

/** Whole parts of a length from fractions that add up to 1: floors, and the rest one each to the first parts, as PyTorch does. */
function wholeLengths(lengths: readonly number[], total: number): number[] {
  const sum = lengths.reduce((p, n) => p + n, 0);
  if (lengths.every(Number.isInteger) && sum === total) return [...lengths];
  if (lengths.some((n) => !(n >= 0 && n <= 1)) || Math.abs(sum - 1) > 1e-6)
    throw new ValueError(
      'randomSplit',
      `lengths (${lengths.join(', ')}) add up to ${sum}; they must add up to ${total} samples, or be fractions that add up to 1`,
    );
  const parts = lengths.map((f) => Math.floor(total * f));
  const rest = total - parts.reduce((p, n) => p + n, 0);
  for (let i = 0; i < rest; i++) parts[i % parts.length]!++;
  return parts;
}

/**
 * Splits a dataset at random into parts of given lengths or fractions; PyTorch: `random_split`.
 * @example
 * ```ts
 * import { randomSplit } from '@nn/data';
 * const [train, valid] = randomSplit([1, 2, 3, 4, 5], [0.8, 0.2]);
 * console.log(train.length, valid.length); // prints: 4 1
 * ```
 */
export function randomSplit<Sample, const L extends readonly number[]>(
  dataset: Source<Sample>,
  lengths: L,
  options: { readonly generator?: Generator } = {},
): { -readonly [K in keyof L]: Subset<Sample> } {
  const total = sizeOf('randomSplit', dataset);
  lengthOf('randomSplit', lengths);
  const order = permutation(total, options.generator);
  let start = 0;
  return wholeLengths(lengths, total).map((n) => {
    start += n;
    return new Subset(dataset, order.slice(start - n, start));
  }) as { -readonly [K in keyof L]: Subset<Sample> };
}
