import type { Numeric } from '../../core/promotion.ts';
import * as slices from '../../ops/index/along.ts';
import * as lists from '../../ops/index/at.ts';
import * as masks from '../../ops/index/masked.ts';
import * as places from '../../ops/index/nonzero.ts';
import * as regions from '../../ops/index/regions.ts';
import * as scatters from '../../ops/index/scatter.ts';
import * as reads from '../../ops/index/select.ts';
import * as writes from '../../ops/index/set-at.ts';
import type { PlaneOptions } from '../../ops/shape/diagonal.ts';
import type { Tensor } from '../../tensor.ts';
import type {
  Broadcast,
  Broadcasted,
  CanSelect,
  Checked,
  CheckedRest,
  Index,
  Select,
  Shape,
  ShapeOf,
  ShapeOr,
} from '../../types/index.ts';

export abstract class MoreIndexMethods {
  /** Elements by an index list: a view if it is basic, a copy if it holds arrays or masks; PyTorch: `x[…]`. */
  at<A extends Tensor, const I extends readonly Index[]>(
    this: A,
    ...indices: CheckedRest<CanSelect<ShapeOf<A>, I>, I>
  ): Tensor<ShapeOr<Select<ShapeOf<A>, I>>, A['dtype']> {
    return lists.at<A, I>(this, ...indices);
  }

  /** `at` on any backend: masks are awaited. */
  atAsync<A extends Tensor, const I extends readonly Index[]>(
    this: A,
    ...indices: CheckedRest<CanSelect<ShapeOf<A>, I>, I>
  ): Promise<Tensor<ShapeOr<Select<ShapeOf<A>, I>>, A['dtype']>> {
    return lists.atAsync<A, I>(this, ...indices);
  }

  /** Writes a value at an index list, in place; PyTorch: `x[…] = value`. */
  setAt<A extends Tensor>(this: A, indices: readonly Index[], value: Tensor | Numeric): A {
    return writes.setAt(this, indices, value);
  }

  /** `setAt` on any backend: masks are awaited. */
  setAtAsync<A extends Tensor>(this: A, indices: readonly Index[], value: Tensor | Numeric): Promise<A> {
    return writes.setAtAsync(this, indices, value);
  }

  /** A copy with values at places given by index tensors; PyTorch: `Tensor.index_put`. */
  indexPut<A extends Tensor>(
    this: A,
    indices: writes.PlaceIndices,
    values: Tensor | Numeric,
    options?: writes.IndexPutOptions,
  ): Tensor<A['~shape'], A['dtype']> {
    return writes.indexPut(this, indices, values, options);
  }

  /** Writes values at places given by index tensors; PyTorch: `Tensor.index_put_`. */
  indexPut_<A extends Tensor>(
    this: A,
    indices: writes.PlaceIndices,
    values: Tensor | Numeric,
    options?: writes.IndexPutOptions,
  ): A {
    return writes.indexPut_(this, indices, values, options);
  }

  // Read along indices

  /** One index for each element of the result; PyTorch: `Tensor.gather`. */
  gather<A extends Tensor, I extends Tensor>(this: A, dim: number, index: I): Tensor<I['~shape'], A['dtype']> {
    return reads.gather(this, dim, index);
  }

  /** `gather` whose index broadcasts; PyTorch: `Tensor.take_along_dim`. */
  takeAlongDim<A extends Tensor>(
    this: A,
    indices: Tensor,
    options?: { readonly dim?: number | null | undefined },
  ): Tensor<Shape, A['dtype']> {
    return reads.takeAlongDim(this, indices, options);
  }

  /** Slices along a dimension by a vector of indices; PyTorch: `Tensor.index_select`. */
  indexSelect<A extends Tensor>(this: A, dim: number, index: Tensor): Tensor<Shape, A['dtype']> {
    return reads.indexSelect(this, dim, index);
  }

  /** Elements by row-major position; PyTorch: `Tensor.take`. */
  take<A extends Tensor, I extends Tensor>(this: A, index: I): Tensor<I['~shape'], A['dtype']> {
    return reads.take(this, index);
  }

  // Written along indices

  /** A copy with one value for each index; PyTorch: `Tensor.scatter`. */
  scatter<A extends Tensor>(
    this: A,
    dim: number,
    index: Tensor,
    source: Tensor | Numeric,
    options?: scatters.ScatterOptions,
  ): Tensor<A['~shape'], A['dtype']> {
    return scatters.scatter(this, dim, index, source, options);
  }

  /** `scatter` in place; PyTorch: `Tensor.scatter_`. */
  scatter_<A extends Tensor>(
    this: A,
    dim: number,
    index: Tensor,
    source: Tensor | Numeric,
    options?: scatters.ScatterOptions,
  ): A {
    return scatters.scatter_(this, dim, index, source, options);
  }

  /** A copy with values added at indices; PyTorch: `Tensor.scatter_add`. */
  scatterAdd<A extends Tensor>(this: A, dim: number, index: Tensor, source: Tensor): Tensor<A['~shape'], A['dtype']> {
    return scatters.scatterAdd(this, dim, index, source);
  }

  /** `scatterAdd` in place; PyTorch: `Tensor.scatter_add_`. */
  scatterAdd_<A extends Tensor>(this: A, dim: number, index: Tensor, source: Tensor): A {
    return scatters.scatterAdd_(this, dim, index, source);
  }

  /** A copy with values reduced at indices; PyTorch: `Tensor.scatter_reduce`. */
  scatterReduce<A extends Tensor>(
    this: A,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduce: scatters.ScatterReduction,
    options?: scatters.ScatterReduceOptions,
  ): Tensor<A['~shape'], A['dtype']> {
    return scatters.scatterReduce(this, dim, index, source, reduce, options);
  }

  /** `scatterReduce` in place; PyTorch: `Tensor.scatter_reduce_`. */
  scatterReduce_<A extends Tensor>(
    this: A,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduce: scatters.ScatterReduction,
    options?: scatters.ScatterReduceOptions,
  ): A {
    return scatters.scatterReduce_(this, dim, index, source, reduce, options);
  }

  /** A copy with slices added at indices; PyTorch: `Tensor.index_add`. */
  indexAdd<A extends Tensor>(
    this: A,
    dim: number,
    index: Tensor,
    source: Tensor,
    options?: slices.IndexAddOptions,
  ): Tensor<A['~shape'], A['dtype']> {
    return slices.indexAdd(this, dim, index, source, options);
  }

  /** `indexAdd` in place; PyTorch: `Tensor.index_add_`. */
  indexAdd_<A extends Tensor>(
    this: A,
    dim: number,
    index: Tensor,
    source: Tensor,
    options?: slices.IndexAddOptions,
  ): A {
    return slices.indexAdd_(this, dim, index, source, options);
  }

  /** A copy with slices replaced at indices; PyTorch: `Tensor.index_copy`. */
  indexCopy<A extends Tensor>(this: A, dim: number, index: Tensor, source: Tensor): Tensor<A['~shape'], A['dtype']> {
    return slices.indexCopy(this, dim, index, source);
  }

  /** `indexCopy` in place; PyTorch: `Tensor.index_copy_`. */
  indexCopy_<A extends Tensor>(this: A, dim: number, index: Tensor, source: Tensor): A {
    return slices.indexCopy_(this, dim, index, source);
  }

  /** A copy with slices of one value at indices; PyTorch: `Tensor.index_fill`. */
  indexFill<A extends Tensor>(
    this: A,
    dim: number,
    index: Tensor,
    value: Tensor | Numeric,
  ): Tensor<A['~shape'], A['dtype']> {
    return slices.indexFill(this, dim, index, value);
  }

  /** `indexFill` in place; PyTorch: `Tensor.index_fill_`. */
  indexFill_<A extends Tensor>(this: A, dim: number, index: Tensor, value: Tensor | Numeric): A {
    return slices.indexFill_(this, dim, index, value);
  }

  /** Writes elements at row-major positions; PyTorch: `Tensor.put_`. */
  put_<A extends Tensor>(
    this: A,
    index: Tensor,
    source: Tensor,
    options?: { readonly accumulate?: boolean | undefined },
  ): A {
    return slices.put_(this, index, source, options);
  }

  /** A copy with one position of a dimension replaced; PyTorch: `Tensor.select_scatter`. */
  selectScatter<A extends Tensor>(
    this: A,
    source: Tensor,
    dim: number,
    index: number,
  ): Tensor<A['~shape'], A['dtype']> {
    return regions.selectScatter(this, source, dim, index);
  }

  /** A copy with a slice of a dimension replaced; PyTorch: `Tensor.slice_scatter`. */
  sliceScatter<A extends Tensor>(
    this: A,
    source: Tensor,
    options?: regions.SliceOptions,
  ): Tensor<A['~shape'], A['dtype']> {
    return regions.sliceScatter(this, source, options);
  }

  /** A copy with a diagonal replaced; PyTorch: `Tensor.diagonal_scatter`. */
  diagonalScatter<A extends Tensor>(this: A, source: Tensor, options?: PlaneOptions): Tensor<A['~shape'], A['dtype']> {
    return regions.diagonalScatter(this, source, options);
  }

  // Masks

  /** A value where the mask holds; PyTorch: `Tensor.masked_fill`. */
  maskedFill<A extends Tensor, M extends Tensor>(
    this: A,
    mask: Checked<Broadcast<'maskedFill', ShapeOf<A>, ShapeOf<M>>, M>,
    value: Tensor | Numeric,
  ): Tensor<Broadcasted<'maskedFill', A['~shape'], ShapeOf<M>>, A['dtype']> {
    return masks.maskedFill<A, M>(this, mask, value);
  }

  /** `maskedFill` in place; PyTorch: `Tensor.masked_fill_`. */
  maskedFill_<A extends Tensor>(this: A, mask: Tensor, value: Tensor | Numeric): A {
    return masks.maskedFill_(this, mask, value);
  }

  /** The elements where the mask holds; PyTorch: `Tensor.masked_select`. */
  maskedSelect<A extends Tensor>(this: A, mask: Tensor): Tensor<[number], A['dtype']> {
    return masks.maskedSelect(this, mask);
  }

  /** `maskedSelect` on any backend. */
  maskedSelectAsync<A extends Tensor>(this: A, mask: Tensor): Promise<Tensor<[number], A['dtype']>> {
    return masks.maskedSelectAsync(this, mask);
  }

  /** Elements of a source, one after the other, where the mask holds; PyTorch: `Tensor.masked_scatter`. */
  maskedScatter<A extends Tensor>(this: A, mask: Tensor, source: Tensor): Tensor<A['~shape'], A['dtype']> {
    return masks.maskedScatter(this, mask, source);
  }

  /** `maskedScatter` in place; PyTorch: `Tensor.masked_scatter_`. */
  maskedScatter_<A extends Tensor>(this: A, mask: Tensor, source: Tensor): A {
    return masks.maskedScatter_(this, mask, source);
  }

  /** Indices of the elements that differ from 0; PyTorch: `Tensor.nonzero`. */
  nonzero(this: Tensor, options: places.NonzeroOptions & { readonly asTuple: true }): Tensor<[number], 'int64'>[];
  nonzero(
    this: Tensor,
    options?: places.NonzeroOptions & { readonly asTuple?: false | undefined },
  ): Tensor<[number, number], 'int64'>;
  nonzero(this: Tensor, options?: places.NonzeroOptions): Tensor | Tensor[] {
    return places.nonzero(this, options as never);
  }

  /** `nonzero` on any backend. */
  nonzeroAsync(
    this: Tensor,
    options: places.NonzeroOptions & { readonly asTuple: true },
  ): Promise<Tensor<[number], 'int64'>[]>;
  nonzeroAsync(
    this: Tensor,
    options?: places.NonzeroOptions & { readonly asTuple?: false | undefined },
  ): Promise<Tensor<[number, number], 'int64'>>;
  nonzeroAsync(this: Tensor, options?: places.NonzeroOptions): Promise<Tensor | Tensor[]> {
    return places.nonzeroAsync(this, options as never);
  }

  /** `nonzero` by NumPy's name; PyTorch: `Tensor.argwhere`. */
  argwhere(this: Tensor): Tensor<[number, number], 'int64'> {
    return places.argwhere(this);
  }
}
