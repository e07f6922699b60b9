/**
 * The `gather` and `scatter` kinds: a walk over the iteration in which one operand's address is moved by what index operands hold. Where the indices stay the same
 * along a row and the memory is dense, whole vectors move; else one element at a time. Gathers divide among threads; scatters run in order on one.
 */
import { type DType, dtypes, type GatherKernel, type Geometry, product, type ScatterKernel } from '@nn/backend';
import {
  branchIf,
  type Code,
  giveBack,
  I32,
  i32,
  type Local,
  loop,
  type WasmModule,
  when,
  words,
} from '../assembler/index.ts';
import type { Quad } from '../scalar/quad.ts';
import { bytesAlong, bytesOf, keepPacked, loadSplat, storeLane } from './access.ts';
import { combined } from './fold.ts';
import { BlockLayout, faultWord, type Kind, plainVariant, type Variant } from './kind.ts';
import { type Step, Stream, stepOf } from './stream.ts';
import { Walk } from './walk.ts';

type Indexed = GatherKernel | ScatterKernel;

interface Shape {
  readonly kernel: Indexed;
  /** Dtypes and steps of all operands, outputs first. */
  readonly operands: readonly { readonly dtype: DType; readonly step: Step }[];
  /** The operand that indices move: a gather's source, a scatter's output. */
  readonly moved: 0 | 1;
  /** Whether indices stay the same along a row. */
  readonly steady: boolean;
}

export const gatherKind: Kind<GatherKernel> = (kernel, geometry) => indexed(kernel, geometry, 1);
export const scatterKind: Kind<ScatterKernel> = (kernel, geometry) => indexed(kernel, geometry, 0);

function indexed(kernel: Indexed, { sizes, strides, extents }: Geometry, moved: 0 | 1): Variant {
  const { rank } = kernel;
  const types = [kernel.dtype, kernel.dtype, ...kernel.indices.map(({ dtype }) => dtype)];
  const operands = types.map((dtype, i) => ({
    dtype,
    step: rank === 0 ? ('one' as const) : stepOf(dtype, strides[i]![rank - 1] ?? 0),
  }));
  const steady = operands.slice(2).every(({ step }) => step === 'one');
  const shape: Shape = { kernel, operands, moved, steady };
  const elements = product(sizes.slice(0, rank));
  return {
    ...plainVariant,
    key: operands.map(({ step }) => step[0]).join(''),
    emit: (module) => emitIndexed(module, shape),
    constants: [
      ...(rank === 0 ? [1] : sizes.slice(0, rank)),
      ...bytesAlong(operands, strides, rank),
      ...kernel.indices.flatMap((_, k) => [extents[2 * k]!, extents[2 * k + 1]! * bytesOf(kernel.dtype)]),
    ],
    units: moved === 1 ? elements : Math.min(1, elements),
    grain: 64,
    work: moved === 1 ? elements * (steady ? 0.5 : 2) : 0,
  };
}

function emitIndexed(module: WasmModule, { kernel, operands, moved, steady }: Shape): void {
  const { rank, dtype } = kernel;
  const layout = new BlockLayout(0, operands.length);
  const combine = 'combine' in kernel ? kernel.combine : 'replace';
  module.function('run', words(4), [], (f, block, first, last) => {
    const constant = layout.reader(f, block!);
    const sizes = Math.max(1, rank);
    const stride = (i: number, d: number): Code => (rank === 0 ? i32.const(0) : constant(sizes + i * rank + d));
    const extent = (k: number): { size: Local; step: Local } => {
      const at = sizes + operands.length * rank + 2 * k;
      return { size: constant(at), step: constant(at + 1) };
    };
    const pointers = f.locals(I32, operands.length);
    const cursors = f.locals(I32, operands.length);
    const streams = operands.map(
      (operand, i) => new Stream(f, `operand ${i}`, operand.dtype, operand.step, cursors[i]!, stride(i, rank - 1)),
    );
    const outer = Math.max(0, rank - 1);
    const walk = new Walk(f, outer, constant, pointers, stride);
    const [rest, distance] = f.locals(I32, 2) as [Local, Local];
    /** How far the indices at hand move the operand. */
    const selected = [
      distance.set(i32.const(0)),
      kernel.indices.map(({ dtype: indexType }, k) => {
        const index = f.local(I32);
        const { size, step } = extent(k);
        const cursor = cursors[2 + k]!;
        return [
          index.set(bytesOf(indexType) === 1 ? i32.load8U(cursor) : i32.load(cursor)),
          when(i32.geU(i32.add(index, i32.mul(size, i32.ltS(index, 0))), size), [fault(block!, index, size)]),
          distance.add(i32.mul(i32.add(index, i32.mul(size, i32.ltS(index, 0))), step)),
        ];
      }),
    ];
    const [target, value] = streams as [Stream, Stream];
    /** What is stored for a value. */
    const merged = (parts: Quad, load: () => Quad): Quad => {
      if (combine === 'replace') return parts;
      return combined[combine](f, dtypes[dtype].scalar, [load(), parts]);
    };
    /** `rest` elements (at most four at a time) from value to target. */
    const four = (): Code =>
      target.store(
        merged(value.load(0, rest), () => target.load(0, rest)),
        0,
        rest,
      );
    /** One element, the moved operand `distance` further on. */
    const one = (): Code => {
      const at = (i: number): Code => (i === moved ? i32.add(cursors[i]!, distance) : cursors[i]!);
      const result = merged(loadSplat(f, dtype, at(1)), () => loadSplat(f, dtype, at(0)));
      const { kept, code } = keepPacked(f, dtype, result);
      return [code, storeLane(dtype, at(0), kept, 0)];
    };
    // Vectors: the indices stay, and no element of the target comes twice in a row.
    const vectors = steady && operands[0]!.step !== 'one';
    const total = Array.from({ length: sizes }, (_, d) => constant(d) as Code).reduce((x, y) => i32.mul(x, y));
    return [
      moved === 0 ? last!.set(total) : [],
      pointers.map((pointer, i) => pointer.set(i32.load(block!, layout.operand(i)))),
      walk.runs(first!, last!, constant(sizes - 1), (column, count) => [
        cursors.map((cursor, i) => cursor.set(pointers[i]!)),
        streams.map((stream) => stream.moveBy(column)),
        rest.set(count),
        vectors
          ? [
              selected,
              cursors[moved]!.add(distance),
              loop(four(), target.move(4), value.move(4), branchIf(i32.gtS(rest.tee(i32.sub(rest, 4)), 0), 0)),
            ]
          : loop(
              selected,
              one(),
              streams.map((stream) => stream.move(1)),
              branchIf(rest.tee(i32.sub(rest, 1)), 0),
            ),
      ]),
    ];
  });
}

/** Leaves word that an index is out of range, and ends: there may be nothing that could be read or written in its stead. */
const fault = (block: Local, index: Local, size: Local): Code => [
  i32.store(block, index, 4 * faultWord + 4),
  i32.store(block, size, 4 * faultWord + 8),
  i32.store(block, i32.const(1), 4 * faultWord),
  giveBack,
];
