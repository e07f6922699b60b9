/**
 * The sums around the products of F(2x2, 3x3), first down columns, then along rows, each as one dimension does it: m0 = (d0 - d2) g0, m1 = (d1 + d2)(g0 + g1 + g2) / 2,
 * m2 = (d2 - d1)(g0 - g1 + g2) / 2, m3 = (d3 - d1) g2; y0 = m0 + m1 + m2, y1 = m1 - m2 + m3. Weight gradients are the same with gradients of outputs as taps, and
 * three results: F(3x3, 2x2).
 */
import {
  type Callable,
  type Code,
  call,
  type FunctionBuilder,
  f32x4,
  I32,
  i32,
  type Local,
  lanes,
  V128,
  v128,
  type WasmModule,
} from '../../../assembler/index.ts';
import type { Plan } from '../plan.ts';
import type { Units } from '../run.ts';
import { nest, repeated } from '../walk.ts';
import { type Grid, spreadPitch, tilesOf } from './grid.ts';

const { add, sub, mul } = f32x4;

/** Sums of one dimension: code for each result, from code without effect. */
type Sums = (f: FunctionBuilder, values: readonly Code[]) => Code[];

const half = (f: FunctionBuilder, value: Code): Code => mul(value, f.lanes('f32', 0.5));

/** Four neighbours of an image. */
const ofImage: Sums = (_, [a, b, c, d]) => [sub(a!, c!), add(b!, c!), sub(c!, b!), sub(d!, b!)];

/** Three taps of a weight. */
const ofWeight: Sums = (f, [a, b, c]) => [a!, half(f, add(add(a!, c!), b!)), half(f, sub(add(a!, c!), b!)), c!];

/** Two neighbours of an output's gradient. */
const ofGradient: Sums = (f, [a, b]) => [a!, half(f, add(a!, b!)), half(f, sub(a!, b!)), b!];

/** Two outputs. */
export const toOutput: Sums = (_, [a, b, c, d]) => [add(add(a!, b!), c!), add(sub(b!, c!), d!)];

/** Three members of a weight's gradient. */
export const toWeight: Sums = (_, [a, b, c, d]) => [add(add(a!, b!), c!), sub(b!, c!), add(add(b!, c!), d!)];

/** Sums down all columns, then along all rows: a matrix of code without effect becomes one of variables, set by the code. */
export function both(
  f: FunctionBuilder,
  sums: Sums,
  rows: readonly (readonly Code[])[],
): { readonly code: Code; readonly values: readonly (readonly Local[])[] } {
  const kept = (codes: readonly Code[], into: Code[]): Local[] =>
    codes.map((code) => {
      const own = f.local(V128);
      into.push(own.set(code));
      return own;
    });
  const code: Code[] = [];
  const columns = rows[0]!.map((_, j) => {
    const column = kept(
      rows.map((row) => row[j]!),
      code,
    );
    return kept(sums(f, column), code);
  });
  const values = columns[0]!.map((_, i) =>
    kept(
      sums(
        f,
        columns.map((column) => column[i]!),
      ),
      code,
    ),
  );
  return { code, values };
}

/** Code that spreads a band of an image, in the order [point][plane][tile], to the memory behind the image. */
export function bandSpread(
  module: WasmModule,
  plan: Plan,
  grid: Grid,
): (units: Units, image: Local, band: Local) => Code {
  const { pitches } = plan;
  const spread = spreadImage(module, plan, grid);
  const first = grid.start.reduce((sum, n, d) => sum + n * pitches[d]!, 0);
  return (units, image, band) =>
    call(spread, i32.add(image, i32.add(i32.mul(band, 2 * grid.band * pitches[0]!), first)), units.packed);
}

/** `(image, to)`: four tiles at a time. */
function spreadImage(module: WasmModule, plan: Plan, grid: Grid): Callable {
  const { planes, plane, pitches } = plan;
  const { band, columns } = grid;
  const [pitch] = pitches as [number];
  const tiles = tilesOf(grid);
  const apart = spreadPitch(grid, plan);
  return module.function(null, [I32, I32], [], (f, image, to) => {
    const [a, b, c] = f.locals(V128, 3) as [Local, Local, Local];
    const d = f.locals(V128, 4);
    const down = (at: number, load: (row: number) => Code): Code => ofImage(f, [0, 1, 2, 3].map(load))[at]!;
    const four = [0, 1, 2, 3].map((i) => [
      a.set(down(i, (row) => v128.load(image!, row * pitch))),
      b.set(down(i, (row) => v128.load(image!, row * pitch + 16))),
      c.set(down(i, (row) => v128.load64Zero(image!, row * pitch + 32))),
      d[0]!.set(v128.shuffle(a, b, lanes(0, 2, 4, 6))),
      d[1]!.set(v128.shuffle(a, b, lanes(1, 3, 5, 7))),
      d[2]!.set(v128.shuffle(d[0]!, c, lanes(1, 2, 3, 4))),
      d[3]!.set(v128.shuffle(d[1]!, c, lanes(1, 2, 3, 5))),
      ofImage(f, d).map((sum, j) => v128.store(to!, sum, (4 * i + j) * apart)),
    ]);
    const quads = columns >> 2;
    // The last four may have some of those before.
    const back = columns % 4 === 0 ? 0 : 4 * quads + 4 - columns;
    const row = [
      repeated(f, quads, [image!, to!], [32, 16], four),
      back === 0 ? [] : [image!.add(-8 * back), to!.add(-4 * back), four],
    ];
    const dimensions = [
      { count: planes, steps: [plane, tiles * 4] },
      { count: band, steps: [2 * pitch, columns * 4] },
    ];
    return nest(f, dimensions, [image!, to!], { code: row, moved: [32 * quads - 8 * back, 16 * quads - 4 * back] })
      .code;
  });
}

/** `(from, to)`: cells [plane][tap] to cells [point][plane], points so many bytes apart. */
export function spreadWeights(module: WasmModule, planes: number, cell: number, pitch: number): Callable {
  return module.function(null, [I32, I32], [], (f, from, to) =>
    repeated(
      f,
      planes,
      [from!, to!],
      [9 * cell, cell],
      Array.from({ length: cell / 16 }, (_, j) => {
        const taps = [0, 3, 6].map((row) =>
          [0, 1, 2].map((column) => v128.load(from!, (row + column) * cell + 16 * j)),
        );
        const { code, values } = both(f, ofWeight, taps);
        return [code, values.flat().map((value, p) => v128.store(to!, value, p * pitch + 16 * j))];
      }),
    ),
  );
}

/** `(from, to)`: a row of tiles of cells, from `rows` rows of `width` pixels (those beyond are zeros), to the order [point][tile], points so many bytes apart. */
export function spreadGradient(module: WasmModule, cell: number, rows: number, width: number, pitch: number): Callable {
  return module.function(null, [I32, I32], [], (f, from, to) => {
    const tile = (columns: number): Code =>
      Array.from({ length: cell / 16 }, (_, j) => {
        const pixels = [0, 1].map((row) =>
          [0, 1].map((column) =>
            row < rows && column < columns
              ? v128.load(from!, (row * width + column) * cell + 16 * j)
              : f.lanes('f32', 0),
          ),
        );
        const { code, values } = both(f, ofGradient, pixels);
        return [code, values.flat().map((value, p) => v128.store(to!, value, p * pitch + 16 * j))];
      });
    return [repeated(f, width >> 1, [from!, to!], [2 * cell, cell], tile(2)), width % 2 === 0 ? [] : tile(1)];
  });
}

/** The products of a tile or of a pair of channels, as rows of four; `at` gives one by its point. */
export const square = (at: (point: number) => Code): Code[][] =>
  [0, 4, 8, 12].map((first) => [0, 1, 2, 3].map((j) => at(first + j)));
