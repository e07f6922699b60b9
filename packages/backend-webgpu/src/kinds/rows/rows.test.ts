/** What conformance can't see of rows: each length's form against the reference, layouts that don't change bits, dispatches of more than 65535 workgroups. */
import {
  type Access, add, cast, coordinate, div, type Expression, equal, exp, input, less, mul, type RowsKernel, reference, scalar, sub,
} from '@nn/backend'; // biome-ignore format: one list
import { afterAll, describe, expect, it } from 'vitest';
import { type LaunchData, outputsOf, uniform, whole } from '../../../test/launches.ts';
import { webgpu } from '../../index.ts';

const backend = await webgpu();
const judge = reference();
afterAll(() => backend.dispose());

const [x, y, largest, sum] = [0, 1, 2, 3].map((i) => input(i, 'f32')) as [
  Expression,
  Expression,
  Expression,
  Expression,
];
const sumOfRow = input(1, 'f32');

/** Softmax of differences, and one value a row, of rows that are dense or columns of a matrix. */
function softmax(rows: number, length: number, transposed: boolean): LaunchData {
  const access: Access = transposed ? 'strided' : 'contiguous';
  const shifted = exp(sub(sub(x, y), largest));
  const kernel: RowsKernel = {
    kind: 'rows',
    rank: 1,
    inputs: [
      { dtype: 'float32', access },
      { dtype: 'float32', access: 'strided' },
    ],
    reductions: [
      { combine: 'max', body: sub(x, y) },
      { combine: 'sum', body: shifted },
    ],
    outputs: [
      { dtype: 'float32', expression: div(shifted, sum), perRow: false },
      { dtype: 'float32', expression: sum, perRow: true },
    ],
    scalars: 0,
  };
  const n = rows * length;
  const values = uniform(n, length);
  const data = Float32Array.from(values, (_, i) =>
    transposed ? values[(i % rows) * length + Math.floor(i / rows)]! : values[i]!,
  );
  return {
    kernel,
    sizes: [rows, length],
    outputs: 2,
    operands: [
      { dtype: 'float32', data: new Float32Array(n), strides: [length, 1] },
      { dtype: 'float32', data: new Float32Array(rows), strides: [1, 0] },
      { dtype: 'float32', data, strides: transposed ? [1, rows] : [length, 1] },
      { dtype: 'float32', data: uniform(length, 2), strides: [0, 1] },
    ],
  };
}

/** Rows and their length: one thread a row, several, a workgroup, one that reads the row again, and many of a row. */
const shapes: readonly (readonly [number, number])[] = [
  [700, 3],
  [300, 4],
  [200, 5],
  [130, 30],
  [9, 300],
  [3, 1024],
  [3, 1025],
  [2, 5000],
  [1, 33000],
  [3, 40000],
];

describe.each(shapes)('%i rows of %i', (rows, length) => {
  it('is right, to the same bits in every layout', async () => {
    const dense = await outputsOf(backend, softmax(rows, length, false));
    const expected = await outputsOf(judge, softmax(rows, length, false));
    for (const [j, values] of dense.entries())
      for (const [i, value] of values.entries())
        expect(Math.abs(value - expected[j]![i]!)).toBeLessThanOrEqual(3e-6 * expected[j]![i]!);
    expect(await outputsOf(backend, softmax(rows, length, true))).toEqual(dense);
  });
});

it.each([
  [1, 40000],
  [3, 33000],
  [40, 100],
])('%i rows of %i keep values of every type', async (rows, length) => {
  const k = input(0, 'i32');
  const bits = cast(k, 'u32');
  const kernel: RowsKernel = {
    kind: 'rows',
    rank: 1,
    inputs: [{ dtype: 'int32', access: 'contiguous' }],
    reductions: [
      { combine: 'max', body: bits },
      { combine: 'min', body: less(bits, input(1, 'u32')) },
      { combine: 'sum', body: mul(sub(k, cast(input(1, 'u32'), 'i32')), coordinate) },
    ],
    outputs: [
      { dtype: 'bool', expression: equal(bits, input(1, 'u32')), perRow: false },
      { dtype: 'bool', expression: input(2, 'bool'), perRow: true },
      { dtype: 'int64', expression: add(mul(input(3, 'i32'), scalar(0, 'i32')), coordinate), perRow: true },
    ],
    scalars: 1,
  };
  const data = Int32Array.from(whole(rows * length, 2 ** 32, 3));
  const launch: LaunchData = {
    kernel,
    sizes: [rows, length],
    outputs: 3,
    scalars: [-7],
    operands: [
      { dtype: 'bool', data: new Uint8Array(rows * length), strides: [length, 1] },
      { dtype: 'bool', data: new Uint8Array(rows).fill(1), strides: [1, 0] },
      { dtype: 'int64', data: new Int32Array(rows), strides: [1, 0] },
      { dtype: 'int32', data, strides: [length, 1] },
    ],
  };
  expect(await outputsOf(backend, launch)).toEqual(await outputsOf(judge, launch));
});

it('has more workgroups than one direction takes', async () => {
  const [rows, length] = [256 * 65535 + 300, 2];
  const kernel: RowsKernel = {
    kind: 'rows',
    rank: 1,
    inputs: [{ dtype: 'float32', access: 'strided' }],
    reductions: [{ combine: 'sum', body: x }],
    outputs: [{ dtype: 'float32', expression: sumOfRow, perRow: true }],
    scalars: 0,
  };
  const operands = [
    { dtype: 'float32', data: new Float32Array(rows), strides: [1, 0] },
    { dtype: 'float32', data: new Float32Array([1, 20]), strides: [0, 1] },
  ] as const;
  const [sums] = await outputsOf(backend, { kernel, sizes: [rows, length], operands });
  expect(sums!.findIndex((value) => value !== 21)).toBe(-1);
});

it('compiles nothing for other sizes', async () => {
  await outputsOf(backend, softmax(50, 100, false));
  const { pipelines } = backend.counts();
  await outputsOf(backend, softmax(7, 555, false));
  expect(backend.counts().pipelines).toBe(pipelines);
});
