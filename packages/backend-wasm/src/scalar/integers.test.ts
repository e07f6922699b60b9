/** Division of integers, which is done in doubles, against JavaScript's own on 32-bit integers: edges by edges, random bits, multiples and their neighbours, by tensors and by numbers. */
import { type Builder, bitcast, castTo, div, type Expression, floorDivide, input, Launch, type MapKernel, rem, remainder, scalar } from '@nn/backend'; // biome-ignore format: one list
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WasmBackend, wasm } from '../index.ts';

type Rule = (x: number, y: number) => number;
const truncated: Rule = (x, y) => (y === 0 ? 0 : Math.trunc(x / y) | 0);
const left: Rule = (x, y) => (y === 0 ? 0 : (x % y) | 0);
const down: Rule = (x, y) => (y === 0 ? 0 : Math.floor(x / y) | 0);
const python: Rule = (x, y) => (y === 0 ? 0 : left(x, y) !== 0 && x < 0 !== y < 0 ? (left(x, y) + y) | 0 : left(x, y));

const rows = [
  ['quotient', 'i32', div, truncated],
  ['remainder', 'i32', rem, left],
  ['quotient rounded down', 'i32', floorDivide, down],
  ["Python's remainder", 'i32', remainder, python],
  ['quotient', 'u32', div, (x, y) => truncated(x >>> 0, y >>> 0)],
  ['remainder', 'u32', rem, (x, y) => left(x >>> 0, y >>> 0)],
] as const satisfies (readonly [string, 'i32' | 'u32', unknown, Rule])[];

let state = 0x9e3779b9;
/** Thirty-two random bits (xorshift). */
const word = (): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state | 0;
};
/** As many bits as chance wants. */
const some = (): number => word() >> ((word() >>> 0) % 32);

const edges = [0, 1, 2, 3, 5, 7, 10, 255, 256, 65535, 65536, 65537, 2 ** 30 - 1, 2 ** 30, 2 ** 31 - 2, 2 ** 31 - 1].flatMap(
  (x) => [x, -x, ~x],
); // biome-ignore format: numbers

type Pairs = readonly [x: Int32Array, y: Int32Array];
const pairs = (make: (i: number) => readonly [number, number], n = 200_000): Pairs => {
  const all: Pairs = [new Int32Array(n), new Int32Array(n)];
  for (let i = 0; i < n; i++) [all[0][i], all[1][i]] = make(i) as [number, number];
  return all;
};

describe.each(rows)('%s of %s', (_, type, row, rule) => {
  let backend: WasmBackend;
  beforeAll(async () => {
    backend = await wasm({ threads: 1 });
  });
  afterAll(() => backend.dispose());

  /** By a tensor, or by a number. */
  function evaluate(x: Int32Array, y: Int32Array | number): Int32Array {
    const operand = { dtype: 'int32', access: 'contiguous' } as const;
    const byNumber = typeof y === 'number';
    const of = (leaf: Expression): Expression => bitcast(leaf, type);
    const divisor = byNumber ? scalar(0, 'i32') : input(1, 'i32');
    const expression = castTo((row as Builder<2>)(of(input(0, 'i32')), of(divisor)), 'int32');
    const kernel: MapKernel = {
      kind: 'map',
      rank: 1,
      inputs: byNumber ? [operand] : [operand, operand],
      outputs: [{ ...operand, expression, overwrites: -1 }],
      scalars: byNumber ? 1 : 0,
    };
    const launch = new Launch();
    launch.program = backend.compile(kernel);
    const operands = byNumber ? [x, x] : [x, x, y];
    launch.geometry = { sizes: [x.length], strides: operands.map(() => [1]), extents: [] };
    launch.count = operands.length;
    if (byNumber) launch.scalars = [y];
    for (const values of operands) {
      launch.blocks.push(backend.allocate(values.byteLength));
      launch.offsets.push(0);
      backend.write(launch.blocks.at(-1)!, 0, 'int32', values);
    }
    backend.run(launch);
    const result = backend.readSync(launch.blocks[0]!, 0, 'int32', x.length) as Int32Array;
    for (const block of launch.blocks) backend.free(block!);
    return result;
  }

  /** What differs, at most ten of it. */
  function wrong(x: Int32Array, y: Int32Array | number): string[] {
    const found: string[] = [];
    const result = evaluate(x, y);
    for (let i = 0; i < x.length && found.length < 10; i++) {
      const divisor = typeof y === 'number' ? y : y[i]!;
      const expected = rule(x[i]!, divisor) | 0;
      if (result[i] !== expected) found.push(`${x[i]} by ${divisor} is ${expected}, not ${result[i]}`);
    }
    return found;
  }

  const n = edges.length;
  it('edges', () => expect(wrong(...pairs((i) => [edges[Math.floor(i / n)]!, edges[i % n]!], n * n))).toEqual([]));

  it('edges and random bits by numbers', () => {
    const x = Int32Array.from({ length: 3000 }, (_, i) => edges[i] ?? some());
    for (const y of [...edges, ...Array.from({ length: 100 }, some)]) expect(wrong(x, y)).toEqual([]);
  });

  it('random bits', () => expect(wrong(...pairs(() => [word(), some()]))).toEqual([]));

  it('multiples and their neighbours', () =>
    expect(
      wrong(
        ...pairs(() => {
          const y = some();
          const most = Math.floor(2 ** 31 / Math.max(1, Math.abs(y)));
          return [y * ((word() >>> 0) % most) * (word() % 2 || 1) + (word() % 2), y];
        }),
      ),
    ).toEqual([]));

  it('the largest dividends by every small divisor', () =>
    expect(
      wrong(...pairs((i) => [[2 ** 31 - 1, -(2 ** 31), -1, 2 ** 30][i % 4]! - (i % 7), (i >> 2) - 25_000])),
    ).toEqual([]));
});
