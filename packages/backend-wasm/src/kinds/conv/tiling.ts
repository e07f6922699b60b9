/** How a list of places is divided among tiles: evenly, several rows together where that makes better tiles. */
import type { Code, FunctionBuilder, Local } from '../../assembler/index.ts';
import { type Dimension, type Place, placesOf, repeated, type Walk } from './walk.ts';

/** Parts of nearly equal size, at most `largest`: never two large ones and a tiny one, which would wait for its own sums. */
export function balanced(n: number, largest: number): number[] {
  const parts = Math.ceil(n / largest);
  return Array.from({ length: parts }, (_, i) => Math.floor(n / parts) + (i < n % parts ? 1 : 0));
}

/**
 * How many rows of `length` items are divided together: the fewest within 1 % of the least time. A tile's time is that of its sums (with fewer than eight it waits
 * for the latency of multiply-adds) and a little more.
 */
function rowsTogether(length: number, rows: number, width: number, largest: number): number {
  const time = (n: number): number =>
    balanced(n, largest).reduce((sum, size) => sum + Math.max(size * width, 8) + 0.7, 0);
  const mean = (r: number): number => (Math.floor(rows / r) * time(r * length) + time((rows % r) * length)) / rows;
  const choices = Array.from({ length: Math.min(largest, rows) }, (_, i) => i + 1).filter((r) => r * length <= 96);
  const least = Math.min(...choices.map(mean));
  return choices.find((r) => mean(r) <= 1.01 * least) ?? 1;
}

/** Items of a tile by the number of vectors of each: sums, vectors and one passing value in the fifteen registers that V8 gives; twice as many where vectors are joined in pairs. */
export const largestTile = (vectors: number, paired: boolean): number => [0, 12, 6, 3][vectors]! * (paired ? 2 : 1);

/** An item of a tile: where it is read and written, from the tile's pointers, and how many lanes of it there are. */
export type Item = readonly [source: number, target: number, lanes: number];

/**
 * Code for all items of all rows, each `width` sums wide (`paired` where the engine joins them). Steps are in the source, in the target, and in columns, of which there are `columns`. `tile` gives the
 * call for items at distances from the pointers.
 */
export function tiled(
  f: FunctionBuilder,
  rows: Dimension,
  items: readonly Dimension[],
  width: number,
  paired: boolean,
  pointers: readonly Local[],
  columns: number,
  tile: (items: readonly Item[], start: Place) => Code,
): Walk {
  const largest = largestTile(width, paired);
  const together = (count: number): Code => {
    const places = placesOf([{ count, steps: rows.steps }, ...items]);
    let at = 0;
    return balanced(places.length, largest).map((size) => {
      const [source, target] = places[at]! as readonly [number, number];
      const own = places
        .slice(at, at + size)
        .map(([from, to, column]): Item => [from! - source, to! - target, Math.min(4, columns - column!)]);
      at += size;
      return tile(own, [source, target]);
    });
  };
  const { count, steps } = rows;
  const r = rowsTogether(placesOf(items).length, count, paired ? width / 2 : width, largest);
  const whole = Math.floor(count / r);
  const strip = steps.map((step) => step * r);
  return {
    code: [repeated(f, whole, pointers, strip, together(r)), together(count % r)],
    moved: strip.map((step) => step * whole),
  };
}
