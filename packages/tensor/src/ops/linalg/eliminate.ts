/**
 * Gaussian elimination with partial pivoting (Golub & Van Loan, "Matrix Computations", 3.4) of a whole batch at once, of which no value is read: each step finds the pivot's
 * row, which differs from matrix to matrix, takes it aside and subtracts multiples of it from all others. Rows stay where they are; which were used is kept beside them. Two
 * short launches, a gather and an update of the matrices a step.
 */
import { abs, constant, coordinate, div, equal, mul, rem, same, scalar, select, sub } from '@nn/backend';
import { dispatch, dispatchMany } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { Op } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { reduction } from '../reduce/build.ts';
import { pick } from '../reduce/pick.ts';
import { expand, sliceView } from '../shape/views.ts';
import { matmulOf } from './matmul.ts';

/** Which row has the largest element of the column; used rows don't count. */
const pivotRow = reduction('lu', {
  combine: 'argmax',
  dtype: () => 'int64',
  body: ([x, used]) => select(equal(used!, constant(0, 'i32')), abs(x!), same(-1, x!)),
});

/** 1 where the row is the pivot's, of n rows (scalar 0), else what it was. */
const usedOp = new Op('map', 'lu', {
  inPlace: false,
  build: ([used, place]) => {
    const isPivot = equal(rem(coordinate, scalar(0, 'i32')), element(place!, 1));
    return single('int32', select(isPivot, constant(1, 'i32'), element(used!, 0)), 1);
  },
});

/** x less its row's share of the pivot's row. A pivot of 0 has a column of zeros below: there is nothing to subtract. */
const eliminateOp = new Op('map', 'lu', {
  inPlace: false,
  build: ([layout]) => {
    const [x, first] = [element(layout!, 0), element(layout!, 1)];
    const [row, pivot] = [element(layout!, 2), element(layout!, 3)];
    const isSingular = equal(pivot, same(0, pivot));
    return single(layout!.dtype, select(isSingular, x, sub(x, mul(div(first, pivot), row))));
  },
});

/** (y − Σ) / pivot, over a row of the solution. */
const dividedOp = new Op('map', 'lu', {
  inPlace: true,
  build: (layouts) => {
    const [layout] = layouts;
    const [y, pivot] = [element(layout!, 1), element(layout!, 2)];
    return single(layout!.dtype, div(layouts.length > 3 ? sub(y, element(layout!, 3)) : y, pivot));
  },
});

export interface Elimination {
  /** Row k of U from its diagonal on, and of the right sides that went through the same: [b, 1, n - k + r]. */
  readonly rows: readonly Tensor[];
  /** The row that k was: [b, 1, 1], int64. */
  readonly order: readonly Tensor[];
}

/** Eliminates the first n columns of [b, n, n + r]. Runs in a scope, outside of any graph. */
export function eliminate(matrices: Tensor): Elimination {
  const [batch, n, width] = matrices.layout.shape as [number, number, number];
  const rows: Tensor[] = [];
  const order: Tensor[] = [];
  let used = filled(matrices.layout.device, 'int32', [batch, n, 1], 0);
  let left = matrices;
  for (let k = 0; k < n; k++) {
    const columns = width - k;
    const first = sliceView(left, 2, 0, 1);
    const place = pivotRow(first, { dim: 1, keepdim: true }, [], used);
    const row = pick('lu', left, expand(place, [batch, 1, columns]), 1);
    rows.push(row);
    order.push(place);
    if (k === n - 1) break;
    used = dispatch(usedOp, used, place, null, [n]);
    const tail = (t: Tensor): Tensor => sliceView(t, 2, 1, columns - 1);
    const next = dispatchMany(eliminateOp, [tail(left), first, tail(row), sliceView(row, 2, 0, 1)])[0]!;
    if (left !== matrices) left.dispose();
    left = next;
  }
  return { rows, order };
}

/** The solution [b, n, r] of U x = y by substitution from the last row up. `pivots` stand for those of the rows where they are given. */
export function substitute({ rows }: Elimination, r: number, pivots: readonly Tensor[] | null = null): Tensor {
  const n = rows.length;
  const { device, dtype, shape } = rows[0]!.layout;
  const out = filled(device, dtype, [shape[0]!, n, r], 0);
  for (let k = n - 1; k >= 0; k--) {
    const row = rows[k]!;
    const operands = [
      sliceView(out, 1, k, 1),
      sliceView(row, 2, n - k, r),
      pivots === null ? sliceView(row, 2, 0, 1) : pivots[k]!,
    ];
    if (k < n - 1) operands.push(matmulOf(sliceView(row, 2, 1, n - k - 1), sliceView(out, 1, k + 1, n - k - 1)));
    dispatchInto(dividedOp, operands);
  }
  return out;
}
