/** Shapes, views, joining: each method is one line that calls the function, which has the documentation. */
import type { DType } from '@nn/backend';
import * as diagonals from '../ops/shape/diagonal.ts';
import * as dimensions from '../ops/shape/dimensions.ts';
import * as stretch from '../ops/shape/expand.ts';
import * as flips from '../ops/shape/flip.ts';
import * as repeats from '../ops/shape/repeat.ts';
import * as shapes from '../ops/shape/reshape.ts';
import * as pieces from '../ops/shape/split.ts';
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

  /** A view in the shape of another tensor; PyTorch: `Tensor.view_as`. */
  viewAs<A extends Tensor, B extends Tensor>(this: A, other: B): Tensor<B['~shape'], A['dtype']> {
    return shapes.viewAs(this, other);
  }

  /** In the shape of another tensor; PyTorch: `Tensor.reshape_as`. */
  reshapeAs<A extends Tensor, B extends Tensor>(this: A, other: B): Tensor<B['~shape'], A['dtype']> {
    return shapes.reshapeAs(this, other);
  }

  /** All dimensions made one; PyTorch: `Tensor.ravel`. */
  ravel<A extends Tensor>(this: A): Tensor<ShapeOr<Flatten<'ravel', ShapeOf<A>, 0, -1>>, A['dtype']> {
    return shapes.ravel(this);
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

  /** One dimension split into several; PyTorch: `Tensor.unflatten`. */
  unflatten<A extends Tensor>(this: A, dim: number, sizes: readonly number[]): Tensor<Shape, A['dtype']> {
    return shapes.unflatten(this, dim, sizes);
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

  /** `transpose` by NumPy's name; PyTorch: `Tensor.swapaxes`. */
  swapaxes<A extends Tensor, I extends number, J extends number>(
    this: A,
    axis0: Checked<InRange<'transpose', ShapeOf<A>, I>, I>,
    axis1: Checked<InRange<'transpose', ShapeOf<A>, J>, J>,
  ): Tensor<ShapeOr<Transpose<ShapeOf<A>, I, J>>, A['dtype']> {
    return dimensions.swapaxes<A, I, J>(this, axis0, axis1);
  }

  /** `transpose` by its other name; PyTorch: `Tensor.swapdims`. */
  swapdims<A extends Tensor, I extends number, J extends number>(
    this: A,
    dim0: Checked<InRange<'transpose', ShapeOf<A>, I>, I>,
    dim1: Checked<InRange<'transpose', ShapeOf<A>, J>, J>,
  ): Tensor<ShapeOr<Transpose<ShapeOf<A>, I, J>>, A['dtype']> {
    return dimensions.swapdims<A, I, J>(this, dim0, dim1);
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

  /** Dimensions moved to new places; PyTorch: `Tensor.movedim`. */
  movedim<A extends Tensor>(
    this: A,
    source: number | readonly number[],
    destination: number | readonly number[],
  ): Tensor<Shape, A['dtype']> {
    return dimensions.movedim(this, source, destination);
  }

  // Stretched and repeated

  /** Dimensions of size 1 (and new leading ones) repeated without a copy; -1 keeps a size. PyTorch: `Tensor.expand`. */
  expand<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanExpand<ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Expand<ShapeOf<A>, T>>, A['dtype']> {
    return stretch.expand<A, T>(this, shape);
  }

  /** Expanded to the shape of another tensor; PyTorch: `Tensor.expand_as`. */
  expandAs<A extends Tensor, B extends Tensor>(this: A, other: B): Tensor<B['~shape'], A['dtype']> {
    return stretch.expandAs(this, other);
  }

  /** `expand` by NumPy's name; PyTorch: `Tensor.broadcast_to`. */
  broadcastTo<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanExpand<ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Expand<ShapeOf<A>, T>>, A['dtype']> {
    return stretch.broadcastTo<A, T>(this, shape);
  }

  /** Sums away what broadcasting stretched; PyTorch: `Tensor.sum_to_size`. */
  sumToSize<A extends Tensor, const T extends Shape>(this: A, shape: T): Tensor<[...T], A['dtype']> {
    return stretch.sumToSize(this, shape);
  }

  /** Repeated along its dimensions, a copy; PyTorch: `Tensor.repeat`. */
  repeat<A extends Tensor>(this: A, times: readonly number[]): Tensor<Shape, A['dtype']> {
    return repeats.repeat(this, times);
  }

  /** As `repeat`, with ones for leading dimensions that are not given; PyTorch: `Tensor.tile`. */
  tile<A extends Tensor>(this: A, dims: readonly number[]): Tensor<Shape, A['dtype']> {
    return repeats.tile(this, dims);
  }

  /** Each element repeated in its place; PyTorch: `Tensor.repeat_interleave`. */
  repeatInterleave<A extends Tensor>(
    this: A,
    times: number | readonly number[] | Tensor,
    options?: repeats.InterleaveOptions,
  ): Tensor<Shape, A['dtype']> {
    return repeats.repeatInterleave(this, times, options);
  }

  /** `repeatInterleave` with repeats in a tensor, on any backend. */
  repeatInterleaveAsync<A extends Tensor>(
    this: A,
    times: Tensor,
    options?: repeats.InterleaveOptions,
  ): Promise<Tensor<Shape, A['dtype']>> {
    return repeats.repeatInterleaveAsync(this, times, options);
  }

  // Taken apart

  /** Pieces of a size, or of the sizes in a list, as views; PyTorch: `Tensor.split`. */
  split<A extends Tensor>(
    this: A,
    sizes: number | readonly number[],
    options?: pieces.DimOption,
  ): Tensor<Shape, A['dtype']>[] {
    return pieces.split(this, sizes, options);
  }

  /** At most `chunks` pieces of equal size, as views; PyTorch: `Tensor.chunk`. */
  chunk<A extends Tensor>(this: A, chunks: number, options?: pieces.DimOption): Tensor<Shape, A['dtype']>[] {
    return pieces.chunk(this, chunks, options);
  }

  /** Pieces of nearly equal size, or cut at indices, as views; PyTorch: `Tensor.tensor_split`. */
  tensorSplit<A extends Tensor>(
    this: A,
    sections: number | readonly number[],
    options?: pieces.DimOption,
  ): Tensor<Shape, A['dtype']>[] {
    return pieces.tensorSplit(this, sections, options);
  }

  /** All positions of a dimension, as views; PyTorch: `Tensor.unbind`. */
  unbind<A extends Tensor>(this: A, options?: pieces.DimOption): Tensor<Shape, A['dtype']>[] {
    return pieces.unbind(this, options);
  }

  /** `length` positions of a dimension, as a view; PyTorch: `Tensor.narrow`. */
  narrow<A extends Tensor>(this: A, dim: number, start: number, length: number): Tensor<Shape, A['dtype']> {
    return pieces.narrow(this, dim, start, length);
  }

  /** One position of a dimension, as a view; PyTorch: `Tensor.select`. */
  select<A extends Tensor>(this: A, dim: number, index: number): Tensor<Shape, A['dtype']> {
    return pieces.select(this, dim, index);
  }

  /** All windows of `size` elements along a dimension, `step` apart, as a view; PyTorch: `Tensor.unfold`. */
  unfold<A extends Tensor>(this: A, dim: number, size: number, step: number): Tensor<Shape, A['dtype']> {
    return pieces.windows(this, dim, size, step);
  }

  // In another order

  /** The order along `dims` reversed, a copy; PyTorch: `Tensor.flip`. */
  flip<A extends Tensor>(this: A, dims: number | readonly number[]): Tensor<A['~shape'], A['dtype']> {
    return flips.flip(this, dims);
  }

  /** The second dimension reversed; PyTorch: `Tensor.fliplr`. */
  fliplr<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return flips.fliplr(this);
  }

  /** The first dimension reversed; PyTorch: `Tensor.flipud`. */
  flipud<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return flips.flipud(this);
  }

  /** Turned by quarters in a plane; PyTorch: `Tensor.rot90`. */
  rot90<A extends Tensor>(this: A, options?: flips.RotationOptions): Tensor<Shape, A['dtype']> {
    return flips.rot90(this, options);
  }

  /** Elements moved along dimensions, coming in again at the other end; PyTorch: `Tensor.roll`. */
  roll<A extends Tensor>(
    this: A,
    shifts: number | readonly number[],
    options?: flips.RollOptions,
  ): Tensor<A['~shape'], A['dtype']> {
    return flips.roll(this, shifts, options);
  }

  // Diagonals

  /** The matrix with this vector on its diagonal, or the diagonal of this matrix; PyTorch: `Tensor.diag`. */
  diag<A extends Tensor>(this: A, options?: { readonly diagonal?: number | undefined }): Tensor<Shape, A['dtype']> {
    return diagonals.diag(this, options);
  }

  /** A diagonal of the plane of two dimensions, as a view; PyTorch: `Tensor.diagonal`. */
  diagonal<A extends Tensor>(this: A, options?: diagonals.PlaneOptions): Tensor<Shape, A['dtype']> {
    return diagonals.diagonal(this, options);
  }

  /** The last dimension as the diagonal of square matrices; PyTorch: `Tensor.diag_embed`. */
  diagEmbed<A extends Tensor>(this: A, options?: diagonals.PlaneOptions): Tensor<Shape, A['dtype']> {
    return diagonals.diagEmbed(this, options);
  }

  /** The square matrix with all elements on its diagonal; PyTorch: `Tensor.diagflat`. */
  diagflat<A extends Tensor>(this: A, options?: { readonly offset?: number | undefined }): Tensor<Shape, A['dtype']> {
    return diagonals.diagflat(this, options);
  }
}
