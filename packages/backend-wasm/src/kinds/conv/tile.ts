/**
 * Tiles, the inner functions of all roles: sums of a few items for a block of channels, in registers. There are two code shapes. `channels`: vectors are up to eight
 * channels side by side, and elements of the image are spread: nothing is wasted at any width, stride or dilation. `rows`, where there are few channels to lay side by
 * side: vectors are pieces of the image's rows.
 */
import {
  type Callable,
  type Code,
  call,
  type FunctionBuilder,
  I32,
  i32,
  type Local,
  lanes,
  V128,
  v128,
  type WasmModule,
  words,
} from '../../assembler/index.ts';
import { type Load, products, type Side } from './arithmetic.ts';
import type { Block, Plan } from './plan.ts';
import { type Item, tiled } from './tiling.ts';
import { type Dimension, nest, type Place, unrolled, type Walk } from './walk.ts';

/** One of the correlations that a block consists of. Steps of dimensions are in the image, the target and (of `outer`) the other operand. */
export interface Part {
  /** Where it starts in the three. */
  readonly start: Place;
  readonly outer: readonly Dimension[];
  /** What is divided among tiles. */
  readonly rows: Dimension;
  readonly items: readonly Dimension[];
  readonly columns: number;
  /** What a tile sums over; steps in the image and the other operand. */
  readonly summed: readonly Dimension[];
  /** Bytes from one lane of an item to the next in the target, with `rows`. */
  readonly step: number;
}

/** Bytes that a tile's sums take in memory at most. */
export const spareBytes: number = 16 * 24;

/** How a role's tiles differ. */
export interface TileKind {
  /** Bytes between values that vectors or splats of the other operand are loaded from, and how. */
  readonly distance: number;
  readonly load: Load;
  /** Columns of a row that is summed up four at a time and then fewer; 0: no such rows. */
  readonly tail: number;
  /** Whether the engine joins a tile's sums in pairs; and whether they have to go through memory for that, since what becomes of them isn't stored side by side. */
  readonly paired: boolean;
  readonly spills: boolean;
  readonly begin: (
    f: FunctionBuilder,
    sums: readonly (readonly Local[])[],
    items: readonly Item[],
    parameters: readonly Local[],
  ) => Code;
  readonly end: (
    f: FunctionBuilder,
    sums: readonly (readonly Local[])[],
    items: readonly Item[],
    step: number,
    parameters: readonly Local[],
  ) => Code;
}

/** `(image, other, target, bias, block, spare)`: everything of a block of channels that one image has to do with. */
export function emitBlock(
  module: WasmModule,
  plan: Plan,
  { vectors }: Block,
  kind: TileKind,
  parts: readonly Part[],
): Callable {
  const tiles = new Map<string, Callable>();
  return module.function(null, words(6), [], (f, image, other, target, bias, block, spare) => {
    const pointers = f.locals(I32, 3);
    return parts.map(({ start, outer, rows, items, columns, summed, step }) => [
      [image!, target!, other!].map((base, i) => pointers[i]!.set(i32.add(base, start[i]!))),
      nest(
        f,
        outer,
        pointers,
        tiled(f, rows, items, vectors, kind.paired, pointers.slice(0, 2), columns, (own, [from, to]) => {
          const key = JSON.stringify([own, step, summed]);
          let tile = tiles.get(key);
          if (tile === undefined) {
            tile = emitTile(module, plan, vectors, kind, own, summed, step);
            tiles.set(key, tile);
          }
          const [at, into] = pointers as [Local, Local];
          return call(tile, i32.add(at, from!), pointers[2]!, i32.add(into, to!), bias!, block!, spare!);
        }),
      ).code,
    ]);
  });
}

function emitTile(
  module: WasmModule,
  { arithmetic, rows, phases }: Plan,
  vectors: number,
  { distance, load, tail, spills, begin, end }: TileKind,
  items: readonly Item[],
  summed: readonly Dimension[],
  step: number,
): Callable {
  return module.function(null, words(6), [], (f, ...parameters) => {
    const [image, other] = parameters as [Local, Local];
    const spare = parameters[5]!;
    const stride = phases[0]!.at(-1)!.step;
    const sums = items.map(() => f.locals(V128, vectors));
    const left: Side = {
      pointer: image,
      offsets: items.map(([source]) => source),
      load: rows ? (stride > 1 ? everySecond : v128.load) : arithmetic.splat,
    };
    const right: Side = { pointer: other, offsets: Array.from({ length: vectors }, (_, j) => distance * j), load };
    const place = products(f, arithmetic, left, right, sums);
    const pointers = [image, other];
    const walk =
      tail === 0
        ? unrolled(f, summed, pointers, (at) => place(at))
        : nest(f, summed.slice(0, -1), pointers, rowOf(f, tail, stride, pointers, place));
    const all = spills ? sums.flat() : [];
    return [
      begin(f, sums, items, parameters),
      walk.code,
      all.map((sum, i) => v128.store(spare, sum, 16 * i)),
      all.map((sum, i) => sum.set(v128.load(spare, 16 * i))),
      end(f, sums, items, step, parameters),
    ];
  });
}

/** Elements 0, 2, 4 and 6. */
const everySecond: Load = (address, offset) =>
  v128.shuffle(v128.load(address, offset), v128.load(address, offset + 16), lanes(0, 2, 4, 6));

/** All columns of a row, four at a time; of the last ones two together where they lie side by side, or one. */
function rowOf(
  f: FunctionBuilder,
  columns: number,
  stride: number,
  pointers: readonly Local[],
  place: (at: Place, load?: Load) => Code,
): Walk {
  const whole = { count: columns >> 2, steps: [16 * stride, 16] };
  const { code, moved } = unrolled(f, [whole], pointers, (at) => place(at));
  const rest: Code[] = [];
  for (let column = columns & ~3, n = 1; column < columns; column += n) {
    n = stride === 1 && columns - column > 1 ? 2 : 1;
    const at = [4 * column * stride - moved[0]!, 4 * column - moved[1]!];
    rest.push(place(at, n === 2 ? v128.load64Zero : v128.load32Zero));
  }
  return { code: [code, rest], moved };
}
