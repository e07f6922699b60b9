/**
 * Reads the JSON of a family. Two readings of one text: plain numbers for data, and, for the attributes,
 * numbers that still know whether they were written as a Python float (`2.0`, `1e-05`) or an int (`2`).
 * It knows JSON and Python's way of writing numbers, not what a case means.
 */

import { type Attribute, PythonFloat } from './python-float.ts';

const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

type SourceReviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
// The third argument of a reviver is newer than the type declarations (ECMAScript's "JSON.parse source text access").
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/** The number that `"NaN"`, `"Infinity"` or `"-Infinity"` stands for; undefined for other strings. */
export function readSpecialFloat(text: string): number | undefined {
  return SPECIAL_FLOATS.get(text);
}

/** Parses JSON in which numbers written with a point or an exponent become {@link PythonFloat}. */
export function parseAttributes(text: string): Attribute {
  return parseWithSource(text, (_key, value, context) => {
    if (typeof value === 'string') {
      const special = readSpecialFloat(value);
      return special === undefined ? value : new PythonFloat(special);
    }
    if (typeof value !== 'number') return value;
    if (context?.source === undefined) {
      throw new Error(
        'this JavaScript engine does not pass the source of a number to JSON.parse; use Node 22 or newer',
      );
    }
    return /[.eE]/.test(context.source) ? new PythonFloat(value) : value;
  }) as Attribute;
}
