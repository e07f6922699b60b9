/** Reductions: each method is one line that calls the function, which has the documentation. Sorting and running combines are in `order.ts`. */
import type { DType } from '@nn/backend';
import * as ops from '../ops/reduce/index.ts';
import type { Along, AlongAs, AlongOne, Chosen } from '../ops/reduce/signatures.ts';
import type { Tensor } from '../tensor.ts';
import type {
  Broadcast,
  Broadcasted,
  Checked,
  Dims,
  FloatOf,
  PromoteOf,
  Reduce,
  Shape,
  ShapeOf,
  ShapeOr,
  TotalOf,
  TruthOf,
} from '../types/index.ts';
import { OrderMethods } from './order.ts';

export abstract class ReduceMethods<out S extends Shape = Shape, out D extends DType = DType> extends OrderMethods<
  S,
  D
> {
  sum<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = TotalOf<A['dtype']>,
  >(this: A, options?: AlongAs<'sum', A, I, K, T>): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>> {
    return ops.sum(this, options as never) as never;
  }
  mean<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = FloatOf<A['dtype']>,
  >(this: A, options?: AlongAs<'mean', A, I, K, T>): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>> {
    return ops.mean(this, options as never) as never;
  }
  all<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'all', A, I, K>,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, TruthOf<A['dtype']>> {
    return ops.all(this, options as never) as never;
  }
  any<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'any', A, I, K>,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, TruthOf<A['dtype']>> {
    return ops.any(this, options as never) as never;
  }
  argmax<A extends Tensor, I extends number | null | undefined = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'argmax', A, I, K>,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, 'int64'> {
    return ops.argmax(this, options as never) as never;
  }
  argmin<A extends Tensor, I extends number | null | undefined = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'argmin', A, I, K>,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, 'int64'> {
    return ops.argmin(this, options as never) as never;
  }
  max<A extends Tensor>(this: A): Tensor<[], A['dtype']>;
  max<A extends Tensor, B extends Tensor>(
    this: A,
    other: Checked<Broadcast<'max', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'max', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  max<A extends Tensor, I extends number, K extends boolean = false>(
    this: A,
    options: AlongOne<'max', A, I, K>,
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  max(this: Tensor, second?: unknown): unknown {
    return ops.max(this, second as never);
  }
  min<A extends Tensor>(this: A): Tensor<[], A['dtype']>;
  min<A extends Tensor, B extends Tensor>(
    this: A,
    other: Checked<Broadcast<'min', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'min', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  min<A extends Tensor, I extends number, K extends boolean = false>(
    this: A,
    options: AlongOne<'min', A, I, K>,
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  min(this: Tensor, second?: unknown): unknown {
    return ops.min(this, second as never);
  }
}
