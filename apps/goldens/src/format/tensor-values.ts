/**
 * Turns the stored form of a tensor into numbers: written values, generated values, special floats.
 * Values come out as the dtype holds them (float32 values rounded to float32). No library types here.
 */

import type { GeneratedValues, Json, StoredTensor } from './document.ts';
import { readSpecialFloat } from './json.ts';

/** A tensor as plain numbers; booleans are 0 and 1. */
export interface TensorValues {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export class ValueFormatError extends Error {
  override readonly name: string = 'ValueFormatError';
}

export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Reads a stored tensor; `defaultDtype` applies where none is written (gradients). */
export function readTensorValues(stored: StoredTensor, defaultDtype = 'float32'): TensorValues {
  const dtype = stored.dtype ?? defaultDtype;
  const count = countElements(stored.shape);
  const values = stored.generate ? generateValues(stored.generate, count) : (stored.data ?? []).map(readNumber);
  if (values.length !== count) {
    throw new ValueFormatError(`shape (${stored.shape.join(', ')}) needs ${count} values, ${values.length} are stored`);
  }
  return { dtype, shape: stored.shape, values: roundToDtype(values, dtype) };
}

/** The number that a stored value stands for; `true` is 1, `"NaN"` is NaN. */
export function readNumber(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const special = typeof value === 'string' ? readSpecialFloat(value) : undefined;
  if (special === undefined) throw new ValueFormatError(`${JSON.stringify(value)} is not a number`);
  return special;
}

export function roundToDtype(values: readonly number[], dtype: string): readonly number[] {
  return dtype === 'float32' ? values.map(Math.fround) : values;
}

/** Plain numbers outside tensors are written with this many digits. */
const WRITTEN_DIGITS = 12;

/** A computed number as the files would write it. */
export function roundAsWritten(value: number): number {
  return Number(value.toPrecision(WRITTEN_DIGITS));
}

function generateValues(rule: GeneratedValues, count: number): number[] {
  const { a, b, m, scale = 1, shift = 0, integer = false } = rule;
  return Array.from({ length: count }, (_, i) => {
    const remainder = (i * a + b) % m;
    return integer ? remainder : remainder / scale + shift;
  });
}
