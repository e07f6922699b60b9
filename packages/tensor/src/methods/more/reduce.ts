/** Reductions: each method is one line that calls the function, which has the documentation. Sorting and running combines are in `order.ts`. */
import type { DType } from '@nn/backend';
import * as ops from '../../ops/reduce/index.ts';
import type { Along, AlongAs, AlongOne, Chosen } from '../../ops/reduce/signatures.ts';
import type { Tensor } from '../../tensor.ts';
import type { Checked, Dims, FloatOf, InRange, Reduce, ShapeOf, ShapeOr, TotalOf } from '../../types/index.ts';

export abstract class MoreReduceMethods {
  nansum<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = TotalOf<A['dtype']>,
  >(this: A, options?: AlongAs<'nansum', A, I, K, T>): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>> {
    return ops.nansum(this, options as never) as never;
  }
  prod<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = TotalOf<A['dtype']>,
  >(this: A, options?: AlongAs<'prod', A, I, K, T>): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>> {
    return ops.prod(this, options as never) as never;
  }
  nanmean<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = FloatOf<A['dtype']>,
  >(this: A, options?: AlongAs<'nanmean', A, I, K, T>): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>> {
    return ops.nanmean(this, options as never) as never;
  }
  norm<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = FloatOf<A['dtype']>,
  >(
    this: A,
    options?: AlongAs<'norm', A, I, K, T> & ops.NormOptions,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>> {
    return ops.norm(this, options as never) as never;
  }
  amax<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'amax', A, I, K>,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']> {
    return ops.amax(this, options as never) as never;
  }
  amin<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'amin', A, I, K>,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']> {
    return ops.amin(this, options as never) as never;
  }
  var<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'var', A, I, K> & ops.VarianceOptions,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>> {
    return ops.variance(this, options as never) as never;
  }
  std<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'std', A, I, K> & ops.VarianceOptions,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>> {
    return ops.std(this, options as never) as never;
  }
  logsumexp<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'logsumexp', A, I, K>,
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>> {
    return ops.logsumexp(this, options as never) as never;
  }
  countNonzero<A extends Tensor, const I extends Dims = undefined>(
    this: A,
    options?: { readonly dim?: Checked<InRange<'countNonzero', ShapeOf<A>, I>, I> },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, false>>, 'int64'> {
    return ops.countNonzero(this, options as never) as never;
  }
  aminmax<A extends Tensor, I extends number | undefined = undefined, K extends boolean = false>(
    this: A,
    options?: Along<'aminmax', A, I, K>,
  ): {
    readonly min: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
    readonly max: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  } {
    return ops.aminmax(this, options as never) as never;
  }
  median<A extends Tensor>(this: A): Tensor<[], A['dtype']>;
  median<A extends Tensor, I extends number, K extends boolean = false>(
    this: A,
    options: AlongOne<'median', A, I, K>,
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  median(this: Tensor, options?: unknown): unknown {
    return ops.median(this, options as never);
  }
  nanmedian<A extends Tensor>(this: A): Tensor<[], A['dtype']>;
  nanmedian<A extends Tensor, I extends number, K extends boolean = false>(
    this: A,
    options: AlongOne<'nanmedian', A, I, K>,
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  nanmedian(this: Tensor, options?: unknown): unknown {
    return ops.nanmedian(this, options as never);
  }
  mode<A extends Tensor, I extends number = -1, K extends boolean = false>(
    this: A,
    options?: Along<'mode', A, I, K>,
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']> {
    return ops.mode(this, options as never) as never;
  }
  quantile<
    A extends Tensor,
    Q extends number | Tensor,
    I extends number | undefined = undefined,
    K extends boolean = false,
  >(
    this: A,
    q: Q,
    options?: Along<'quantile', A, I, K> & Pick<ops.QuantileOptions, 'interpolation'>,
  ): Tensor<ShapeOr<ops.QuantileShape<Q, Reduce<ShapeOf<A>, I, K>>>, A['dtype']> {
    return ops.quantile(this, q, options as never) as never;
  }
  nanquantile<
    A extends Tensor,
    Q extends number | Tensor,
    I extends number | undefined = undefined,
    K extends boolean = false,
  >(
    this: A,
    q: Q,
    options?: Along<'nanquantile', A, I, K> & Pick<ops.QuantileOptions, 'interpolation'>,
  ): Tensor<ShapeOr<ops.QuantileShape<Q, Reduce<ShapeOf<A>, I, K>>>, A['dtype']> {
    return ops.nanquantile(this, q, options as never) as never;
  }
  histc<A extends Tensor>(this: A, options?: ops.HistogramOptions): Tensor<[number], A['dtype']> {
    return ops.histc(this, options);
  }
  bincount(this: Tensor, options?: ops.BincountOptions): Tensor<[number]> {
    return ops.bincount(this, options);
  }
  trace<A extends Tensor>(this: A): Tensor<[], TotalOf<A['dtype']>> {
    return ops.trace(this);
  }
}
