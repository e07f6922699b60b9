/** Maps of bools and uint8 in lanes of 8 bits, where that gives the same bits: operands are dense along the rows or, of any type, one element for all of a row. */
import type { Geometry, MapKernel } from '@nn/backend';
import { type Code, countDown, I32, i32, i32x4, V128, v128, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { byteCodes, type InBytes, inBytes } from '../scalar/bytes.ts';
import { type Copy, emitTogether, type Known, lower, steadyNodes } from '../scalar/emit.ts';
import { bytesOf } from './access.ts';
import type { Variant } from './kind.ts';
import { mapVariant, movesOf, type Progress } from './map.ts';

/** Elements of a vector. */
const width = 16;

/** The variant of a map of bytes, null of others. */
export function bytesMap(kernel: MapKernel, geometry: Geometry): Variant | null {
  const outputs = kernel.outputs.length;
  const moves = movesOf(kernel, geometry);
  const isOne = (i: number): boolean => i >= outputs && moves[i]!.step === 'one';
  if (moves.some(({ dtype, step }, i) => !isOne(i) && (step !== 'dense' || bytesOf(dtype) !== 1))) return null;
  if (moves.some(({ walks }) => walks) && geometry.sizes[kernel.rank - 1]! < width) return null;
  const roots = kernel.outputs.map(({ expression }) => lower(expression));
  const bytes = inBytes(
    roots,
    steadyNodes(roots, ({ op, value }) => op === 'input' && isOne(outputs + value)),
  );
  if (bytes === null) return null;
  const variant = mapVariant(kernel, geometry, {
    inner: bytes.splats.flatMap(({ args }) => args),
    emit: (f, row) => emitBytes(f, row, bytes),
  });
  return { ...variant, key: `bytes ${variant.key}`, work: variant.work / 6 };
}

function emitBytes(f: FunctionBuilder, row: Progress, { roots, splats, asked }: InBytes): Code {
  const { streams, rest, known, move } = row;
  const given: Known = new Map(known);
  const prelude = splats.map((node) => {
    const [[x], local] = [known.get(node.args[0]!)!, f.local(V128)];
    given.set(node, [local]);
    return local.set(v128.shuffle(x!, x!, new Array<number>(width).fill(0)));
  });
  /** The vectors from one on, two at a time, which the engine may join. */
  const vectors = (from: number, end: number): Code => {
    if (from >= end) return [];
    const at = Array.from({ length: Math.min(2, end - from) }, (_, i) => width * (from + i));
    const copies = at.map(
      (ahead): Copy => ({
        known: new Map(given),
        leaf: ({ value }) => [v128.load(streams[roots.length + value]!.cursor, ahead)],
      }),
    );
    return [
      emitTogether(f, roots, copies, undefined, byteCodes),
      roots.map((root, j) =>
        copies.map(({ known }, i) => v128.store(streams[j]!.cursor, known.get(root)![0]!, at[i]!)),
      ),
      vectors(from + 2, end),
    ];
  };
  const fits = f.local(I32);
  return [
    fits.set(i32.geS(rest, width)),
    [...asked].map((integer) => fits.set(i32.and(fits, i32.ltU(i32x4.extractLane(known.get(integer)![0]!, 0), 256)))),
    when(fits, [
      prelude,
      [4, 1].map((count) => countDown(rest, count * width, count * width, vectors(0, count), move(count * width))),
    ]),
  ];
}
