/**
 * The `gather` and `scatter` kinds: a walk over the iteration in which one operand's address is moved by what index operands hold. Where the indices stay the same
 * along a row and the memory is dense, whole vectors move; else one element at a time, of a gather at places computed by fours. Gathers divide among threads; scatters run
 * in order on one.
 */
import { type DType, dtypes, type GatherKernel, type Geometry, product, type ScatterKernel } from '@nn/backend';
import {
  branchIf,
  type Code,
  countDown,
  giveBack,
  I32,
  i32,
  i32x4,
  type Local,
  V128,
  v128,
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
    work: moved === 1 ? elements * (steady ? 0.5 : 1) : 0,
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
    /** Code for the indices that stay the same along a row, or for the others. */
    const each = (stays: boolean, code: (cursor: Stream, size: Local, step: Local) => Code): Code =>
      streams.slice(2).map((stream, k) => {
        const { size, step } = extent(k);
        return (stream.step === 'one') === stays ? code(stream, size, step) : [];
      });
    /** How far those at hand move the operand. */
    const selected = (stays: boolean): Code => [
      distance.set(i32.const(0)),
      each(stays, ({ cursor, dtype: type }, size, step) => {
        const index = f.local(I32);
        const place = i32.add(index, i32.and(size, i32.shrS(index, 31)));
        return [
          index.set(bytesOf(type) === 1 ? i32.load8U(cursor) : i32.load(cursor)),
          when(i32.geU(place, size), [fault(block!, index, size)]),
          distance.add(i32.mul(place, step)),
        ];
      }),
    ];
    const [target, value] = streams as [Stream, Stream];
    /** What is stored for a value. */
    const merged = (parts: Quad, load: () => Quad): Quad => {
      if (combine === 'replace') return parts;
      return combined[combine](f, dtypes[dtype].scalar, [load(), parts]);
    };
    /** Four elements, `q` vectors further on; with `left` (then q is 0), only so many of them. */
    const four = (q: number, left: Local | null): Code =>
      target.store(
        merged(value.load(q, left), () => target.load(q, left)),
        q,
        left,
      );
    /** One element, the moved operand `distance` further on. */
    const one = (): Code => {
      const at = (i: number): Code => (i === moved ? i32.add(cursors[i]!, distance) : cursors[i]!);
      const result = merged(loadSplat(f, dtype, at(1)), () => loadSplat(f, dtype, at(0)));
      const { kept, code } = keepPacked(f, dtype, result);
      return [code, storeLane(dtype, at(0), kept, 0)];
    };
    /** Of a gather: where the four elements at hand would be if their indices were 0. */
    const places = f.local(V128);
    const inLanes = (value: Local): Local => f.hoist(`lanes of ${value.index}`, V128, () => i32x4.splat(value));
    const apart = (): Local => inLanes(stride(1, rank - 1) as Local);
    /** Gathers four elements. Where one of the indices is out of range it leaves, for the loop behind it to say so. */
    const gathered = (): Code => {
      let place: Code = places;
      let outside: Code = f.lanes('i32', 0);
      const found = f.local(V128);
      return [
        each(false, (stream, size, step) => {
          const index = f.local(V128);
          outside = v128.or(outside, i32x4.geU(index, inLanes(size)));
          place = i32x4.add(place, i32x4.mul(index, inLanes(step)));
          return [
            index.set(stream.load(0)[0]!),
            index.set(i32x4.add(index, v128.and(inLanes(size), i32x4.shrS(index, 31)))),
          ];
        }),
        branchIf(v128.anyTrue(outside), 1),
        found.set(place),
        [0, 1, 2, 3].map((i) => {
          const from = i32x4.extractLane(found, i);
          // Bytes as they are.
          const element = bytesOf(dtype) === 1 ? [v128.load8Splat(from)] : loadSplat(f, dtype, from);
          return storeLane(dtype, cursors[0]!, element, 0, i * bytesOf(dtype));
        }),
        places.set(i32x4.add(places, i32x4.shl(apart(), 2))),
        streams.map((stream) => stream.move(4)),
      ];
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
        selected(true),
        cursors[moved]!.add(distance),
        vectors
          ? [
              target.step === value.step && value.step === 'dense'
                ? countDown(
                    rest,
                    8,
                    8,
                    [0, 1].map((q) => four(q, null)),
                    target.move(8),
                    value.move(8),
                  )
                : [],
              countDown(rest, 4, 1, four(0, rest), target.move(4), value.move(4)),
            ]
          : [
              moved === 1 && operands[0]!.step === 'dense'
                ? [
                    places.set(i32x4.add(i32x4.splat(cursors[1]!), i32x4.mul(apart(), f.lanes('i32', 0, 1, 2, 3)))),
                    countDown(rest, 4, 4, gathered()),
                  ]
                : [],
              countDown(
                rest,
                1,
                1,
                selected(false),
                one(),
                streams.map((stream) => stream.move(1)),
              ),
            ],
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
