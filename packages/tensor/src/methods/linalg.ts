/** Matrix products: each method is one line that calls the function. */
import type { DType } from '@nn/backend';
import * as ops from '../ops/linalg/index.ts';
import type { Tensor } from '../tensor.ts';
import type { Checked, MatMul, PromoteOf, Shape, ShapeOf, ShapeOr } from '../types/index.ts';
import { ShapeMethods } from './shape.ts';

export abstract class LinalgMethods<out S extends Shape = Shape, out D extends DType = DType> extends ShapeMethods<
  S,
  D
> {
  /** Matrix product; see `matmul`. PyTorch: `a @ b`. */
  matmul<A extends Tensor, B extends Tensor>(
    this: A,
    other: Checked<MatMul<ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<ShapeOr<MatMul<ShapeOf<A>, ShapeOf<B>>>, PromoteOf<A, B>> {
    return ops.matmul(this, other) as never;
  }
}
