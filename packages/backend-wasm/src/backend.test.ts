/** What launches promise beyond results: many geometries of one program, errors that leave nothing behind, limits that are said. */

import type { Block, GatherKernel, Geometry, Kernel, MapKernel, MatmulKernel, SortKernel } from '@nn/backend';
import { add, type Backend, BackendError, IndexError, input, Launch, OutOfMemoryError } from '@nn/backend';
import { judge } from '@nn/conformance';
import { describe, expect, it } from 'vitest';
import { wasm } from './index.ts';

const dense = { dtype: 'float32', access: 'contiguous' } as const;
const x = input(0, 'f32');
const twice: MapKernel = {
  kind: 'map',
  rank: 1,
  inputs: [dense],
  outputs: [{ ...dense, expression: add(x, x), overwrites: -1 }],
  scalars: 0,
};

const product: MatmulKernel = {
  kind: 'matmul',
  rank: 0,
  dtype: 'float32',
  left: 'columns',
  right: 'columns',
  extras: [],
  epilogue: x,
  scalars: 0,
};

/** Of a product of square matrices. */
const square = (n: number): Geometry => ({
  sizes: [n, n, n],
  strides: [
    [n, 1],
    [1, n],
    [1, n],
  ],
  extents: [],
});

function launchOf(backend: Backend, kernel: Kernel, geometry: Geometry, ...blocks: Block[]): Launch {
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = geometry;
  launch.label = 'test';
  launch.count = blocks.length;
  launch.blocks.push(...blocks);
  launch.offsets.push(...blocks.map(() => 0));
  return launch;
}

describe('launches', () => {
  it('of one program in many geometries, in any order', async () => {
    const backend = await wasm({ threads: 1 });
    const [target, source] = [backend.allocate(400), backend.allocate(400)];
    backend.write(source, 0, 'float32', new Float32Array(100).fill(3));
    const launches = Array.from({ length: 9 }, (_, i) =>
      launchOf(backend, twice, { sizes: [i + 1], strides: [[1], [1]], extents: [] }, target, source),
    );
    for (let turn = 0; turn < 60; turn++) {
      const size = ((turn * 7) % 9) + 1;
      backend.write(target, 0, 'float32', new Float32Array(10));
      backend.run(launches[size - 1]!);
      const expected = Array.from({ length: 10 }, (_, i) => (i < size ? 6 : 0));
      expect([...backend.readSync(target, 0, 'float32', 10)]).toEqual(expected);
    }
    expect(backend.info().compiled).toBe(1);
    backend.dispose();
  });

  it('of a row by ever more columns share code, as attention to a cache that grows needs it', async () => {
    const backend = await wasm({ threads: 1 });
    const blocks = [0, 1, 2].map(() => backend.allocate(4 * 32 * 200)) as [Block, Block, Block];
    for (let n = 1; n <= 200; n++) {
      const strides = [[200, 1, 0], [32, 0, 1], [0, 32, 1]]; // biome-ignore format: a table
      backend.run(launchOf(backend, product, { sizes: [1, n, 32], strides, extents: [] }, ...blocks));
    }
    expect(backend.info().compiled).toBeLessThanOrEqual(32);
    backend.dispose();
  });

  it('of a product get quicker code once that pays, with the same bits', async () => {
    const backend = await wasm({ threads: 1 });
    for (const [n, quicker] of [
      [4, false],
      [330, true],
    ] as const) {
      const blocks = [0, 1, 2].map(() => backend.allocate(4 * n * n)) as [Block, Block, Block];
      for (const block of blocks)
        backend.write(
          block,
          0,
          'float32',
          Float32Array.from({ length: n * n }, (_, i) => Math.sin(i)),
        );
      const launch = launchOf(backend, product, square(n), ...blocks);
      const results = Array.from({ length: 8 }, () => {
        backend.run(launch);
        return backend.readSync(blocks[0], 0, 'float32', n * n);
      });
      for (const result of results) expect(result).toEqual(results[0]);
      const { compiled } = backend.info();
      backend.run(launchOf(backend, product, square(n), ...blocks));
      expect(backend.info().compiled).toBe(compiled);
      const before: number = n === 4 ? 0 : 1;
      expect(compiled - before).toBe(quicker ? 2 : 1);
    }
    backend.dispose();
  });

  it('of more elements than are counted are refused', async () => {
    const backend = await wasm({ threads: 1 });
    const [target, source] = [backend.allocate(16), backend.allocate(16)];
    const geometry = { sizes: [2 ** 31], strides: [[1], [1]], extents: [] };
    const launch = launchOf(backend, twice, geometry, target, source);
    expect(() => backend.run(launch)).toThrow(BackendError);
    expect(() => backend.run(launch)).toThrow('[map] 2147483648 elements in one operation');
    backend.dispose();
  });

  it('an index out of range is told once', async () => {
    const backend = await wasm({ threads: 1 });
    const gather: GatherKernel = {
      kind: 'gather',
      rank: 1,
      dtype: 'float32',
      source: { dtype: 'float32', access: 'strided' },
      indices: [{ dtype: 'int64', access: 'contiguous' }],
      output: dense,
    };
    const blocks = [backend.allocate(16), backend.allocate(16), backend.allocate(32)] as const;
    const geometry = { sizes: [1], strides: [[1], [0], [1]], extents: [3, 1] };
    const launch = launchOf(backend, gather, geometry, ...blocks);
    backend.write(blocks[1], 0, 'float32', new Float32Array([5, 6, 7]));
    backend.write(blocks[2], 0, 'int64', new Int32Array([5]));
    expect(() => backend.run(launch)).toThrow(IndexError);
    backend.write(blocks[2], 0, 'int64', new Int32Array([-1]));
    backend.run(launch);
    expect(backend.readSync(blocks[0], 0, 'float32', 1)[0]).toBe(7);
    backend.dispose();
  });

  it('go on after memory ran out in the middle of one', async () => {
    const backend = await wasm({ threads: 1, memoryLimit: 2 ** 22 });
    const n = 300;
    const blocks = [0, 1, 2].map(() => backend.allocate(4 * n * n));
    for (const block of blocks) backend.write(block, 0, 'float32', new Float32Array(n * n).fill(1));
    const geometry = square(n);
    const launch = launchOf(backend, product, geometry, ...(blocks as [Block, Block, Block]));
    const rest: Block[] = [];
    for (const bytes of [2 ** 18, 2 ** 14, 2 ** 10, 64])
      for (;;)
        try {
          rest.push(backend.allocate(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(OutOfMemoryError);
          break;
        }
    expect(() => backend.run(launch)).toThrow(OutOfMemoryError);
    expect(() => backend.run(launch)).toThrow(OutOfMemoryError);
    for (const block of rest) backend.free(block);
    backend.run(launch);
    const result = backend.readSync(blocks[0]!, 0, 'float32', n * n) as Float32Array;
    expect([Math.min(...result), Math.max(...result)]).toEqual([n, n]);
    backend.dispose();
  });

  const sortOf = (n: number): { kernel: SortKernel; geometry: Geometry } => ({
    kernel: { kind: 'sort', rank: 0, input: dense, descending: false },
    geometry: { sizes: [n], strides: [[1], [1], [1]], extents: [] },
  });

  it('keep room for a single row of a sort, whatever the number of threads', async () => {
    // With 1024 bytes beside the records just a size that the heap gives.
    const n = 2 ** 15 - 32;
    const { kernel, geometry } = sortOf(n);
    const backend = await wasm({ threads: 4 });
    const blocks = [0, 1, 2].map(() => backend.allocate(4 * n));
    const { used } = backend.info().memory;
    backend.run(launchOf(backend, kernel, geometry, ...blocks));
    expect(backend.info().memory.used - used).toBe(32 * n + 1024);
    backend.dispose();
  });

  it('give back what they keep where there is no other memory', async () => {
    const backend = await wasm({ threads: 1, memoryLimit: 2 ** 24 });
    const n = 2 ** 17;
    const sort = sortOf(n);
    const blocks = [0, 1, 2].map(() => backend.allocate(4 * n));
    const values = Float32Array.from({ length: n }, (_, i) => (i * 7919) % n);
    backend.write(blocks[2]!, 0, 'float32', values);
    const run = () => backend.run(launchOf(backend, sort.kernel, sort.geometry, ...blocks));
    run();
    // 1.5 MiB of blocks and 5 MiB that the sort keeps leave less than 12.
    const large = backend.allocate(12 * 2 ** 20);
    expect(run).toThrow(OutOfMemoryError);
    backend.free(large);
    run();
    expect(backend.readSync(blocks[0]!, 0, 'float32', n)).toEqual(values.sort());
    backend.dispose();
  });

  it('reach memory above 2 GiB, and up to 4 GiB', async () => {
    const verdicts = [];
    for (const taken of [[2 ** 31], [2 ** 31, 2 ** 30, 2 ** 29, 2 ** 28, 2 ** 27]]) {
      const create = async (): Promise<Backend> => {
        const backend = await wasm({ threads: 1 });
        for (const bytes of taken) backend.allocate(bytes);
        return backend;
      };
      verdicts.push(...(await judge({ create, only: [/^(?!scalar|memory)/] })));
    }
    expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(500);
  });
});
