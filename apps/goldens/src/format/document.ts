/**
 * The format of one file of reference cases, as types, and the reading of its text into them.
 * Checks only the frame (family, cases, ids); what a case needs is checked where it is run, so that
 * one odd case fails alone.
 */

import { parseAttributes } from './json.ts';
import type { Attribute, AttributeRecord } from './python-float.ts';
import { isAttributeRecord } from './python-float.ts';

/** A value as it stands in the JSON outside attributes. */
export type Json = null | boolean | number | string | readonly Json[] | JsonRecord;

export interface JsonRecord {
  readonly [name: string]: Json | undefined;
}

/** `value i = ((i*a + b) mod m) / scale + shift`, or the integer `(i*a + b) mod m`. */
export interface GeneratedValues {
  readonly a: number;
  readonly b: number;
  readonly m: number;
  readonly scale?: number;
  readonly shift?: number;
  readonly integer?: boolean;
}

/** What a large result must agree with: some of its values, its sum and the sum of its absolute values. */
export interface SampledValues {
  readonly samples: { readonly index: readonly number[]; readonly value: readonly Json[] };
  readonly sum?: number;
  readonly sum_abs?: number;
  readonly sum_within?: number;
}

/** A tensor in a file: its values are written out, generated, or only sampled. */
export interface StoredTensor extends Partial<SampledValues> {
  readonly dtype?: string;
  readonly shape: readonly number[];
  readonly data?: readonly Json[];
  readonly generate?: GeneratedValues;
}

export interface StoredInput extends StoredTensor {
  readonly name: string;
  readonly dtype: string;
  readonly requires_grad?: boolean;
  readonly role?: string;
}

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

export interface DoubleBackward {
  readonly v: { readonly [input: string]: StoredTensor };
  readonly grads: { readonly [input: string]: StoredTensor | null };
  readonly grad_grad_output: readonly (StoredTensor | null)[];
}

export interface GoldenCase {
  readonly id: string;
  readonly family: string;
  readonly op: string;
  readonly inputs: readonly StoredInput[];
  readonly attrs: AttributeRecord;
  readonly outputs?: readonly StoredTensor[];
  readonly grad_output?: readonly (StoredTensor | null)[];
  readonly grads?: { readonly [input: string]: StoredTensor | null };
  readonly double_backward?: DoubleBackward;
  readonly tolerance: Tolerance;
  /** Fields that only some families have (`given`, `expected`, `statistics`, `files`, `code` …). */
  readonly fields: JsonRecord;
}

export interface GoldenFamily {
  readonly family: string;
  readonly cases: readonly GoldenCase[];
}

/** A file that is not a family of reference cases. */
export class DocumentError extends Error {
  override readonly name: string = 'DocumentError';
}

const EXACT: Tolerance = { rtol: 0, atol: 0 };

/** Reads the text of one family file; `name` is used in messages only. */
export function readFamily(text: string, name: string): GoldenFamily {
  const document = parseDocument(text, name);
  const attributes = parseAttributes(text);
  const attributeCases = isAttributeRecord(attributes) ? (attributes['cases'] as readonly Attribute[]) : [];
  const family = document['family'];
  const cases = document['cases'];
  if (typeof family !== 'string' || !Array.isArray(cases)) {
    throw new DocumentError(`${name}: expected an object with "family" and a list "cases"`);
  }
  const seen = new Set<string>();
  return {
    family,
    cases: cases.map((stored: Json, position) => {
      if (!isRecord(stored) || typeof stored['id'] !== 'string') {
        throw new DocumentError(`${name}: case ${position} has no "id"`);
      }
      if (seen.has(stored['id'])) throw new DocumentError(`${name}: two cases are called ${stored['id']}`);
      seen.add(stored['id']);
      return readCase(stored, attributeCases[position], family);
    }),
  };
}

function parseDocument(text: string, name: string): JsonRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new DocumentError(`${name}: not JSON (${(error as Error).message})`);
  }
  if (!isRecord(parsed as Json)) throw new DocumentError(`${name}: expected an object with "family" and "cases"`);
  return parsed as JsonRecord;
}

function readCase(stored: JsonRecord, typed: Attribute | undefined, family: string): GoldenCase {
  const attrs = isAttributeRecord(typed) ? typed['attrs'] : undefined;
  const { id, op, inputs, outputs, grad_output, grads, double_backward, tolerance } = stored as unknown as GoldenCase;
  return {
    id,
    family,
    op: op ?? '',
    inputs: inputs ?? [],
    attrs: isAttributeRecord(attrs) ? attrs : {},
    tolerance: tolerance ?? EXACT,
    fields: stored,
    ...(outputs && { outputs }),
    ...(grad_output && { grad_output }),
    ...(grads && { grads }),
    ...(double_backward && { double_backward }),
  };
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is a stored tensor. */
export function isStoredTensor(value: Json | undefined): boolean {
  return (
    isRecord(value) && Array.isArray(value['shape']) && ('data' in value || 'generate' in value || 'samples' in value)
  );
}
