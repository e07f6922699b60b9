/** Numbers of a product's launch by name: in the shader, words in this order, before those of the problem. */
import type { Source } from '../source.ts';
import { depth, orderOf } from './order.ts';
import type { Problem } from './problem.ts';

const names = [
  'm',
  'n',
  'k',
  'block',
  'span',
  'spans',
  'part',
  'parts',
  'entries',
  'rows',
  'columns',
  'units',
  'quads',
] as const;

export type Numbers = { readonly [N in (typeof names)[number]]: number };

/**
 * `rows` and `columns` of tiles, and units that are to be computed. `quads` of members in a tile are no secret, but a loop over a constant number of them is written out by drivers,
 * which took lavapipe's compiler three times as long, for nothing: its body is long enough.
 */
export function numbersOf({ m, n, k, entries }: Problem, rows: number, columns: number, units: number): Numbers {
  return { m, n, k, ...orderOf(k), entries, rows, columns, units, quads: depth / 4 };
}

export const wordsOf = (numbers: Numbers, problem: Problem): number[] => [
  ...names.map((name) => numbers[name]),
  ...problem.words,
];

/** Texts of the numbers in a shader. */
export const textsOf = (source: Source): { readonly [N in keyof Numbers]: string } =>
  Object.fromEntries(names.map((name, i) => [name, source.word(i)])) as { [N in keyof Numbers]: string };

/** Where the problem's own words start. */
export const problemWords: number = names.length;
