/**
 * One notation and one width for all elements that a tensor shows: whole numbers (`3.`), fixed decimals, scientific, integers or
 * booleans, chosen as PyTorch chooses (measured on finite nonzero numbers only). Knows nothing of shapes, lines or brackets.
 */
import { type DType, isFloat } from '@nn/backend';
import { formatFixed, formatScientific } from './decimal.ts';
import type { PrintOptions } from './print-options.ts';

type Notation = (value: number) => string;

/** How every shown element is written, and in how many columns. */
export interface ElementFormat {
  readonly width: number;
  readonly text: Notation;
}

const integer: Notation = (value) => String(value);
const boolean: Notation = (value) => (value === 0 ? 'False' : 'True');
const wholeFloat: Notation = (value) => formatFixed(value, 0) + (Number.isFinite(value) ? '.' : '');

function widthOf(values: readonly number[], notation: Notation): number {
  return values.reduce((width, value) => Math.max(width, notation(value).length), 1);
}

function padded(width: number, notation: Notation): ElementFormat {
  return { width, text: (value) => notation(value).padStart(width) };
}

/** The largest magnitude, or its ratio to the smallest, that still reads well in positional digits (PyTorch's bounds). */
function needsScientific(values: readonly number[]): boolean {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const value of values) {
    smallest = Math.min(smallest, Math.abs(value));
    largest = Math.max(largest, Math.abs(value));
  }
  return largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
}

/** Chooses the format for the elements that will be shown: `values` are these, no others. */
export function chooseElementFormat(
  values: readonly number[],
  dtype: DType,
  { precision, sciMode }: Pick<PrintOptions, 'precision' | 'sciMode'>,
): ElementFormat {
  if (!isFloat(dtype)) {
    const notation = dtype === 'bool' ? boolean : integer;
    return padded(widthOf(values, notation), notation);
  }
  const measured = values.filter((value) => Number.isFinite(value) && value !== 0);
  // Nothing to measure: PyTorch leaves the width at 1 and doesn't look at sciMode either.
  if (measured.length === 0) return padded(1, wholeFloat);

  const positional = measured.every(Number.isInteger) ? wholeFloat : (value: number) => formatFixed(value, precision);
  const scientific: Notation = (value) => formatScientific(value, precision);
  const natural = needsScientific(measured) ? scientific : positional;
  // The width is always that of the natural notation, also when sciMode overrules it.
  const width = widthOf(measured, natural);
  if (sciMode === null) return padded(width, natural);
  return padded(width, sciMode ? scientific : positional);
}
