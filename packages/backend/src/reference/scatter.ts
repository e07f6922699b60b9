/** The `scatter` kind: combines into indexed places, one element after the other in row-major order. Sums are rounded to the dtype at each step. */
import type { Launch } from '../backend.ts';
import type { ScatterKernel } from '../kernel.ts';
import { storing } from './half.ts';
import { visitIndexed } from './indices.ts';
import { combiner, scalarOf } from './reduce.ts';
import { type ReferenceBlock, walk } from './walk.ts';

export function compileScatter(kernel: ScatterKernel): (launch: Launch) => void {
  const step = kernel.combine === 'replace' ? (_: number, x: number) => x : combiner(kernel.combine, scalarOf(kernel));
  const store = storing(kernel.dtype);
  return (launch) => {
    const { sizes, strides } = launch.geometry!;
    const target = (launch.blocks[0] as ReferenceBlock).as(kernel.dtype);
    const value = (launch.blocks[1] as ReferenceBlock).as(kernel.dtype);
    visitIndexed(launch, kernel.indices, 0, 2, (start, length, addresses) => {
      walk(sizes, strides[1]!, launch.offsets[1]!, start, length, (at, address, run, stride) => {
        for (let i = 0, p = address; i < run; i++, p += stride) {
          const place = addresses[at + i]!;
          target[place] = store(step(target[place]!, value[p]!));
        }
      });
    });
  };
}
