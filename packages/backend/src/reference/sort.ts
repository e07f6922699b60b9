/** The `sort` kind: positions of each row, sorted stably by what stands there. */
import type { Launch } from '../backend.ts';
import type { SortKernel } from '../kernel.ts';
import { product } from '../strides.ts';
import { type ReferenceBlock, walk } from './walk.ts';

export function compileSort(kernel: SortKernel): (launch: Launch) => void {
  return (launch) => {
    const { sizes, strides } = launch.geometry!;
    const n = sizes[kernel.rank]!;
    const outer = product(sizes.slice(0, kernel.rank));
    const [values, source] = [0, 2].map((i) => (launch.blocks[i] as ReferenceBlock).as(kernel.input.dtype));
    const places = (launch.blocks[1] as ReferenceBlock).as('int64');
    const row = new Float64Array(n);
    const order = new Uint32Array(n);
    const ascending = (p: number, q: number): number => compare(row[p]!, row[q]!) || p - q;
    const descending = (p: number, q: number): number => compare(row[q]!, row[p]!) || p - q;
    for (let r = 0; r < outer; r++) {
      walk(sizes, strides[2]!, launch.offsets[2]!, r * n, n, (at, address, length, stride) => {
        for (let i = 0, p = address; i < length; i++, p += stride) row[at + i] = source![p]!;
      });
      for (let i = 0; i < n; i++) order[i] = i;
      order.sort(kernel.descending ? descending : ascending);
      for (let i = 0, p = launch.offsets[0]! + r * n, q = launch.offsets[1]! + r * n; i < n; i++, p++, q++) {
        values![p] = row[order[i]!]!;
        places[q] = order[i]!;
      }
    }
  };
}

/** Numbers in ascending order, NaN after all of them; both zeros are equal. */
function compare(x: number, y: number): number {
  if (x < y) return -1;
  if (x > y) return 1;
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
}
