/**
 * Compares one computed tensor with its stored expectation: dtype, shape, then values (all of them, or the
 * samples and sums of a large one). Says where the first disagreement is and how large the largest error was.
 */

import type { SampledValues, StoredTensor, Tolerance } from '../format/document.ts';
import { readNumber, readTensorValues, roundToDtype, type TensorValues } from '../format/tensor-values.ts';
import { agrees, measureError } from './tolerance.ts';

/** What a comparison found; `message` is absent when everything agreed. */
export interface Comparison {
  readonly largestError: number;
  readonly message?: string;
}

export interface ComparisonOptions {
  /** The dtype of an expectation that states none. Default `float32`. */
  readonly defaultDtype?: string;
  /** Python numbers and booleans have no dtype to compare. Default `true`. */
  readonly compareDtype?: boolean;
}

export function compareTensors(
  actual: TensorValues,
  expected: StoredTensor,
  tolerance: Tolerance,
  { defaultDtype = 'float32', compareDtype = true }: ComparisonOptions = {},
): Comparison {
  const dtype = expected.dtype ?? defaultDtype;
  if (compareDtype && actual.dtype !== dtype) return fail(`dtype ${actual.dtype}, expected ${dtype}`);
  if (!sameShape(actual.shape, expected.shape)) {
    return fail(`shape ${formatShape(actual.shape)}, expected ${formatShape(expected.shape)}`);
  }
  if (expected.samples) return compareSamples(actual.values, expected as SampledValues, dtype, tolerance);
  const values = readTensorValues(expected, defaultDtype).values;
  return compareNumbers(actual.values, values, tolerance, (position) => formatIndex(position, expected.shape));
}

/** Compares two lists of numbers of one length. */
export function compareNumbers(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: Tolerance,
  describePosition: (position: number) => string = (position) => `[${position}]`,
): Comparison {
  if (actual.length !== expected.length) return fail(`${actual.length} values, expected ${expected.length}`);
  let largestError = 0;
  let wrong = 0;
  let first = '';
  for (const [position, expectedValue] of expected.entries()) {
    const value = actual[position] as number;
    largestError = Math.max(largestError, measureError(value, expectedValue));
    if (agrees(value, expectedValue, tolerance)) continue;
    if (wrong === 0)
      first = `at ${describePosition(position)}: ${formatNumber(value)}, expected ${formatNumber(expectedValue)}`;
    wrong += 1;
  }
  if (wrong === 0) return { largestError };
  return { largestError, message: wrong === 1 ? first : `${first} (${wrong} of ${expected.length} values differ)` };
}

function compareSamples(
  values: readonly number[],
  expected: SampledValues,
  dtype: string,
  tolerance: Tolerance,
): Comparison {
  const { samples, sum, sum_abs, sum_within = 0 } = expected;
  const sampled = samples.index.map((position) => values[position] ?? Number.NaN);
  const expectedValues = roundToDtype(samples.value.map(readNumber), dtype);
  const comparison = compareNumbers(sampled, expectedValues, tolerance, (i) => `[${samples.index[i]}]`);
  if (comparison.message !== undefined) return comparison;
  const sums: [string, number | undefined, number][] = [
    ['sum', sum, values.reduce((total, value) => total + value, 0)],
    ['sum of absolute values', sum_abs, values.reduce((total, value) => total + Math.abs(value), 0)],
  ];
  for (const [name, expectedSum, total] of sums) {
    if (expectedSum === undefined || agrees(total, expectedSum, { rtol: 0, atol: sum_within })) continue;
    return { ...comparison, message: `${name} ${total}, expected ${expectedSum} within ${sum_within}` };
  }
  return comparison;
}

/** Joins the comparisons of several named parts: the largest error of all, every message with its part's name. */
export function joinComparisons(parts: readonly (readonly [name: string, comparison: Comparison])[]): Comparison {
  const largestError = parts.reduce((largest, [, part]) => Math.max(largest, part.largestError), 0);
  const messages = parts.flatMap(([name, part]) => (part.message === undefined ? [] : [`${name}: ${part.message}`]));
  return messages.length === 0 ? { largestError } : { largestError, message: messages.join('; ') };
}

export function fail(message: string): Comparison {
  return { largestError: 0, message };
}

export const AGREED: Comparison = { largestError: 0 };

/** Compares two plain values (strings, booleans, lists of them) exactly. */
export function comparePlain(actual: unknown, expected: unknown): Comparison {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  return found === wanted ? AGREED : fail(`${found}, expected ${wanted}`);
}

export function formatShape(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}

function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((size, dimension) => size === right[dimension]);
}

function formatIndex(position: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = position;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${index.join(', ')}]`;
}

function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
