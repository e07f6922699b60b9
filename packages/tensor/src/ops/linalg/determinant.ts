/**
 * Determinants: the product of the pivots of an elimination, with the sign of the order in which it took the rows. Their gradient is the matrix of cofactors, which singular
 * matrices have too.
 */
import { abs as absOf, dtypes, equal, same, select, mul as times } from '@nn/backend';
import { composite, compositeOp, composites, savedResult } from '../../core/composite.ts';
import { dispatch, outputBit } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { bit, savedInput } from '../../core/node.ts';
import { Op } from '../../core/op.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { div, mul, sub } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { lt } from '../elementwise/comparison.ts';
import { log } from '../elementwise/exponential.ts';
import { where } from '../elementwise/logic.ts';
import { abs, sign } from '../elementwise/sign.ts';
import { reduction } from '../reduce/build.ts';
import { prod } from '../reduce/product.ts';
import { sum } from '../reduce/sum.ts';
import { reshape, transpose } from '../shape/views.ts';
import { type Elimination, eliminate, substitute } from './eliminate.ts';
import { matmulOf } from './matmul.ts';
import { eachOverBatch, overBatch } from './matrices.ts';
import { identities, inverses } from './solve.ts';

/** The product of numbers [n, b, 1] for each matrix, negated where the elimination took the rows in an odd order. */
const product = (factors: Tensor, { signs }: Elimination): Tensor =>
  prod(reshape(mul(factors, transpose(signs, 0, 2)), factors.layout.shape.slice(0, 2)), { dim: 0 } as never) as Tensor;

/** One number a matrix, as it is met by matrices. */
const perMatrix = (x: Tensor): Tensor => reshape(x, [x.layout.size, 1, 1]);

/** d = det A: Ā = d̄ · cofactors. */
const detOp = compositeOp('det', {
  needs: () => bit(0),
  apply: (node, _, g) => scope(() => mul(perMatrix(g), cofactors(savedInput(node, 0))) as Tensor),
});

/** The determinants of [b, n, n]. */
const determinants = (matrices: Tensor): Tensor =>
  composite(detOp, [matrices], () => {
    const [batch, n] = matrices.layout.shape as [number, number];
    if (n === 0) return filled(matrices.layout.device, matrices.dtype, [batch], 1);
    const elimination = eliminate(matrices);
    return product(elimination.pivots, elimination);
  });

const largest = reduction('det', { combine: 'max', dtype: (from) => from, body: ([x]) => absOf(x!) });

/** A pivot of 0 becomes one far below the largest element (or 1, if all are 0). */
const nudgeOp = new Op('map', 'det', {
  inPlace: false,
  build: ([layout]) => {
    const [pivot, most] = [element(layout!, 0), element(layout!, 1)];
    const scale = select(equal(most, same(0, most)), same(1, most), most);
    const least = times(same(dtypes[layout!.dtype].scalar === 'f64' ? 2 ** -60 : 2 ** -30, scale), scale);
    return single(layout!.dtype, select(equal(pivot, same(0, pivot)), least, pivot));
  },
});

/** C = cofactors of A = det A · A⁻ᵀ: Ā = (⟨C̄, C⟩ C − C C̄ᵀ C) / det A. */
const cofactorOp = compositeOp('cofactors', {
  needs: () => bit(0) | outputBit,
  apply: (node, _, g) =>
    scope(() => {
      const c = savedResult(node);
      if (c.layout.shape[1] === 1) return filled(c.layout.device, c.dtype, c.layout.shape, 0);
      const inner = sum(mul(g, c), { dim: [1, 2], keepdim: true } as never) as Tensor;
      const turned = matmulOf(matmulOf(c, transpose(g, 1, 2)), c);
      return div(sub(mul(inner, c), turned), perMatrix(determinants(savedInput(node, 0)))) as Tensor;
    }),
});

/**
 * The cofactors of [b, n, n], as det · inverseᵀ. A pivot of exactly 0 is replaced by a tiny one on both sides of the product, where it cancels: cofactors are polynomials of
 * the elements, so they move no further than the matrix did.
 */
const cofactors = (matrices: Tensor): Tensor =>
  composite(cofactorOp, [matrices], () => {
    if (matrices.layout.size === 0) return filled(matrices.layout.device, matrices.dtype, matrices.layout.shape, 0);
    const most = largest(matrices, { dim: [1, 2], keepdim: true });
    const elimination = eliminate(matrices, identities(matrices));
    const pivots = dispatch(nudgeOp, elimination.pivots, transpose(most, 0, 1));
    const inverse = substitute(elimination, matrices.layout.shape[1]!, pivots);
    return mul(perMatrix(product(pivots, elimination)), transpose(inverse, 1, 2)) as Tensor;
  });

/** A sign doesn't move. */
const signOp = compositeOp('slogdet', {
  needs: () => 0,
  apply: ({ plan }) => filled(plan.inputs[0]!.device, plan.inputs[0]!.dtype, plan.inputs[0]!.shape, 0),
});

/** l = log |det A|: Ā = l̄ · A⁻ᵀ. */
const logOp = compositeOp('slogdet', {
  needs: () => bit(0),
  apply: (node, _, g) => scope(() => mul(perMatrix(g), transpose(inverses(savedInput(node, 0)), 1, 2)) as Tensor),
});

/** Signs and logarithms of [b, n, n]. */
const signsAndLogs = (matrices: Tensor): readonly Tensor[] =>
  composites([signOp, logOp], [matrices], () => {
    const [batch, n] = matrices.layout.shape as [number, number];
    const { device, dtype } = matrices.layout;
    if (n === 0) return [filled(device, dtype, [batch], 1), filled(device, dtype, [batch], 0)];
    const elimination = eliminate(matrices);
    const { pivots } = elimination;
    return [product(sign(pivots) as Tensor, elimination), sum(log(abs(pivots)), { dim: [0, 2] } as never) as Tensor];
  });

/**
 * The determinants of square matrices [..., n, n], by elimination with partial pivoting: [...], and 1 for 0 × 0. The gradient is d̄ · cofactors, at singular matrices too; the
 * second derivative divides by the determinant, so that it is lost there. PyTorch: `torch.linalg.det`.
 * @throws ShapeError for what isn't square, DTypeError for integers
 * @example
 * ```ts
 * import { det, tensor } from '@nn/tensor';
 * console.log(await det(tensor([[2, 1], [0, 4]])).item()); // prints: 8
 * ```
 */
export const det = <A extends Tensor>(matrix: A): Tensor<Shape, A['dtype']> =>
  overBatch('det', matrix, determinants) as never;

/**
 * Signs of the determinants of square matrices [..., n, n] and logarithms of their absolute values, which neither overflow nor underflow. Of a singular matrix 0 and -∞, without
 * a finite gradient. The sign's gradient is 0. PyTorch: `torch.linalg.slogdet`.
 * @throws ShapeError for what isn't square, DTypeError for integers
 * @example
 * ```ts
 * import { slogdet, tensor } from '@nn/tensor';
 * const { sign, logabsdet } = slogdet(tensor([[0, 1], [1, 0]]));
 * console.log(await sign.item(), await logabsdet.item()); // prints: -1 0
 * ```
 */
export function slogdet<A extends Tensor>(
  matrix: A,
): { readonly sign: Tensor<Shape, A['dtype']>; readonly logabsdet: Tensor<Shape, A['dtype']> } {
  const [signs, logs] = eachOverBatch('slogdet', matrix, signsAndLogs);
  return { sign: signs, logabsdet: logs } as never;
}

/**
 * Logarithms of the determinants of square matrices [..., n, n]: -∞ of a singular matrix, NaN of a negative determinant. PyTorch: `torch.logdet`.
 * @throws ShapeError for what isn't square, DTypeError for integers
 */
export const logdet = <A extends Tensor>(matrix: A): Tensor<Shape, A['dtype']> =>
  scope(() => {
    const [signs, logs] = eachOverBatch('logdet', matrix, signsAndLogs) as [Tensor, Tensor];
    return where(lt(signs, 0), Number.NaN, logs);
  }) as never;
