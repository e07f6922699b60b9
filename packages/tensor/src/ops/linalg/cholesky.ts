/** The Cholesky factor, column by column (Golub & Van Loan, "Matrix Computations", 4.2), of a whole batch at once. */
import { div, mul, sqrt, sub } from '@nn/backend';
import { composite, compositeOp, savedResult } from '../../core/composite.ts';
import { dispatch, outputBit } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import { tril } from '../creation/triangles.ts';
import { add, sub as minus, mul as times } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { contiguous, sliceView, transpose } from '../shape/views.ts';
import { matmulOf } from './matmul.ts';
import { overBatch } from './matrices.ts';
import { identities, inverses } from './solve.ts';

/** A column over the root of its first element. */
const columnOp = new Op('map', 'cholesky', {
  inPlace: true,
  build: ([layout]) => single(layout!.dtype, div(element(layout!, 1), sqrt(element(layout!, 2)))),
});

/** x less the product of a column and a row. */
const lessProductOp = new Op('map', 'cholesky', {
  inPlace: false,
  build: ([layout]) => single(layout!.dtype, sub(element(layout!, 0), mul(element(layout!, 1), element(layout!, 2)))),
});

const turned = (x: Tensor): Tensor => transpose(x, 1, 2);

/** A = L Lᵀ: Ā = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, made symmetric; Φ keeps the lower triangle and halves the diagonal (Murray, "Differentiation of the Cholesky decomposition", 2016). */
const choleskyOp = compositeOp('cholesky', {
  needs: () => outputBit,
  apply: (node, _, g) =>
    scope(() => {
      const factor = savedResult(node);
      const inverse = inverses(factor);
      const lower = matmulOf(turned(factor), g);
      const kept = times(
        lower,
        minus(tril(filled(g.layout.device, g.dtype, g.layout.shape, 1)), times(identities(g), 0.5)),
      );
      const found = matmulOf(turned(inverse), matmulOf(kept as Tensor, inverse));
      return times(add(found, turned(found)), 0.5) as Tensor;
    }),
});

/** The lower factors of [b, n, n], whose upper triangles nobody reads. */
const factors = (matrices: Tensor): Tensor =>
  composite(choleskyOp, [matrices], () => {
    const { device, dtype, shape } = matrices.layout;
    const n = shape[1]!;
    const out = filled(device, dtype, shape, 0);
    let left = matrices;
    for (let k = 0; k < n; k++) {
      const size = n - k;
      const column = sliceView(sliceView(out, 2, k, 1), 1, k, size);
      const first = sliceView(left, 2, 0, 1);
      dispatchInto(columnOp, [column, first, sliceView(first, 1, 0, 1)]);
      if (size === 1) break;
      const below = sliceView(column, 1, 1, size - 1);
      const rest = sliceView(sliceView(left, 2, 1, size - 1), 1, 1, size - 1);
      const next = dispatch(lessProductOp, rest, below, turned(below));
      if (left !== matrices) left.dispose();
      left = next;
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
    upper ? contiguous(turned(factors(turned(batch)))) : factors(batch),
  ) as never;
};
