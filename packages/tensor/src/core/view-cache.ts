/** Views that are asked for in every step (reshape, expand, transpose): found by source layout and what was asked, so that a repeated one works nothing out. */
import { KnownView, type Layout, sameNumbers } from './layout.ts';
import type { Plan } from './plan.ts';

/** A layout that is viewed in more ways than this starts anew. */
const limit = 12;

/** The plan of a view by its family (an op, or the name of one) and the numbers that it was asked with; null if it is new. */
export function knownView(source: Layout, family: unknown, asked: readonly number[]): Plan | null {
  for (let known = source.views; known !== null; known = known.next)
    if (known.family === family && sameNumbers(known.asked, asked)) return known.plan;
  return null;
}

/** Remembers a plan. Returns it. */
export function rememberView(source: Layout, family: unknown, asked: readonly number[], plan: Plan): Plan {
  const { views } = source;
  source.views = new KnownView(family, [...asked], plan, views === null || views.count >= limit ? null : views);
  return plan;
}
