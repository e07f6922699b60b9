/** The `map` kind, element by element in blocks. */
import type { Launch } from '../backend.ts';
import type { MapKernel } from '../kernel.ts';
import { product } from '../strides.ts';
import { blockLength, Evaluator } from './evaluator.ts';
import { stored } from './half.ts';
import { load, type ReferenceBlock, store } from './walk.ts';

export function compileMap(kernel: MapKernel): (launch: Launch) => void {
  const evaluator = new Evaluator(kernel.outputs.map((output) => output.expression));
  const first = kernel.outputs.length;
  return (launch) => {
    const { sizes, strides } = launch.geometry!;
    const n = product(sizes);
    evaluator.prepare(n, launch.scalars);
    for (let start = 0; start < n; start += blockLength) {
      const length = Math.min(blockLength, n - start);
      for (const [i, register] of evaluator.inputs) {
        const operand = first + i;
        const source = (launch.blocks[operand] as ReferenceBlock).as(kernel.inputs[i]!.dtype);
        load(register, source, sizes, strides[operand]!, launch.offsets[operand]!, start, length);
      }
      evaluator.run(length, start);
      for (const [j, output] of kernel.outputs.entries()) {
        const target = (launch.blocks[j] as ReferenceBlock).as(output.dtype);
        const values = stored(output.dtype, evaluator.outputs[j]!, length);
        store(target, values, sizes, strides[j]!, launch.offsets[j]!, start, length);
      }
    }
  };
}
