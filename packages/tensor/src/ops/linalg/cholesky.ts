/**
 * The Cholesky factor of a whole batch at once, by blocks of a few columns (Golub & Van Loan, "Matrix Computations", 4.2): column by column within one, whose product with
 * itself is then taken from what is left.
 */
import { div, input, less, same, scalar, select, sqrt } from '@nn/backend';
import { composite, compositeOp, savedResult } from '../../core/composite.ts';
import { outputBit } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { assign } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import { add, mul as times } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { contiguous } from '../shape/views.ts';
import {
  blockSize, down, front, into, lessProduct, ordered, type Panel, panelOf, piece, room, type Spots, take, viewsOf,
} from './blocks.ts'; // biome-ignore format: one list
import { matmulOf } from './matmul.ts';
import { across, overBatch } from './matrices.ts';
import { solveTriangles, weighed } from './triangular.ts';

/** A column over the root of the pivot from the pivot's row (scalar) on, 0 before. */
const columnOp = new Op('map', 'cholesky', {
  inPlace: false,
  build: ([layout]) => {
    const [x, pivot, row] = [element(layout!, 0), element(layout!, 1), input(2, 'i32')];
    return single(layout!.dtype, select(less(row, scalar(0, 'i32')), same(0, x), div(x, sqrt(pivot))), 1);
  },
});

/** A = L Lᵀ: Ā = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, made symmetric; Φ keeps the lower triangle and halves the diagonal (Murray, "Differentiation of the Cholesky decomposition", 2016). */
const choleskyOp = compositeOp('cholesky', {
  needs: () => outputBit,
  apply: (node, _, g) =>
    scope(() => {
      const upper = across(savedResult(node));
      const kept = weighed(matmulOf(upper, g), 1, 0.5, 0);
      const found = solveTriangles(upper, across(solveTriangles(upper, kept, true)), true);
      return times(add(found, across(found)), 0.5) as Tensor;
    }),
});

const diagonals: Spots = new WeakMap();

/** The lower factors of [b, n, n], whose upper triangles nobody reads. */
const factors = (matrices: Tensor): Tensor =>
  composite(choleskyOp, [matrices], () => {
    const { device, dtype, shape } = matrices.layout;
    const [batch, n] = shape as [number, number];
    const out = filled(device, dtype, shape, 0);
    // What is left, [b, column, row]; two pieces of memory take turns.
    let left = across(matrices);
    let [next, spare] = [room(left, shape), room(left, shape)];
    let panel: Panel | null = null;
    let pivots: readonly Tensor[] = [];
    for (let start = 0; start < n; start += panel.steps.length) {
      const size = n - start;
      const width = Math.min(blockSize(n), size);
      if (panel?.steps.length !== width) {
        panel = panelOf(left, width, size);
        const { columns, steps } = panel;
        pivots = viewsOf(diagonals, columns, () => steps.map((_, j) => down(columns, j, j, 1)));
      }
      assign(piece(panel.columns, 0, batch, 0, size), ordered(piece(left, 0, width, 0, size), [1, 0, 2]));
      for (const [j, { column, lower, others }] of panel.steps.entries()) {
        into(columnOp, [lower], [column, pivots[j]!, panel.numbers], [j]);
        if (others !== null) take(others);
      }
      const lower = ordered(piece(panel.lower, 0, batch, 0, size), [1, 2, 0]);
      assign(piece(out, start, size, start, width), lower);
      if (width === size) break;
      const rest = size - width;
      const below = piece(lower, width, rest, 0, width);
      const others = piece(left, width, rest, width, rest);
      left = front(next, [batch, rest, rest]);
      lessProduct(left, others, below, ordered(below, [0, 2, 1]));
      [next, spare] = [spare, next];
    }
    return out;
  });

/**
 * The lower triangular L with L Lᵀ = A, or with `upper` U = Lᵀ, of symmetric positive definite matrices [..., n, n]; the other triangle of A isn't read, and its gradient is
 * symmetric. A matrix that isn't positive definite, which PyTorch refuses, gives NaN (or infinities) from the column on where that shows: no value is read. PyTorch:
 * `torch.linalg.cholesky`.
 * @throws ShapeError for what isn't square, DTypeError for integers
 * @example
 * ```ts
 * import { cholesky, tensor } from '@nn/tensor';
 * console.log(await cholesky(tensor([[4, 2], [2, 10]])).toArray()); // prints: [ [ 2, 0 ], [ 1, 3 ] ]
 * ```
 */
export const cholesky = <A extends Tensor>(
  matrix: A,
  options: { readonly upper?: boolean | undefined } = {},
): Tensor<A['~shape'], A['dtype']> => {
  const { upper = false } = checkNamed('cholesky', options);
  return overBatch('cholesky', matrix, (batch) =>
    upper ? contiguous(across(factors(across(batch)))) : factors(batch),
  ) as never;
};
