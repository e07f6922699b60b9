/**
 * Judges random values by what must hold of them: bounds, spread, mean. The margins are six standard errors of the
 * statistic, so that a right generator practically never fails and a wrong scale of a few per cent does.
 */

import type { JsonRecord } from '../format/document.ts';
import { AGREED, type Comparison, fail } from './tensors.ts';

/** How many values a judgement should rest on; callers repeat a draw until they have them. */
export const ENOUGH_VALUES = 20_000;

const STANDARD_ERRORS = 6;
/** Fourth moment over squared variance. */
const KURTOSIS = { uniform: 1.8, normal: 3 } as const;

export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly std: number;
  readonly smallest: number;
  readonly largest: number;
}

export function measureMoments(values: readonly number[]): Moments {
  const count = values.length;
  const mean = values.reduce((total, value) => total + value, 0) / count;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / count;
  const smallest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return { count, mean, std: Math.sqrt(variance), smallest, largest };
}

/**
 * Compares values with a description: `{distribution: "uniform", bound}` is uniform on (-bound, bound),
 * `{distribution: "normal", mean, std}` normal, `{constant}` the same number everywhere, as float32 holds it.
 */
export function compareDistribution(values: readonly number[], description: JsonRecord): Comparison {
  if (typeof description['constant'] === 'number') {
    const constant = Math.fround(description['constant']);
    const wrong = values.find((value) => value !== constant);
    return wrong === undefined ? AGREED : fail(`${wrong}, expected ${constant} everywhere`);
  }
  const kind = description['distribution'];
  if (kind !== 'uniform' && kind !== 'normal') return fail(`unknown distribution ${JSON.stringify(kind)}`);
  const bound = kind === 'uniform' ? (description['bound'] as number) : Number.POSITIVE_INFINITY;
  const std = typeof description['std'] === 'number' ? description['std'] : bound / Math.sqrt(3);
  const mean = typeof description['mean'] === 'number' ? description['mean'] : 0;
  return compareMoments(measureMoments(values), { mean, std, bound, kurtosis: KURTOSIS[kind] });
}

interface ExpectedMoments {
  readonly mean: number;
  readonly std: number;
  readonly bound: number;
  readonly kurtosis: number;
}

function compareMoments(found: Moments, { mean, std, bound, kurtosis }: ExpectedMoments): Comparison {
  // A float32 may round a value just inside the bound onto it.
  const farthest = Math.max(Math.abs(found.smallest), Math.abs(found.largest));
  if (farthest > bound * (1 + 1e-6)) return fail(`a value of size ${farthest}, the bound is ${bound}`);
  const meanWithin = (STANDARD_ERRORS * std) / Math.sqrt(found.count);
  if (!(Math.abs(found.mean - mean) <= meanWithin))
    return fail(`mean ${found.mean}, expected ${mean} within ${meanWithin}`);
  const stdWithin = STANDARD_ERRORS * std * Math.sqrt((kurtosis - 1) / (4 * found.count));
  if (!(Math.abs(found.std - std) <= stdWithin))
    return fail(`standard deviation ${found.std}, expected ${std} within ${stdWithin}`);
  return AGREED;
}
