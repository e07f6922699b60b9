import * as ops from '../../ops/linalg/index.ts';
import type { Tensor } from '../../tensor.ts';
import type { FloatOf, Shape } from '../../types/index.ts';

export abstract class MoreLinalgMethods {
  /** Product of two matrices. */
  mm(this: Tensor, right: Tensor): Tensor {
    return ops.mm(this, right);
  }
  /** Products of two batches of matrices. */
  bmm(this: Tensor, right: Tensor): Tensor {
    return ops.bmm(this, right);
  }
  /** Matrix times vector. */
  mv(this: Tensor, vector: Tensor): Tensor {
    return ops.mv(this, vector);
  }
  /** Sum of the products of two vectors' elements. */
  dot(this: Tensor, other: Tensor): Tensor {
    return ops.dot(this, other);
  }
  /** Sums of products over the last dimensions. */
  inner(this: Tensor, other: Tensor): Tensor {
    return ops.inner(this, other);
  }
  /** All products of two vectors' elements. */
  outer(this: Tensor, other: Tensor): Tensor {
    return ops.outer(this, other);
  }
  /** beta · this + alpha · (left @ right) for matrices. */
  addmm(this: Tensor, left: Tensor, right: Tensor, options?: ops.ScaleOptions): Tensor {
    return ops.addmm(this, left, right, options);
  }
  /** beta · this + alpha · (left @ right) for batches of matrices. */
  baddbmm(this: Tensor, left: Tensor, right: Tensor, options?: ops.ScaleOptions): Tensor {
    return ops.baddbmm(this, left, right, options);
  }
  /** beta · this + alpha · (matrix @ vector). */
  addmv(this: Tensor, matrix: Tensor, vector: Tensor, options?: ops.ScaleOptions): Tensor {
    return ops.addmv(this, matrix, vector, options);
  }
  /** beta · this + alpha · (outer product). */
  addr(this: Tensor, left: Tensor, right: Tensor, options?: ops.ScaleOptions): Tensor {
    return ops.addr(this, left, right, options);
  }
  /** beta · this + alpha · Σ over the batch of left @ right. */
  addbmm(this: Tensor, left: Tensor, right: Tensor, options?: ops.ScaleOptions): Tensor {
    return ops.addbmm(this, left, right, options);
  }
  /** Kronecker product. */
  kron(this: Tensor, other: Tensor): Tensor {
    return ops.kron(this, other);
  }
  /** Cross product of vectors of three elements. */
  cross(this: Tensor, other: Tensor, options?: { readonly dim?: number }): Tensor {
    return ops.cross(this, other, options);
  }
  /** This matrix times itself n times. */
  matrixPower(this: Tensor, n: number): Tensor {
    return ops.matrixPower(this, n);
  }
  /** The inverses of square matrices. */
  inverse<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.inverse(this);
  }
  /** The determinants of square matrices. */
  det<A extends Tensor>(this: A): Tensor<Shape, A['dtype']> {
    return ops.det(this);
  }
  /** Signs of the determinants and logarithms of their absolute values. */
  slogdet<A extends Tensor>(this: A): ReturnType<typeof ops.slogdet<A>> {
    return ops.slogdet(this);
  }
  /** Logarithms of the determinants. */
  logdet<A extends Tensor>(this: A): Tensor<Shape, A['dtype']> {
    return ops.logdet(this);
  }
  /** The lower triangular factors of symmetric positive definite matrices. */
  cholesky<A extends Tensor>(
    this: A,
    options?: { readonly upper?: boolean | undefined },
  ): Tensor<A['~shape'], A['dtype']> {
    return ops.cholesky(this, options);
  }
  /** The solutions of A X = B, of which this is B, by A's Cholesky factor. */
  choleskySolve<A extends Tensor>(
    this: A,
    factor: Tensor,
    options?: { readonly upper?: boolean | undefined },
  ): Tensor<Shape, A['dtype']> {
    return ops.choleskySolve(this, factor, options);
  }
  /** The covariances of variables, each a row of observations. */
  cov<A extends Tensor>(this: A, options?: ops.CovarianceOptions): Tensor<Shape, FloatOf<A['dtype']>> {
    return ops.cov(this, options);
  }
  /** The correlation coefficients of variables, each a row of observations. */
  corrcoef<A extends Tensor>(this: A): Tensor<Shape, FloatOf<A['dtype']>> {
    return ops.corrcoef(this);
  }
}
