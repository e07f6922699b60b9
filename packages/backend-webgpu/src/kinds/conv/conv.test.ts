/** What conformance can't see of convolutions: sizes at which sums are divided among threads and workgroups, images in several windows of memory, the coordinate. */
import {
  add,
  type Backend,
  type ConvKernel,
  castTo,
  coordinate,
  denseStrides,
  type Expression,
  input,
  Launch,
  product,
  reference,
} from '@nn/backend';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebGPUBackend } from '../../backend.ts';
import { openDevice } from '../../runtime/adapter.ts';

let backend: WebGPUBackend;
/** One whose bindings hold 64 KiB. */
let narrow: WebGPUBackend;
beforeAll(async () => {
  backend = new WebGPUBackend(await openDevice({}));
  narrow = new WebGPUBackend({ ...(await openDevice({})), window: 1 << 16 });
});
afterAll(() => {
  backend.dispose();
  narrow.dispose();
});

interface Spec {
  readonly role: ConvKernel['role'];
  readonly batch: number;
  readonly groups?: number;
  readonly inputs: number;
  readonly outputs: number;
  /** A square image, a square window. */
  readonly x: number;
  readonly w: number;
  readonly stride?: number;
  readonly before?: number;
  readonly epilogue?: Expression;
}

/** The result of a launch on small whole numbers, whose sums are exact in any order. */
async function run(on: Backend, spec: Spec): Promise<ArrayLike<number>> {
  const { role, batch, groups = 1, inputs, outputs, x, w, stride = 1, before = 0 } = spec;
  const y = Math.floor((x + 2 * before - w) / stride) + 1;
  const shapes = {
    x: [batch, groups * inputs, x, x],
    w: [groups * outputs, inputs, w, w],
    y: [batch, groups * outputs, y, y],
  };
  const operands = {
    forward: ['y', 'x', 'w'],
    inputGradient: ['x', 'y', 'w'],
    weightGradient: ['w', 'y', 'x'],
  } as const;
  const launch = new Launch();
  const sizes = operands[role].map((name) => shapes[name]);
  for (const [i, shape] of sizes.entries()) {
    const block = on.allocate(4 * product(shape));
    on.write(
      block,
      0,
      'float32',
      Float32Array.from({ length: product(shape) }, (_, j) => ((j * 7 + i) % 11) - 5),
    );
    launch.blocks[i] = block;
    launch.offsets[i] = 0;
  }
  launch.count = 3;
  launch.program = on.compile({
    kind: 'conv',
    role,
    spatialRank: 2,
    dtype: 'float32',
    bias: false,
    epilogue: spec.epilogue ?? input(0, 'f32'),
    scalars: 0,
  });
  launch.geometry = {
    sizes: [...shapes.x, ...shapes.w, ...shapes.y],
    strides: sizes.map(denseStrides),
    extents: [groups, ...[0, 1].flatMap(() => [stride, before, before, 1])],
  };
  on.run(launch);
  return on.read(launch.blocks[0]!, 0, 'float32', product(sizes[0]!));
}

it.each<[string, Spec]>([
  ['sums over many positions, few weights', { role: 'weightGradient', batch: 3, inputs: 1, outputs: 2, x: 40, w: 3 }],
  ['sums over many positions, a group a channel', { role: 'weightGradient', batch: 3, groups: 5, inputs: 1, outputs: 1, x: 41, w: 3, stride: 2, before: 1 }],
  ['sums over many positions, tiles', { role: 'weightGradient', batch: 2, inputs: 3, outputs: 20, x: 30, w: 3, before: 1 }],
  ['more than one tile of channels and positions', { role: 'forward', batch: 3, inputs: 8, outputs: 70, x: 9, w: 3, before: 1 }],
  ['a stride whose phases differ', { role: 'inputGradient', batch: 2, inputs: 18, outputs: 6, x: 13, w: 5, stride: 3, before: 2 }],
  ['the coordinate', { role: 'forward', batch: 2, groups: 2, inputs: 2, outputs: 6, x: 6, w: 2, epilogue: add(input(0, 'f32'), castTo(coordinate, 'float32')) }],
])('%s', async (_, spec) => {
  expect(await run(backend, spec)).toEqual(await run(reference(), spec));
}); // biome-ignore format: a table

it.each(['forward', 'inputGradient', 'weightGradient'] as const)('%s of images in several windows', async (role) => {
  const spec = { role, batch: 2, inputs: 6, outputs: 5, x: 44, w: 3 };
  expect(await run(narrow, spec)).toEqual(await run(reference(), spec));
});
