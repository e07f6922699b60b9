/** Shapes, views, joining: each method is one line that calls the function, which has the documentation. */
import type { DType } from '@nn/backend';
import * as dimensions from '../ops/shape/dimensions.ts';
import * as stretch from '../ops/shape/expand.ts';
import * as shapes from '../ops/shape/reshape.ts';
import type { Tensor } from '../tensor.ts';
import type {
  CanExpand,
  CanExpect,
  CanReshape,
  Checked,
  Dims,
  Expand,
  Flatten,
  InRange,
  InResultRange,
  Permute,
  Reshape,
  Shape,
  ShapeOf,
  ShapeOr,
  Squeeze,
  Transpose,
  TransposeMatrix,
  Unsqueeze,
} from '../types/index.ts';
import { StorageMethods } from './storage.ts';

export abstract class ShapeMethods<out S extends Shape = Shape, out D extends DType = DType> extends StorageMethods<
  S,
  D
> {
  // In another shape

  /** The same elements in another shape: a view where possible, else a copy; one size may be -1. PyTorch: `Tensor.reshape`. */
  reshape<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanReshape<'reshape', ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Reshape<ShapeOf<A>, T>>, A['dtype']> {
    return shapes.reshape<A, T>(this, shape);
  }

  /** As `reshape`, but a `ShapeError` instead of a copy; PyTorch: `Tensor.view`. */
  view<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanReshape<'view', ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Reshape<ShapeOf<A>, T>>, A['dtype']> {
    return shapes.view<A, T>(this, shape);
  }

  /** Dimensions `startDim` (0) to `endDim` (-1) made one; PyTorch: `Tensor.flatten`. */
  flatten<A extends Tensor, I extends number = 0, J extends number = -1>(
    this: A,
    options?: {
      readonly startDim?: Checked<InRange<'flatten', ShapeOf<A>, I>, I>;
      readonly endDim?: Checked<Flatten<'flatten', ShapeOf<A>, I, J>, J>;
    },
  ): Tensor<ShapeOr<Flatten<'flatten', ShapeOf<A>, I, J>>, A['dtype']> {
    return shapes.flatten<A, I, J>(this, options);
  }

  /** The tensor itself, after a check of its shape at run time that the compiler believes. */
  expect<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanExpect<ShapeOf<A>, T>, T>,
  ): Tensor<[...T], A['dtype']> {
    return shapes.expectShape<A, T>(this, shape);
  }

  // Dimensions

  /** A new dimension of size 1 before dimension `dim` of the result; PyTorch: `Tensor.unsqueeze`. */
  unsqueeze<A extends Tensor, I extends number>(
    this: A,
    dim: Checked<InResultRange<'unsqueeze', ShapeOf<A>, I>, I>,
  ): Tensor<ShapeOr<Unsqueeze<ShapeOf<A>, I>>, A['dtype']> {
    return dimensions.unsqueeze<A, I>(this, dim);
  }

  /** Without dimensions of size 1: all, or those among `dim`; PyTorch: `Tensor.squeeze`. */
  squeeze<A extends Tensor, const I extends Dims = undefined>(
    this: A,
    dim?: Checked<InRange<'squeeze', ShapeOf<A>, I>, I>,
  ): Tensor<ShapeOr<Squeeze<ShapeOf<A>, I>>, A['dtype']> {
    return dimensions.squeeze<A, I>(this, dim);
  }

  /** Dimensions in another order; PyTorch: `Tensor.permute`. */
  permute<A extends Tensor, const P extends Shape>(
    this: A,
    dims: Checked<Permute<ShapeOf<A>, P>, P>,
  ): Tensor<ShapeOr<Permute<ShapeOf<A>, P>>, A['dtype']> {
    return dimensions.permute<A, P>(this, dims);
  }

  /** Two dimensions exchanged; PyTorch: `Tensor.transpose`. */
  transpose<A extends Tensor, I extends number, J extends number>(
    this: A,
    dim0: Checked<InRange<'transpose', ShapeOf<A>, I>, I>,
    dim1: Checked<InRange<'transpose', ShapeOf<A>, J>, J>,
  ): Tensor<ShapeOr<Transpose<ShapeOf<A>, I, J>>, A['dtype']> {
    return dimensions.transpose<A, I, J>(this, dim0, dim1);
  }

  /** A matrix transposed; vectors and scalars stay as they are; PyTorch: `Tensor.t`. */
  t<A extends Tensor>(this: A): Tensor<ShapeOr<TransposeMatrix<ShapeOf<A>>>, A['dtype']> {
    return dimensions.t(this);
  }

  /** All dimensions in reverse order; PyTorch: `Tensor.T`. */
  get T(): Tensor<Shape, D> {
    return dimensions.reverseDims(this as unknown as Tensor) as Tensor<Shape, D>;
  }

  /** The last two dimensions exchanged; PyTorch: `Tensor.mT`. */
  get mT(): Tensor<Shape, D> {
    return dimensions.transposeMatrices(this as unknown as Tensor) as Tensor<Shape, D>;
  }

  // Stretched and repeated

  /** Dimensions of size 1 (and new leading ones) repeated without a copy; -1 keeps a size. PyTorch: `Tensor.expand`. */
  expand<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanExpand<ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Expand<ShapeOf<A>, T>>, A['dtype']> {
    return stretch.expand<A, T>(this, shape);
  }
}
