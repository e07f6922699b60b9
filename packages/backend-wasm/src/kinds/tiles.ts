/**
 * Maps in which an operand of 4-byte elements is dense along another dimension than the innermost (a transposed copy, x + y.T): both are walked in tiles, and blocks of
 * four by four elements are transposed in registers, so that every vector is dense where it is read and where it is written.
 */
import { type Expression, type Geometry, type MapKernel, mentions, product, topological } from '@nn/backend';
import {
  branchIf, type Code, forUp, I32, i32, type Local, least, loop, V128, v128, type WasmModule, when, words } from '../assembler/index.ts'; // biome-ignore format: one list
import { emit, emitSteady, type Known } from '../scalar/emit.ts';
import { turned } from '../scalar/quad.ts';
import { bytesAlong, bytesOf, loadNumber } from './access.ts';
import { BlockLayout, plainVariant, type Variant } from './kind.ts';
import { Stream, stepOf } from './stream.ts';
import { Walk } from './walk.ts';

/** Rows of a unit of work, and columns that are done before the next four rows. */
const [rowsOfUnit, columnsOfTile] = [16, 16];

/** The dimension that rows of a tile run along, or -1 where tiles don't pay. */
function rowsDimension(kernel: MapKernel, { sizes, strides }: Geometry, roots: readonly Expression[]): number {
  const inner = kernel.rank - 1;
  if (inner < 1 || sizes[inner]! < 8 || roots.some((root) => mentions(root, 'coordinate'))) return -1;
  for (const [i, { access, dtype }] of kernel.inputs.entries()) {
    const own = strides[kernel.outputs.length + i]!;
    if (access !== 'strided' || bytesOf(dtype) !== 4 || Math.abs(own[inner]!) < 2) continue;
    const dense = own.findIndex((stride, d) => stride === 1 && d < inner && sizes[d]! >= 8);
    if (dense >= 0) return dense;
  }
  return -1;
}

/** The tiled variant of a map with these lowered expressions, where it pays. */
export function tiledMap(kernel: MapKernel, geometry: Geometry, roots: readonly Expression[]): Variant | null {
  const { rank } = kernel;
  const { sizes } = geometry;
  const rows = rowsDimension(kernel, geometry, roots);
  if (rows < 0) return null;
  const operands = [...kernel.outputs, ...kernel.inputs].map(({ dtype, access }, i) => {
    const dense = (d: number): number => product(sizes.slice(d + 1, rank));
    const strides = Array.from({ length: rank }, (_, d) =>
      access === 'strided' ? geometry.strides[i]![d]! : access === 'contiguous' ? dense(d) : 0,
    );
    const step = stepOf(dtype, strides[rank - 1]!);
    const turned =
      i >= kernel.outputs.length &&
      bytesOf(dtype) === 4 &&
      strides[rows] === 1 &&
      (step === 'far' || step === 'second');
    // What is turned may move in any steps: all tiles of a key have the same code.
    return { dtype, strides, step: turned ? ('far' as const) : step, turned };
  });
  const outer = product(sizes.slice(0, rank)) / Math.max(1, sizes[rows]! * sizes[rank - 1]!);
  return {
    ...plainVariant,
    key: `tiles ${rows} ${operands.map(({ step, turned }) => (turned ? 't' : step[0])).join('')}`,
    emit: (module) => emitTiles(module, kernel, roots, operands, rows),
    constants: [
      ...sizes.slice(0, rank),
      ...bytesAlong(
        operands,
        operands.map(({ strides }) => strides),
        rank,
      ),
    ],
    units: product(sizes.slice(0, rank)) === 0 ? 0 : outer * Math.ceil(sizes[rows]! / rowsOfUnit),
    work: (product(sizes.slice(0, rank)) * (2 + 0.3 * topological(...roots).length)) / 4,
  };
}

interface Moved {
  readonly dtype: MapKernel['inputs'][number]['dtype'];
  readonly step: Stream['step'];
  /** Whether blocks of it are transposed. */
  readonly turned: boolean;
}

function emitTiles(
  module: WasmModule,
  kernel: MapKernel,
  roots: readonly Expression[],
  operands: readonly Moved[],
  rows: number,
): void {
  const { rank } = kernel;
  const layout = new BlockLayout(kernel.scalars, operands.length);
  module.function('run', words(4), [], (f, block, first, last) => {
    const constant = layout.reader(f, block!);
    const stride = (i: number, d: number): Local => constant(rank + i * rank + d);
    const [height, width] = [constant(rows), constant(rank - 1)];
    const others = Array.from({ length: rank - 1 }, (_, d) => d).filter((d) => d !== rows);
    const bases = f.locals(I32, operands.length);
    const walk = new Walk(
      f,
      others.length,
      (d) => constant(others[d]!),
      bases,
      (i, d) => stride(i, others[d]!),
    );
    const [bands, unit, top, bottom, left, right, row, column, some] = f.locals(I32, 9) as Local[];
    const cursors = f.locals(I32, operands.length);
    const numbers: Known = new Map();
    const prelude = emitSteady(f, roots, numbers, (leaf) => loadNumber(block!, leaf));
    const vector = (streams: readonly Stream[], turns: readonly (Local | null)[], rest: Local | null): Code => {
      const known: Known = new Map(numbers);
      const outputs = kernel.outputs.length;
      const code = emit(f, roots, known, ({ value }) => {
        const vector = turns[outputs + value];
        return vector ? [vector] : streams[outputs + value]!.load(0, rest);
      });
      return [code, roots.map((root, j) => streams[j]!.store(known.get(root)!, 0, rest))];
    };
    const streamsAt = (at: readonly Local[]): Stream[] =>
      operands.map(({ dtype, step }, i) => new Stream(f, `operand ${i}`, dtype, step, at[i]!, stride(i, rank - 1)));
    /** Four rows of four elements at the cursors. */
    const blockOfFour = (): Code => {
      const turns = operands.map(({ turned }, i) => (turned ? turnedBlock(cursors[i]!, stride(i, rank - 1)) : null));
      const at = operands.map(() => f.local(I32));
      const rowsOf = [0, 1, 2, 3].map((k) => [
        operands.map((_, i) => at[i]!.set(k === 0 ? cursors[i]! : i32.add(at[i]!, stride(i, rows)))),
        vector(
          streamsAt(at),
          turns.map((turn) => turn?.parts[k] ?? null),
          null,
        ),
      ]);
      return [turns.map((turn) => turn?.code ?? []), rowsOf];
    };
    const turnedBlock = (cursor: Local, step: Local): { code: Code; parts: readonly Local[] } => {
      const at = f.local(I32);
      const rows = f.locals(V128, 4);
      const { code, values } = turned(f, rows);
      const loads = rows.map((part, k) => [at.set(k === 0 ? cursor : i32.add(at, step)), part.set(v128.load(at))]);
      return { code: [loads, code], parts: values };
    };
    /** Up to four rows of up to four elements, a row at a time; the cursors end elsewhere. */
    const edge = (): Code => {
      const count = f.local(I32);
      return [
        count.set(i32.sub(bottom!, row!)),
        when(i32.gtS(count, 4), count.set(i32.const(4))),
        loop(
          vector(
            streamsAt(cursors),
            operands.map(() => null),
            some!,
          ),
          cursors.map((cursor, i) => cursor.add(stride(i, rows))),
          branchIf(count.tee(i32.sub(count, 1)), 0),
        ),
      ];
    };
    return [
      prelude,
      bands!.set(i32.divU(i32.add(height, rowsOfUnit - 1), rowsOfUnit)),
      forUp(
        unit!,
        first!,
        last!,
        bases.map((base, i) => base.set(i32.load(block!, layout.operand(i)))),
        walk.start(i32.divU(unit!, bands!)),
        top!.set(i32.mul(i32.remU(unit!, bands!), rowsOfUnit)),
        bottom!.set(least(i32.add(top!, rowsOfUnit), height)),
        left!.set(i32.const(0)),
        loop(
          right!.set(least(i32.add(left!, columnsOfTile), width)),
          row!.set(top!),
          loop(
            column!.set(left!),
            loop(
              cursors.map((cursor, i) =>
                cursor.set(
                  i32.add(bases[i]!, i32.add(i32.mul(row!, stride(i, rows)), i32.mul(column!, stride(i, rank - 1)))),
                ),
              ),
              some!.set(i32.sub(right!, column!)),
              when(i32.and(i32.geS(some!, 4), i32.geS(i32.sub(bottom!, row!), 4)), blockOfFour(), edge()),
              branchIf(i32.ltS(column!.tee(i32.add(column!, 4)), right!), 0),
            ),
            branchIf(i32.ltS(row!.tee(i32.add(row!, 4)), bottom!), 0),
          ),
          branchIf(i32.ltS(left!.tee(right!), width), 0),
        ),
      ),
    ];
  });
}
