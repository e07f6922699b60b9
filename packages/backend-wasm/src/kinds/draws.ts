/**
 * Random bits of elements, `elementBits`, for the vectors of a map: elements i and i + 4 of every eight share a block of the generator, so that two vectors take one computation. Its steps
 * wait for each other, so several are computed at a time.
 */
import { type Expression, rowOf, topological } from '@nn/backend';
import { type Code, I32, i32, type Local, V128 } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { type Copy, emitTogether, type Known, lower } from '../scalar/emit.ts';
import { ascending } from '../scalar/quad.ts';

const row = 'elementBits';

/** Vectors of a round: two for each block. */
export const drawnTogether = 8;

/** One drawing: the node, its block's place in the generator, the words that elements take. */
interface Draw {
  readonly node: Expression;
  readonly block: Expression;
  readonly words: readonly [Expression, Expression];
}

/** The expressions of a map with their drawings left as they are, and these. */
export interface Drawing {
  readonly roots: readonly Expression[];
  readonly draws: readonly Draw[];
}

/** The drawings of these expressions, null where there are none or not one for each element of the map. */
export function drawingOf(expressions: readonly Expression[]): Drawing | null {
  const roots = expressions.map((expression) => lower(expression, row));
  const nodes = topological(...roots).filter(({ op }) => op === row);
  if (nodes.length === 0 || nodes.some(({ args }) => args[3]!.args[0]?.op !== 'coordinate')) return null;
  const draws = nodes.map((node): Draw => {
    const [, second, first] = rowOf(row).meaning!(...node.args).args;
    return { node, block: lower(first!.args[3]!), words: [lower(first!), lower(second!)] };
  });
  return { roots, draws };
}

/** Code that computes all vectors of a round from element number `index` on, a multiple of 8; `steady` is known of each. */
export function emitDrawing(
  f: FunctionBuilder,
  { roots, draws }: Drawing,
  index: Local,
  steady: Known,
  leaf: (q: number) => Copy['leaf'],
): { readonly code: Code; readonly vectors: readonly Known[] } {
  const half = f.local(I32);
  const vectors = Array.from({ length: drawnTogether }, (): Known => new Map(steady));
  const code = [half.set(i32.shrU(index, 1))];
  for (const { node, block, words } of draws) {
    const blocks = Array.from({ length: drawnTogether / 2 }, (): Known => new Map(steady));
    const below = new Set(topological(block).filter(({ op }) => op !== 'constant'));
    for (const [i, known] of blocks.entries()) {
      const place = f.local(V128);
      code.push(place.set(ascending(f, half, 4 * i)));
      known.set(block, [place]);
    }
    const copies = blocks.map((known): Copy => ({ known, leaf: leaf(0) }));
    code.push(emitTogether(f, words, copies, (one) => !below.has(one)));
    for (const [q, known] of vectors.entries()) known.set(node, blocks[q >> 1]!.get(words[q & 1]!)!);
  }
  code.push(
    emitTogether(
      f,
      roots,
      vectors.map((known, q): Copy => ({ known, leaf: leaf(q) })),
    ),
  );
  return { code, vectors };
}
