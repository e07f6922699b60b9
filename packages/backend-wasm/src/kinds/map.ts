/**
 * The `map` kind. Work is measured in elements of the iteration, in row-major order; a run of them walks whole rows of the innermost dimension with a
 * loop over vectors. How an operand moves along that dimension is part of the variant.
 */
import { type Expression, type Geometry, type MapKernel, product, topological } from '@nn/backend';
import { type Code, countDown, I32, i32, type Local, type WasmModule, when, words } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { emitSteady, emitTogether, type Known, type LeafCode, lower } from '../scalar/emit.ts';
import { ascending } from '../scalar/quad.ts';
import { vectorsThatWait } from '../scalar/waiting.ts';
import { bytesAlong, bytesOf, loadNumber, shiftOf } from './access.ts';
import { BlockLayout, type Kind, plainVariant, type Variant } from './kind.ts';
import { type Step, Stream, stepOf } from './stream.ts';
import { tiledMap } from './tiles.ts';
import { Walk } from './walk.ts';

/** A quicker way along a row, many elements at a time. What it leaves of them is computed four by four. */
export interface Way {
  /** What it computes besides the outputs, in which steady nodes are looked for. */
  readonly inner: readonly Expression[];
  readonly emit: (f: FunctionBuilder, row: Progress) => Code;
}

/** How far a row is. */
export interface Progress {
  /** Outputs first. */
  readonly streams: readonly Stream[];
  /** Number of the element at hand; kept only where something reads it. */
  readonly index: Local;
  /** Elements that are left. */
  readonly rest: Local;
  /** What is steady. */
  readonly known: Known;
  /** Leaves, so many vectors of four further on. */
  readonly leaf: (q: number) => LeafCode;
  /** Code that moves streams and index. */
  readonly move: (elements: number) => Code;
}

export interface Moved {
  readonly dtype: MapKernel['inputs'][number]['dtype'];
  readonly step: Step;
  /** Number of the operand in the launch. */
  readonly index: number;
  /** Whether rows move it by strides of its own. */
  readonly walks: boolean;
}

export const mapKind: Kind<MapKernel> = (kernel, geometry) => mapVariant(kernel, geometry, null);

/** The variant of a map, with a way of its own along rows. */
export function mapVariant(given: MapKernel, whole: Geometry, way: Way | null): Variant {
  const roots = given.outputs.map(({ expression }) => lower(expression));
  const tiled = tiledMap(given, whole, roots);
  if (tiled !== null) return tiled;
  const pairs = pairsOf(given, whole);
  const { kernel, geometry } = pairs ?? { kernel: given, geometry: whole };
  const operands = movesOf(kernel, geometry).map(
    (operand): Moved => (pairs?.twice.has(operand.index) ? { ...operand, step: 'twice' } : operand),
  );
  const walking = operands.filter(({ walks }) => walks);
  const flat = walking.length === 0;
  const units = product(geometry.sizes);
  return {
    ...plainVariant,
    key: flat ? 'flat' : operands.map(({ step }) => step[0]).join(''),
    emit: (module) => emitMap(module, kernel, roots, way, operands, flat),
    constants: flat ? [] : constantsOf(kernel, geometry, walking),
    units,
    grain: 64,
    // A nanosecond for moving four elements, a third for each node on them; strided elements come one by one.
    work: (units * (1 + 0.3 * topological(...roots).length) * (flat ? 1 : 3)) / 4,
  };
}

/** A map whose innermost dimension holds pairs, as the iteration of one dimension less that it is, with the operands that have one element a pair. */
interface Pairs {
  readonly kernel: MapKernel;
  readonly geometry: Geometry;
  readonly twice: ReadonlySet<number>;
}

/** A map in which something of 4 bytes is repeated along pairs (the gradient of a pooling, an image made larger) and all else is dense or one element, or null. */
function pairsOf(kernel: MapKernel, { sizes, strides, extents }: Geometry): Pairs | null {
  const rank = kernel.rank - 1;
  if (rank < 1 || sizes[rank] !== 2) return null;
  const twice = new Set<number>();
  for (const [i, { access, dtype }] of [...kernel.outputs, ...kernel.inputs].entries()) {
    if (access !== 'strided') continue;
    const [outer, inner] = strides[i]!.slice(rank - 1) as [number, number];
    const repeats = inner === 0 && outer === 1 && bytesOf(dtype) === 4 && i >= kernel.outputs.length;
    if (repeats) twice.add(i);
    else if (outer !== 2 * inner || inner > 1 || inner < 0) return null;
  }
  if (twice.size === 0) return null;
  return {
    kernel: { ...kernel, rank },
    geometry: {
      sizes: [...sizes.slice(0, rank - 1), 2 * sizes[rank - 1]!],
      strides: strides.map((own) => [...own.slice(0, rank - 1), own[rank]!]),
      extents,
    },
    twice,
  };
}

/** How the operands move, outputs first. */
export function movesOf(kernel: MapKernel, { strides }: Geometry): Moved[] {
  const inner = kernel.rank - 1;
  return [...kernel.outputs, ...kernel.inputs].map(({ dtype, access }, index) => {
    const walks = access === 'strided' && kernel.rank > 0;
    const stride = walks ? strides[index]![inner]! : access === 'contiguous' ? 1 : 0;
    return { dtype, index, walks, step: stepOf(dtype, stride) };
  });
}

/** Sizes; then of each operand that walks its strides in bytes, the innermost last. */
const constantsOf = (kernel: MapKernel, { sizes, strides }: Geometry, walking: readonly Moved[]): number[] => [
  ...sizes,
  ...bytesAlong(
    walking,
    walking.map(({ index }) => strides[index]!),
    kernel.rank,
  ),
];

function emitMap(
  module: WasmModule,
  kernel: MapKernel,
  roots: readonly Expression[],
  way: Way | null,
  operands: readonly Moved[],
  flat: boolean,
): void {
  const layout = new BlockLayout(kernel.scalars, operands.length);
  const { rank } = kernel;
  const walking = operands.filter(({ walks }) => walks);
  module.function('run', words(4), [], (f, block, first, last) => {
    const constant = layout.reader(f, block!);
    const stride = (operand: Moved, d: number): Local => constant(rank + walking.indexOf(operand) * rank + d);
    const bases = operands.map(({ index }) =>
      f.hoist(`operand ${index}`, I32, () => i32.load(block!, layout.operand(index))),
    );
    const streamsOver = (cursors: readonly Local[]): Stream[] =>
      operands.map((operand, i) => {
        const { dtype, step, walks } = operand;
        return new Stream(f, `operand ${i}`, dtype, step, cursors[i]!, walks ? stride(operand, rank - 1) : 0);
      });
    const row = new Row(f, kernel, roots, way, block!);
    const denseTo = (number: Code): Code =>
      operands.map(({ walks, step, dtype }, i) =>
        !walks && step === 'dense' ? bases[i]!.add(i32.shl(number, shiftOf(dtype))) : [],
      );
    if (flat) {
      const streams = streamsOver(bases);
      return [
        denseTo(first!),
        row.numbers(),
        row.invariants(streams),
        row.loop(streams, first!, i32.sub(last!, first!)),
      ];
    }
    const walk = new Walk(
      f,
      rank - 1,
      constant,
      walking.map(({ index }) => bases[index]!),
      (i, d) => stride(walking[i]!, d),
    );
    const cursors = operands.map(() => f.local(I32));
    const streams = streamsOver(cursors);
    return [
      row.numbers(),
      denseTo(first!),
      walk.runs(first!, last!, constant(rank - 1), (column, count) => [
        cursors.map((cursor, i) => cursor.set(bases[i]!)),
        walking.map(({ index }) => streams[index]!.moveBy(column)),
        row.invariants(streams),
        row.loop(streams, first!, count),
        denseTo(count),
      ]),
    ];
  });
}

/** The code of a row: what stays the same in it, and a loop over its vectors. */
class Row {
  readonly #f: FunctionBuilder;
  readonly #outputs: number;
  readonly #roots: readonly Expression[];
  readonly #way: Way | null;
  /** What steady nodes are looked for in. */
  readonly #all: readonly Expression[];
  readonly #nodes: readonly Expression[];
  readonly #block: Local;
  /** Whether computing an element twice gives the same: nothing that is read is overwritten. */
  readonly #repeatable: boolean;
  readonly #known: Known = new Map();

  constructor(f: FunctionBuilder, kernel: MapKernel, roots: readonly Expression[], way: Way | null, block: Local) {
    this.#f = f;
    this.#outputs = kernel.outputs.length;
    this.#roots = roots;
    this.#way = way;
    this.#all = [...roots, ...(way?.inner ?? [])];
    this.#nodes = topological(...roots);
    this.#block = block;
    this.#repeatable = kernel.outputs.every(({ overwrites }) => overwrites < 0);
  }

  #streamOf(leaf: Expression, streams: readonly Stream[]): Stream {
    return streams[this.#outputs + leaf.value]!;
  }

  /** Code for every node that depends only on run-time numbers. */
  numbers(): Code {
    return emitSteady(this.#f, this.#all, this.#known, (leaf) => loadNumber(this.#block, leaf));
  }

  /** Code for every node that depends only on what is the same all along the row. */
  invariants(streams: readonly Stream[]): Code {
    return emitSteady(
      this.#f,
      this.#all,
      this.#known,
      (leaf) => this.#streamOf(leaf, streams).load(0),
      (leaf) => leaf.op === 'input' && this.#streamOf(leaf, streams).step === 'one',
    );
  }

  /** A loop over `count` elements, the first of which has number `at`; moves the streams. */
  loop(streams: readonly Stream[], at: Local, count: Code): Code {
    const [rest, index, isLong] = this.#f.locals(I32, 3) as [Local, Local, Local];
    const counts = this.#nodes.some(({ op }) => op === 'coordinate');
    const slow = streams.some(({ step }) => step === 'far');
    // Vectors of a round: many where there is little to compute, one where the code is long anyway and vectors aren't joined.
    const way = slow ? null : this.#way;
    const long = slow || this.#nodes.length > 24;
    const joined = this.#f.module.features.pairs ? 2 : 1;
    const together = slow ? 1 : Math.max(joined, vectorsThatWait(this.#roots));
    const vectors = long ? together : Math.max(together, this.#nodes.length > 6 ? 2 : 4);
    const round = 4 * vectors;
    const move = (elements: number): Code => [
      streams.map((stream) => stream.move(elements)),
      counts ? index.add(elements) : [],
    ];
    const single = (left: Local | null): Code => [this.#vectors(streams, index, left, 0, 1), move(4)];
    // The last elements of a row are computed with those before them once more, so that they fill a vector.
    const back = when(i32.ltS(rest, 4), [
      streams.map((stream) => stream.moveBy(i32.sub(rest, 4))),
      counts ? index.add(i32.sub(rest, 4)) : [],
      rest.set(i32.const(4)),
    ]);
    return [
      rest.set(count),
      isLong.set(i32.geS(rest, 4)),
      counts ? index.set(at) : [],
      way !== null
        ? way.emit(this.#f, {
            streams,
            index,
            rest,
            known: this.#known,
            leaf: (q) => this.#leaf(streams, index, q),
            move,
          })
        : vectors === 1
          ? []
          : countDown(
              rest,
              round,
              round,
              Array.from({ length: vectors / together }, (_, i) =>
                this.#vectors(streams, index, null, i * together, together),
              ),
              move(round),
            ),
      this.#repeatable
        ? when(isLong, countDown(rest, 4, 1, back, single(null)), when(i32.gtS(rest, 0), single(rest)))
        : countDown(rest, 4, 1, single(rest)),
    ];
  }

  #leaf(streams: readonly Stream[], index: Local, q: number, rest: Local | null = null): LeafCode {
    return (leaf) =>
      leaf.op === 'coordinate' ? [ascending(this.#f, index, 4 * q)] : this.#streamOf(leaf, streams).load(q, rest);
  }

  /** So many vectors from number `from` after the cursors on, stored when all are computed; with `rest`, only so many elements exist. */
  #vectors(streams: readonly Stream[], index: Local, rest: Local | null, from: number, count: number): Code {
    const copies = Array.from({ length: count }, (_, i) => ({
      known: new Map(this.#known) as Known,
      leaf: this.#leaf(streams, index, from + i, rest),
    }));
    return [
      emitTogether(this.#f, this.#roots, copies),
      this.#roots.map((root, j) => copies.map(({ known }, i) => streams[j]!.store(known.get(root)!, from + i, rest))),
    ];
  }
}
