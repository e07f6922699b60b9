/** Sorting, running combines, softmax, triangles: each method is one line that calls the function, which has the documentation. */
import type { DType } from '@nn/backend';
import { type DiagonalOptions, tril, triu } from '../../ops/creation/triangles.ts';
import * as ops from '../../ops/reduce/index.ts';
import type { Along, Chosen, Resized } from '../../ops/reduce/signatures.ts';
import type { Tensor } from '../../tensor.ts';
import type { Checked, FloatOf, InRange, Reduce, Shape, ShapeOf, ShapeOr, TotalOf } from '../../types/index.ts';

interface SortArguments<Op extends string, A, I> {
  readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>;
  readonly descending?: boolean | undefined;
  readonly stable?: boolean | undefined;
}

export abstract class MoreOrderMethods {
  cumsum<A extends Tensor, I extends number, T extends DType = TotalOf<A['dtype']>>(
    this: A,
    dim: Checked<InRange<'cumsum', ShapeOf<A>, I>, I>,
    options?: { readonly dtype?: T | undefined },
  ): Tensor<A['~shape'], NoInfer<T>> {
    return ops.cumsum(this, dim as never, options) as never;
  }
  cumprod<A extends Tensor, I extends number, T extends DType = TotalOf<A['dtype']>>(
    this: A,
    dim: Checked<InRange<'cumprod', ShapeOf<A>, I>, I>,
    options?: { readonly dtype?: T | undefined },
  ): Tensor<A['~shape'], NoInfer<T>> {
    return ops.cumprod(this, dim as never, options) as never;
  }
  cumsum_<A extends Tensor, I extends number>(this: A, dim: Checked<InRange<'cumsum_', ShapeOf<A>, I>, I>): A {
    return ops.cumsum_(this, dim as never) as never;
  }
  cumprod_<A extends Tensor, I extends number>(this: A, dim: Checked<InRange<'cumprod_', ShapeOf<A>, I>, I>): A {
    return ops.cumprod_(this, dim as never) as never;
  }
  cummax<A extends Tensor, I extends number>(
    this: A,
    dim: Checked<InRange<'cummax', ShapeOf<A>, I>, I>,
  ): Chosen<A['~shape'], A['dtype']> {
    return ops.cummax(this, dim as never) as never;
  }
  cummin<A extends Tensor, I extends number>(
    this: A,
    dim: Checked<InRange<'cummin', ShapeOf<A>, I>, I>,
  ): Chosen<A['~shape'], A['dtype']> {
    return ops.cummin(this, dim as never) as never;
  }
  logcumsumexp<A extends Tensor, I extends number>(
    this: A,
    dim: Checked<InRange<'logcumsumexp', ShapeOf<A>, I>, I>,
  ): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.logcumsumexp(this, dim as never) as never;
  }
  diff<A extends Tensor>(this: A, options?: ops.DiffOptions): Tensor<Shape, A['dtype']> {
    return ops.diff(this, options);
  }
  sort<A extends Tensor, I extends number = -1>(
    this: A,
    options?: SortArguments<'sort', A, I>,
  ): Chosen<A['~shape'], A['dtype']> {
    return ops.sort(this, options as never) as never;
  }
  argsort<A extends Tensor, I extends number = -1>(
    this: A,
    options?: SortArguments<'argsort', A, I>,
  ): Tensor<A['~shape'], 'int64'> {
    return ops.argsort(this, options as never) as never;
  }
  msort<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.msort(this);
  }
  topk<A extends Tensor, N extends number, I extends number = -1>(
    this: A,
    k: N,
    options?: {
      readonly dim?: Checked<InRange<'topk', ShapeOf<A>, I>, I>;
      readonly largest?: boolean | undefined;
      readonly sorted?: boolean | undefined;
    },
  ): Chosen<ShapeOr<Resized<ShapeOf<A>, I, N>>, A['dtype']> {
    return ops.topk(this, k, options as never) as never;
  }
  kthvalue<A extends Tensor, I extends number = -1, K extends boolean = false>(
    this: A,
    k: number,
    options?: Along<'kthvalue', A, I, K>,
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']> {
    return ops.kthvalue(this, k, options as never) as never;
  }
  unique<A extends Tensor, I extends boolean = false, C extends boolean = false>(
    this: A,
    options?: ops.UniqueOptions<I, C>,
  ): ops.Unique<A['dtype'], I, C> {
    return ops.unique(this, options);
  }
  uniqueConsecutive<A extends Tensor, I extends boolean = false, C extends boolean = false>(
    this: A,
    options?: Omit<ops.UniqueOptions<I, C>, 'sorted'>,
  ): ops.Unique<A['dtype'], I, C> {
    return ops.uniqueConsecutive(this, options);
  }
  tril<A extends Tensor>(this: A, options?: DiagonalOptions): Tensor<A['~shape'], A['dtype']> {
    return tril(this, options);
  }
  triu<A extends Tensor>(this: A, options?: DiagonalOptions): Tensor<A['~shape'], A['dtype']> {
    return triu(this, options);
  }
}
