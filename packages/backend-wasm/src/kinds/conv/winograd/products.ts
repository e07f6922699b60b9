/** The matrix products at all points: sums over planes for tiles, or over tiles for planes, as tiles of registers. */
import { type Callable, type Code, I32, type Local, V128, v128, type WasmModule } from '../../../assembler/index.ts';
import { products } from '../arithmetic.ts';
import type { Block, Plan } from '../plan.ts';
import { balanced, largestTile } from '../tiling.ts';
import { repeated, unrolled } from '../walk.ts';
import { points } from './grid.ts';

const zero = v128.const(Array<number>(16).fill(0));

/** The products of one point. */
export interface Extents {
  /** Items of the left operand, members of the sums, and which of the two lie side by side there. */
  readonly items: number;
  readonly summed: number;
  readonly dense: 'items' | 'summed';
  /** Bytes of a cell of the right operand and of the results. */
  readonly cell: number;
  /** Bytes from point to point of both operands and of the results. */
  readonly pitches: readonly [number, number, number];
  /** Whether sums go on from what is there. */
  readonly more: boolean;
}

/** `(left, right, to)`: to[point][item] = Σ left[point][item, member] · right[point][member], with cells on the right. */
export function emitProducts(module: WasmModule, { arithmetic }: Plan, { vectors }: Block, extents: Extents): Callable {
  const { items, summed, dense, cell, pitches, more } = extents;
  const [itemStep, summedStep] = dense === 'items' ? [4, 4 * items] : [4 * summed, 4];
  return module.function(null, [I32, I32, I32], [], (f, ...bases) => {
    const [from, cells, to] = bases as [Local, Local, Local];
    const pointers = f.locals(I32, 2) as [Local, Local];
    const largest = largestTile(vectors, arithmetic.pairs && vectors > 1);
    const sums = Array.from({ length: Math.min(items, largest) }, () => f.locals(V128, vectors));
    const tile = (size: number): Code => {
      const own = sums.slice(0, size);
      const each = (code: (sum: Local, at: number) => Code): Code =>
        own.map((item, i) => item.map((sum, j) => code(sum, i * cell + 16 * j)));
      const place = products(
        f,
        arithmetic,
        { pointer: pointers[0], offsets: own.map((_, i) => i * itemStep), load: arithmetic.splat },
        { pointer: pointers[1], offsets: own[0]!.map((_, j) => 16 * j), load: v128.load },
        own,
      );
      return [
        pointers[0].set(from),
        pointers[1].set(cells),
        each((sum, at) => sum.set(more ? v128.load(to, at) : zero)),
        unrolled(f, [{ count: summed, steps: [summedStep, cell] }], pointers, (at) => place(at)).code,
        each((sum, at) => v128.store(to, sum, at)),
      ];
    };
    const sizes = balanced(items, largest);
    const alike = [...new Set(sizes)].map((size) => [size, sizes.filter((one) => one === size).length] as const);
    const all = alike.map(([size, count]) =>
      repeated(f, count, [from, to], [size * itemStep, size * cell], tile(size)),
    );
    const rest = [pitches[0] - items * itemStep, pitches[1], pitches[2] - items * cell];
    return repeated(f, points, [from, cells, to], rest, all);
  });
}
