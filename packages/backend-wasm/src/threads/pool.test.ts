/** Launches on several threads give the bits of one thread, workers end with the backend, and one that dies is an error, not a hang. */
import { spawnSync } from 'node:child_process';
import {
  add,
  type Backend,
  BackendError,
  constant,
  input,
  Launch,
  type MapKernel,
  mul,
  OutOfMemoryError,
  type ReduceKernel,
} from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { atomicAdd, branch, type Code, I32, loop, unreachable, WasmModule } from '../assembler/index.ts';
import { wasm } from '../index.ts';
import { Heap } from '../memory/heap.ts';
import { LinearMemory } from '../memory/linear-memory.ts';
import { Entry } from '../program.ts';
import { Pool } from './pool.ts';
import { Shelf } from './shelf.ts';

const dense = { dtype: 'float32', access: 'contiguous' } as const;
const x = input(0, 'f32');
const square: MapKernel = {
  kind: 'map',
  rank: 1,
  inputs: [dense],
  outputs: [{ ...dense, expression: add(mul(x, x), x), overwrites: -1 }],
  scalars: 0,
};
const sum: ReduceKernel = {
  kind: 'reduce',
  rank: 0,
  reducedRank: 1,
  inputs: [dense],
  output: { dtype: 'float32', access: 'contiguous' },
  combine: 'sum',
  body: x,
  epilogue: x,
  scalars: 0,
};
const n = 300_001;
const data = Float32Array.from({ length: n }, (_, i) => Math.sin(i));

function run(backend: Backend, kernel: MapKernel | ReduceKernel, outputs: number): Float32Array {
  const [target, source] = [backend.allocate(4 * outputs), backend.allocate(4 * n)];
  backend.write(source, 0, 'float32', data);
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = { sizes: [n], strides: [kernel.kind === 'map' ? [1] : [], [1]], extents: [] };
  launch.label = kernel.kind;
  launch.count = 2;
  launch.blocks.push(target, source);
  launch.offsets.push(0, 0);
  backend.run(launch);
  const result = backend.readSync!(target, 0, 'float32', outputs) as Float32Array;
  backend.free(target);
  backend.free(source);
  return result;
}

describe('threads', () => {
  it('give the same bits, whatever their number', async () => {
    const results = [];
    for (const threads of [1, 2, 3, 5]) {
      const backend = await wasm({ threads });
      for (let i = 0; i < 10; i++) results.push([run(backend, square, n), run(backend, sum, 1)]);
      backend.dispose();
    }
    const bits = (arrays: Float32Array[]): Buffer => Buffer.concat(arrays.map((array) => Buffer.from(array.buffer)));
    for (const result of results) expect(bits(result).equals(bits(results[0]!))).toBe(true);
    expect(results[0]![0]![7]).toBe(Math.fround(Math.fround(data[7]! * data[7]!) + data[7]!));
  });

  it('two backends don’t disturb each other', async () => {
    const [one, other] = [await wasm({ threads: 2 }), await wasm({ threads: 2 })];
    const first = run(one, square, n)[n - 1];
    expect(run(other, square, n)[n - 1]).toBe(first);
    one.dispose();
    expect(run(other, square, n)[n - 1]).toBe(first);
    other.dispose();
    expect(() => run(one, square, n)).toThrow(BackendError);
  });

  const heapOf = (memory: LinearMemory): Heap => new Heap(memory, 4096, 2 ** 22);

  /** An entry that does nothing for the caller, and something else in a worker. */
  const twoFaced = (body: Code): Entry => {
    const module = new WasmModule({ relaxed: false, shared: true });
    module.function('run', [I32, I32, I32, I32], [], () => body);
    return new Entry(0, module.encode(), { run: () => {} });
  };
  /** Runs it until a worker has taken a share; gives the error. */
  const provoke = async (body: Code): Promise<{ error: unknown; pool: Pool }> => {
    const memory = new LinearMemory(true);
    const pool = await Pool.start(memory, heapOf(memory), 2, 100);
    const entry = twoFaced(body);
    memory.bytes.set(entry.bytes, 32768);
    for (let i = 0; i < 1e6; i++)
      try {
        pool.run('matmul', entry, 32768, 4096, 0, { units: 64, grain: 1, work: 1e9, scratch: 0 }, 64);
      } catch (error) {
        return { error, pool };
      }
    throw new Error('no worker ever took a share');
  };

  it('an error of the caller’s own share is thrown when the workers are done, and leaves nothing behind', async () => {
    const memory = new LinearMemory(true);
    const pool = await Pool.start(memory, heapOf(memory), 3);
    const module = new WasmModule({ relaxed: false, shared: true });
    module.function('run', [I32, I32, I32, I32], [], () => [atomicAdd(65536 - 64, 1), 0x1a]);
    const bytes = module.encode();
    const run = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: { m: memory.memory } }).exports['run'];
    memory.bytes.set(bytes, 32768);
    const shares = { units: 64, grain: 1, work: 1e9, scratch: 0 };
    const refuse = (): never => {
      throw new RangeError('no more stack');
    };
    let thrown = 0;
    for (let turn = 0; turn < 300; turn++) {
      const throws = new Entry(7, bytes, { run: refuse });
      try {
        pool.run('t', throws, 32768, 4096, 0, shares, 64);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        thrown++;
      }
      const before = Atomics.load(memory.words, 16384 - 16);
      pool.run('t', new Entry(7, bytes, { run: run! }), 32768, 4096, 0, shares, 64);
      // Every chunk of this launch ran once, none of the one before is still running.
      expect(Atomics.load(memory.words, 16384 - 16) - before).toBe(64);
    }
    // Sometimes the workers leave nothing to the caller.
    expect(thrown).toBeGreaterThan(10);
    pool.dispose();
  });

  it('code that left shared memory comes back when it is launched again', () => {
    const memory = new LinearMemory(true);
    const heap = heapOf(memory);
    const shelf = new Shelf(heap, memory, 1000);
    const entries = Array.from({ length: 8 }, (_, i) => new Entry(i, new Uint8Array(300).fill(i), { run: () => {} }));
    for (const entry of entries) shelf.put(entry);
    expect(entries.map(({ bytesAt }) => bytesAt > 0)).toEqual([...Array(5).fill(false), true, true, true]);
    const { used } = heap;
    const at = shelf.put(entries[0]!);
    expect([...memory.bytes.subarray(at, at + 300)]).toEqual(Array(300).fill(0));
    expect(entries[5]!.bytesAt).toBe(0);
    expect(heap.used).toBe(used);
    heap.allocate = () => {
      throw new OutOfMemoryError('allocate', 'full');
    };
    expect(shelf.put(entries[1]!)).toBe(0);
    expect(entries[1]!.bytesAt).toBe(0);
  });

  it('find code in memory that has just grown', async () => {
    const backend = await wasm({ threads: 2 });
    for (let i = 0; i < 12; i++) {
      backend.allocate(2 ** 26);
      const kernel = {
        ...square,
        outputs: [{ ...square.outputs[0]!, expression: add(mul(x, x), constant(i, 'f32')) }],
      };
      for (let turn = 0; turn < 20; turn++)
        expect(run(backend, kernel, n)[7]).toBe(Math.fround(Math.fround(data[7]! * data[7]!) + i));
    }
    backend.dispose();
  });

  it('a worker that fails is an error', async () => {
    const { error, pool } = await provoke(unreachable);
    expect(error).toBeInstanceOf(BackendError);
    expect(String(error)).toContain('[matmul] a thread of the wasm backend failed while it computed');
    pool.dispose();
  });

  it('a worker that never comes back is an error, and then there is one thread', async () => {
    const { error, pool } = await provoke(loop(branch(0)));
    expect(error).toBeInstanceOf(BackendError);
    expect(String(error)).toContain('took a share of the work and never finished it');
    expect(pool.broken).toBe('a worker ended while it computed');
    expect(pool.chunksOf({ units: 64, grain: 1, work: 1e9, scratch: 0 })).toBe(1);
    pool.dispose();
  });

  it('don’t keep the process alive', () => {
    const program = `
      import { wasm } from '@nn/backend-wasm';
      const backend = await wasm({ threads: 3 });
      console.log(backend.info().threads);
    `;
    const child = spawnSync(process.execPath, ['--conditions=@nn/source', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      timeout: 20_000,
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    expect([child.stdout.trim(), child.status]).toEqual(['3', 0]);
  });
});
