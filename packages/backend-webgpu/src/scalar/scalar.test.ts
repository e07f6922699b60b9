/** Accuracy on a device at dense samples, against float64 on the reference backend. The bounds are what was measured on SwiftShader and lavapipe, which agree. */
import {
  add, type Backend, constant, cos, div, type Expression, erf, erfc, exp, expm1, input, Launch, log, log1p, type MapKernel, ndtr, pow,
  reference, rem, sin, sqrt, tanh,
} from '@nn/backend'; // biome-ignore format: one list
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WebGPUBackend, webgpu } from '../index.ts';

type Row = (...args: Expression[]) => Expression;

const count = 60_000;
/** Distance of neighbouring floats. */
const ulp = (y: number): number => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(y), 2 ** -126))) - 23);

const samples = (at: (t: number, i: number) => number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => at(i / count, i));
/** From low to high in equal steps, or in equal ratios. */
const linear = (low: number, high: number): Float32Array => samples((t) => low + (high - low) * t);
const geometric = (low: number, high: number): Float32Array => samples((t) => low * (high / low) ** t);
/** The same in an order that has nothing to do with that of another argument. */
const shuffled = (x: Float32Array): Float32Array => x.map((_, i) => x[(i * 7919) % count]!);

async function evaluate(
  backend: Backend,
  row: Row,
  dtype: 'float32' | 'float64',
  args: readonly Float32Array[],
): Promise<ArrayLike<number>> {
  const operand = { dtype, access: 'contiguous' } as const;
  const type = dtype === 'float32' ? 'f32' : 'f64';
  const expression = row(...args.map((_, i) => input(i, type)));
  const kernel: MapKernel = {
    kind: 'map',
    rank: 1,
    inputs: args.map(() => operand),
    outputs: [{ ...operand, expression, overwrites: -1 }],
    scalars: 0,
  };
  const n = args[0]!.length;
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = { sizes: [n], strides: [[1], ...args.map(() => [1])], extents: [] };
  launch.count = 1 + args.length;
  for (let i = 0; i < launch.count; i++) launch.blocks.push(backend.allocate(n * backend.bytesPerElement(dtype)));
  for (const _ of launch.blocks) launch.offsets.push(0);
  for (const [i, x] of args.entries())
    backend.write(launch.blocks[i + 1]!, 0, dtype, dtype === 'float32' ? x : Float64Array.from(x));
  backend.run(launch);
  const result = await backend.read(launch.blocks[0]!, 0, dtype, n);
  for (const block of launch.blocks) backend.free(block!);
  return result as ArrayLike<number>;
}

// Name, row, arguments, largest error in units of the last place, an error allowed near zeros of the function.
const rows: readonly (readonly [string, Row, readonly Float32Array[], number, number?])[] = [
  ['exp', (x) => exp(x!), [linear(-87.3, 88.7)], 1.8],
  ['log', (x) => log(x!), [geometric(1e-37, 1e38)], 0.8],
  ['log, near 1', (x) => log(x!), [linear(0.5, 2)], 0.8],
  ['sin', (x) => sin(x!), [linear(-100, 100)], 1.3, 2 ** -24],
  ['cos', (x) => cos(x!), [linear(-100, 100)], 1.3, 2 ** -24],
  ['sin, many turns', (x) => sin(x!), [linear(0, 8192)], 1.3, 2 ** -24],
  ['sin, far out', (x) => sin(x!), [geometric(8192, 3e38)], 2.4, 2 ** -24],
  ['cos, far out', (x) => cos(x!), [geometric(8192, 3e38).map((x) => -x)], 2.4, 2 ** -24],
  ['tanh', (x) => tanh(x!), [linear(-10, 10)], 1.2],
  ['erf', (x) => erf(x!), [linear(-5, 5)], 1.9],
  ['erf, near 0', (x) => erf(x!), [geometric(1e-37, 1)], 1.9],
  ['erfc', (x) => erfc(x!), [linear(-5, 9)], 6],
  ['ndtr', (x) => ndtr(x!), [linear(-12, 5)], 6],
  ['expm1', (x) => expm1(x!), [linear(-10, 10)], 2.4],
  ['log1p', (x) => log1p(x!), [linear(-0.99, 10)], 2.4],
  ['pow', (x, y) => pow(x!, y!), [linear(0.5, 2), shuffled(linear(-100, 100))], 2.4],
  ['pow, near 1', (x, y) => pow(x!, y!), [linear(0.999, 1.001), linear(-8e4, 8e4)], 1.9],
  ['pow, of all sizes', (x, y) => pow(x!, y!), [geometric(1e-38, 3e38), shuffled(linear(-1, 1))], 2.4],
  ['pow, a cube', (x) => pow(x!, constant(3, x!.type)), [linear(-100, 100)], 1.8],
  ['rem, exact at all sizes', (x, y) => rem(x!, y!), [geometric(1e-38, 3e38), shuffled(geometric(1e-38, 3e38))], 0],
  ['div', (x, y) => div(x!, y!), [linear(-100, 77), shuffled(linear(-100, 100))], 0.5],
  ['div by a constant', (x) => div(x!, constant(6, x!.type)), [linear(-100, 77)], 0.5],
  ['sqrt', (x) => sqrt(x!), [geometric(1e-37, 1e38)], 0.5],
]; // biome-ignore format: a table

describe('float32', () => {
  let backend: WebGPUBackend;
  const slow = reference();
  beforeAll(async () => {
    backend = await webgpu();
  });
  afterAll(() => {
    backend.dispose();
    slow.dispose();
  });

  it.each(rows.map(([name, ...facts]) => [name, facts] as const))('%s', async (_, [row, args, bound, absolute = 0]) => {
    const actual = await evaluate(backend, row, 'float32', args);
    const exact = await evaluate(slow, row, 'float64', args);
    let worst = 0;
    let judged = 0;
    for (let i = 0; i < count; i++) {
      // Denormal results may be flushed; what is infinite in float32 isn't in float64.
      const size = Math.abs(exact[i]!);
      if ((size < 2 ** -126 && size > 0) || size >= 2 ** 128) continue;
      judged++;
      const error = Math.abs(actual[i]! - exact[i]!);
      if (!(error <= absolute)) worst = Math.max(worst, error / ulp(exact[i]!));
    }
    expect(worst).toBeLessThanOrEqual(bound);
    expect(judged).toBeGreaterThan(count / 3);
  });

  it('computes with constants alone, overflow and all', async () => {
    const [largest, inf] = [constant(3.4e38, 'f32'), Number.POSITIVE_INFINITY];
    const fixed = div(add(largest, largest), constant(-0, 'f32'));
    expect((await evaluate(backend, () => fixed, 'float32', [Float32Array.of(0)]))[0]).toBe(-inf);
  });
});
