/** All cases, in the order in which they run: small ones first, before large ones have filled the heap. */
import type { Case } from './case.ts';
import { eager } from './eager.ts';
import { elementwise } from './elementwise.ts';
import { ladder } from './ladder.ts';
import { matmuls } from './matmul.ts';
import { training } from './training.ts';

export const cases: readonly Case[] = [...eager, ...ladder, ...matmuls, ...elementwise, ...training];

/** Those whose group, id or title contains one of the texts (all, without a text), without regard to case. */
export function select(texts: readonly string[], { quick }: { readonly quick: boolean }): readonly Case[] {
  const wanted = texts.map((text) => text.toLowerCase());
  return cases.filter(({ id, title, group, isLong }) => {
    if (wanted.length === 0) return !(quick && isLong === true);
    const names = `${group} ${id} ${title}`.toLowerCase();
    return wanted.some((text) => names.includes(text));
  });
}

/** Whether the bytes of programs are to be weighed, which is no case: without a text, or when one names them. */
export const asksForBundles = (texts: readonly string[]): boolean =>
  texts.length === 0 || texts.some((text) => 'bundle bytes'.includes(text.toLowerCase()));
