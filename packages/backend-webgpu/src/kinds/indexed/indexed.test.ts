/** Scatter in each of its three ways, against the reference: order, repeated targets, indices that differ along free dimensions; and faults with their labels. */
import { IndexError, reference, type ScatterKernel } from '@nn/backend';
import { afterAll, describe, expect, it } from 'vitest';
import { type LaunchData, outputsOf, uniform, whole } from '../../../test/launches.ts';
import { webgpu } from '../../index.ts';

const backend = await webgpu();
const judge = reference();
afterAll(() => backend.dispose());

const kernelOf = (rank: number, combine: ScatterKernel['combine'], indices = 1): ScatterKernel => ({
  kind: 'scatter',
  rank,
  dtype: 'float32',
  value: { dtype: 'float32', access: 'strided' },
  indices: Array.from({ length: indices }, () => ({ dtype: 'int64', access: 'strided' })),
  output: { dtype: 'float32', access: 'strided' },
  combine,
});

/** Rows of a table, added up: the gradient of an embedding. */
const rows = (tokens: number, width: number, table: number, combine: ScatterKernel['combine']): LaunchData => ({
  kernel: kernelOf(2, combine),
  sizes: [tokens, width],
  extents: [table, width],
  operands: [
    { dtype: 'float32', data: uniform(table * width, 3), strides: [0, 1] },
    { dtype: 'float32', data: uniform(tokens * width, 4), strides: [width, 1] },
    {
      dtype: 'int64',
      data: Int32Array.from(whole(tokens, table, 5), (i) => (i % 3 === 0 ? i - table : i)),
      strides: [1, 0],
    },
  ],
});

/** Each row has its own indices along the last dimension. */
const along = (n: number, length: number, targets: number, combine: ScatterKernel['combine']): LaunchData => ({
  kernel: kernelOf(2, combine),
  sizes: [n, length],
  extents: [targets, 1],
  operands: [
    { dtype: 'float32', data: uniform(n * targets, 6), strides: [targets, 0] },
    { dtype: 'float32', data: uniform(n * length, 7), strides: [1, n] },
    { dtype: 'int64', data: Int32Array.from(whole(n * length, targets, 8)), strides: [length, 1] },
  ],
});

/** Two indices select in a matrix. */
const pairs = (n: number, height: number, width: number, combine: ScatterKernel['combine']): LaunchData => ({
  kernel: kernelOf(1, combine, 2),
  sizes: [n],
  extents: [height, width, width, 1],
  operands: [
    { dtype: 'float32', data: uniform(height * width, 9), strides: [0] },
    { dtype: 'float32', data: uniform(n, 10), strides: [1] },
    { dtype: 'int64', data: Int32Array.from(whole(n, height, 11)), strides: [1] },
    { dtype: 'int64', data: Int32Array.from(whole(n, width, 12)), strides: [1] },
  ],
});

describe.each(['sum', 'replace', 'max', 'product'] as const)('scatter by %s', (combine) => {
  it.each([
    ['in order, a thread a row', along(9000, 9, 5, combine)],
    ['a thread a target', rows(100, 7, 20, combine)],
    ['a thread a target, own indices', along(6, 50, 11, combine)],
    ['a thread a target of two indices', pairs(300, 6, 7, combine)],
    ['sorted', rows(100, 7, 300, combine)],
    ['sorted in memory', rows(3000, 3, 1000, combine)],
    ['sorted, own indices', along(4, 40, 500, combine)],
    ['sorted, two indices', pairs(500, 40, 30, combine)],
  ])('%s', async (_, launch) => {
    expect(await outputsOf(backend, launch)).toEqual(await outputsOf(judge, launch));
  });
});

it.each([
  ['a thread a target', rows(100, 7, 20, 'sum')],
  ['sorted', rows(100, 7, 300, 'sum')],
])('names an index out of range, %s', async (_, launch) => {
  const [out, value, index] = launch.operands;
  const data = Int32Array.from(index!.data);
  data[37] = 1000;
  const wrong = { ...launch, operands: [out!, value!, { ...index!, data }] };
  const error = await outputsOf(backend, wrong).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(IndexError);
  expect(String(error)).toContain('[test] index 1000 is out of bounds for dimension with size');
  // Found once: what comes after is not blamed for it.
  await outputsOf(backend, launch);
});
