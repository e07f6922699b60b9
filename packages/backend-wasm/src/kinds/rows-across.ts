/**
 * Rows whose elements lie apart while neighbouring rows lie side by side (softmax over the channels of images): lanes are rows, so that loads are dense and nothing is
 * added across lanes. A unit is up to four vectors of rows, a cache line at every step along the axis. Bits are those of rows one by one. Outputs
 * are dense along the axis: they pass through a tile of sixteen elements of each row, which is turned on its way to memory.
 */
import { type Geometry, mentions, product, type RowsKernel, topological } from '@nn/backend';
import {
  branchIf, type Code, I32, i32, type Local, least, loop, stepUp, times, V128, v128, type WasmModule, words,
} from '../assembler/index.ts'; // biome-ignore format: one list
import { turned } from '../scalar/quad.ts';
import { bytesAlong, bytesOf } from './access.ts';
import { foldAcross } from './fold.ts';
import { plainVariant, type Variant } from './kind.ts';
import { lowered, type RowsShape, rowCode, type ValueCode, wholeRows } from './row-code.ts';
import { Stream, stepOf } from './stream.ts';
import { Walk } from './walk.ts';

/** Elements of each row in a tile. */
const tileLength = 16;

/** Bytes of scratch at most: what is stashed should stay in a cache. */
const mostScratch = 2 ** 19;

interface Shape extends RowsShape {
  /** The dimension that vectors run along, and vectors of a unit. */
  readonly lanes: number;
  readonly width: number;
}

/** The variant of a rows kernel that works across rows, where that pays. */
export function acrossRows(kernel: RowsKernel, { sizes, strides }: Geometry): Variant | null {
  const { rank, inputs, outputs } = kernel;
  const whole = lowered(kernel);
  const { bodies, results, stashed } = whole;
  const size = sizes[rank]!;
  const own = strides.slice(outputs.length);
  const lanes = sizes.findIndex(
    (n, d) => d < rank && n >= 4 && own.every((by) => by[d] === 0 || by[d] === 1) && own.some((by) => by[d] === 1),
  );
  const all = [...bodies, ...results];
  if (
    lanes < 0 ||
    size < 2 ||
    own.every((by) => by[rank] === 0 || by[rank] === 1) ||
    outputs.some(({ dtype, perRow }) => !perRow && bytesOf(dtype) !== 4) ||
    all.some((root) => mentions(root, 'coordinate'))
  )
    return null;
  const steps = inputs.map(({ dtype }, i) => stepOf(dtype, own[i]![lanes]!));
  const columns = sizes[lanes]!;
  const scratchOf = (width: number): number =>
    64 * Math.ceil((width * 16 * (tileLength * Math.max(1, outputs.length) + size * stashed.length)) / 64);
  // The last unit of a line overlaps the one before it.
  const width = [4, 2, 1].find(
    (w) => 4 * w <= columns && Math.ceil(columns / 4 / w) * w <= 1.25 * Math.ceil(columns / 4) && scratchOf(w) <= mostScratch,
  ); // biome-ignore format: one condition
  if (width === undefined) return null;
  const shape: Shape = { ...whole, lanes, steps, width };
  const groups = Math.ceil(columns / 4 / width);
  return {
    ...plainVariant,
    key: `across ${lanes} ${width} ${steps.map((step) => step[0]).join('')}`,
    emit: (module) => emitAcross(module, shape),
    constants: [...sizes, ...bytesAlong(inputs, own, rank + 1), product(sizes.slice(lanes + 1, rank)), groups],
    units: (product(sizes.slice(0, rank)) / columns) * groups,
    work: product(sizes) * 0.3 * topological(...all).length,
    scratch: scratchOf(width),
  };
}

function emitAcross(module: WasmModule, shape: Shape): void {
  const { kernel, lanes, width } = shape;
  const { rank, inputs, outputs } = kernel;
  /** Bytes of an element of all rows. */
  const line = 16 * width;
  const tile = tileLength * line;
  const whole = wholeRows(kernel);
  module.function('run', words(4), [], (f, block, unit, last, scratch) => {
    const [outer, row, count, rest, at, from, target, turn] = f.locals(I32, 8) as Local[];
    const stash = i32.add(scratch!, tile * Math.max(1, outputs.length));
    const code = rowCode(f, block!, shape, width, row!, stash, (size) => i32.mul(size, line));
    const { constant, size, stride, pointers, index, rewind } = code;
    const columns = constant(lanes);
    // Rows from one lane's to the next one's; units along the lanes' dimension.
    const [apart, groups] = [0, 1].map((k) => stride(inputs.length, k)) as [Local, Local];
    const others = Array.from({ length: rank }, (_, d) => d).filter((d) => d !== lanes);
    const walk = new Walk(
      f,
      rank - 1,
      (d) => constant(others[d]!),
      pointers,
      (i, d) => stride(i, others[d]!),
    );
    const move: Code = [code.streams.map(({ cursor }, i) => cursor.add(stride(i, rank))), code.stash.add(line)];
    const reductions = code.reductions((fold, value, unrolled) => {
      const valueAt = (q: number): Omit<ValueCode, 'keep'> => {
        const { code: own, parts, keep } = value(q, null);
        return { code: [own, keep], parts };
      };
      const { code: own, states } = foldAcross(f, fold, width, index, size, scratch!, valueAt, move, unrolled);
      return { code: [rewind, own], found: states.map((state) => fold.values(state)) };
    });
    const bases = f.locals(I32, outputs.length);
    const rowTarget = (j: number): Stream => {
      const { dtype } = outputs[j]!;
      const bytes = f.hoist(`output ${j}`, I32, () => i32.mul(apart, bytesOf(dtype)));
      return new Stream(f, `output ${j}`, dtype, 'far', bases[j]!, bytes);
    };
    const corners = f.locals(I32, 4);
    const parts = f.locals(V128, 4);
    const { code: turning, values } = turned(f, parts);
    const between = f.hoist('between rows', I32, () => i32.mul(apart, i32.mul(size, 4)));
    /** The tile of an output, four rows after the other. */
    const storeTile = (j: number, place: number): Code => [
      target!.set(code.address(j, i32.add(i32.mul(row!, size), index))),
      from!.set(i32.add(scratch!, place * tile)),
      times(
        turn!,
        width,
        corners.map((corner, i) => corner.set(i === 0 ? target! : i32.add(corners[i - 1]!, between))),
        at!.set(from!),
        rest!.set(count!),
        loop(
          parts.map((part, i) => part.set(v128.load(at!, i * line))),
          turning,
          corners.map((corner, i) => [
            new Stream(f, '', outputs[j]!.dtype, 'dense', corner, i32.const(0)).store([values[i]!], 0, rest!),
            corner.add(16),
          ]),
          at!.add(4 * line),
          branchIf(i32.gtS(rest!.tee(i32.sub(rest!, 4)), 0), 0),
        ),
        from!.add(16),
        target!.add(i32.mul(between, 4)),
      ),
    ];
    return [
      code.prelude,
      stepUp(
        unit!,
        last!,
        1,
        code.begin,
        outer!.set(i32.divU(unit!, groups)),
        walk.start(outer!),
        at!.set(least(i32.mul(i32.remU(unit!, groups), 4 * width), i32.sub(columns, 4 * width))),
        pointers.map((pointer, i) => pointer.add(i32.mul(at!, stride(i, lanes)))),
        row!.set(i32.mul(i32.divU(outer!, apart), columns)),
        row!.set(i32.add(i32.mul(i32.add(row!, at!), apart), i32.remU(outer!, apart))),
        reductions,
        bases.map((base, j) => base.set(code.address(j, row!))),
        code.rowOutputs(rowTarget),
        whole.length === 0
          ? []
          : [
              rewind,
              loop(
                count!.set(least(i32.sub(size, index), i32.const(tileLength))),
                at!.set(scratch!),
                rest!.set(count!),
                loop(
                  Array.from({ length: width }, (_, q) =>
                    whole.map((j, place) => {
                      const { code: own, parts } = code.resultAt(j, q);
                      return [own, v128.store(at!, parts[0]!, 16 * q + place * tile)];
                    }),
                  ),
                  move,
                  at!.add(line),
                  branchIf(rest!.tee(i32.sub(rest!, 1)), 0),
                ),
                whole.map(storeTile),
                branchIf(i32.ltS(index.tee(i32.add(index, tileLength)), size), 0),
              ),
            ],
      ),
    ];
  });
}
