/** Indexing: each method is one line that calls the function, which has the documentation. */
import type { DType } from '@nn/backend';
import * as lists from '../ops/index/at.ts';
import type { Tensor } from '../tensor.ts';
import type { CanSelect, CheckedRest, Index, Select, Shape, ShapeOf, ShapeOr } from '../types/index.ts';
import { ShapeMethods } from './shape.ts';

export abstract class IndexMethods<out S extends Shape = Shape, out D extends DType = DType> extends ShapeMethods<
  S,
  D
> {
  // By an index list

  /** Elements by an index list: a view if it is basic, a copy if it holds arrays or masks; PyTorch: `x[…]`. */
  at<A extends Tensor, const I extends readonly Index[]>(
    this: A,
    ...indices: CheckedRest<CanSelect<ShapeOf<A>, I>, I>
  ): Tensor<ShapeOr<Select<ShapeOf<A>, I>>, A['dtype']> {
    return lists.at<A, I>(this, ...indices);
  }
}
