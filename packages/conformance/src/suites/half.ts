/**
 * What is particular to float16, for backends that have it: elements are read exactly and rounded once as they are stored, whatever a kernel does
 * between; only `scatter` rounds at each step, since its sums lie in memory.
 */
import {
  add, type Combine, type ConvKernel, type DType, type Expression, input, type Kernel, mul, type Operand, scalar,
} from '@nn/backend'; // biome-ignore format: one list
import { asReference, type Case, holds, type Suite } from '../case.ts';
import { check, compare } from '../launch/compare.ts';
import { asHalf } from '../launch/half.ts';
import { execute, type LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, type OperandData, operandOver } from '../launch/operands.ts';
import { randomOf } from '../launch/random.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

export const halfSuite: Suite = ({ backend }) =>
  backend.dtypes.includes('float16')
    ? [
        ...[...roundingCases(), ...onceCases(), ...scatterCases()]
          .filter((launchCase) => holds(backend, launchCase))
          .map((launchCase) => asReference(backend, launchCase)),
        zeroCase((launchCase) => execute(backend, launchCase)),
        boundaryCase(backend),
      ]
    : [];

const exactly =
  (values: readonly number[]): Fill =>
  (_, n) =>
    Float32Array.from({ length: n }, (_value, i) => values[i] ?? 0);

const dense = (sizes: readonly number[], values: readonly number[], dtype: DType = 'float16'): OperandData =>
  operandOver(sizes, dtype, 'dense', exactly(values));

const alike = (n: number, value: number): number[] => new Array<number>(n).fill(value);

const target = (sizes: readonly number[], dtype: DType = 'float16'): OperandData =>
  operandOver(sizes, dtype, 'dense', footprint);

const operandsOf = (operands: readonly OperandData[]): Operand[] =>
  operands.map(({ dtype, access }) => ({ dtype, access }));

function mapCase(
  name: string,
  inputs: readonly OperandData[],
  to: DType,
  expression: Expression,
  sizes: readonly number[],
  scalars: readonly number[] = [],
): LaunchCase {
  const kernel: Kernel = {
    kind: 'map',
    rank: sizes.length,
    inputs: operandsOf(inputs),
    outputs: [{ dtype: to, access: 'contiguous', expression, overwrites: -1 }],
    scalars: scalars.length,
  };
  return { name, kernel, sizes, inputs, outputs: [target(sizes, to)], scalars };
}

const x = input(0, 'f32');
const y = input(1, 'f32');

/** Neighbouring halves, said by the place of the first in its binade: its ends, its middle, an odd and an even one. */
const places = [1024, 1025, 1500, 1501, 2046, 2047];

/** Float32s around what lies between halves of normal size: the tie, and its neighbours on either side. */
function aroundTies(exponents: readonly number[]): number[] {
  return exponents.flatMap((exponent) =>
    places.flatMap((place) => {
      const tie = (place + 0.5) * 2 ** exponent;
      const near = 2 ** (exponent - 12);
      return [tie - near, tie, tie + near, place * 2 ** exponent].flatMap((value) => [value, -value]);
    }),
  );
}

function roundingCases(): LaunchCase[] {
  const stored = (name: string, values: readonly number[]): LaunchCase =>
    mapCase(`stores ${name}`, [dense([values.length], values, 'float32')], 'float16', x, [values.length]);
  const random = randomOf(1);
  const drawn = Array.from({ length: 4000 }, () => (2 * random() - 1) * 2 ** Math.floor(32 * random() - 15));
  const denormals = [0, 1, 2, 3, 511, 512, 513, 1022, 1023];
  return [
    stored('the nearest half, of a tie the even one', aroundTies([-24, -23, -12, -10, -3, 0, 4])),
    stored('numbers of every size', drawn),
    stored('infinity from 65520 on', [65504, 65519.99609375, 65520, 65536, 1e10, 3.4028234663852886e38].flatMap((v) => [v, -v])),
    stored('NaN and infinities', [nan, infinity, -infinity, 1]),
    stored('denormal halves', denormals.flatMap((n) => [n * 2 ** -24, -n * 2 ** -24])),
    stored('the nearest denormal half', denormals.flatMap((n) => [-0.25, 0, 0.25].map((d) => (n + 0.5 + d) * 2 ** -24))),
    mapCase('reads every normal half exactly', [dense([5000], aroundTies([-24, -9, 5]))], 'float32', mul(x, scalar(0, 'f32')), [5000], [1 / 1024]),
    mapCase('reads denormal halves exactly', [dense([9], denormals.map((n) => n * 2 ** -24))], 'float32', mul(x, scalar(0, 'f32')), [9], [2 ** 24]),
    mapCase('beside float32, as float32', [dense([4], [1, 2, -3, 0.5]), dense([4], [2 ** -20, 1e5, 0.1, 7], 'float32')], 'float32', add(x, y), [4]),
  ]; // biome-ignore format: a table
}

/** Between reading and storing nothing is rounded to float16: rounding at each step would give other numbers. */
function onceCases(): LaunchCase[] {
  return [
    mapCase('a map beyond float16 on the way', [dense([3], [300, 2049, -60000]), dense([3], [300, 1, 2])], 'float16', mul(mul(x, y), scalar(0, 'f32')), [3], [0.5]),
    mapCase('a map below a unit on the way', [dense([2], [2048, 1024])], 'float16', add(add(x, scalar(0, 'f32')), scalar(0, 'f32')), [2], [0.75]),
    reduceCase('a sum of 4096 ones', 'sum', [4096], alike(4096, 1), x),
    reduceCase('a sum beyond float16 on the way', 'sum', [3], [60000, 60000, -59968], x),
    reduceCase('a product beyond float16 on the way', 'product', [4], [512, 512, 0.25, 0.125], x),
    reduceCase('a mean whose sum is beyond float16', 'sum', [5000], alike(5000, 100), mul(x, scalar(0, 'f32')), [1 / 5000]),
    matmulCase('a product of matrices beyond float16 before its epilogue', 40, alike(40, 100), alike(40, 30), 0, 0.25),
    matmulCase('a product of matrices rounded after its bias', 3, [2048, 1, 0], [1, 1, 1], -1, 1),
    convCase('a convolution rounded after its bias', [2048, 1, 0], [1, 1, 1], -1),
    scanCase('a running sum past 2048', 'sum', alike(3000, 1)),
    scanCase('a running product beyond float16 on the way', 'product', [512, 512, 0.25, 0.5, 3]),
    rowsCase('a row’s mean', alike(4099, 1)),
    rowsCase('a row’s mean whose sum is beyond float16', alike(5000, 100)),
  ]; // biome-ignore format: a table
}

function reduceCase(
  name: string,
  combine: Combine,
  reduced: readonly number[],
  values: readonly number[],
  epilogue: Expression,
  scalars: readonly number[] = [],
): LaunchCase {
  const inputs = [dense(reduced, values)];
  const kernel: Kernel = {
    kind: 'reduce',
    rank: 0,
    reducedRank: reduced.length,
    inputs: operandsOf(inputs),
    output: { dtype: 'float16', access: 'contiguous' },
    combine,
    body: x,
    epilogue,
    scalars: scalars.length,
  };
  return { name, kernel, sizes: reduced, inputs, outputs: [target([])], scalars };
}

/** (left · right + bias) · factor, of one row and one column. */
function matmulCase(
  name: string,
  k: number,
  left: readonly number[],
  right: readonly number[],
  bias: number,
  factor: number,
): LaunchCase {
  const inputs = [dense([1, k], left), dense([k, 1], right), dense([1, 1], [bias])];
  const kernel: Kernel = {
    kind: 'matmul',
    rank: 0,
    dtype: 'float16',
    left: 'rows',
    right: 'rows',
    extras: operandsOf(inputs.slice(2)),
    epilogue: mul(add(x, y), scalar(0, 'f32')),
    scalars: 1,
  };
  return { name, kernel, sizes: [1, 1, k], inputs, outputs: [target([1, 1])], scalars: [factor] };
}

/** One image of one channel under a window of its own size. */
function convCase(name: string, image: readonly number[], weight: readonly number[], bias: number): LaunchCase {
  const n = image.length;
  const inputs = [dense([1, 1, n], image), dense([1, 1, n], weight), dense([1], [bias])];
  const kernel: ConvKernel = {
    kind: 'conv',
    role: 'forward',
    spatialRank: 1,
    dtype: 'float16',
    bias: true,
    epilogue: add(x, y),
    scalars: 0,
  };
  const sizes = [1, 1, n, 1, 1, n, 1, 1, 1];
  return { name, kernel, sizes, extents: [1, 1, 0, 0, 1], inputs, outputs: [target([1, 1, 1])], scalars: [] };
}

function scanCase(name: string, combine: Combine, values: readonly number[]): LaunchCase {
  const sizes = [values.length];
  const inputs = [dense(sizes, values)];
  const [operand] = operandsOf(inputs) as [Operand];
  const kernel: Kernel = { kind: 'scan', rank: 0, input: operand, output: operand, combine, reverse: false, indices: false };
  return { name, kernel, sizes, inputs, outputs: [target(sizes)] };
} // biome-ignore format: one line a step

/** The mean of a row, once, and each element's distance from it. */
function rowsCase(name: string, values: readonly number[]): LaunchCase {
  const sizes = [1, values.length];
  const inputs = [dense(sizes, values)];
  const mean = mul(y, scalar(0, 'f32'));
  const kernel: Kernel = {
    kind: 'rows',
    rank: 1,
    inputs: operandsOf(inputs),
    reductions: [{ combine: 'sum', body: x }],
    outputs: [
      { dtype: 'float16', expression: mean, perRow: true },
      { dtype: 'float16', expression: add(x, mul(mean, scalar(1, 'f32'))), perRow: false },
    ],
    scalars: 2,
  };
  return { name, kernel, sizes, inputs, outputs: [target([1]), target(sizes)], scalars: [1 / values.length, -1] };
}

function scatterCases(): LaunchCase[] {
  const into = (name: string, combine: 'sum' | 'product', start: number, values: readonly number[]): LaunchCase => {
    const sizes = [values.length];
    const output = dense([1], [start]);
    const index = operandOver(sizes, 'int64', 'dense', (_, n) => new Int32Array(n));
    const inputs = [dense(sizes, values), index];
    const kernel: Kernel = {
      kind: 'scatter',
      rank: 1,
      dtype: 'float16',
      value: { dtype: 'float16', access: 'contiguous' },
      indices: [{ dtype: 'int64', access: 'contiguous' }],
      output: { dtype: 'float16', access: 'strided' },
      combine,
    };
    return { name, kernel, sizes, extents: [1, 1], inputs, outputs: [{ ...output, access: 'strided', strides: [0] }] };
  };
  return [
    into('scattered ones that each round away', 'sum', 2048, alike(100, 1)),
    into('a scattered sum, rounded at each step', 'sum', 2049, [1, 1, 3, 0.5, 4097, -2, 1]),
    into('a scattered product, rounded at each step', 'product', 1.0009765625, [1.0009765625, 3, 1.5, 1.0009765625]),
  ];
}

/** Zeros keep their sign, and so does what is too small for float16. */
function zeroCase(run: (launchCase: LaunchCase) => Promise<readonly ArrayLike<number>[]>): Case {
  return {
    name: 'sign of zero',
    run: async () => {
      const values = [0, -0, 1e-9, -1e-9];
      const [found] = await run(mapCase('', [dense([4], values, 'float32')], 'float16', x, [4]));
      for (const [i, value] of values.entries())
        check(Object.is(found![i], asHalf(value)), () => `${value} is stored as ${found![i]}`);
    },
  };
}

/** What comes in is rounded, what goes out is what is stored. */
function boundaryCase(backend: Parameters<Suite>[0]['backend']): Case {
  return {
    name: 'what is written is rounded',
    run: async () => {
      const values = Float32Array.from([
        ...aroundTies([-20, -10, 0]),
        65519,
        65520,
        -1e9,
        nan,
        2 ** -24,
        2 ** -25,
        0.1,
      ]);
      const block = backend.allocate(values.length * backend.bytesPerElement('float16'));
      backend.write(block, 0, 'float16', values);
      const found = await backend.read(block, 0, 'float16', values.length);
      compare('read', found, values.map(asHalf));
      check(values.at(-1) === Math.fround(0.1), 'writing changed the values that were written');
      backend.free(block);
    },
  };
}
