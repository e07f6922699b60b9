/**
 * How a product is computed: which operand gives the rows of tiles, where the tiles lie, how k is cut, what is copied into dense panels first. Decided
 * from the geometry alone; knows nothing of machine code. A figure is a number of the geometry that code needs: a hot variant has it written in, a
 * cold one reads it from the parameter block, so that one module serves all products of a class.
 */
import { type DType, dtypes, type Expression, type Geometry, type MatmulKernel, mentions, product } from '@nn/backend';
import { bytesOf } from '../access.ts';

/** A number of the geometry, and its place among the variant's constants. */
export interface Figure {
  readonly value: number;
  readonly index: number;
}

/** An operand of the product: a matrix with an outer dimension (rows of the left one, columns of the right one) and k. Strides are in bytes. */
export interface Side {
  readonly operand: number;
  readonly dtype: DType;
  readonly outer: Figure;
  readonly along: Figure;
  /** Which dimension is dense. */
  readonly dense: 'outer' | 'along' | 'none';
  /** Whether panels of it are copied before they are used. */
  readonly packed: boolean;
  readonly batch: readonly Figure[];
}

/** What moves over the result: the output, the operands of the epilogue, the coordinate (in elements, everything else in bytes). */
export interface Mover {
  /** Number of the operand in the launch; -1 is the coordinate. */
  readonly operand: number;
  readonly dtype: DType;
  readonly row: Figure;
  readonly column: Figure;
  /** How it moves along a row of a tile. */
  readonly step: 'one' | 'dense' | 'strided';
  /** Whether all rows have the same values. */
  readonly steady: boolean;
  readonly batch: readonly Figure[];
}

/** A dimension in tiles: `full` ones of `size`, then what is left, which counts as one more unit. */
export interface Tiles {
  readonly size: number;
  readonly full: Figure;
  readonly rest: readonly number[];
  /** Full ones and the rest. */
  readonly units: Figure;
}

export interface Plan {
  readonly hot: boolean;
  readonly epilogue: Expression;
  readonly scalars: number;
  readonly left: Side;
  readonly right: Side;
  readonly movers: readonly Mover[];
  readonly rows: Tiles;
  readonly columns: Tiles;
  readonly k: Figure;
  /** Members of a sum's blocks, but the last one's. */
  readonly blockSize: Figure;
  /** Blocks of k that a tile works on at once: more than one where a tile of one has too few sums to keep the multipliers busy. */
  readonly flight: number;
  /** What units divide: rows or columns, each of them a tile; the batch, entry by entry; k, block by block. */
  readonly split: 'rows' | 'columns' | 'entries' | 'blocks';
  readonly batch: readonly Figure[];
  /** Tiles of a block of rows. */
  readonly tall: Figure;
  /** Panels of columns that are copied, and worked on by a block of rows after the other. */
  readonly panels: number;
  /** Where panels of the right operand lie in the scratch memory, behind those of the left one; bytes of all. */
  readonly rightPanels: Figure;
  /** Where all of k is copied at once, so that a block of rows goes through it before the next: bytes of a step in all panels. Else 0. */
  readonly pitch: number;
  readonly scratch: number;
  /** Where blocks are the units: bytes of the result, and of the memory that holds a block's sums until all blocks are added. */
  readonly result: Figure;
  readonly kept: Figure;
  readonly figures: readonly number[];
}

/** Tiles of so many rows are worked on while their operands stay in the caches. */
const rowsOfBlock = 144;

/** All rows of few columns, where they are copied from what is dense along them: in panels of so many bytes at most, from memory that comes in one stream. */
const [fewColumns, mostCopied] = [16, 1 << 21];

/** Panels of all of k, in bytes at most, that stay in the second-level cache beside what passes. */
const mostStreamed = 1 << 19;

/**
 * Threads take blocks of k where there are many of them and the result is small beside its operands, as the gradient of a weight is, or where they would all copy
 * one operand, as a small batch's weights: each operand is then read by one thread only. The blocks' sums wait side by side, this many bytes at most.
 */
const [leastBlocks, mostKept] = [16, 1 << 25];

/** Members of the blocks that a sum over k is cut into: as even as multiples of four can be. Part of what a result is: it depends on k alone. */
export function blockSizeOf(k: number): number {
  const blocks = Math.max(1, Math.ceil(k / 512));
  return Math.max(4, 4 * Math.ceil(k / (4 * blocks)));
}

/** Bytes of an element inside panels: bytes are widened. */
export const wideBytes = (dtype: DType): number => Math.max(4, bytesOf(dtype));

/**
 * Sums so short that compiling a product of few rows takes longer than computing it many times. Its columns left over by a tile have code of their own, which a wide tile would have for
 * each of many numbers: lengths that grow by one, as in attention to a cache, find theirs again after sixteen.
 */
const shortSum = 96;
/** Steps of a sum at most that cost less than writing it. */
const shortest = 12;

/** Rows and vectors of a tile: twelve sums, nine where three vectors are all. Tiles are whole quads wide, so that doubles take an even number of vectors. */
function tileOf(m: number, vectors: number, double: boolean): [number, number] {
  if (m <= 3) return [6, [12, 6, double ? 4 : 3][m - 1] ?? 2];
  if (double) return [6, 2];
  return vectors === 1 ? [12, 1] : vectors === 3 ? [3, 3] : [6, 2];
}

/**
 * The same where the engine joins vectors in pairs: twice as many sums. It joins those that are stored whole and side by side, so no tile may have too many that aren't; null where
 * that leaves the usual tile.
 */
function pairedTileOf(m: number, n: number, vectors: number, double: boolean): [number, number] | null {
  if (vectors === 1) return null;
  if (m <= 3) return [6, [24, 12, 6][m - 1]!];
  if (vectors === 2) return n % 4 === 0 ? [12, 2] : null;
  if (double) return n % 8 > 4 ? null : [6, 4];
  return [6, n % 16 > 12 || vectors === 3 ? 3 : 4];
}

/** Heights of the last tiles: what is left after sixes, spread so that no tile has too few sums to keep the multipliers busy. */
function lastRows(m: number, size: number): number[] {
  const rest = m % size;
  if (rest === 0) return [];
  if (size === 12 && rest < 6 && m > 12) return [Math.ceil((size + rest) / 2), Math.floor((size + rest) / 2)];
  if (size === 6 && rest === 1 && m > 12) return [5, 4, 4];
  if (size === 6 && rest === 2 && m > 6) return [4, 4];
  if (size === 6 && rest === 3 && m > 6) return [5, 4];
  return [rest];
}

/** Blocks at once for a single tile of so many rows and vectors. */
function flightOf(rows: number, vectors: number, blocks: number): number {
  const sums = rows * vectors;
  return sums < 8 ? Math.max(1, Math.min(8, Math.floor(12 / sums), blocks)) : 1;
}

export function planOf(
  kernel: MatmulKernel,
  epilogue: Expression,
  { sizes, strides }: Geometry,
  hot: boolean,
  threads: number,
  pairs = false,
): Plan {
  const { rank, dtype } = kernel;
  const figures: number[] = [];
  const figure = (value: number): Figure => ({ value, index: figures.push(value) - 1 });
  const batch = sizes.slice(0, rank);
  const k = sizes[rank + 2]!;
  const ofOutput = strides[0]!;
  // The transposed product where the result is dense along m: vectors run along rows of what is computed.
  const turned = sizes[rank + 1] === 1 || (ofOutput[rank + 1] !== 1 && ofOutput[rank] === 1);
  const [m, n] = (turned ? [sizes[rank + 1], sizes[rank]] : [sizes[rank], sizes[rank + 1]]) as [number, number];

  const double = dtype === 'float64';
  const perVector = double ? 2 : 4;
  const vectors = Math.ceil(n / perVector);
  const usual = (pairs ? pairedTileOf(m, n, vectors, double) : null) ?? tileOf(m, vectors, double);
  const [height, across] = !hot && m <= 3 && k <= shortSum ? [6, 16 / perVector] : usual;
  const width = across * perVector;
  // Panels pay when they are used often enough, and what they are copied from lies too far apart for the first-level cache.
  const far = k > 96;
  const packs = (isLeft: boolean, outer: number, along: number, dense: Side['dense']): boolean => {
    if (dtype === 'uint8') return true;
    if (isLeft) {
      if (!hot || outer < 0 || along < 0) return true;
      return dense !== 'along' && far && n >= 32;
    }
    // Steps whole pages apart meet in one set of that cache.
    const meets = k >= 16 && along % 4096 === 0;
    return dense !== 'outer' || (m > 3 && (!hot || ((far || meets) && m > (Math.abs(along) > 1024 ? 12 : 64))));
  };
  const side = (operand: number, outer: number, along: number, length: number): Side => {
    const own = strides[operand]!;
    const bytes = bytesOf(dtype);
    const isLeft = operand === (turned ? 2 : 1);
    // A single row or column is dense in either direction, if it lies so.
    const single = length === 1 && (!isLeft || own[along] !== 1);
    const dense = single || (own[outer] === 1 && length > 1) ? 'outer' : own[along] === 1 || k === 1 ? 'along' : 'none';
    return {
      operand,
      dtype,
      outer: figure(own[outer]! * bytes),
      along: figure(own[along]! * bytes),
      dense,
      packed: packs(isLeft, own[outer]! * bytes, own[along]! * bytes, dense),
      batch: own.slice(0, rank).map((stride) => figure(stride * bytes)),
    };
  };
  const left = turned ? side(2, rank + 1, rank, m) : side(1, rank, rank + 1, m);
  const right = turned ? side(1, rank, rank + 1, n) : side(2, rank + 1, rank, n);

  const mover = (operand: number, own: readonly number[], of: DType, bytes: number): Mover => {
    const [row, column] = (turned ? [own[rank + 1], own[rank]] : [own[rank], own[rank + 1]]) as [number, number];
    return {
      operand,
      dtype: of,
      row: figure(row * bytes),
      column: figure(column * bytes),
      step: column === 1 || n === 1 ? 'dense' : column === 0 ? 'one' : 'strided',
      steady: row === 0 || m === 1,
      batch: own.slice(0, rank).map((stride) => figure(stride * bytes)),
    };
  };
  const movers = [mover(0, ofOutput, dtype, bytesOf(dtype))];
  kernel.extras.forEach((extra, i) => {
    movers.push(mover(3 + i, strides[3 + i]!, extra.dtype, bytesOf(extra.dtype)));
  });
  if (mentions(epilogue, 'coordinate')) {
    const dense = [...batch, sizes[rank]!, sizes[rank + 1]!].map((_, d) => product(sizes.slice(d + 1, rank + 2)));
    movers.push(mover(-1, dense, 'int32', 1));
  }

  const tiles = (length: number, size: number, rest: readonly number[]): Tiles => {
    const full = (length - rest.reduce((sum, part) => sum + part, 0)) / size;
    return { size, full: figure(full), rest, units: figure(full + (rest.length > 0 ? 1 : 0)) };
  };
  const rows = tiles(m, height, lastRows(m, height));
  const columns = tiles(n, width, n % width === 0 ? [] : [n % width]);
  const entries = product(batch);
  // Sums of bytes can't wait in the output for the next block; those of integers are the same in any order.
  const blockSize = dtype === 'uint8' ? Math.max(k, 4) : blockSizeOf(k);
  const ahead = hot && (right.packed || right.along.value >= 0);
  const flight = ahead ? flightOf(m, vectors, Math.floor(k / blockSize)) : 1;
  // Behind panels, what their last copies write beyond them. The rest of the rows may be as much as three tiles.
  const room = (count: number, size: number, steps = blockSize * flight): number =>
    64 * Math.ceil(((count * steps + 4) * size * wideBytes(dtype)) / 64 + 1 + count);
  const allRows = room(rows.units.value + 2, height);
  const atOnce =
    hot && left.packed && left.dense === 'outer' && columns.units.value <= fewColumns && allRows <= mostCopied;
  // Results whose rows lie powers of two apart meet in few sets of the first-level cache: with little to add up to each, they are written row by row.
  const meet = k <= shortest && movers[0]!.row.value % 2048 === 0;
  const tall = atOnce ? rows.units.value : meet ? 1 : rowsOfBlock / height;
  const rightPanels = left.packed ? Math.min(allRows, room(tall + 2, height)) : 0;
  // Where each panel is used by one block of rows only, and doesn't share its cache lines with others, it is copied just before that, and stays in the first-level cache.
  const near = right.dense !== 'outer' || right.along.value < 512;
  const bytes = bytesOf(dtype);
  // Behind the sums, what a row's last quad reads beyond them.
  const kept = 64 * Math.ceil((m * n * bytes + 24) / 64);
  const blocks = Math.ceil(k / blockSize);
  const [output] = movers as [Mover];
  const dense = output.column.value === bytes && output.row.value === n * bytes;
  // Elements that threads which divide rows or columns would copy more than once, against sums that would wait.
  const copies = (threads - 1) * (m >= n ? (right.packed ? n * k : 0) : left.packed ? m * k : 0);
  const pays =
    (blocks >= leastBlocks && m * n <= k) || (blocks % threads === 0 && copies > threads * m * n * (blocks + 1));
  const byBlocks = threads > 1 && pays && entries === 1 && flight === 1 && dense && blocks * kept <= mostKept;
  const panels = hot && near && !left.packed && rows.units.value <= tall ? 1 : Math.ceil(512 / width);
  // All of k for a block of rows before the next where rows are read as they lie: memory then comes in one stream, which machines fetch ahead.
  const copied = Math.min(panels, columns.units.value);
  const manyRows = rows.units.value > tall && !byBlocks && blocks > 1;
  const streams =
    hot && manyRows && left.dense === 'along' && !left.packed && right.packed && room(copied, width, k) <= mostStreamed;
  return {
    hot,
    epilogue,
    scalars: kernel.scalars,
    left,
    right,
    movers,
    rows,
    columns,
    k: figure(k),
    blockSize: figure(blockSize),
    flight,
    tall: figure(tall),
    panels,
    rightPanels: figure(rightPanels),
    pitch: streams ? copied * width * bytes : 0,
    scratch: rightPanels + (right.packed ? room(copied, width, streams ? k : undefined) : 0),
    result: figure(m * n * bytes),
    kept: figure(kept),
    split: byBlocks ? 'blocks' : entries >= 16 ? 'entries' : m >= n ? 'rows' : 'columns',
    batch: batch.map(figure),
    figures,
  };
}

/** Bytes between panels: a cache line, since panels of a power of two would all begin in one set of a cache. None where panels of all of k are in line, step by step. */
export const panelGap = ({ left, pitch }: Plan, side: Side): number => (side === left || pitch === 0 ? 64 : 0);

/** What of a plan its code depends on, besides figures. */
export function keyOf({ hot, left, right, movers, rows, columns, split, figures }: Plan): string {
  const sides = [left, right].map(({ operand, dense, packed }) => `${operand}${dense[0]}${packed ? 'p' : ''}`);
  const tiles = [rows, columns].map(({ size, full, rest }) => `${full.value > 0 ? size : ''}+${rest.join('+')}`);
  const moves = movers.map(({ step, steady }) => step[0] + (steady ? '=' : ''));
  return [...sides, ...tiles, moves.join(''), split[0], hot ? figures.join() : ''].join(' ');
}

/** Type of the sums. */
export const scalarOf = (dtype: DType): 'f32' | 'f64' | 'i32' => dtypes[dtype].scalar as 'f32' | 'f64' | 'i32';
