/**
 * Triangular systems, and what Cholesky factors solve, for a whole batch at once: by substitution within blocks of a few rows, whose products with what is known are taken first
 * (Golub & Van Loan, "Matrix Computations", 3.1).
 */
import { DTypeError, equal, less, mul, ShapeError, same, scalar, select, ValueError } from '@nn/backend'; // biome-ignore format: one list
import { shapeText } from '../../core/collapse.ts';
import { composite, compositeOp, savedResult } from '../../core/composite.ts';
import { dispatch, outputBit } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { assign, dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { bit, savedInput } from '../../core/node.ts';
import { Op } from '../../core/op.ts';
import { commonDevice } from '../../core/plan.ts';
import { untracked } from '../../core/state.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { arange } from '../creation/ranges.ts';
import { element, single } from '../elementwise/build.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { stridedView } from '../shape/views.ts';
import { blockSize, lessProduct, ordered, part, piece, quotientOp, room, take, unitSystems, view } from './blocks.ts';
import { forBoth } from './both.ts';
import { matmulOf } from './matmul.ts';
import { across, checkSquare, overSides, unaliased } from './matrices.ts';

/** Elements times a number each: scalar 0 below the diagonal, scalar 1 on it, scalar 2 above; 0 where that is 0, whatever was there. */
const weighOp = new Op('map', 'weighTriangles', {
  inPlace: false,
  build: ([layout, places]) => {
    const [x, place] = [element(layout!, 0), element(places!, 1)];
    const [below, on, above] = [scalar(0, x.type), scalar(1, x.type), scalar(2, x.type)];
    const zero = same(0, place);
    const weight = select(less(place, zero), below, select(equal(place, zero), on, above));
    return single(layout!.dtype, select(equal(weight, same(0, x)), same(0, x), mul(x, weight)), 3);
  },
});

/** Square matrices with their triangles and their diagonal times a number each. Runs in a scope. */
export function weighed(x: Tensor, below: number, on: number, above: number): Tensor {
  const n = x.layout.shape[1]!;
  const places = untracked(() => {
    const line = arange(1 - n, n, { dtype: 'int32', backend: x.backend } as never) as Tensor;
    return stridedView(line, [n, n], [-1, 1], n - 1);
  });
  return dispatch(weighOp, x, places, null, [below, on, above]);
}

/** X [b, n, r] of A X = B, with the triangle's columns over its diagonal, which gives X times the diagonal; not so if it counts as ones. */
function substituted(matrices: Tensor, right: Tensor, isUpper: boolean, isUnit: boolean): Tensor {
  const [batch, n, sides] = right.layout.shape as [number, number, number];
  const out = room(right, [batch, n, sides]);
  const { strides } = matrices.layout;
  const most = blockSize(n);
  const { triangles, rows: memory, steps } = unitSystems(right, most, sides, isUpper);
  for (let done = 0; done < n; ) {
    const width = Math.min(most, n - done);
    const start = isUpper ? n - done - width : done;
    // A block of fewer rows takes the last steps, and the memory that these are of.
    const at = isUpper ? 0 : most - width;
    const rows = part(memory, at, width);
    const target = ordered(rows, [1, 0, 2]);
    const given = piece(right, start, width, 0, sides);
    if (done === 0) assign(target, given);
    else {
      const from = isUpper ? start + width : 0;
      const lessThese = target.layout.contiguous ? target : room(out, [batch, width, sides]);
      lessProduct(lessThese, given, piece(matrices, start, width, from, done), piece(out, from, done, 0, sides));
      if (lessThese !== target) assign(target, lessThese);
    }
    const triangle = view(triangles, [width, batch, width], triangles.layout.strides, at * (batch * most + 1));
    const columns = ordered(piece(matrices, start, width, start, width), [2, 0, 1]);
    const found = ordered(piece(out, start, width, 0, sides), [1, 0, 2]);
    const diagonal = view(
      matrices,
      [width, batch, 1],
      [strides[1]! + strides[2]!, strides[0]!, 0],
      start * (strides[1]! + strides[2]!),
    );
    if (isUnit) assign(triangle, columns);
    else dispatchInto(quotientOp, [triangle, columns, diagonal]);
    for (let k = most - width; k < steps.length; k++) take(steps[k]!);
    if (isUnit) assign(found, rows);
    else dispatchInto(quotientOp, [found, rows, diagonal]);
    done += width;
  }
  return out;
}

type Solve = (matrices: Tensor, right: Tensor) => Tensor;

/** A X = B: B̄ solves Aᵀ B̄ = X̄, and Ā is the triangle of −B̄ Xᵀ (Giles, "An extended collection of matrix derivative results", 2008). */
function solverOf(isUpper: boolean, isUnit: boolean): Solve {
  const op = compositeOp('solveTriangular', {
    needs: (_, j) => (j === 0 ? bit(0) | outputBit : bit(0)),
    apply: (node, j, g) =>
      scope(() => {
        const right = forBoth(node, j, g, () => solveTriangles(across(savedInput(node, 0)), g, !isUpper, isUnit));
        if (j === 1) return right;
        const product = matmulOf(right, across(savedResult(node)));
        return weighed(product, isUpper ? 0 : -1, isUnit ? 0 : -1, isUpper ? -1 : 0);
      }),
  });
  return (matrices, right) =>
    composite(op, [matrices, right], () =>
      right.layout.size === 0
        ? filled(right.layout.device, right.dtype, right.layout.shape, 0)
        : substituted(matrices, right, isUpper, isUnit),
    );
}

const ofLower = solverOf(false, false);
const ofUnitLower = solverOf(false, true);
const ofUpper = solverOf(true, false);
const ofUnitUpper = solverOf(true, true);

/** X of A X = B for one triangle of A [b, n, n] and B [b, n, r]. */
export const solveTriangles = (matrices: Tensor, right: Tensor, isUpper: boolean, isUnit = false): Tensor =>
  (isUpper ? (isUnit ? ofUnitUpper : ofUpper) : isUnit ? ofUnitLower : ofLower)(matrices, right);

/** Refuses what can't be solved: matrices [..., n, n] and right sides [..., n, r], or [..., r, n] from the right. */
function check(op: string, matrix: Tensor, right: Tensor, left: boolean): void {
  checkSquare(op, matrix);
  const [a, b] = [matrix.layout.shape, sizesOf(op, right)];
  if (matrix.dtype !== right.dtype)
    throw new DTypeError(op, `dtypes differ: ${matrix.dtype} and ${right.dtype}; convert one with .to('${matrix.dtype}')`); // biome-ignore format: one line
  commonDevice(op, [matrix.layout, right.layout]);
  const n = a[a.length - 1]!;
  if (b.length < 2 || b[b.length - (left ? 2 : 1)] !== n)
    throw new ShapeError(
      op,
      `matrices ${shapeText(a)} and right sides ${shapeText(b)} don't fit; expected (…, ${left ? `${n}, r` : `r, ${n}`})${b.length === 1 ? ': unsqueeze a vector' : ''}`,
    );
}

export interface TriangularOptions {
  /** Which triangle of A is read: the upper or the lower one. */
  readonly upper: boolean;
  /** Solve A X = B; false solves X A = B. True. */
  readonly left?: boolean | undefined;
  /** The diagonal counts as ones and isn't read. False. */
  readonly unitriangular?: boolean | undefined;
}

/**
 * X of A X = B for triangular matrices A [..., n, n] and B [..., n, r] (or [..., r, n], for X A = B), by substitution; dimensions before them broadcast. The other triangle of A
 * isn't read, nor the diagonal if it counts as ones, and they have no gradient. A zero on the diagonal gives infinities and NaN. PyTorch: `torch.linalg.solve_triangular`.
 * @throws ShapeError for a matrix that isn't square and right sides that don't fit, vectors among them; DTypeError for integers and where dtypes differ; ValueError without `upper`
 * @example
 * ```ts
 * import { solveTriangular, tensor } from '@nn/tensor';
 * const a = tensor([[2, 0], [1, 4]]);
 * console.log(await solveTriangular(a, tensor([[4], [10]]), { upper: false }).toArray()); // prints: [ [ 2 ], [ 2 ] ]
 * ```
 */
export function solveTriangular<A extends Tensor>(
  matrix: A,
  right: Tensor,
  options: TriangularOptions,
): Tensor<Shape, A['dtype']> {
  const { upper, left = true, unitriangular = false } = checkNamed('solveTriangular', options);
  if (typeof upper !== 'boolean')
    throw new ValueError('solveTriangular', `upper is ${upper}; give { upper: true } or { upper: false }`);
  check('solveTriangular', matrix, right, left);
  return scope(() =>
    left
      ? overSides('solveTriangular', matrix, right, (a, b) => solveTriangles(a, b, upper, unitriangular))
      : unaliased(
          across(
            overSides('solveTriangular', across(matrix), across(right), (a, b) =>
              solveTriangles(a, b, !upper, unitriangular),
            ),
          ),
        ),
  ) as never;
}

/**
 * X of A X = B by the Cholesky factor of A: L [..., n, n] with A = L Lᵀ as `cholesky` gives it, or with `upper` U with A = Uᵀ U; B [..., n, r]. Dimensions before them broadcast.
 * The other triangle of the factor isn't read and has no gradient (PyTorch's gradient reads it). PyTorch: `torch.cholesky_solve`.
 * @throws ShapeError for a factor that isn't square and right sides that don't fit, vectors among them; DTypeError for integers and where dtypes differ
 * @example
 * ```ts
 * import { cholesky, choleskySolve, tensor } from '@nn/tensor';
 * const a = tensor([[4, 2], [2, 10]]);
 * console.log(await choleskySolve(tensor([[8], [22]]), cholesky(a)).toArray()); // prints: [ [ 1 ], [ 2 ] ]
 * ```
 */
export function choleskySolve<A extends Tensor>(
  right: A,
  factor: Tensor,
  options: { readonly upper?: boolean | undefined } = {},
): Tensor<Shape, A['dtype']> {
  const { upper = false } = checkNamed('choleskySolve', options);
  check('choleskySolve', factor, right, true);
  return scope(() =>
    overSides('choleskySolve', factor, right, (a, b) => {
      const lower = upper ? across(a) : a;
      return solveTriangles(across(lower), solveTriangles(lower, b, false), true);
    }),
  ) as never;
}
