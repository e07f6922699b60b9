/** Inverses and solutions of linear equations, by elimination. Their gradients are products with the inverse, or equations with the transposed matrix. */
import { DTypeError, ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { composite, compositeOp, savedResult } from '../../core/composite.ts';
import { outputBit } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { sameNumbers } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { bit, savedInput } from '../../core/node.ts';
import { commonDevice } from '../../core/plan.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { eye } from '../creation/triangles.ts';
import { neg } from '../elementwise/arithmetic.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { expand, reshape } from '../shape/views.ts';
import { forBoth } from './both.ts';
import { eliminate, substitute } from './eliminate.ts';
import { matmulOf } from './matmul.ts';
import { across, checkSquare, overBatch, overSides, unaliased } from './matrices.ts';

/** Identities, as many as there are matrices. */
export function identities(matrices: Tensor): Tensor {
  const { dtype, shape } = matrices.layout;
  return expand(eye(shape[1]!, shape[1]!, { dtype, backend: matrices.backend } as never) as Tensor, shape);
}

/** A⁻¹ = X: Ā = −Xᵀ X̄ Xᵀ. */
const invOp = compositeOp('inv', {
  needs: () => outputBit,
  apply: (node, _, g) =>
    scope(() => {
      const x = across(savedResult(node));
      return neg(matmulOf(matmulOf(x, g), x)) as Tensor;
    }),
});

/** The inverses of [b, n, n]. */
export const inverses = (matrices: Tensor): Tensor =>
  composite(invOp, [matrices], () =>
    matrices.layout.size === 0
      ? filled(matrices.layout.device, matrices.dtype, matrices.layout.shape, 0)
      : substitute(eliminate(matrices, identities(matrices)), matrices.layout.shape[1]!),
  );

/** A X = B: B̄ solves Aᵀ B̄ = X̄, and Ā = −B̄ Xᵀ. */
const solveOp = compositeOp('solve', {
  needs: (_, j) => (j === 0 ? bit(0) | outputBit : bit(0)),
  apply: (node, j, g) =>
    scope(() => {
      const right = forBoth(node, j, g, () => solutions(across(savedInput(node, 0)), g));
      return j === 1 ? right : (neg(matmulOf(right, across(savedResult(node)))) as Tensor);
    }),
});

/** X of A X = B for A [b, n, n] and B [b, n, r]. */
const solutions = (matrices: Tensor, right: Tensor): Tensor =>
  composite(solveOp, [matrices, right], () =>
    right.layout.size === 0
      ? filled(right.layout.device, right.dtype, right.layout.shape, 0)
      : substitute(eliminate(matrices, right), right.layout.shape[2]!),
  );

/**
 * The inverses of square matrices [..., n, n], by elimination with partial pivoting. A singular matrix, which PyTorch refuses, gives infinities and NaN: no value is read. Made
 * for matrices of moderate size: n steps of a few launches each. PyTorch: `torch.linalg.inv`.
 * @throws ShapeError for what isn't square, DTypeError for integers
 * @example
 * ```ts
 * import { inv, tensor } from '@nn/tensor';
 * console.log(await inv(tensor([[2, 0], [0, 4]])).toArray()); // prints: [ [ 0.5, 0 ], [ 0, 0.25 ] ]
 * ```
 */
export const inv = <A extends Tensor>(matrix: A): Tensor<A['~shape'], A['dtype']> =>
  overBatch('inv', matrix, inverses) as never;

/** `inv` by its other name; PyTorch: `torch.inverse`. */
export const inverse: typeof inv = inv;

export interface SolveOptions {
  /** Solve A X = B; false solves X A = B. True. */
  readonly left?: boolean | undefined;
}

/** Whether the right sides are vectors: one, or as many as there are matrices. */
const areVectors = (a: readonly number[], b: readonly number[]): boolean =>
  b.length === 1 || (b.length === a.length - 1 && sameNumbers(b, a.slice(0, -1)));

function checkSides(matrix: Tensor, right: Tensor, left: boolean): void {
  checkSquare('solve', matrix);
  const [a, b] = [matrix.layout.shape, sizesOf('solve', right)];
  if (matrix.dtype !== right.dtype)
    throw new DTypeError('solve', `dtypes differ: ${matrix.dtype} and ${right.dtype}; convert one with .to('${matrix.dtype}')`); // biome-ignore format: one line
  commonDevice('solve', [matrix.layout, right.layout]);
  const rows = areVectors(a, b) ? b[b.length - 1] : b[b.length - (left ? 2 : 1)];
  if (rows !== a[a.length - 1])
    throw new ShapeError(
      'solve',
      `matrices ${shapeText(a)} and right sides ${shapeText(b)} don't fit; expected (…, ${a[a.length - 1]}, r)${left ? '' : ' transposed'}, or a vector of ${a[a.length - 1]} for each matrix`,
    );
  if (!left && areVectors(a, b))
    throw new ShapeError('solve', `left: false takes matrices for right sides, got ${shapeText(b)}; unsqueeze them`);
}

/**
 * X of A X = B, by elimination with partial pivoting: A [..., n, n] and B [..., n, r], or one vector [n] for each matrix, [..., n]; dimensions before them broadcast. A singular
 * matrix, which PyTorch refuses, gives infinities and NaN: no value is read. PyTorch: `torch.linalg.solve`.
 * @throws ShapeError for a matrix that isn't square and right sides that don't fit, DTypeError for integers and where dtypes differ
 * @example
 * ```ts
 * import { solve, tensor } from '@nn/tensor';
 * const a = tensor([[2, 1], [0, 4]]);
 * console.log(await solve(a, tensor([4, 8])).toArray()); // prints: [ 1, 2 ]
 * ```
 */
export function solve<A extends Tensor>(
  matrix: A,
  right: Tensor,
  options: SolveOptions = {},
): Tensor<Shape, A['dtype']> {
  const { left = true } = checkNamed('solve', options);
  checkSides(matrix, right, left);
  const [a, b] = [matrix.layout.shape, right.layout.shape];
  return scope(() => {
    if (areVectors(a, b)) {
      const found = overSides('solve', matrix, reshape(right, [...b, 1]), solutions);
      return unaliased(reshape(found, found.layout.shape.slice(0, -1)));
    }
    return left
      ? overSides('solve', matrix, right, solutions)
      : unaliased(across(overSides('solve', across(matrix), across(right), solutions)));
  }) as never;
}
