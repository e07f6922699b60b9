/** Maps of bytes against the reference: random expressions, lengths, places and layouts, on one thread and on two; and which of them are computed sixteen at a time. */
import {
  abs, add, and, type Backend, cast, constant, type DType, div, type Expression, equal, type Geometry, input, Launch, less, lessEqual, type MapKernel, max, min, mul, neg, not, or,
  product, reference, rem, scalar, select, shiftRight, sub, xor,
} from '@nn/backend'; // biome-ignore format: one list
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../index.ts';
import { bytesMap } from './bytes.ts';

let state = 1;
/** A whole number from 0 to `below` - 1 (xorshift). */
const random = (below: number): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
};
const oneOf = <T>(...choices: readonly T[]): T => choices[random(choices.length)]!;

/** Inputs 0 and 1 are uint8, 2 and 3 bool, 4 is one int32 for all; run-time numbers 0 and 1. */
const dtypesOf: readonly DType[] = ['uint8', 'uint8', 'bool', 'bool', 'int32'];
const [u, v, p, q, word] = [input(0, 'i32'), input(1, 'i32'), input(2, 'bool'), input(3, 'bool'), input(4, 'i32')] as const; // biome-ignore format: one line
const [s, t] = [scalar(0, 'i32'), scalar(1, 'i32')] as const;
const of = (value: number): Expression => constant(value, 'i32');

function number(depth: number): Expression {
  const n = (): Expression => number(depth - 1);
  if (depth === 0) return oneOf(u, v, u, v, s, word, of(oneOf(0, 1, 7, 128, 255, 256, -1, 1000)));
  if (random(12) === 0) return oneOf(div, rem, shiftRight)(n(), n());
  if (random(12) === 0) return cast(cast(n(), oneOf('u32', 'f32')), 'i32');
  if (random(6) === 0) return select(truth(depth - 1), n(), n());
  if (random(6) === 0) return cast(truth(depth - 1), 'i32');
  return random(4) === 0 ? oneOf(neg, not, abs)(n()) : oneOf(add, sub, mul, and, or, xor, max, min)(n(), n());
}

function truth(depth: number): Expression {
  const [n, b] = [(): Expression => number(depth - 1), (): Expression => truth(depth - 1)];
  if (depth === 0) return oneOf(p, q);
  if (random(6) === 0) return cast(oneOf(n(), t), 'bool');
  if (random(6) === 0) return not(b());
  if (random(6) === 0) return select(b(), b(), b());
  return random(2) === 0 ? oneOf(less, lessEqual, equal)(n(), n()) : oneOf(and, or, xor, equal)(b(), b());
} // biome-ignore format: as above

/** How an operand lies, and the bytes of a block that holds it. */
interface Place {
  readonly access: MapKernel['inputs'][number]['access'];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

function place(sizes: readonly number[], inner: number, splat: boolean, repeats: boolean): Place {
  const strides = sizes.map(() => 0);
  let step = inner;
  for (let d = sizes.length - 1; d >= 0 && !splat; d--) {
    strides[d] = d < sizes.length - 1 && repeats ? 0 : step;
    step = step * Math.max(1, sizes[d]!) + (inner < 0 ? -5 : oneOf(0, 0, 3));
  }
  const dense = strides.every((stride, d) => stride === product(sizes.slice(d + 1)));
  const reach = (sign: number): number =>
    strides.reduce((most, stride, d) => most + Math.max(0, sign * stride) * Math.max(0, sizes[d]! - 1), 0);
  const offset = reach(-1) + random(20);
  return {
    access: splat ? 'splat' : dense ? 'contiguous' : 'strided',
    strides,
    offset,
    bytes: offset + reach(1) + 1 + random(40),
  };
}

interface Case {
  readonly kernel: MapKernel;
  readonly geometry: Geometry;
  readonly places: readonly Place[];
  readonly data: readonly (Uint8Array | Int32Array)[];
  readonly scalars: readonly number[];
}

/** A kernel of these expressions on random bytes; `plain` places are dense. */
function caseOf(expressions: readonly Expression[], sizes: readonly number[], plain: boolean): Case {
  const overwrites = random(4) === 0 ? oneOf(0, 2) : -1;
  const inputs = dtypesOf.map((dtype) => {
    const inner = plain ? 1 : oneOf(1, 1, 1, 1, 1, 1, 0, 2, -1);
    return { dtype, ...place(sizes, inner, dtype === 'int32', !plain && random(6) === 0) };
  });
  const outputs = expressions.map((expression) => {
    const dtype: DType = expression.type === 'bool' ? 'bool' : 'uint8';
    const over = inputs[overwrites];
    const taken = over?.dtype === dtype && new Set(over.strides).size === sizes.length && !over.strides.includes(0);
    if (taken && expressions.length === 1) return { ...over, expression, overwrites };
    return { dtype, expression, overwrites: -1, ...place(sizes, plain ? 1 : oneOf(1, 1, 1, 1, 2), false, false) };
  });
  const places = [...outputs, ...inputs];
  return {
    kernel: { kind: 'map', rank: sizes.length, inputs, outputs, scalars: 2 },
    geometry: { sizes, strides: places.map(({ strides }) => strides), extents: [] },
    places,
    data: places.map(({ dtype, bytes }) =>
      dtype === 'int32'
        ? new Int32Array(bytes).fill(random(400) - 100)
        : new Uint8Array(bytes).map(() => (dtype === 'bool' ? random(2) : random(256))),
    ),
    scalars: [random(400) - 100, random(3)],
  };
}

/** Blocks of the outputs, all of their bytes. */
function run(backend: Backend, { kernel, geometry, places, data, scalars }: Case): Uint8Array[] {
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = geometry;
  launch.label = 'test';
  launch.count = places.length;
  launch.scalars = [...scalars];
  const outputs = kernel.outputs.length;
  const dtypes = [...kernel.outputs, ...kernel.inputs].map(({ dtype }) => dtype);
  data.forEach((values, i) => {
    const shared = kernel.outputs[i]?.overwrites ?? -1;
    if (shared < 0) {
      launch.blocks[i] = backend.allocate(values.byteLength);
      backend.write(launch.blocks[i]!, 0, dtypes[i]!, values);
    }
    launch.offsets[i] = places[i]!.offset;
  });
  for (const [j, { overwrites }] of kernel.outputs.entries())
    if (overwrites >= 0) launch.blocks[j] = launch.blocks[outputs + overwrites]!;
  backend.run(launch);
  const results = kernel.outputs.map(
    ({ dtype }, j) => backend.readSync!(launch.blocks[j]!, 0, dtype, data[j]!.length) as Uint8Array,
  );
  for (const block of new Set(launch.blocks)) backend.free(block!);
  return results;
}

const fits = (expression: Expression, sizes: readonly number[] = [100]): boolean => {
  const { kernel, geometry } = caseOf([expression], sizes, true);
  return bytesMap(kernel, geometry) !== null;
};

describe.each([1, 2])('with %i threads', (threads) => {
  let backend: Backend;
  const exact = reference();
  beforeAll(async () => {
    backend = await wasm({ threads });
  });
  afterAll(() => backend.dispose());
  const differ = (one: Case): boolean => {
    const [expected, result] = [run(exact, one), run(backend, one)];
    return expected.some((bytes, j) => Buffer.compare(bytes, result[j]!) !== 0);
  };

  it('random expressions, lengths, places and layouts have the bits of the reference', () => {
    state = 12345;
    let inBytes = 0;
    for (let turn = 0; turn < 1500; turn++) {
      const root = (): Expression => oneOf(number, truth)(1 + random(3));
      const sizes = oneOf([random(41)], [random(200)], [1 + random(5), random(80)], [2, 3, 1 + random(70)]);
      const one = caseOf(random(5) === 0 ? [root(), root()] : [root()], sizes, random(2) === 0);
      if (bytesMap(one.kernel, one.geometry) !== null) inBytes++;
      expect(differ(one), `turn ${turn}`).toBe(false);
    }
    expect(inBytes).toBeGreaterThan(400);
  });

  it.each([
    ['every length', add(u, v)],
    ['every length of bools', and(p, not(q))],
    ['every length of a constant', s],
  ] as const)('%s', (_, expression) => {
    for (let n = 0; n <= 150; n++) expect(differ(caseOf([expression], [n], true)), `${n}`).toBe(false);
  });

  it.each([
    ['sums', add(u, v)],
    ['products with a number', mul(u, s)],
    ['comparisons with a number', less(u, s)],
    ['choices', select(p, u, v)],
  ] as const)('a million %s', (_, expression) => {
    expect(differ(caseOf([expression], [2 ** 20 + 77], true))).toBe(false);
    expect(differ(caseOf([expression], [1025, 1029], false))).toBe(false);
  });

  it('all pairs of bytes', () => {
    const n = 65536;
    for (const row of [add, sub, mul, max, min, less, lessEqual, equal, and, or, xor]) {
      const one = caseOf([row(u, v)], [n], true);
      const [first, second] = [one.data[1]!, one.data[2]!];
      for (let i = 0; i < n; i++) {
        first[one.places[1]!.offset + i] = i;
        second[one.places[2]!.offset + i] = i >> 8;
      }
      expect(differ(one), row.name).toBe(false);
    }
  });

  it('numbers beside bytes, in and out of their range', () => {
    for (const number of [-(2 ** 31), -257, -256, -1, 0, 1, 127, 128, 255, 256, 257, 512, 2 ** 31 - 1])
      for (const row of [add, sub, mul, max, min, less, lessEqual, equal])
        for (const expression of [row(u, s), row(s, u)])
          expect(differ({ ...caseOf([expression], [300], true), scalars: [number, 0] }), `${number}`).toBe(false);
  });
});

describe('sixteen at a time', () => {
  it.each([
    ['sums', add(u, v)],
    ['sums with a number', add(u, s)],
    ['products', mul(u, v)],
    ['negatives', neg(u)],
    ['comparisons', less(u, v)],
    ['comparisons with a number', lessEqual(u, s)],
    ['the larger one, never negative', max(max(u, v), of(0))],
    ['bools', or(and(p, q), xor(p, not(q)))],
    ['a choice', select(p, u, of(-1))],
    ['casts', cast(cast(u, 'bool'), 'i32')],
    ['copies', u],
    ['a number for all', s],
    ['bits that stay bytes', equal(and(u, v), of(3))],
    ['a float for all, as an integer', add(u, cast(scalar(1, 'f32'), 'i32'))],
  ])('%s', (_, expression) => expect(fits(expression)).toBe(true));

  it.each([
    ['comparisons of sums, which have nine bits', less(add(u, v), of(3))],
    ['whether a difference is 0', cast(sub(u, v), 'bool')],
    ['the larger one beside what no byte is', max(u, of(256))],
    ['the smaller one beside what no byte is', min(u, of(-1))],
    ['sizes of differences', abs(sub(u, v))],
    ['bits turned, compared', equal(not(u), of(-4))],
    ['quotients', div(u, v)],
    ['floats between', cast(cast(u, 'f32'), 'i32')],
  ])('not %s', (_, expression) => expect(fits(expression)).toBe(false));

  it('not what is no byte in memory, apart, or in short rows', () => {
    const kernel = (dtype: DType, access: 'contiguous' | 'strided', expression: Expression): MapKernel => ({
      kind: 'map',
      rank: 2,
      inputs: [{ dtype, access }],
      outputs: [{ dtype: 'uint8', access: 'contiguous', expression, overwrites: -1 }],
      scalars: 0,
    });
    const given = (inner: number, size: number): Geometry => ({ sizes: [9, size], strides: [[size, 1], [size * inner + 1, inner]], extents: [] }); // biome-ignore format: one line
    const variant = (dtype: DType, inner: number, size: number) =>
      bytesMap(kernel(dtype, 'strided', u), given(inner, size));
    expect(variant('uint8', 1, 16)).not.toBeNull();
    expect(variant('int32', 0, 16)).not.toBeNull();
    expect(variant('int32', 1, 16)).toBeNull();
    expect(variant('uint8', 2, 16)).toBeNull();
    expect(variant('uint8', 1, 15)).toBeNull();
  });
});
