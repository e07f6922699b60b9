/**
 * Scans whose rows lie side by side (running sums down the columns of a matrix): lanes are rows, in the order and with the bits of rows one by one. A unit is up
 * to four vectors of rows, a cache line at every step.
 */
import { dtypes, type Geometry, product, type ScalarType, type ScanKernel } from '@nn/backend';
import { branchIf, type Code, I32, i32, type Local, least, loop, stepUp, words } from '../assembler/index.ts';
import { castQuad } from '../scalar/cast.ts';
import { bytesAlong } from './access.ts';
import { Fold } from './fold.ts';
import { BlockLayout, plainVariant, type Variant } from './kind.ts';
import { Stream } from './stream.ts';
import { Walk } from './walk.ts';

/** The variant of a scan that works across rows, where that pays; running values are of `type`. */
export function acrossScan(kernel: ScanKernel, { sizes, strides }: Geometry, type: ScalarType): Variant | null {
  const { rank, input, output, combine, reverse, indices } = kernel;
  const operands = [output, input];
  const lanes = sizes.findIndex((n, d) => d < rank && n >= 4 && operands.every((_, i) => strides[i]![d] === 1));
  if (indices || lanes < 0 || sizes[rank]! < 2) return null;
  const columns = sizes[lanes]!;
  const vectors = Math.ceil(columns / 4);
  // The last unit of a line overlaps the one before it.
  const width = [4, 2, 1].find((w) => 4 * w <= columns && Math.ceil(vectors / w) * w <= 1.25 * vectors)!;
  const groups = Math.ceil(vectors / width);
  const others = sizes.flatMap((_, d) => (d < rank && d !== lanes ? [d] : []));
  return {
    ...plainVariant,
    key: `across ${lanes} ${width}`,
    constants: [...sizes, ...bytesAlong(operands, strides, rank + 1), groups],
    units: product(others.map((d) => sizes[d]!)) * groups,
    work: product(sizes),
    emit: (module) => {
      const layout = new BlockLayout(0, operands.length);
      module.function('run', words(4), [], (f, block, unit, last) => {
        const constant = layout.reader(f, block!);
        const stride = (i: number, d: number): Local => constant((rank + 1) * (1 + i) + d);
        const size = constant(rank);
        const count = constant((rank + 1) * 3);
        const pointers = f.locals(I32, operands.length);
        const [outer, at, rest] = f.locals(I32, 3) as [Local, Local, Local];
        const streams = operands.map(({ dtype }, i) => new Stream(f, `operand ${i}`, dtype, 'dense', pointers[i]!, 0));
        const [target, source] = streams as [Stream, Stream];
        const walk = new Walk(
          f,
          others.length,
          (d) => constant(others[d]!),
          pointers,
          (i, d) => stride(i, others[d]!),
        );
        const fold = new Fold(f, combine, type);
        const states = Array.from({ length: width }, () => fold.state());
        const step = (i: number): Code => (reverse ? i32.sub(0, stride(i, rank)) : stride(i, rank));
        const element = states.map((_, q) => castQuad(f, dtypes[input.dtype].scalar, type, source.load(q)));
        return stepUp(
          unit!,
          last!,
          1,
          pointers.map((pointer, i) => pointer.set(i32.load(block!, layout.operand(i)))),
          outer.set(i32.divU(unit!, count)),
          walk.start(outer),
          at.set(least(i32.mul(i32.remU(unit!, count), 4 * width), i32.sub(constant(lanes), 4 * width))),
          streams.map((stream) => stream.moveBy(at)),
          reverse ? pointers.map((pointer, i) => pointer.add(i32.mul(i32.sub(size, 1), stride(i, rank)))) : [],
          states.map((state) => fold.reset(state)),
          rest.set(size),
          loop(
            states.map((state, q) => [fold.merge(state, element[q]!), fold.settle(state)]),
            states.map((state, q) =>
              target.store(castQuad(f, type, dtypes[output.dtype].scalar, fold.values(state)), q),
            ),
            pointers.map((pointer, i) => pointer.add(step(i))),
            branchIf(rest.tee(i32.sub(rest, 1)), 0),
          ),
        );
      });
    },
  };
}
