/**
 * Four elements at a time: the value of an expression in vector registers. Every type has four lanes of 32 bits in one vector (bools as masks of
 * all ones or zero), but f64, which takes two vectors of two lanes. Knows nothing of memory.
 */
import type { ScalarType } from '@nn/backend';
import { type Code, type Local, lanes, V128, v128 } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';

/** One vector, or two of f64. */
export type Quad = readonly Code[];

/** Vectors that a value of the type takes. */
export const vectorsOf = (type: ScalarType): 1 | 2 => (type === 'f64' ? 2 : 1);

/** Lanes 2 and 3 moved to the front, for instructions that read the lower half. */
export const upperHalf = (x: Code): Code => v128.shuffle(x, x, lanes(2, 3, 2, 3));

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
