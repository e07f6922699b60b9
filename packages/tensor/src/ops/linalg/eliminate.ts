/**
 * Gaussian elimination with partial pivoting (Golub & Van Loan, "Matrix Computations", 3.4) of a whole batch at once, of which no value is read. It goes by blocks of a few
 * columns: within one, each step finds the pivot's row, which differs from matrix to matrix, and subtracts multiples of it from all others; the columns right of the block get
 * all of its steps as one product. Rows stay where they are; which were used is kept beside them. Matrices lie turned, [column, b, row], so that columns are dense.
 */
import { abs, and, constant, div, equal, input, less, notEqual, rem, same, scalar, select } from '@nn/backend'; // biome-ignore format: one list
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { assign, dispatchInto } from '../../core/in-place.ts';
import { Op } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { element } from '../elementwise/build.ts';
import { pick } from '../reduce/pick.ts';
import { cat } from '../shape/join.ts';
import { clone, expand, transpose } from '../shape/views.ts';
import {
  blockSize, front, into, lessProduct, ordered, type Panel, panelOf, part, piece, quotientOp, room, type Spots, take,
  type UnitSystems, unitSystems, view, viewsOf,
} from './blocks.ts'; // biome-ignore format: one list

/**
 * The pivot of a column, given which rows were used and their numbers from 0 on, of which scalar 0 is the last: the first of the largest in the rows that are left, or NaN. Gives
 * the multiples of its row to subtract from the others that are left (none, if the pivot is 0: they have zeros there), the rows that are used now, and its row. A used row has
 * the sign of taking it before those above it that were left.
 */
const pivotOp = new Op('rows', 'lu', {
  gradient: null,
  build: ([column, marks, numbers]) => {
    const [x, used, row] = [element(column!, 0), element(marks!, 1), element(numbers!, 2)];
    const [zero, none, one] = [same(0, x), constant(0, 'i32'), constant(1, 'i32')];
    const isLeft = equal(used, none);
    const size = select(isLeft, select(equal(x, x), abs(x), same(Number.POSITIVE_INFINITY, x)), same(-1, x));
    const [largest, place, pivot, above] = [input(3, x.type), input(4, 'i32'), input(5, x.type), input(6, 'i32')];
    const isPivot = equal(row, place);
    const sign = select(equal(rem(above, constant(2, 'i32')), none), one, constant(-1, 'i32'));
    const isSubtracted = and(and(isLeft, notEqual(row, place)), notEqual(pivot, zero));
    return {
      reductions: [
        { combine: 'max', body: size },
        { combine: 'min', body: select(equal(size, largest), row, scalar(0, 'i32')) },
        { combine: 'max', body: select(isPivot, x, same(Number.NEGATIVE_INFINITY, x)) },
        { combine: 'sum', body: select(and(isLeft, less(row, place)), one, none) },
      ],
      outputs: [
        { dtype: column!.dtype, expression: select(isSubtracted, div(x, pivot), zero), perRow: false },
        { dtype: 'int32', expression: select(isPivot, sign, used), perRow: false },
        { dtype: 'int32', expression: place, perRow: true },
      ],
      scalars: 1,
    };
  },
});

/** Elements of [column, b, row] in given rows. */
const pickOp = new Op('gather', 'lu', { form: 'aligned', dims: [2], at: 0 });

/** Memory for a block. */
interface Work {
  /** Columns of U in the rows that are used; L's are the multiples of the pivots' rows. */
  readonly panel: Panel;
  /** Rows of the pivots, [width, b, 1], and each once for every column behind it. */
  readonly order: Tensor;
  readonly places: readonly Tensor[];
  /** L in the pivots' rows, and these rows right of the block. */
  readonly right: UnitSystems;
}

const shared: Spots = new WeakMap();
const repeated: Spots = new WeakMap();

function workFor(like: Tensor, width: number, n: number, right: number): Work {
  const batch = like.layout.shape[0]!;
  const row = room(like, [width, batch, 1]);
  const shares = viewsOf(shared, row, () => Array.from({ length: width - 1 }, (_, j) => part(row, 0, width - 1 - j)));
  const panel = panelOf(like, width, n, shares);
  const order = room(panel.numbers, [width, batch, 1]);
  const places = viewsOf(repeated, order, () =>
    panel.steps.map((_, j) => view(order, [width - 1 - j, batch, 1], [0, 1, 1], j * batch)),
  );
  return { panel, order, places, right: unitSystems(like, width, right, false) };
}

interface Block {
  /** Its first row and column. */
  readonly start: number;
  /** U's rows of the block up to the block's end, [column, b, row]; below their diagonal is nothing of use. */
  readonly triangle: Tensor;
  /** The rest of these rows, and of the right sides that went through the same: [row, b, column]. */
  readonly right: Tensor;
}

export interface Elimination {
  readonly blocks: readonly Block[];
  /** U's diagonal, [n, b, 1]. */
  readonly pivots: Tensor;
  /** 1 and -1, [1, b, n]: their product is the sign of the order in which rows were taken. */
  readonly signs: Tensor;
}

/** The batch's dimension and the first one exchanged. */
const across = (x: Tensor): Tensor => ordered(x, [1, 0, 2]);

/** Eliminates the columns of [b, n, n] from them and from right sides [b, n, r]. Runs in a scope, outside of any graph. */
export function eliminate(matrices: Tensor, ...sides: readonly Tensor[]): Elimination {
  const [batch, n] = matrices.layout.shape as [number, number];
  const turned = [matrices, ...sides].map((t) => transpose(t, 1, 2));
  // The columns that are left, [b, column, row].
  let left = cat(turned, { dim: 1 }) as Tensor;
  // Two pieces of memory take turns.
  let next = room(left, left.layout.shape);
  let used = filled(left.layout.device, 'int32', [1, batch, n], 0);
  let spare = room(used, [1, batch, n]);
  const blocks: Block[] = [];
  let work: Work | null = null;
  for (let start = 0; start < n; start += work.places.length) {
    const width = Math.min(blockSize(n), n - start);
    const rest = left.layout.shape[1]! - width;
    if (work?.places.length !== width) work = workFor(left, width, n, rest);
    const { panel, order, right } = work;
    assign(panel.columns, across(piece(left, 0, width, 0, n)));
    for (const [j, { column, lower, others }] of panel.steps.entries()) {
      const places = work.places[j]!;
      into(pivotOp, [lower, spare, places], [column, used, panel.numbers], [n - 1]);
      [used, spare] = [spare, used];
      if (others === null) continue;
      into(pickOp, [others.column], [others.target, places]);
      take(others);
    }
    const places = view(order, [width, batch, width], [0, 1, batch], 0);
    const triangle = dispatch(pickOp, panel.columns, places);
    // Memory that was made for an earlier block has room for more.
    const rows = piece(right.rows, 0, batch, 0, rest);
    if (rest > 0) {
      const others = piece(left, width, rest, 0, n);
      into(pickOp, [right.triangles], [panel.lower, places]);
      assign(rows, pick('lu', ordered(others, [2, 0, 1]), expand(order, [width, batch, rest]), 0));
      for (const step of right.steps) take(step);
      if (start + width < n) {
        const found = front(next, [batch, rest, n]);
        lessProduct(found, others, ordered(rows, [1, 2, 0]), across(panel.lower));
        [left, next] = [found, left];
      }
    }
    blocks.push({ start, triangle, right: clone(rows) });
  }
  const diagonals = blocks.map(({ triangle }) => {
    const [width] = triangle.layout.shape as [number];
    return view(triangle, [width, batch, 1], [batch * width + 1, width, 1], 0);
  });
  return { blocks, pivots: cat(diagonals, { dim: 0 }) as Tensor, signs: used };
}

/** The solution [b, n, r] of U x = y by substitution from the last block up. `pivots` stand for U's diagonal where they are given. */
export function substitute(elimination: Elimination, r: number, pivots: Tensor = elimination.pivots): Tensor {
  const [n, batch] = pivots.layout.shape as [number, number];
  const out = room(pivots, [batch, n, r]);
  let system: UnitSystems | null = null;
  for (const { start, triangle, right } of [...elimination.blocks].reverse()) {
    const [width] = triangle.layout.shape as [number];
    const rest = n - start - width;
    if (system?.steps.length !== width - 1) system = unitSystems(out, width, r, true);
    const { triangles, rows, steps } = system;
    assign(rows, piece(right, 0, batch, rest, r));
    if (rest > 0) {
      const known = piece(out, start + width, rest, 0, r);
      const less = room(out, [batch, width, r]);
      lessProduct(less, across(rows), across(piece(right, 0, batch, 0, rest)), known);
      assign(rows, across(less));
    }
    // With its columns over the pivots, the triangle has ones, and its solution is the other one's times the pivots.
    const pivot = part(pivots, start, width);
    dispatchInto(quotientOp, [triangles, triangle, pivot]);
    for (const step of steps) take(step);
    dispatchInto(quotientOp, [piece(out, start, width, 0, r), across(rows), across(pivot)]);
  }
  return out;
}
