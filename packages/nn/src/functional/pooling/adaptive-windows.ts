/**
 * Windows of adaptive pooling: output i of m sees elements ⌊i n/m⌋ to before ⌈(i+1) n/m⌉ of n. They have different lengths, so they are gathered into
 * windows of the longest one; the shorter repeat their last element, which a mask leaves out where that matters.
 */
import { add, cast, type DType, div, dtypes, type Expression, less, min, mul, same, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchCreate, dispatchMany, layoutOf, Op, permute, reshape } from '@nn/tensor/internal';
import { bySpatial, placeOf, whole } from './windows.ts';

/** Sizes before and after an adaptive pooling, by spatial dimension. */
export interface Division {
  readonly size: readonly number[];
  readonly count: readonly number[];
}

const one = same(1, whole(0));
const startOf = (i: Expression, n: Expression, m: Expression): Expression => div(mul(i, n), m);
const endOf = (i: Expression, n: Expression, m: Expression): Expression =>
  div(add(mul(add(i, one), n), sub(m, one)), m);

/** Over (windows, elements): scalars are both sizes, then n. */
const [row, column] = placeOf(2, 0) as [Expression, Expression];
const [first, end] = [startOf(row, whole(2), whole(0)), endOf(row, whole(2), whole(0))];

const lineOp = (name: string, dtype: DType, expression: Expression): Op<'map'> =>
  new Op('map', name, { inPlace: false, build: () => ({ outputs: [{ dtype, expression }], scalars: 3 }) });
/** Which element that is. */
const indexOp = lineOp('adaptivePoolIndices', 'int64', min(add(first, column), sub(end, one)));
/** Whether the window has so many. */
const insideOp = lineOp('adaptivePoolMask', 'bool', less(add(first, column), end));

/** Elements of the longest window. */
const longest = (n: number, m: number): number => {
  // More windows than elements: each has one, and some have the next too unless they divide evenly.
  if (m > n) return n === 0 || m % n === 0 ? 1 : 2;
  let most = 1;
  for (let i = 0; i < m; i++) most = Math.max(most, Math.ceil(((i + 1) * n) / m) - Math.floor((i * n) / m));
  return most;
};

/** A table (windows, elements) for each dimension, shaped so that they broadcast to (windows, elements, windows, elements, …). */
function tables(op: Op<'map'>, dtype: DType, x: Tensor, { size, count }: Division): Tensor[] {
  return count.map((m, d) => {
    const sizes = [m, longest(size[d]!, m)];
    const table = dispatchCreate(op, layoutOf(x.layout.device, dtype, sizes), [...sizes, size[d]!]);
    const ones = (n: number): number[] => new Array<number>(2 * n).fill(1);
    const out = reshape(table, [...ones(d), ...sizes, ...ones(count.length - d - 1)]);
    table.dispose();
    return out;
  });
}

/** Whether the elements of `gathered` belong to their windows, by dimension. */
export const masks = (x: Tensor, division: Division): Tensor[] => tables(insideOp, 'bool', x, division);

const gathers = new Map<number, Op<'gather'>>();

/** The windows of the last dimensions of x as (leading sizes, windows, elements, windows, elements, …). */
export function gathered(x: Tensor, division: Division): Tensor {
  const spatial = division.size.length;
  const lead = x.layout.shape.length - spatial;
  const key = lead * 4 + spatial;
  let op = gathers.get(key);
  if (op === undefined) {
    op = new Op('gather', 'adaptivePool', { form: 'outer', dims: division.size.map((_, d) => lead + d), at: lead });
    gathers.set(key, op);
  }
  const indices = tables(indexOp, 'int64', x, division);
  const out = dispatchMany(op, [x, ...indices])[0]!;
  for (const t of indices) t.dispose();
  return out;
}

/** Windows and elements that alternate in the last dimensions, as a view with all windows before all elements. */
export function separated(windows: Tensor, spatial: number): Tensor {
  const lead = windows.layout.shape.length - 2 * spatial;
  const every = Array.from({ length: spatial }, (_, d) => lead + 2 * d);
  return permute(windows, [...Array.from({ length: lead }, (_, d) => d), ...every, ...every.map((d) => d + 1)]);
}

/** Elements of each window: scalars are the numbers of windows, then the sizes. */
const lengthsOp = bySpatial(
  (spatial) =>
    new Op('map', 'adaptivePoolCounts', {
      inPlace: false,
      build: ([layout]) => {
        const { dtype } = layout!;
        const lengths = placeOf(spatial, 0).map((i, d) => {
          const [n, m] = [whole(spatial + d), whole(d)];
          return sub(endOf(i, n, m), startOf(i, n, m));
        });
        const expression = cast(
          lengths.reduce((product, n) => mul(product, n)),
          dtypes[dtype].scalar,
        );
        return { outputs: [{ dtype, expression }], scalars: 2 * spatial };
      },
    }),
);

/** How many elements each window has. */
export const lengths = (x: Tensor, { size, count }: Division): Tensor =>
  dispatchCreate(lengthsOp(size.length), layoutOf(x.layout.device, x.dtype, count), [...count, ...size]);
