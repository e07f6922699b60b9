/**
 * Four elements at a time: the value of an expression in vector registers. Every type has four lanes of 32 bits in one vector (bools as masks of
 * all ones or zero), but f64, which takes two vectors of two lanes. Knows nothing of memory.
 */
import { type Code, i32x4, type Local, lanes, number32, type Operand, V128, v128 } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';

/** One vector, or two of f64. */
export type Quad = readonly Code[];

/** Lanes 2 and 3 moved to the front, for instructions that read the lower half. */
export const upperHalf = (x: Code): Code => v128.shuffle(x, x, lanes(2, 3, 2, 3));

/** Numbers from `first + ahead` on, `step` apart, as lanes of 32 bits. */
export const ascending = (f: FunctionBuilder, first: Operand, ahead: number, step = 1): Code =>
  i32x4.add(i32x4.splat(number32(first)), f.lanes('i32', ...[0, 1, 2, 3].map((lane) => ahead + lane * step)));

/** One mask a 32-bit lane from two masks of 64-bit lanes. */
export const narrowMask = (low: Code, high: Code): Code => v128.shuffle(low, high, lanes(0, 2, 4, 6));

/** Masks of 64-bit lanes from one of 32-bit lanes. */
export const wideMasks = (mask: Code): [Code, Code] => [
  v128.shuffle(mask, mask, lanes(0, 0, 1, 1)),
  v128.shuffle(mask, mask, lanes(2, 2, 3, 3)),
];

/** The lower halves of two vectors as one. */
export const joinLow = (low: Code, high: Code): Code => v128.shuffle(low, high, lanes(0, 1, 4, 5));

/** Variables for a value, and the code that fills them. */
export function keep(f: FunctionBuilder, value: Quad): { readonly kept: Local[]; readonly code: Code } {
  const kept = value.map(() => f.local(V128));
  return { kept, code: value.map((part, i) => kept[i]!.set(part)) };
}

/** Variables with 32-bit lanes picked from two vectors, and the code that sets them. */
export function picked(
  f: FunctionBuilder,
  picks: readonly (readonly [x: Code, y: Code, ...lanes: number[]])[],
): { readonly code: Code; readonly values: readonly Local[] } {
  const values = f.locals(V128, picks.length);
  return { code: picks.map(([x, y, ...own], i) => values[i]!.set(v128.shuffle(x, y, lanes(...own)))), values };
}

/** The columns of a matrix of 32-bit lanes whose rows are given: four rows, or two, whose columns are then the halves of two vectors. */
export function turned(
  f: FunctionBuilder,
  rows: readonly Code[],
): { readonly code: Code; readonly values: readonly Local[] } {
  const [a, b, c, d] = rows as [Code, Code, Code?, Code?];
  const low = picked(f, [
    [a, b, 0, 4, 1, 5],
    [a, b, 2, 6, 3, 7],
  ]);
  if (c === undefined) return low;
  const high = turned(f, [c, d!]);
  const all = picked(
    f,
    [0, 1].flatMap((h) => [
      [low.values[h]!, high.values[h]!, 0, 1, 4, 5],
      [low.values[h]!, high.values[h]!, 2, 3, 6, 7],
    ]),
  );
  return { code: [low.code, high.code, all.code], values: all.values };
}
