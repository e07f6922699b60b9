/**
 * What the decompositions by blocks share: launches into memory that is there already, and the steps within a block of few rows or columns. What a step reads and writes are
 * views that are made once and used for every block, as making one takes longer than the launch.
 */
import { div, mul, sub } from '@nn/backend';
import { fresh } from '../../core/dispatch.ts';
import { noNumbers, run, runMany } from '../../core/launch.ts';
import { contiguousStrides, type Layout, layoutOf } from '../../core/layout.ts';
import { Op } from '../../core/op.ts';
import type { Plan } from '../../core/plan.ts';
import { planFor, planForMany } from '../../core/plan-cache.ts';
import { factory } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { arange } from '../creation/ranges.ts';
import { element, single } from '../elementwise/build.ts';

/** Rows or columns of a block of matrices of size n: few, as each takes launches of its own, of which the product that follows takes one a block. */
export const blockSize = (n: number): number => Math.min(n, n > 128 ? 32 : 16);

/** Dense memory to work in; what it holds is undefined. */
export const room = (like: Tensor, shape: readonly number[], dtype: Tensor['dtype'] = like.dtype): Tensor =>
  fresh(layoutOf(like.layout.device, dtype, shape), 'lu');

/** Launches an op into tensors that are there already, outside of any graph: dense ones of the shapes that it gives, or the target of an op in place, its first input. */
export const into = (
  op: Op,
  outs: readonly Tensor[],
  inputs: readonly Tensor[],
  scalars: readonly number[] = noNumbers,
): void => runMany(planForMany(op, inputs), outs, inputs, scalars);

const lessTimesOp = new Op('map', 'lu', {
  inPlace: true,
  build: ([x, a, b]) => single(x!.dtype, sub(element(x!, 0), mul(element(a!, 1), element(b!, 2)))),
});

/** target −= column · row; all have the second dimension, the batch's. */
interface Step {
  readonly plan: Plan;
  readonly target: Tensor;
  readonly column: Tensor;
  readonly row: Tensor;
}

const stepOf = (target: Tensor, column: Tensor, row: Tensor): Step => ({
  plan: planFor(lessTimesOp, target.layout, column.layout, row.layout),
  target,
  column,
  row,
});

export const take = ({ plan, target, column, row }: Step): void => run(plan, target, target, column, row, noNumbers);

const lessProductOp = new Op('matmul', 'lu', { addend: 'scaled' });

/** out = c − a b of batches of matrices; a dense `out`. */
export const lessProduct = (out: Tensor, c: Tensor, a: Tensor, b: Tensor): void =>
  into(lessProductOp, [out], [a, b, c], [-1, 1]);

/** a / b over anything. */
export const quotientOp: Op<'map'> = new Op('map', 'lu', {
  inPlace: true,
  build: ([x, a, b]) => single(x!.dtype, div(element(a!, 1), element(b!, 2))),
});

/** A view that is no handle: x outlives it, and nobody disposes of it. */
export const view = (x: Tensor, shape: readonly number[], strides: readonly number[], offset: number): Tensor =>
  factory.make(x.storage, layoutOf(x.layout.device, x.dtype, shape, strides), x.start + offset);

/** Such a view, dense, of the first elements. */
export const front = (x: Tensor, shape: readonly number[]): Tensor => view(x, shape, contiguousStrides(shape), 0);

/** Such a view of some positions of the second of three dimensions, and of the third. */
export function piece(x: Tensor, from: number, count: number, first: number, columns: number): Tensor {
  const { shape, strides } = x.layout;
  return view(x, [shape[0]!, count, columns], strides, from * strides[1]! + first * strides[2]!);
}

/** Such a view of three dimensions in another order. */
export function ordered(x: Tensor, [a, b, c]: readonly [number, number, number]): Tensor {
  const { shape, strides } = x.layout;
  return view(x, [shape[a]!, shape[b]!, shape[c]!], [strides[a]!, strides[b]!, strides[c]!], 0);
}

/** Such a view of some positions of the first of three dimensions. */
export function part(x: Tensor, from: number, count: number): Tensor {
  const { shape, strides } = x.layout;
  return view(x, [count, shape[1]!, shape[2]!], strides, from * strides[0]!);
}

/** Where views of memory of some layout lie in it. */
export type Spots = WeakMap<Layout, readonly { readonly layout: Layout; readonly offset: number }[]>;

/** Views of x that are always the same for memory of its layout: where they lie is worked out once. */
export function viewsOf(spots: Spots, x: Tensor, make: () => readonly Tensor[]): readonly Tensor[] {
  const known = spots.get(x.layout);
  if (known !== undefined) return known.map(({ layout, offset }) => factory.make(x.storage, layout, x.start + offset));
  const made = make();
  spots.set(
    x.layout,
    made.map((t) => ({ layout: t.layout, offset: t.start - x.start })),
  );
  return made;
}

const positions: Spots = new WeakMap();
const columnsBehind: Spots = new WeakMap();
const ownShares: Spots = new WeakMap();

/** One of each position of the first of three dimensions. */
const each = (x: Tensor): readonly Tensor[] =>
  viewsOf(positions, x, () => Array.from({ length: x.layout.shape[0]! }, (_, j) => part(x, j, 1)));

/** Memory for a block's columns and the columns of L that they give, both [width, b, n], with what either step reads and writes. */
export interface Panel {
  readonly columns: Tensor;
  readonly lower: Tensor;
  /** Numbers of rows, from 0 on. */
  readonly numbers: Tensor;
  readonly steps: readonly {
    readonly column: Tensor;
    readonly lower: Tensor;
    /** What becomes of the columns behind; null if there are none. */
    readonly others: Step | null;
  }[];
}

/** `shares`: how many times the columns behind each but the last lose that of L; its own elements behind the diagonal, if they aren't given. */
export function panelOf(like: Tensor, width: number, n: number, shares?: readonly Tensor[]): Panel {
  const shape = [width, like.layout.shape[0]!, n];
  const [columns, lower] = [room(like, shape), room(like, shape)];
  const found = each(lower);
  const last = width - 1;
  const behind = viewsOf(columnsBehind, columns, () =>
    Array.from({ length: last }, (_, j) => part(columns, j + 1, last - j)),
  );
  const times =
    shares ?? viewsOf(ownShares, lower, () => Array.from({ length: last }, (_, j) => down(lower, j, j + 1, last - j)));
  const steps = each(columns).map((column, j) => {
    const others = j === last ? null : stepOf(behind[j]!, times[j]!, found[j]!);
    return { column, lower: found[j]!, others };
  });
  const numbers = arange(n, { dtype: 'int32', backend: like.backend } as never) as Tensor;
  return { columns, lower, numbers, steps };
}

/** Such a view of some rows of column j of [column, b, row], as [row, b, 1]. */
export function down(x: Tensor, j: number, from: number, count: number): Tensor {
  const [, batch, n] = x.layout.shape as [number, number, number];
  return view(x, [count, batch, 1], [1, n, 1], j * batch * n + from);
}

/** Triangles with ones on the diagonal, [column, b, row] (what lies on and beyond it isn't read), and right sides, [row, b, column]. */
export interface UnitSystems {
  readonly triangles: Tensor;
  readonly rows: Tensor;
  readonly steps: readonly Step[];
}

/** Rows that a step changes, and the columns of the triangle that it takes: of lower triangles and of upper ones. */
const changed: readonly [Spots, Spots] = [new WeakMap(), new WeakMap()];
const taken: readonly [Spots, Spots] = [new WeakMap(), new WeakMap()];

/** Memory for systems of `size` equations. */
export function unitSystems(like: Tensor, size: number, sides: number, isUpper: boolean): UnitSystems {
  const batch = like.layout.shape[0]!;
  const triangles = room(like, [size, batch, size]);
  const rows = room(like, [size, batch, sides]);
  if (sides === 0) return { triangles, rows, steps: [] };
  const row = each(rows);
  const which = isUpper ? 1 : 0;
  // Of step k, counted from 1: a column, and the rows before or behind it.
  const place = (k: number): readonly [number, number] => (isUpper ? [size - k, 0] : [k - 1, k]);
  const every = (view: (k: number) => Tensor): readonly Tensor[] =>
    Array.from({ length: size - 1 }, (_, k) => view(k + 1));
  const targets = viewsOf(changed[which], rows, () => every((k) => part(rows, place(k)[1], size - k)));
  const columns = viewsOf(taken[which], triangles, () => every((k) => down(triangles, ...place(k), size - k)));
  const steps = targets.map((target, i) => stepOf(target, columns[i]!, row[place(i + 1)[0]]!));
  return { triangles, rows, steps };
}
