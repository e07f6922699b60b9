/** The row `rem` of floats against JavaScript's %, bit for bit: edges by edges, random bits, multiples and their neighbours. */
import { type Expression, input, Launch, type MapKernel, rem } from '@nn/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WasmBackend, wasm } from '../../index.ts';

type Floats = Float32Array | Float64Array;
type Pairs = readonly [x: Floats, y: Floats];

function evaluate(backend: WasmBackend, [x, y]: Pairs): Floats {
  const dtype = x instanceof Float32Array ? 'float32' : 'float64';
  const operand = { dtype, access: 'contiguous' } as const;
  const of = (k: number): Expression => input(k, dtype === 'float32' ? 'f32' : 'f64');
  const kernel: MapKernel = {
    kind: 'map',
    rank: 1,
    inputs: [operand, operand],
    outputs: [{ ...operand, expression: rem(of(0), of(1)), overwrites: -1 }],
    scalars: 0,
  };
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = { sizes: [x.length], strides: [[1], [1], [1]], extents: [] };
  launch.count = 3;
  launch.blocks.push(...[x, x, y].map(({ byteLength }) => backend.allocate(byteLength)));
  launch.offsets.push(0, 0, 0);
  backend.write(launch.blocks[1]!, 0, dtype, x);
  backend.write(launch.blocks[2]!, 0, dtype, y);
  backend.run(launch);
  const result = backend.readSync(launch.blocks[0]!, 0, dtype, x.length) as Floats;
  for (const block of launch.blocks) backend.free(block!);
  return result;
}

/** Pairs whose remainder differs, at most ten. */
function wrong(backend: WasmBackend, pairs: Pairs): string[] {
  const found: string[] = [];
  const result = evaluate(backend, pairs);
  const [x, y] = pairs;
  // Rounded to the dtype: of floats the exact remainder is one.
  const expected = x.map((value, i) => value % y[i]!);
  for (let i = 0; i < x.length && found.length < 10; i++)
    if (!Object.is(result[i], expected[i])) found.push(`${x[i]} % ${y[i]} is ${expected[i]}, not ${result[i]}`);
  return found;
}

const edges = (tiny: number, normal: number, largest: number): number[] => {
  const sizes = [0, tiny, 2 * tiny, 3 * tiny, normal - tiny, normal, 0.1, 0.3, 1, 1.5, 3, 1e10, largest / 3, largest / 2, largest, Number.POSITIVE_INFINITY]; // biome-ignore format: a list
  return [...sizes, ...sizes.map((size) => -size), Number.NaN];
};

const types = [
  ['float32', Float32Array, edges(2 ** -149, 2 ** -126, (2 - 2 ** -23) * 2 ** 127)],
  ['float64', Float64Array, edges(2 ** -1074, 2 ** -1022, Number.MAX_VALUE)],
] as const;

const count = 300_000;
/** Thirty-two random bits (xorshift). */
let state = 0x9e3779b9;
const word = (): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
};
const random = (): number => word() / 2 ** 32;

describe.each([true, false])('with relaxed: %s', (relaxed) => {
  let backend: WasmBackend;
  beforeAll(async () => {
    backend = await wasm({ threads: 1, relaxed });
  });
  afterAll(() => backend.dispose());

  describe.each(types)('rem of %s', (_, Floats, values) => {
    const pairs = (make: () => readonly [number, number], n = count): Pairs => {
      const [x, y] = [new Floats(n), new Floats(n)];
      for (let i = 0; i < n; i++) [x[i], y[i]] = make() as [number, number];
      return [x, y];
    };
    const bits = (n: number): Floats => {
      const words = new Uint32Array((n * Floats.BYTES_PER_ELEMENT) / 4).map(word);
      return new Floats(words.buffer);
    };
    /** A few units in the last place away. */
    const nearby = (values: Floats): Floats => {
      const moved = values.slice();
      const step = Floats.BYTES_PER_ELEMENT / 4;
      // Little-endian: the lower word of a double comes first.
      const words = new Int32Array(moved.buffer);
      for (let i = 0; i < words.length; i += step) words[i]! += (word() % 5) - 2;
      return moved;
    };

    it('has the edges of %', () => {
      const n = values.length;
      let i = 0;
      const all = pairs(() => [values[Math.floor(i / n)]!, values[i++ % n]!], n * n);
      expect(wrong(backend, all)).toEqual([]);
    });

    it('is exact for random bits', () => expect(wrong(backend, [bits(count), bits(count)])).toEqual([]));

    it('is exact for moderate quotients', () =>
      expect(
        wrong(
          backend,
          pairs(() => [2000 * random() - 1000, 20 * random() - 10]),
        ),
      ).toEqual([]));

    it('is exact at multiples and next to them', () => {
      for (const widest of [4, 20, 26, 27, 28, 53]) {
        const [, y] = pairs(() => [0, (random() - 0.5) * 2 ** ((word() % 40) - 20)], count / 4);
        // Up to 2^60 times: what is rounded away may be many divisors.
        const x = y.map((value) => value * Math.floor(random() * 2 ** widest) * 2 ** ((word() % 2) * (word() % 61)));
        expect(wrong(backend, [x, y]).concat(wrong(backend, [nearby(x), y]))).toEqual([]);
      }
    });

    it('is exact at multiples so large that what is rounded away has no quotient either', () => {
      const power = 2 ** (Floats === Float32Array ? 50 : 550);
      const [, y] = pairs(() => [0, (random() - 0.5) / power / Math.sqrt(power)]);
      const x = y.map((value) => value * Math.floor(random() * 2 ** 26) * power * power);
      expect(wrong(backend, [x, y])).toEqual([]);
    });

    it('is exact where both are near each other', () => {
      const x = bits(count);
      expect(wrong(backend, [x, nearby(x)])).toEqual([]);
    });

    it('is exact for subnormal divisors', () => {
      const tiny = values[1]!;
      const any = bits(count);
      let i = 0;
      const all = pairs(() => [any[i++]!, tiny * (1 + (word() >>> (9 + (word() % 23))))]);
      expect(wrong(backend, all)).toEqual([]);
    });
  });
});
