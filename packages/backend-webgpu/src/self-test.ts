/** Known answers: a device that gets them wrong is refused before anybody trusts it. */
import {
  add, type Backend, BackendError, exp, input, Launch, less, type MapKernel, mul, type ReduceKernel, select,
} from '@nn/backend'; // biome-ignore format: one list

const n = 300;
const x = input(0, 'f32');
const contiguous = { dtype: 'float32', access: 'contiguous' } as const;
const expression = add(select(less(x, input(1, 'f32')), mul(x, x), exp(x)), input(1, 'f32'));
const map: MapKernel = {
  kind: 'map',
  rank: 1,
  inputs: [contiguous, contiguous],
  outputs: [{ ...contiguous, expression, overwrites: -1 }],
  scalars: 0,
};
const sum: ReduceKernel = {
  kind: 'reduce',
  rank: 0,
  reducedRank: 1,
  inputs: [contiguous],
  output: { dtype: 'float32', access: 'splat' },
  combine: 'sum',
  body: x,
  epilogue: x,
  scalars: 0,
};

/** Runs a map and a sum on the backend. Throws a `BackendError` where they don't come out as they must. */
export async function selfTest(backend: Backend): Promise<void> {
  const first = Float32Array.from({ length: n }, (_, i) => (i === 7 ? Number.NaN : (i - n / 2) / 64));
  const second = Float32Array.from({ length: n }, (_, i) => (i % 5) - 2);
  const [out, a, b, total] = [n, n, n, 1].map((length) => backend.allocate(length * 4)) as [Block, Block, Block, Block];
  backend.write(a, 0, 'float32', first);
  backend.write(b, 0, 'float32', second);
  run(backend, map, [out, a, b], { sizes: [n], strides: [[1], [1], [1]], extents: [] });
  run(backend, sum, [total, b], { sizes: [n], strides: [[], [1]], extents: [] });
  const [values, [found]] = await Promise.all([
    backend.read(out, 0, 'float32', n),
    backend.read(total, 0, 'float32', 1),
  ]);
  for (const block of [out, a, b, total]) backend.free(block);
  for (const [i, value] of values.entries()) {
    const [p, q] = [first[i]!, second[i]!];
    const expected = (p < q ? p * p : Math.exp(p)) + q;
    const right = Number.isNaN(expected)
      ? Number.isNaN(value)
      : Math.abs(value - expected) <= 1e-5 * (1 + Math.abs(expected));
    if (!right) refuse(`element ${i} is ${value}, should be ${expected}`);
  }
  const wanted = second.reduce((s, y) => s + y, 0);
  if (found !== wanted) refuse(`a sum is ${found}, should be ${wanted}`);
}

type Block = ReturnType<Backend['allocate']>;

function run(
  backend: Backend,
  kernel: MapKernel | ReduceKernel,
  blocks: readonly Block[],
  geometry: NonNullable<Launch['geometry']>,
): void {
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = geometry;
  launch.label = 'webgpu';
  launch.count = blocks.length;
  launch.blocks.push(...blocks);
  launch.offsets.push(...blocks.map(() => 0));
  backend.run(launch);
}

function refuse(what: string): never {
  throw new BackendError(
    'webgpu',
    `this device computes wrongly: ${what}; update its driver, choose another adapter (powerPreference), or use wasm()`,
  );
}
