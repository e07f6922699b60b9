/** Where elements of operands lie: from the number of an element to its coordinates, and from those along strides to addresses. Addresses are unsigned and wrap, so that negative strides need nothing else. */
import type { Source } from './source.ts';

/** The coordinates of element `index` over sizes that are words `first`…, outermost first: names, in statements added to `lines`. One dimension needs no division. */
export function coordinates(
  source: Source,
  index: string,
  rank: number,
  first = 0,
  lines: string[] = source.lines,
): string[] {
  const names: string[] = Array.from({ length: rank }, () => '0u');
  let rest = index;
  for (let d = rank - 1; d > 0; d--) {
    const size = source.word(first + d);
    const [left, name] = [source.shader.name('q'), source.shader.name('c')];
    lines.push(`let ${left} = ${rest} / ${size};`, `let ${name} = ${rest} - ${left} * ${size};`);
    names[d] = name;
    rest = left;
  }
  if (rank > 0) names[0] = rest;
  return names;
}

/** `start` and a step of a stride, from words `first`…, for each coordinate. */
export const address = (source: Source, start: string, at: readonly string[], first: number): string =>
  [start, ...at.map((coordinate, d) => `${coordinate} * ${source.word(first + d)}`)].join(' + ');
