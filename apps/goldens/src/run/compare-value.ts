/**
 * Compares any value a program can compute (tensors, numbers, strings, booleans, lists and records of them) with its
 * expectation in JSON.
 */

import {
  AGREED,
  type Comparison,
  compareNumbers,
  comparePlain,
  compareTensors,
  fail,
  joinComparisons,
} from '../compare/tensors.ts';
import { isRecord, isStoredTensor, type Json, type StoredTensor, type Tolerance } from '../format/document.ts';
import { readSpecialFloat } from '../format/json.ts';
import { isTensor, readOutput } from './tensors.ts';

export async function compareValue(
  found: unknown,
  expected: Json | undefined,
  tolerance: Tolerance,
): Promise<Comparison> {
  const actual = await found;
  if (isStoredTensor(expected)) {
    if (!isTensor(actual) && typeof actual !== 'number' && typeof actual !== 'boolean')
      return fail(`${describe(actual)}, expected a tensor`);
    const { typed, ...values } = await readOutput(actual);
    return compareTensors(values, expected as unknown as StoredTensor, tolerance, { compareDtype: typed });
  }
  if (Array.isArray(expected)) return compareLists(actual, expected, tolerance);
  if (isRecord(expected)) return compareRecords(actual, expected, tolerance);
  const number = typeof expected === 'string' ? readSpecialFloat(expected) : expected;
  if (typeof number === 'number' && typeof actual === 'number')
    return compareNumbers([actual], [number], tolerance, () => 'value');
  return comparePlain(isTensor(actual) ? describe(actual) : actual, expected);
}

async function compareLists(actual: unknown, expected: readonly Json[], tolerance: Tolerance): Promise<Comparison> {
  if (isTensor(actual) || !isIterable(actual)) return fail(`${describe(actual)}, expected a list`);
  const items = [...actual];
  if (items.length !== expected.length) return fail(`${items.length} items, expected ${expected.length}`);
  const parts: [string, Comparison][] = [];
  for (const [position, item] of expected.entries()) {
    parts.push([`[${position}]`, await compareValue(items[position], item, tolerance)]);
  }
  return joinComparisons(parts);
}

async function compareRecords(
  actual: unknown,
  expected: { readonly [name: string]: Json | undefined },
  tolerance: Tolerance,
): Promise<Comparison> {
  if (typeof actual !== 'object' || actual === null || isTensor(actual))
    return fail(`${describe(actual)}, expected fields`);
  const fields: ReadonlyMap<string, unknown> = actual instanceof Map ? actual : new Map(Object.entries(actual));
  const parts: [string, Comparison][] = [];
  for (const [name, value] of Object.entries(expected)) {
    const part = fields.has(name) ? await compareValue(fields.get(name), value, tolerance) : fail('missing');
    parts.push([name, part]);
  }
  return parts.length === 0 ? AGREED : joinComparisons(parts);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function describe(value: unknown): string {
  return isTensor(value) ? 'a tensor' : (JSON.stringify(value) ?? String(value));
}
