/**
 * Distinct elements. The size of the result depends on the values, so they are read, compared here, and written back: at once where the backend can read
 * without waiting, awaited with the functions that end in `Async`.
 */

import { type DataArray, type DType, dtypes } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import { untracked } from '../../core/state.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { fromFlat } from '../creation/from-data.ts';
import { reorder } from '../shape/views.ts';

export interface UniqueOptions<I extends boolean = boolean, C extends boolean = boolean> {
  /** Always so: the values come in ascending order. */
  readonly sorted?: boolean | undefined;
  /** Also give, for each element, the position of its value; false. */
  readonly returnInverse?: I | undefined;
  /** Also give how often each value occurs; false. */
  readonly returnCounts?: C | undefined;
  /** Compare whole slices along this dimension instead of elements. */
  readonly dim?: number | undefined;
}

/** What is distinct: the tensor alone, or with the parts that were asked for. */
export type Unique<D extends DType, I, C> = [I, C] extends [false, false]
  ? Tensor<Shape, D>
  : { readonly values: Tensor<Shape, D> } & (I extends true ? { readonly inverse: Tensor<Shape, 'int64'> } : unknown) &
      (C extends true ? { readonly counts: Tensor<[number], 'int64'> } : unknown);

type Options = Omit<UniqueOptions, 'sorted'>;

/** Rows of `width` elements, by the numbers of the first of each distinct one, and for every row the number of its distinct one. */
interface Groups {
  readonly firsts: number[];
  readonly inverse: Int32Array;
  readonly counts: number[];
}

/** Rows in ascending order, NaN after all numbers; both zeros are equal. */
const comparison =
  (values: DataArray, width: number) =>
  (p: number, q: number): number => {
    for (let i = 0; i < width; i++) {
      const [x, y] = [values[p * width + i]!, values[q * width + i]!];
      if (x !== y) {
        const order = x < y ? -1 : x > y ? 1 : Number(Number.isNaN(x)) - Number(Number.isNaN(y));
        if (order !== 0) return order;
      }
    }
    return 0;
  };

const equality =
  (values: DataArray, width: number) =>
  (p: number, q: number): boolean => {
    for (let i = 0; i < width; i++) if (values[p * width + i] !== values[q * width + i]) return false;
    return true;
  };

/** Neighbours in the order that are equal form a group. A NaN equals nothing. */
function group(values: DataArray, width: number, count: number, consecutive: boolean): Groups {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  if (!consecutive) order.sort(comparison(values, width));
  const isSame = equality(values, width);
  const [firsts, counts, inverse] = [[] as number[], [] as number[], new Int32Array(count)];
  for (let k = 0; k < count; k++) {
    const row = order[k]!;
    if (k === 0 || !isSame(row, order[k - 1]!)) {
      firsts.push(row);
      counts.push(0);
    }
    counts[counts.length - 1]!++;
    inverse[row] = counts.length - 1;
  }
  return { firsts, inverse, counts };
}

/** x with the dimension to compare along in front; the others make up the rows. */
function rowsOf(op: string, x: Tensor, dim: number | undefined): Tensor {
  if (dim === undefined) return x;
  const d = dimension(op, dim, x.layout.shape.length);
  if (d === 0) return x;
  const order = x.layout.shape.map((_, i) => (i === 0 ? d : i <= d ? i - 1 : i));
  return untracked(() => reorder(x, op, order));
}

function assemble(x: Tensor, rows: Tensor, values: DataArray, consecutive: boolean, options: Options): unknown {
  const { shape } = rows.layout;
  const whole = options.dim === undefined;
  const count = whole ? values.length : (shape[0] ?? 1);
  const width = whole || count === 0 ? 1 : values.length / count;
  const { firsts, inverse, counts } = group(values, width, count, consecutive);
  const distinct = new dtypes[x.dtype].array(firsts.length * width);
  firsts.forEach((row, k) => {
    distinct.set(values.subarray(row * width, (row + 1) * width), k * width);
  });
  const { backend } = x;
  const result = fromFlat(distinct, whole ? [firsts.length] : [firsts.length, ...shape.slice(1)], x.dtype, backend);
  const d = whole ? 0 : dimension('unique', options.dim!, x.layout.shape.length);
  const order = result.layout.shape.map((_, i) => (i < d ? i + 1 : i === d ? 0 : i));
  const output = d === 0 ? result : reorder(result, 'unique', order);
  if (options.returnInverse !== true && options.returnCounts !== true) return output;
  return {
    values: output,
    ...(options.returnInverse === true && {
      inverse: fromFlat(inverse, whole ? x.layout.shape : [count], 'int64', backend),
    }),
    ...(options.returnCounts === true && {
      counts: fromFlat(Int32Array.from(counts), [counts.length], 'int64', backend),
    }),
  };
}

function now(op: string, x: Tensor, consecutive: boolean, options: Options): unknown {
  const rows = rowsOf(op, x, checkNamed(op, options).dim);
  return assemble(x, rows, readSync(rows, op), consecutive, options);
}

async function later(op: string, x: Tensor, consecutive: boolean, options: Options): Promise<unknown> {
  const rows = rowsOf(op, x, checkNamed(op, options).dim);
  return assemble(x, rows, await read(rows), consecutive, options);
}

/**
 * The distinct elements in ascending order, or distinct slices along `dim`; with `returnInverse` or `returnCounts` as `{ values, inverse, counts }`. Every NaN is
 * distinct. Reads x: on a backend that can't without waiting, await `uniqueAsync`. PyTorch: `torch.unique`.
 * @example
 * ```ts
 * import { tensor, unique } from '@nn/tensor';
 * const { values, counts } = unique(tensor([3, 1, 3]), { returnCounts: true });
 * console.log(await values.toArray(), await counts.toArray()); // prints: [ 1, 3 ] [ 1, 2 ]
 * ```
 */
export const unique = <A extends Tensor, I extends boolean = false, C extends boolean = false>(
  x: A,
  options: UniqueOptions<I, C> = {},
): Unique<A['dtype'], I, C> => now('unique', x, false, options) as never;

/** `unique` on any backend. */
export const uniqueAsync = <A extends Tensor, I extends boolean = false, C extends boolean = false>(
  x: A,
  options: UniqueOptions<I, C> = {},
): Promise<Unique<A['dtype'], I, C>> => later('unique', x, false, options) as never;

/** The first element of each run of equal ones, or of slices along `dim`; otherwise as `unique`. PyTorch: `torch.unique_consecutive`. */
export const uniqueConsecutive = <A extends Tensor, I extends boolean = false, C extends boolean = false>(
  x: A,
  options: Omit<UniqueOptions<I, C>, 'sorted'> = {},
): Unique<A['dtype'], I, C> => now('uniqueConsecutive', x, true, options) as never;

/** `uniqueConsecutive` on any backend. */
export const uniqueConsecutiveAsync = <A extends Tensor, I extends boolean = false, C extends boolean = false>(
  x: A,
  options: Omit<UniqueOptions<I, C>, 'sorted'> = {},
): Promise<Unique<A['dtype'], I, C>> => later('uniqueConsecutive', x, true, options) as never;
