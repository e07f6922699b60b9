/** A function of one argument at many places, by a kernel of the backend. */
import { type Expression, input, Launch, type MapKernel } from '@nn/backend';
import type { WasmBackend } from '../src/index.ts';

export function evaluate(
  backend: WasmBackend,
  row: (x: Expression) => Expression,
  dtype: 'float32' | 'float64',
  x: Float32Array | Float64Array,
): Float32Array | Float64Array {
  const values = dtype === 'float32' ? Float32Array.from(x) : Float64Array.from(x);
  const operand = { dtype, access: 'contiguous' } as const;
  const expression = row(input(0, dtype === 'float32' ? 'f32' : 'f64'));
  const kernel: MapKernel = {
    kind: 'map',
    rank: 1,
    inputs: [operand],
    outputs: [{ ...operand, expression, overwrites: -1 }],
    scalars: 0,
  };
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = { sizes: [x.length], strides: [[1], [1]], extents: [] };
  launch.count = 2;
  launch.blocks.push(backend.allocate(values.byteLength), backend.allocate(values.byteLength));
  launch.offsets.push(0, 0);
  backend.write(launch.blocks[1]!, 0, dtype, values);
  backend.run(launch);
  const result = backend.readSync(launch.blocks[0]!, 0, dtype, x.length);
  for (const block of launch.blocks) backend.free(block!);
  return result as Float32Array | Float64Array;
}
