import * as diagonals from '../../ops/shape/diagonal.ts';
import * as dimensions from '../../ops/shape/dimensions.ts';
import * as stretch from '../../ops/shape/expand.ts';
import * as flips from '../../ops/shape/flip.ts';
import * as repeats from '../../ops/shape/repeat.ts';
import * as shapes from '../../ops/shape/reshape.ts';
import * as pieces from '../../ops/shape/split.ts';
import type { Tensor } from '../../tensor.ts';
import type {
  CanExpand,
  Checked,
  Expand,
  Flatten,
  InRange,
  Shape,
  ShapeOf,
  ShapeOr,
  Transpose,
} from '../../types/index.ts';

export abstract class MoreShapeMethods {
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

  /** One dimension split into several; PyTorch: `Tensor.unflatten`. */
  unflatten<A extends Tensor>(this: A, dim: number, sizes: readonly number[]): Tensor<Shape, A['dtype']> {
    return shapes.unflatten(this, dim, sizes);
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

  /** Dimensions moved to new places; PyTorch: `Tensor.movedim`. */
  movedim<A extends Tensor>(
    this: A,
    source: number | readonly number[],
    destination: number | readonly number[],
  ): Tensor<Shape, A['dtype']> {
    return dimensions.movedim(this, source, destination);
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
  split<A extends Tensor, const S extends number | readonly number[]>(
    this: A,
    sizes: S,
    options?: pieces.DimOption,
  ): pieces.Pieces<S, A['dtype']> {
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
