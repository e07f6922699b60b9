/** The `gather` kind: reads along indices. */
import type { Launch } from '../backend.ts';
import type { GatherKernel } from '../kernel.ts';
import { visitIndexed } from './indices.ts';
import { type ReferenceBlock, walk } from './walk.ts';

export function compileGather(kernel: GatherKernel): (launch: Launch) => void {
  return (launch) => {
    const { sizes, strides } = launch.geometry!;
    const target = (launch.blocks[0] as ReferenceBlock).as(kernel.dtype);
    const source = (launch.blocks[1] as ReferenceBlock).as(kernel.dtype);
    visitIndexed(launch, kernel.indices, 1, 2, (start, length, addresses) => {
      walk(sizes, strides[0]!, launch.offsets[0]!, start, length, (at, address, run, stride) => {
        for (let i = 0, p = address; i < run; i++, p += stride) target[p] = source[addresses[at + i]!]!;
      });
    });
  };
}
