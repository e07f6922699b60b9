/** What the roles of a convolution share: numbers by name, and windows on an image. */
import { type ConvAxis, type ConvShape, denseStrides, product } from '@nn/backend';
import type { Problem } from '../product/problem.ts';
import type { Source } from '../source.ts';

/** A role as a product. `aligned`: whether elements may be loaded by fours. */
export type Role = (
  shape: ConvShape,
  aligned: boolean,
) => Pick<Problem, 'm' | 'n' | 'k' | 'entries' | 'left' | 'right' | 'words' | 'enter'>;

/** Sizes of each axis, outermost first. */
export const along = ({ axes }: ConvShape, name: keyof ConvAxis): number[] => axes.map((axis) => axis[name]);

/** Elements of one channel. */
export const plane = (shape: ConvShape, name: 'x' | 'w' | 'y'): number => product(along(shape, name));

export const pitches = (shape: ConvShape, name: 'x' | 'w' | 'y'): readonly number[] => denseStrides(along(shape, name));

/** Numbers of a launch under names; lists are one number an axis. */
export type Table = Readonly<Record<string, number | readonly number[]>>;

export const wordsOf = (table: Table): number[] => Object.values(table).flat();

/** Texts of a table's numbers in a shader, where its words start at `first`. */
export function textsOf<T extends Table>(source: Source, first: number, table: T): Texts<T> {
  let next = first;
  const texts = Object.entries(table).map(([name, value]) => [
    name,
    typeof value === 'number' ? source.word(next++) : value.map(() => source.word(next++)),
  ]);
  return Object.fromEntries(texts) as Texts<T>;
}

type Texts<T extends Table> = { readonly [N in keyof T]: T[N] extends number ? string : readonly string[] };

/** Text of a sum of products; '0u' of none. */
export const dot = (x: readonly string[], y: readonly string[]): string =>
  x.length === 0 ? '0u' : x.map((text, d) => `${text} * ${y[d]}`).join(' + ');

/**
 * Adds statements for one side of a window: where it is along each axis, and how many elements that is from `base`. An element belongs to a place, which the window starts
 * from, and a tap, by which it is away from there; both are such sides, and are added.
 */
export function windowSide(
  source: Source,
  base: string,
  positions: readonly string[],
  pitch: readonly string[],
): string[] {
  const names = positions.map((position) => source.let(position, 'z'));
  return [source.let(`${base} + ${dot(names, pitch)}`, 'a'), ...names];
}

/**
 * The element of two sides, which is inside of the image or in its padding. Positions are unsigned: those before the image are far behind it. Joined without `&&`, as in
 * product/staging.ts.
 */
export function windowElement(
  place: readonly string[],
  tap: readonly string[],
  sizes: readonly string[],
): { index: string; inside?: string } {
  const index = `${place[0]} + ${tap[0]}`;
  if (sizes.length === 0) return { index };
  return { index, inside: sizes.map((size, d) => `(${place[d + 1]} + ${tap[d + 1]} < ${size})`).join(' & ') };
}
