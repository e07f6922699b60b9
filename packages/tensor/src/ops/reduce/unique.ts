/**
 * Distinct elements. The size of the result depends on the values, so they are read (sorted, where that helps), compared here, and written back: at once where the backend can read
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
import { finish, reorder, reshape } from '../shape/views.ts';
import { ordered } from './order.ts';

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

/** The distinct rows, for every row the number of its distinct one (empty if nobody asks for it), and how often each occurs. */
interface Groups {
  readonly distinct: DataArray;
  readonly inverse: Int32Array;
  readonly counts: Int32Array;
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

/** Whether two rows, given by where they begin, are equal. A NaN equals nothing. */
function areEqual(values: DataArray, width: number, p: number, q: number): boolean {
  for (let i = 0; i < width; i++) if (values[p + i] !== values[q + i]) return false;
  return true;
}

/** Rows of `width` elements; neighbours that are equal form a group: in ascending order, or (`consecutive`) as they stand. */
function group(values: DataArray, width: number, count: number, consecutive: boolean): Groups {
  const order = consecutive ? null : new Uint32Array(count);
  if (order !== null) {
    for (let i = 0; i < count; i++) order[i] = i;
    order.sort(comparison(values, width));
  }
  const [distinct, inverse, counts] = [values.slice(), new Int32Array(count), new Int32Array(count)];
  let found = 0;
  for (let k = 0, before = 0; k < count; k++) {
    const row = order === null ? k : order[k]!;
    const at = row * width;
    if (k === 0 || !areEqual(values, width, at, before)) {
      for (let i = 0; i < width; i++) distinct[found * width + i] = values[at + i]!;
      found++;
    }
    before = at;
    counts[found - 1]!++;
    inverse[row] = found - 1;
  }
  return { distinct: distinct.subarray(0, found * width), inverse, counts: counts.subarray(0, found) };
}

/** Groups of neighbours that are equal, found without a branch for each element; takes the memory of `values`. A NaN equals nothing. */
function groupRuns(values: DataArray, inverted: boolean): Groups {
  const count = values.length;
  const [inverse, starts] = [new Int32Array(inverted ? count : 0), new Int32Array(count + 1)];
  let found = 0;
  let before = Number.NaN;
  for (let k = 0; k < count; k++) {
    const value = values[k]!;
    // What the next run overwrites, unless this is the first of its own.
    values[found] = value;
    starts[found] = k;
    found += Number(value !== before);
    before = value;
    if (inverted) inverse[k] = found - 1;
  }
  // Where each run starts becomes how long it is.
  starts[found] = count;
  for (let g = 0; g < found; g++) starts[g] = starts[g + 1]! - starts[g]!;
  return { distinct: values.subarray(0, found), inverse, counts: starts.subarray(0, found) };
}

/** Groups of sorted elements, of which `order` says where they were (null if no inverse is asked for). */
function groupSorted(sorted: DataArray, order: DataArray | null): Groups {
  const groups = groupRuns(sorted, order !== null);
  const inverse = new Int32Array(groups.inverse.length);
  if (order !== null) for (let k = 0; k < inverse.length; k++) inverse[order[k]!] = groups.inverse[k]!;
  return { ...groups, inverse };
}

/** Groups of integers by a table of all there may be; null if they are too far apart. */
function groupNear(values: DataArray, inverted: boolean): Groups | null {
  const count = values.length;
  let [low, high] = [0x7fffffff, -0x80000000];
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const span = Math.max(high - low + 1, 0);
  if (span > 4 * count + 256) return null;
  const table = new Int32Array(span);
  for (let i = 0; i < count; i++) table[values[i]! - low]!++;
  const [distinct, counts] = [values.slice(), new Int32Array(count)];
  let found = 0;
  for (let i = 0; i < span; i++)
    if (table[i] !== 0) {
      distinct[found] = low + i;
      counts[found] = table[i]!;
      table[i] = found++;
    }
  const inverse = new Int32Array(inverted ? count : 0);
  if (inverted) for (let i = 0; i < count; i++) inverse[i] = table[values[i]! - low]!;
  return { distinct: distinct.subarray(0, found), inverse, counts: counts.subarray(0, found) };
}

/** Something that has to be read; what comes back are its values. */
type Reading<T> = Generator<Tensor, T, DataArray>;

/** Groups of single elements: near integers by a table, others are sorted where they are. */
function* groupElements(x: Tensor, inverted: boolean): Reading<Groups> {
  if (dtypes[x.dtype].category !== 'float') {
    const near = groupNear(yield x, inverted);
    if (near !== null) return near;
  }
  const flat = untracked(() => reshape(x, [-1]));
  const { values, indices } = ordered(flat, 0, false);
  const groups = groupSorted(yield values, inverted ? yield indices : null);
  finish(x, x, flat, values, indices);
  return groups;
}

/** x with the dimension to compare along in front; the others make up the rows. */
function rowsOf(op: string, x: Tensor, dim: number | undefined): Tensor {
  if (dim === undefined) return x;
  const d = dimension(op, dim, x.layout.shape.length);
  if (d === 0) return x;
  const order = x.layout.shape.map((_, i) => (i === 0 ? d : i <= d ? i - 1 : i));
  return untracked(() => reorder(x, op, order));
}

function* distinct(op: string, x: Tensor, consecutive: boolean, options: Options): Reading<unknown> {
  const { dim, returnInverse, returnCounts } = checkNamed(op, options);
  const { backend } = x;
  const whole = dim === undefined;
  const rows = rowsOf(op, x, dim);
  const { shape } = rows.layout;
  const count = whole ? x.layout.size : (shape[0] ?? 1);
  const width = whole || count === 0 ? 1 : rows.layout.size / count;
  const inverted = returnInverse === true;
  let groups: Groups;
  if (whole && !consecutive) groups = yield* groupElements(x, inverted);
  else if (consecutive && width === 1) groups = groupRuns(yield rows, inverted);
  else groups = group(yield rows, width, count, consecutive);
  finish(x, x, rows);
  const found = groups.counts.length;
  const result = fromFlat(groups.distinct, whole ? [found] : [found, ...shape.slice(1)], x.dtype, backend);
  const d = whole ? 0 : dimension('unique', dim, x.layout.shape.length);
  const order = result.layout.shape.map((_, i) => (i < d ? i + 1 : i === d ? 0 : i));
  const values = d === 0 ? result : untracked(() => reorder(result, 'unique', order));
  if (values !== result) {
    // Nothing else reaches the rows.
    values.base = null;
    result.dispose();
  }
  if (returnInverse !== true && returnCounts !== true) return values;
  return {
    values,
    ...(returnInverse === true && {
      inverse: fromFlat(groups.inverse, whole ? x.layout.shape : [count], 'int64', backend),
    }),
    ...(returnCounts === true && { counts: fromFlat(groups.counts, [found], 'int64', backend) }),
  };
}

function now(op: string, x: Tensor, consecutive: boolean, options: Options): unknown {
  const steps = distinct(op, x, consecutive, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next(readSync(step.value, op));
  return step.value;
}

async function later(op: string, x: Tensor, consecutive: boolean, options: Options): Promise<unknown> {
  const steps = distinct(op, x, consecutive, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next(await read(step.value));
  return step.value;
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
