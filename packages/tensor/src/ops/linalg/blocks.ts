/**
 * What the decompositions by blocks share: launches into memory that is there already, and the steps within a block of few rows or columns. What a step reads and writes are
 * views that are made once and used for every block, as making one takes longer than the launch.
 */
import { mul, sub } from '@nn/backend';
import { fresh } from '../../core/dispatch.ts';
import { noNumbers, run, runMany } from '../../core/launch.ts';
import { contiguousStrides, layoutOf } from '../../core/layout.ts';
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

/** A view that is no handle: x outlives it, and nobody disposes of it. */
export const view = (x: Tensor, shape: readonly number[], strides: readonly number[], offset: number): Tensor =>
  factory.make(x.storage, layoutOf(x.layout.device, x.dtype, shape, strides), x.start + offset);

/** Such a view, dense, of the first elements. */
export const front = (x: Tensor, shape: readonly number[]): Tensor => view(x, shape, contiguousStrides(shape), 0);

/** Such a view of some positions of the first of three dimensions. */
export function part(x: Tensor, from: number, count: number): Tensor {
  const { shape, strides } = x.layout;
  return view(x, [count, shape[1]!, shape[2]!], strides, from * strides[0]!);
}

/** One of each of these positions. */
function each(x: Tensor): Tensor[] {
  const { shape, strides } = x.layout;
  const { layout } = part(x, 0, 1);
  return Array.from({ length: shape[0]! }, (_, j) => factory.make(x.storage, layout, x.start + j * strides[0]!));
}

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

/** `shares(lower, j, count)`: how many times the columns behind column j, `count` of them, lose that of L. */
export function panelOf(
  like: Tensor,
  width: number,
  n: number,
  shares: (lower: Tensor, j: number, count: number) => Tensor,
): Panel {
  const shape = [width, like.layout.shape[0]!, n];
  const [columns, lower] = [room(like, shape), room(like, shape)];
  const found = each(lower);
  const steps = each(columns).map((column, j) => {
    const behind = width - 1 - j;
    const others = behind === 0 ? null : stepOf(part(columns, j + 1, behind), shares(lower, j, behind), found[j]!);
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

/** Memory for systems of `size` equations. */
export function unitSystems(like: Tensor, size: number, sides: number, isUpper: boolean): UnitSystems {
  const batch = like.layout.shape[0]!;
  const triangles = room(like, [size, batch, size]);
  const rows = room(like, [size, batch, sides]);
  const row = each(rows);
  const steps: Step[] = [];
  for (let k = 1; k < size && sides > 0; k++) {
    const [j, from, count] = isUpper ? [size - k, 0, size - k] : [k - 1, k, size - k];
    steps.push(stepOf(part(rows, from, count), down(triangles, j, from, count), row[j]!));
  }
  return { triangles, rows, steps };
}
