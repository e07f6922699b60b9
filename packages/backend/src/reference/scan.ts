/** The `scan` kind: one pass along each row, in the output's type (floats in double precision, rounded as they are stored). */
import type { Launch } from '../backend.ts';
import { dtypes } from '../dtype.ts';
import type { ScanKernel } from '../kernel.ts';
import { product } from '../strides.ts';
import { storing } from './half.ts';
import { combiner, identity } from './reduce.ts';
import { type ReferenceBlock, walk } from './walk.ts';

export function compileScan(kernel: ScanKernel): (launch: Launch) => void {
  const type = dtypes[kernel.output.dtype].scalar;
  const step = combiner(kernel.combine, type);
  const start = identity(kernel.combine, type);
  const store = storing(kernel.output.dtype);
  const inputAt = kernel.indices ? 2 : 1;
  const sign = kernel.combine === 'max' ? 1 : -1;
  return (launch) => {
    const { sizes, strides } = launch.geometry!;
    const n = sizes[kernel.rank]!;
    const outer = product(sizes.slice(0, kernel.rank));
    const source = (launch.blocks[inputAt] as ReferenceBlock).as(kernel.input.dtype);
    const target = (launch.blocks[0] as ReferenceBlock).as(kernel.output.dtype);
    const places = kernel.indices ? (launch.blocks[1] as ReferenceBlock).as('int64') : null;
    if (n === 0) return;
    for (let row = 0; row < outer; row++) {
      const from = startOf(sizes, strides[inputAt]!, launch.offsets[inputAt]!, row * n);
      const to = startOf(sizes, strides[0]!, launch.offsets[0]!, row * n);
      const indexTo = places === null ? 0 : launch.offsets[1]! + row * n;
      const fromStep = strides[inputAt]![kernel.rank]!;
      const toStep = strides[0]![kernel.rank]!;
      let a = start;
      let best = 0;
      for (let i = 0; i < n; i++) {
        const j = kernel.reverse ? n - 1 - i : i;
        const x = source[from + j * fromStep]!;
        if (places === null) a = step(a, x);
        else if (i === 0 || Number.isNaN(x) || (!Number.isNaN(a) && sign * x >= sign * a)) {
          a = x;
          best = j;
        }
        target[to + j * toStep] = store(a);
        if (places !== null) places[indexTo + j] = best;
      }
    }
  };
}

/** Address of the element at a row-major position. */
function startOf(sizes: readonly number[], strides: readonly number[], offset: number, position: number): number {
  let found = offset;
  walk(sizes, strides, offset, position, 1, (_, address) => {
    found = address;
  });
  return found;
}
