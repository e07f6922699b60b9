/**
 * The order in which a sum over k is added, part of what a result is: it follows from k alone, so that every form of a product gives the same bits. Blocks of neighbours are
 * added in ascending order, each from zero; the sums of blocks in ascending order inside a span, and those of spans likewise.
 */

/** Members that the tiled form takes at a time; blocks are multiples of it. */
export const depth = 16;
const blockLength = 128;
/** The most parts that a sum is divided into among workgroups. */
const mostParts = 64;

export interface Order {
  /** Members of a block. */
  readonly block: number;
  /** Members of a span; without more blocks than `mostParts` all are in one. */
  readonly span: number;
  readonly spans: number;
  /** Members of what one workgroup can add up for itself: a block where there is one span, else a span. */
  readonly part: number;
  readonly parts: number;
}

export function orderOf(k: number): Order {
  const wanted = Math.max(1, Math.ceil(k / blockLength));
  const block = depth * Math.max(1, Math.ceil(k / (depth * wanted)));
  const blocks = Math.max(1, Math.ceil(k / block));
  const part = block * Math.ceil(blocks / mostParts);
  const span = blocks > mostParts ? part : block * blocks;
  const count = (length: number): number => Math.max(1, Math.ceil(k / length));
  return { block, span, spans: count(span), part, parts: count(part) };
}
