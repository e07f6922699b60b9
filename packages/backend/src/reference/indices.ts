/**
 * Where the elements of an indexed operand lie: the walk along its strides plus what index operands select. Shared by `gather` and `scatter`;
 * knows nothing of what is read or written there.
 */
import type { Launch } from '../backend.ts';
import type { DataArray } from '../dtype.ts';
import { IndexError } from '../errors.ts';
import type { Operand } from '../kernel.ts';
import { product } from '../strides.ts';
import { blockLength } from './evaluator.ts';
import { type ReferenceBlock, walk } from './walk.ts';

/** Addresses of one block of elements; doubles, since a block of memory may have more than 2^31 elements. */
const addresses = new Float64Array(blockLength);

/**
 * Calls `visit(start, length, addresses)` for each block of the iteration, with the addresses in operand `target`; index operand k of the
 * kernel is operand `first + k` of the launch. Every index is checked before the first visit, so a failing launch changes nothing.
 */
export function visitIndexed(
  launch: Launch,
  indices: readonly Operand[],
  target: number,
  first: number,
  visit: (start: number, length: number, addresses: Float64Array) => void,
): void {
  const { sizes, strides, extents } = launch.geometry!;
  const n = product(sizes);
  const sources = indices.map(({ dtype }, k) => (launch.blocks[first + k] as ReferenceBlock).as(dtype));
  const eachIndex = (k: number, start: number, length: number, see: (at: number, index: number) => void): void => {
    const source: DataArray = sources[k]!;
    walk(sizes, strides[first + k]!, launch.offsets[first + k]!, start, length, (at, address, run, stride) => {
      for (let i = 0, p = address; i < run; i++, p += stride) see(at + i, source[p]!);
    });
  };
  for (let k = 0; k < indices.length; k++) {
    const size = extents[2 * k]!;
    eachIndex(k, 0, n, (_, index) => {
      if (index < -size || index >= size)
        throw new IndexError(launch.label, `index ${index} is out of bounds for dimension with size ${size}`);
    });
  }
  for (let start = 0; start < n; start += blockLength) {
    const length = Math.min(blockLength, n - start);
    walk(sizes, strides[target]!, launch.offsets[target]!, start, length, (at, address, run, stride) => {
      for (let i = 0; i < run; i++) addresses[at + i] = address + i * stride;
    });
    for (let k = 0; k < indices.length; k++) {
      const size = extents[2 * k]!;
      const stride = extents[2 * k + 1]!;
      eachIndex(k, start, length, (at, index) => {
        addresses[at]! += (index < 0 ? index + size : index) * stride;
      });
    }
    visit(start, length, addresses);
  }
}
