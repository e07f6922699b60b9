/**
 * What a product needs to know of its operands: `out[e, m, n] = epilogue(Σ_k left[e, m, k] · right[e, k, n])`, wherever elements lie. A matmul's lie by strides, a convolution's
 * in windows on an image. Who writes the loops doesn't know which.
 */
import type { DType, Expression } from '@nn/backend';
import type { Binding } from '../kind.ts';
import type { Source } from '../source.ts';

/** How a factor (a table of rows, members of m or n, by members of k) is best read. */
export interface Side {
  /** In which direction neighbours lie next to each other. */
  readonly dense: 'k' | 'row';
  /** Whether elements are loaded by fours in that direction. */
  readonly wide: boolean;
}

export interface Problem {
  readonly dtype: DType;
  readonly m: number;
  readonly n: number;
  /** Members of a sum, at most. */
  readonly k: number;
  /** Products side by side: the batch, groups. */
  readonly entries: number;
  readonly left: Side;
  readonly right: Side;
  /** Numbers of the launch's operands that the factors are. */
  readonly operands: readonly [left: number, right: number];
  /** Whether the result is stored by fours along n. */
  readonly wideOutput: boolean;
  /** Operands of the epilogue after the sum. */
  readonly extras: readonly Binding[];
  readonly epilogue: Expression;
  /** Numbers of the geometry. */
  readonly words: readonly number[];
  /** Begins an entry; its words start at `first`. Statements are added to the source, here and by what is returned. */
  readonly enter: (source: Source, first: number, entry: string) => Entry;
}

/** One entry of the product, in a shader. */
export interface Entry {
  /** The factors; bindings 1 and 2 of the pass. */
  readonly terms: () => Terms;
  /** Where a result belongs, and what its epilogue reads. */
  readonly place: (m: string, n: string) => Place;
}

export interface Terms {
  /** Members of the sum. */
  readonly k: string;
  /** Sizes of all digits but the first that a member of k has; none where its number says it all. */
  readonly digits: readonly string[];
  /** What the factors need to know of a member besides its number, from its digits. */
  readonly fields: (k: string, digits: readonly string[]) => readonly string[];
  readonly left: Factor;
  readonly right: Factor;
}

/** Texts that say which member of k is meant. */
export interface Member {
  readonly k: string;
  readonly fields: readonly string[];
}

export interface Factor extends Side {
  /** Texts by which row `i` is known; found once, before the loops. */
  readonly row: (i: string) => readonly string[];
  readonly at: (row: readonly string[], member: Member) => Element;
}

/** Index of an element in its block (of four where the factor is wide), and where that depends, whether there is one; zero stands for the others. */
export interface Element {
  readonly index: string;
  readonly inside?: string;
}

export interface Place {
  readonly output: string;
  /** Whether there is such a place, where that depends. */
  readonly inside?: string;
  readonly coordinate: () => string;
  /** Address of an operand of the epilogue. `binding`: where the pass has it. */
  readonly extra: (i: number, binding: number) => string;
}

/** Adds statements that take a number apart: all digits, the first without a bound, the others less than their sizes. */
export function digitsOf(source: Source, number: string, sizes: readonly string[]): string[] {
  const digits: string[] = [];
  let rest = number;
  for (const size of sizes.toReversed()) {
    const left = source.let(`${rest} / ${size}`, 'q');
    digits.unshift(source.let(`${rest} - ${left} * ${size}`, 'd'));
    rest = left;
  }
  return [rest, ...digits];
}
