/** Mistakes with float16: stores that round in another way, and sums that are rounded too often or too seldom. */
import { type Backend, type DataArray, type Kernel, type Launch, operandsOf, type Program } from '@nn/backend';
import { asHalf, halfUnit } from '../src/launch/half.ts';
import type { Broken } from './broken.ts';
import { wrapped } from './wrapped.ts';

/** The same kernel with float32 for float16. */
const wide = <T>(part: T): T => {
  if (typeof part !== 'object' || part === null || 'op' in part) return part;
  if (Array.isArray(part)) return part.map(wide) as T;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, value === 'float16' ? 'float32' : wide(value)]),
  ) as T;
};

class WideProgram implements Program {
  readonly kernel: Kernel;
  readonly inner: Program;
  constructor(kernel: Kernel, inner: Program) {
    this.kernel = kernel;
    this.inner = inner;
  }
}

/** All of a block as the reference holds float16: in float32. */
const contents = (inner: Backend, launch: Launch, j: number): DataArray =>
  inner.readSync!(launch.blocks[j]!, 0, 'float32', launch.blocks[j]!.bytes / 4);

/** Computes in float32 throughout, and rounds what lies in outputs of float16 after each launch. */
const rounding = (name: string, seenBy: readonly string[], round: (x: number) => number): Broken => ({
  name,
  seenBy,
  create: () =>
    wrapped((inner) => ({
      compile: (kernel) => new WideProgram(kernel, inner.compile(wide(kernel))),
      run: (launch) => {
        const own = launch.program as WideProgram;
        launch.program = own.inner;
        inner.run(launch);
        launch.program = own;
        for (const [j, dtype] of operandsOf(own.kernel).outputs.entries())
          if (dtype === 'float16') inner.write(launch.blocks[j]!, 0, 'float32', contents(inner, launch, j).map(round));
      },
    })),
});

const cut = (x: number): number => {
  const near = asHalf(x);
  return Number.isFinite(x) && Math.abs(near) > Math.abs(x) ? near - Math.sign(x) * halfUnit(x) : near;
};

const flushed = (x: number): number => (Math.abs(x) < 2 ** -14 ? 0 : asHalf(x));

/** Ties lie halfway between two halves. */
const away = (x: number): number => asHalf(x + Math.sign(x) * 2 ** -3 * halfUnit(x) * Number(x % halfUnit(x) !== 0));

export const inHalves: readonly Broken[] = [
  rounding('float16 that is float32', ['half: stores the nearest half', 'half: stores infinity', 'map: float32 to float16'], (x) => x),
  rounding('halves that are cut off', ['half: stores the nearest half', 'half: stores numbers of every size'], cut),
  rounding('halves whose ties go away from zero', ['half: stores the nearest half'], away),
  rounding('denormal halves that are zero', ['half: stores denormal', 'half: stores the nearest denormal'], flushed),
  rounding('scattered sums that are rounded at the end alone', ['half: a scattered sum', 'half: scattered ones'], asHalf),
  {
    name: 'sums in float16 that are rounded at each step',
    seenBy: ['half: a sum of 4096 ones', 'half: a sum beyond float16', 'reduce: accuracy of a sum of 65537 float16'],
    create: () =>
      wrapped((inner) => ({
        run: (launch) => {
          inner.run(launch);
          const { kernel } = launch.program!;
          if (kernel.kind !== 'reduce' || kernel.output.dtype !== 'float16' || kernel.rank > 0) return;
          const values = inner.readSync!(launch.blocks[1]!, launch.offsets[1]!, 'float16', launch.geometry!.sizes[0]!);
          const sum = (values as Float32Array).reduce((total, x) => asHalf(total + x), 0);
          inner.write(launch.blocks[0]!, launch.offsets[0]!, 'float16', Float32Array.of(sum));
        },
      })),
  },
]; // biome-ignore format: a table
