/** Signs of zeros are those of the reference, whichever of two zeros came first: extremes of float32 and running sums that are zero are +0. */
import {
  type Backend, type DType, dtypes, type Geometry, input, type Kernel, Launch, type ReduceKernel, type RowsKernel, reference, type ScanKernel,
} from '@nn/backend'; // biome-ignore format: one list
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../index.ts';

const backends: Backend[] = [];
beforeAll(async () => {
  backends.push(reference(), await wasm({ threads: 1 }));
});
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

/** What each backend makes of a kernel with one output of `count` elements and one input. */
function results(kernel: Kernel, geometry: Geometry, dtype: DType, data: readonly number[], count: number): number[][] {
  return backends.map((backend) => {
    const { array, bytes } = dtypes[dtype];
    const launch = new Launch();
    launch.program = backend.compile(kernel);
    launch.geometry = geometry;
    launch.count = 2;
    const [out, from] = [backend.allocate(count * bytes), backend.allocate(data.length * bytes)];
    launch.blocks.push(out, from);
    launch.offsets.push(0, 0);
    backend.write(from, 0, dtype, new array(data));
    backend.run(launch);
    return Array.from(backend.readSync!(out, 0, dtype, count));
  });
}

/** Zeros of both signs, and numbers on the other side of them. */
const zeros = (n: number, other: number): number[] =>
  Array.from({ length: n }, (_, i) => [-0, 0, other, -0, -0][(i * i + (i >> 3)) % 5]!);

const sizes = [[1, 2], [1, 55], [9, 5], [40, 3], [64, 40], [3, 1300]] as const; // biome-ignore format: pairs

describe.each(['float32', 'float64'] as const)('in %s', (dtype) => {
  const type = dtypes[dtype].scalar;
  const contiguous = { dtype, access: 'contiguous' } as const;

  it.each(sizes)('%i extremes of %i', (kept, reduced) => {
    for (const combine of ['max', 'min'] as const)
      for (const own of [[reduced, 1], [1, kept]]) {
        const kernel: ReduceKernel = {
          kind: 'reduce', rank: 1, reducedRank: 1, inputs: [{ dtype, access: 'strided' }], output: contiguous, combine,
          body: input(0, type), epilogue: input(0, type), scalars: 0,
        };
        const geometry = { sizes: [kept, reduced], strides: [[1, 0], own], extents: [] };
        const data = zeros(kept * reduced, combine === 'max' ? -1 : 1);
        const [wanted, found] = results(kernel, geometry, dtype, data, kept);
        expect(found).toEqual(wanted);
        if (dtype === 'float32') expect(wanted!.some((x) => Object.is(x, -0))).toBe(false);
      } // biome-ignore format: facts
  });

  it('extremes of rows', () => {
    const kernel: RowsKernel = {
      kind: 'rows', rank: 1, inputs: [contiguous], reductions: [{ combine: 'max', body: input(0, type) }],
      outputs: [{ dtype, expression: input(1, type), perRow: true }], scalars: 0,
    }; // biome-ignore format: facts
    const geometry = { sizes: [6, 20], strides: [[1, 0], [20, 1]], extents: [] }; // biome-ignore format: pairs
    const [wanted, found] = results(kernel, geometry, dtype, zeros(120, -1), 6);
    expect(found).toEqual(wanted);
  });

  it('running sums', () => {
    const kernel: ScanKernel = {
      kind: 'scan', rank: 0, input: contiguous, output: contiguous, combine: 'sum', reverse: false, indices: false,
    }; // biome-ignore format: facts
    const geometry = { sizes: [3], strides: [[1], [1]], extents: [] };
    for (const found of results(kernel, geometry, dtype, [-0, -0, 1], 3)) expect(found).toEqual([0, 0, 1]);
  });
});
