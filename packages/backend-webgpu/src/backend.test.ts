/** What the contract doesn't see: how commands reach the device, memory that is used again, buffers in windows, shaders compiled ahead, a device that goes away. */
import {
  add,
  type Backend,
  BackendError,
  type DataArray,
  DeviceLostError,
  type GatherKernel,
  IndexError,
  input,
  type Launch,
  type MapKernel,
  mul,
  OutOfMemoryError,
  reference,
} from '@nn/backend';
import { afterAll, describe, expect, it } from 'vitest';
import { launchOf, outputsOf, uniform, whole } from '../test/launches.ts';
import { WebGPUBackend } from './backend.ts';
import { webgpu } from './index.ts';
import { openDevice } from './runtime/adapter.ts';

const backend = await webgpu();
afterAll(() => backend.dispose());

const dense = { dtype: 'float32', access: 'contiguous' } as const;
const [x, y] = [input(0, 'f32'), input(1, 'f32')];
const sum: MapKernel = {
  kind: 'map',
  rank: 1,
  inputs: [dense, dense],
  outputs: [{ ...dense, expression: add(x, y), overwrites: -1 }],
  scalars: 0,
};
const strided = { dtype: 'float32', access: 'strided' } as const;
const copy: MapKernel = {
  kind: 'map',
  rank: 2,
  inputs: [strided],
  outputs: [{ ...strided, expression: x, overwrites: -1 }],
  scalars: 0,
};

/** out = a + b over n elements, ready to run again and again. */
function sumOf(on: Backend, n: number): Launch {
  const data = Float32Array.from({ length: n }, (_, i) => i);
  const operand = { dtype: 'float32', data, strides: [1] } as const;
  return launchOf(on, { kernel: sum, sizes: [n], operands: [operand, operand, operand] });
}

const valuesOf = (on: Backend, launch: Launch, n: number): Promise<DataArray> =>
  on.read(launch.blocks[0]!, 0, 'float32', n);

describe('commands', () => {
  it('go to the device in one submit, with the read that asks for them', async () => {
    const launch = sumOf(backend, 100);
    const before = backend.counts();
    for (let i = 0; i < 20; i++) backend.run(launch);
    expect((await valuesOf(backend, launch, 100))[99]).toBe(198);
    const after = backend.counts();
    expect([after.launches - before.launches, after.submits - before.submits]).toEqual([20, 1]);
  });

  it('go to the device soon after the task, without a read; an await that waits for nothing is no end of it', async () => {
    const before = backend.counts().submits;
    backend.run(sumOf(backend, 100));
    await Promise.resolve();
    expect(backend.counts().submits).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(backend.counts().submits).toBe(before + 1);
  });

  it('go to the device by parts where they are many', async () => {
    const launch = sumOf(backend, 100);
    const before = backend.counts().submits;
    for (let i = 0; i < 5000; i++) backend.run(launch);
    expect(backend.counts().submits).toBeGreaterThan(before);
    expect((await valuesOf(backend, launch, 100))[3]).toBe(6);
  });

  it('see memory as it was when they were given', async () => {
    const launch = sumOf(backend, 4);
    const [out, a] = [launch.blocks[0]!, launch.blocks[1]!];
    backend.run(launch);
    // The launch above still waits, and must not see this.
    backend.write(a, 0, 'float32', new Float32Array([100, 100, 100, 100]));
    expect([...(await backend.read(out, 0, 'float32', 4))]).toEqual([0, 2, 4, 6]);
    backend.run(launch);
    expect([...(await backend.read(out, 0, 'float32', 4))]).toEqual([100, 101, 102, 103]);
  });

  it('have as many reads at once as one likes', async () => {
    const launches = Array.from({ length: 30 }, (_, i) => sumOf(backend, i + 1));
    for (const launch of launches) backend.run(launch);
    const before = backend.counts().submits;
    const values = await Promise.all(launches.map((launch, i) => valuesOf(backend, launch, i + 1)));
    for (const [i, own] of values.entries()) expect(own[i]).toBe(2 * i);
    expect(backend.counts().submits - before).toBeGreaterThan(0);
  });
});

describe('memory', () => {
  it('is used again: a loop makes no buffers, pipelines or bind groups', async () => {
    const step = async (): Promise<void> => {
      const launch = sumOf(backend, 1000);
      backend.run(launch);
      await valuesOf(backend, launch, 1000);
      for (const block of launch.blocks) backend.free(block!);
    };
    for (let i = 0; i < 5; i++) await step();
    const before = backend.counts();
    for (let i = 0; i < 10; i++) await step();
    const after = backend.counts();
    expect({ ...after, launches: 0, submits: 0 }).toEqual({ ...before, launches: 0, submits: 0 });
  });

  it('given back while commands wait for it is theirs first', async () => {
    const launch = sumOf(backend, 64);
    backend.run(launch);
    const [out, a] = [launch.blocks[0]!, launch.blocks[1]!];
    backend.free(a);
    const next = backend.allocate(256);
    backend.write(next, 0, 'float32', new Float32Array(64).fill(-1));
    expect((await backend.read(out, 0, 'float32', 64))[63]).toBe(126);
  });

  it('is refused where one buffer would be larger than the device makes them', () => {
    expect(() => backend.allocate(2 ** 45)).toThrow(OutOfMemoryError);
    expect(() => backend.allocate(2 ** 45)).toThrow(/\[allocate\] one buffer of 35184372088832 bytes/);
  });

  it('may be read where it is written: the operand is copied first', async () => {
    const data = Float32Array.from({ length: 600 }, (_, i) => i);
    const launch = launchOf(backend, {
      kernel: copy,
      sizes: [20, 30],
      operands: [
        { dtype: 'float32', data, strides: [30, 1] },
        { dtype: 'float32', data, strides: [1, 20] },
      ],
    });
    // A transposition in place.
    launch.blocks[1] = launch.blocks[0]!;
    backend.run(launch);
    const found = await backend.read(launch.blocks[0]!, 0, 'float32', 600);
    expect([...found]).toEqual(Array.from({ length: 600 }, (_, i) => Math.floor(i / 30) + 20 * (i % 30)));
  });

  it('of one output and the input that it replaces is one', async () => {
    const inPlace: MapKernel = { ...sum, outputs: [{ ...dense, expression: mul(x, y), overwrites: 0 }] };
    const launch = launchOf(backend, {
      kernel: inPlace,
      sizes: [5],
      operands: [0, 0, 2].map((k) => ({ dtype: 'float32', data: Float32Array.of(k, 1, 2, 3, 4), strides: [1] })),
    });
    launch.blocks[1] = launch.blocks[0]!;
    const buffers = backend.counts().buffers;
    backend.run(launch);
    expect([...(await valuesOf(backend, launch, 5))]).toEqual([0, 1, 4, 9, 16]);
    expect(backend.counts().buffers).toBe(buffers);
  });
});

it('folds more workgroups than one direction has', async () => {
  const n = 65_536 * 64 + 1;
  const launch = sumOf(backend, n);
  backend.run(launch);
  const found = await backend.read(launch.blocks[0]!, n - 3, 'float32', 3);
  expect([...found]).toEqual([n - 3, n - 2, n - 1].map((i) => 2 * i));
});

describe('a buffer larger than a binding may be', () => {
  it('is bound as several windows', async () => {
    const small = new WebGPUBackend({ ...(await openDevice({})), window: 1024 });
    const n = 700;
    const table = { dtype: 'float32', data: uniform(n), strides: [0] } as const;
    const index = { dtype: 'int32', data: Int32Array.from(whole(n, n)), strides: [1] } as const;
    const out = { dtype: 'float32', data: new Float32Array(n), strides: [1] } as const;
    const gather = {
      kernel: {
        kind: 'gather',
        rank: 1,
        dtype: 'float32',
        source: strided,
        indices: [{ dtype: 'int32', access: 'contiguous' }],
        output: dense,
      },
      sizes: [n],
      extents: [n, 1],
      operands: [out, table, { ...index, data: index.data }],
    } as const;
    // Three windows each, and one for faults.
    const needed = 10;
    if (small.info().limits.storageBuffers < needed)
      await expect(outputsOf(small, gather)).rejects.toThrow(BackendError);
    else expect(await outputsOf(small, gather)).toEqual(await outputsOf(reference(), gather));
    const own = { dtype: 'float32', data: uniform(n), strides: [1] } as const;
    const added = {
      kernel: { ...sum, inputs: [dense], outputs: [{ ...dense, expression: add(x, x), overwrites: -1 }] },
      sizes: [n],
      operands: [out, own],
    } as const;
    expect(await outputsOf(small, added)).toEqual(await outputsOf(reference(), added));
    small.dispose();
  });
});

describe('warmup', () => {
  it('compiles in the background, side by side, and computes the same', async () => {
    const own = await webgpu();
    const before = own.counts().pipelines;
    const values = await own.warmup(async () => {
      const launches = [3, 4, 5].map((k) => {
        const expression = Array.from({ length: k }).reduce<typeof x>((e) => add(mul(e, x), y), x);
        const launch = launchOf(own, {
          kernel: { ...sum, outputs: [{ ...dense, expression, overwrites: -1 }] },
          sizes: [2],
          operands: [0, 1, 2].map(() => ({ dtype: 'float32', data: Float32Array.of(1, 2), strides: [1] })),
        });
        own.run(launch);
        return launch;
      });
      return Promise.all(launches.map((launch) => valuesOf(own, launch, 2)));
    });
    expect(values.map((pair) => [...(pair as Float32Array)])).toEqual([
      [4, 30],
      [5, 62],
      [6, 126],
    ]);
    expect(own.counts().pipelines - before).toBe(3);
    own.dispose();
  });

  it('may be nested, and lets go when its body throws', async () => {
    const launch = sumOf(backend, 10);
    await expect(
      backend.warmup(() =>
        backend.warmup(() => {
          backend.run(launch);
          throw new Error('own');
        }),
      ),
    ).rejects.toThrow('own');
    const before = backend.counts().submits;
    backend.run(launch);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(backend.counts().submits).toBe(before + 1);
  });
});

describe('indices out of range', () => {
  it('are told by the read that comes next, each once, and by no other', async () => {
    const gather: GatherKernel = {
      kind: 'gather',
      rank: 1,
      dtype: 'float32',
      source: strided,
      indices: [{ dtype: 'int32', access: 'contiguous' }],
      output: dense,
    };
    const read = (label: string, index: number): Promise<DataArray> => {
      const launch = launchOf(backend, {
        kernel: gather,
        sizes: [1],
        extents: [4, 1],
        operands: [
          { dtype: 'float32', data: new Float32Array(1), strides: [1] },
          { dtype: 'float32', data: Float32Array.of(1, 2, 3, 4), strides: [0] },
          { dtype: 'int32', data: Int32Array.of(index), strides: [1] },
        ],
      });
      launch.label = label;
      backend.run(launch);
      return valuesOf(backend, launch, 1);
    };
    const [first, good, second, last] = await Promise.allSettled([
      read('first', 9),
      read('good', 2),
      read('second', -5),
      read('last', -1),
    ]);
    expect([first, second]).toMatchObject([
      { reason: new IndexError('first', 'index 9 is out of bounds for dimension with size 4') },
      { reason: new IndexError('second', 'index -5 is out of bounds for dimension with size 4') },
    ]);
    expect([good, last]).toMatchObject([{ value: Float32Array.of(3) }, { value: Float32Array.of(4) }]);
  });
});

describe('memory that ran out', () => {
  it('is an error of the next read, after which no buffer from before is given out again', async () => {
    const own = await webgpu();
    const block = own.allocate(48);
    own.free(own.allocate(32));
    // As a device that has no memory says it.
    class GPUOutOfMemoryError extends Error {}
    const error = new GPUOutOfMemoryError('none left');
    own.device.dispatchEvent(Object.assign(new Event('uncapturederror'), { error }));
    await expect(own.read(block, 0, 'float32', 1)).rejects.toThrow(OutOfMemoryError);
    expect(own.info().memory.kept).toBe(0);
    const { buffers } = own.counts();
    own.free(block);
    const other = own.allocate(48);
    expect(own.counts().buffers).toBe(buffers + 1);
    expect(await own.read(other, 0, 'float32', 1)).toEqual(Float32Array.of(0));
    own.dispose();
  });
});

describe('a lost device', () => {
  it('is an error of every call, and told once', async () => {
    const told: string[] = [];
    const own = await webgpu({ onLost: ({ reason }) => told.push(reason) });
    const launch = sumOf(own, 10);
    own.run(launch);
    const pending = valuesOf(own, launch, 10);
    own.device.destroy();
    await expect(pending).rejects.toThrow(DeviceLostError);
    expect(told).toEqual(['destroyed']);
    expect(() => own.run(launch)).toThrow(DeviceLostError);
    expect(() => own.run(launch)).toThrow(/\[test\] the GPU device is lost \(destroyed\)/);
    expect(() => own.allocate(4)).toThrow(DeviceLostError);
    expect(() => own.write(launch.blocks[0]!, 0, 'float32', new Float32Array(1))).toThrow(DeviceLostError);
    await expect(valuesOf(own, launch, 10)).rejects.toThrow(DeviceLostError);
    await expect(own.warmup(() => 1)).rejects.toThrow(DeviceLostError);
    own.free(launch.blocks[0]!);
    own.dispose();
    expect(() => own.run(launch)).toThrow(/disposed/);
  });

  it('that is disposed of takes what waits with it, and ends reads under way', async () => {
    const own = await webgpu();
    const launch = sumOf(own, 10);
    own.run(launch);
    const early = Promise.allSettled([valuesOf(own, launch, 10)]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const asked = valuesOf(own, launch, 10);
    own.run(launch);
    own.dispose();
    await expect(asked).rejects.toThrow('[read] the webgpu backend was disposed; make a new one');
    await early;
  });

  it('says nothing when it is disposed', async () => {
    const told: string[] = [];
    const own = await webgpu({ onLost: ({ reason }) => told.push(reason) });
    own.dispose();
    await own.device.lost;
    expect(told).toEqual([]);
  });
});

it('says what it works with', () => {
  const { adapter, limits, memory, features } = backend.info();
  expect(adapter.isFallback).toBeTypeOf('boolean');
  expect(limits.storageBuffers).toBeGreaterThanOrEqual(8);
  expect(memory.used).toBeGreaterThan(0);
  expect(features).toEqual([...features].sort());
  expect(backend.dtypes.includes('float16')).toBe(features.includes('shader-f16'));
});

it('has no float16 without the feature for it', async () => {
  const own = await webgpu({ features: [] });
  expect(own.dtypes).not.toContain('float16');
  expect(own.info().features).not.toContain('shader-f16');
  own.dispose();
});
