/** What every device has is enough: kernels with as many operands as the default limits allow, on a device without anything beyond them, against the reference. */
import {
  add, type Expression, type GatherKernel, IndexError, input, type MapKernel, mul, type ReduceKernel, type RowsKernel,reference, 
  type ScatterKernel, sub,
} from '@nn/backend'; // biome-ignore format: one list
import { afterAll, describe, expect, it } from 'vitest';
import { create } from 'webgpu';
import { type LaunchData, type Memory, outputsOf, uniform, whole } from '../test/launches.ts';
import { WebGPUBackend } from './backend.ts';

/** Lives as long as its device. */
const dawn = create([]);
const adapter = await dawn.requestAdapter();
if (adapter === null) throw new Error('no adapter');
const backend = new WebGPUBackend({ adapter, device: await adapter.requestDevice() });
const judge = reference();
afterAll(() => {
  backend.dispose();
  // Until here the collector mustn't have it.
  expect(dawn).toBeDefined();
});

const dense = { dtype: 'float32', access: 'contiguous' } as const;
const strided = { dtype: 'float32', access: 'strided' } as const;
const most = 8;
const total = (count: number): Expression =>
  Array.from({ length: count }, (_, i) => input(i, 'f32')).reduce((sum, x, i) => add(mul(sum, x), input(i, 'f32')));

const memory = (n: number, strides: readonly number[], seed: number): Memory => ({
  dtype: 'float32',
  data: uniform(n, seed),
  strides,
});

/** Elements of a table of six dimensions, or places in it, each selected by six indices. */
const extents = [2, 162, 3, 54, 2, 27, 3, 9, 3, 3, 3, 1];
const table = 324;
const chosen = 100;
const indexKernel = {
  rank: 1,
  dtype: 'float32',
  indices: Array.from({ length: 6 }, () => ({ dtype: 'int32', access: 'contiguous' }) as const),
  output: strided,
} as const;
const indices = (first: number): Memory[] =>
  Array.from({ length: 6 }, (_, k) => ({
    dtype: 'int32',
    data: Int32Array.from(whole(chosen, extents[2 * k]!, k + 1), (i, at) => (at === 0 ? first : i)),
    strides: [1],
  }));
const gather: GatherKernel = { kind: 'gather', source: strided, ...indexKernel };
const gathered = (first: number): LaunchData => ({
  kernel: gather,
  sizes: [chosen],
  extents,
  operands: [memory(chosen, [1], 1), memory(table, [0], 2), ...indices(first)],
});
const scatter = (combine: ScatterKernel['combine']): LaunchData => ({
  kernel: { kind: 'scatter', value: strided, combine, ...indexKernel },
  sizes: [chosen],
  extents,
  operands: [memory(table, [0], 1), memory(chosen, [1], 2), ...indices(-1)],
});

const map: MapKernel = {
  kind: 'map',
  rank: 1,
  inputs: Array.from({ length: most - 2 }, () => dense),
  outputs: [
    { ...dense, expression: total(most - 2), overwrites: -1 },
    { ...dense, expression: sub(input(0, 'f32'), input(5, 'f32')), overwrites: -1 },
  ],
  scalars: 0,
};
const reduce: ReduceKernel = {
  kind: 'reduce',
  rank: 0,
  reducedRank: 1,
  inputs: Array.from({ length: most - 1 }, () => dense),
  output: dense,
  combine: 'max',
  body: total(most - 1),
  epilogue: input(0, 'f32'),
  scalars: 0,
};
const rows: RowsKernel = {
  kind: 'rows',
  rank: 1,
  inputs: Array.from({ length: most - 2 }, () => dense),
  reductions: [
    { combine: 'max', body: total(most - 2) },
    { combine: 'min', body: sub(total(2), input(6, 'f32')) },
  ],
  outputs: [
    { dtype: 'float32', expression: add(sub(total(most - 2), input(6, 'f32')), input(7, 'f32')), perRow: false },
    { dtype: 'float32', expression: input(7, 'f32'), perRow: true },
  ],
  scalars: 0,
};
const rowsOf = (count: number, length: number): LaunchData => ({
  kernel: rows,
  sizes: [count, length],
  outputs: 2,
  operands: Array.from({ length: most }, (_, k) =>
    k === 1 ? memory(count, [1, 0], 9) : memory(count * length, [length, 1], k),
  ),
});

const launches: Readonly<Record<string, LaunchData>> = {
  'a map': {
    kernel: map,
    sizes: [1000],
    outputs: 2,
    operands: Array.from({ length: most }, (_, k) => memory(1000, [1], k)),
  },
  'a reduction by one pass': {
    kernel: reduce,
    sizes: [1000],
    operands: Array.from({ length: most }, (_, k) => memory(k === 0 ? 1 : 1000, k === 0 ? [] : [1], k)),
  },
  'a reduction by two passes': {
    kernel: reduce,
    sizes: [70_000],
    operands: Array.from({ length: most }, (_, k) => memory(k === 0 ? 1 : 70_000, k === 0 ? [] : [1], k)),
  },
  rows: rowsOf(5, 300),
  'long rows': rowsOf(1, 40_000),
  'a gather': gathered(-1),
  'a scatter of sums': scatter('sum'),
  'a scatter that replaces': scatter('replace'),
};

describe('with the default limits', () => {
  it('there are eight operands', () => expect(backend.maxOperands).toBe(most));

  for (const [name, launch] of Object.entries(launches))
    it(`${name} of eight operands`, async () => {
      expect(launch.operands.length).toBe(most);
      const [found, wanted] = [await outputsOf(backend, launch), await outputsOf(judge, launch)];
      for (const [j, values] of wanted.entries())
        for (const [i, value] of values.entries()) expect(found[j]![i]).toBeCloseTo(value, 4);
    });

  it('an index out of range is found', async () => {
    await expect(outputsOf(backend, gathered(7))).rejects.toThrow(IndexError);
    await expect(outputsOf(backend, gathered(7))).rejects.toThrow(
      '[test] index 7 is out of bounds for dimension with size',
    );
  });
});
