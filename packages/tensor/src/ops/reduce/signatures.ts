/**
 * Types of functions that only this folder has: shapes by the shape layer, dtypes by PyTorch's rules. The usual ones stand in `types/signatures.ts`.
 * Types only.
 */
import type { DType } from '@nn/backend';
import type { Tensor } from '../../tensor.ts';
import type {
  Axis,
  Broadcast,
  Broadcasted,
  Checked,
  Dims,
  FloatOf,
  InRange,
  Known,
  List,
  PromoteOf,
  Reduce,
  Shape,
  ShapeOf,
  ShapeOr,
} from '../../types/index.ts';

/** norm, vectorNorm: mean's, with an order. */
export type NormFunction<Op extends string, Options> = <
  A extends Tensor,
  const I extends Dims = undefined,
  K extends boolean = false,
  T extends DType = FloatOf<A['dtype']>,
>(
  x: A,
  options?: {
    readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>;
    readonly keepdim?: K | undefined;
    readonly dtype?: T | undefined;
  } & Options,
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>>;

/** varMean, stdMean: a spread and the mean. */
export type MomentsFunction<Op extends string, Options> = <
  A extends Tensor,
  const I extends Dims = undefined,
  K extends boolean = false,
>(
  x: A,
  options?: { readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; readonly keepdim?: K | undefined } & Options,
) => [
  Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>>,
  Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>>,
];

/** countNonzero. */
export type CountFunction = <A extends Tensor, const I extends Dims = undefined>(
  x: A,
  options?: { readonly dim?: Checked<InRange<'countNonzero', ShapeOf<A>, I>, I> },
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, false>>, 'int64'>;

/** aminmax. */
export type AminmaxFunction = <A extends Tensor, I extends number | undefined = undefined, K extends boolean = false>(
  x: A,
  options?: { readonly dim?: Checked<InRange<'aminmax', ShapeOf<A>, I>, I>; readonly keepdim?: K | undefined },
) => {
  readonly min: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  readonly max: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
};

/** Elements chosen along a dimension, and where they were. */
export interface Chosen<out S extends Shape = Shape, out D extends DType = DType> {
  readonly values: Tensor<S, D>;
  readonly indices: Tensor<S, 'int64'>;
}

/** max, min: of all elements, of a dimension together with the places, or of two tensors elementwise. */
export interface ExtremeFunction<Op extends string> {
  <A extends Tensor>(x: A): Tensor<[], A['dtype']>;
  <A extends Tensor, B extends Tensor>(
    x: A,
    other: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<Op, A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  <A extends Tensor, I extends number, K extends boolean = false>(
    x: A,
    options: { readonly dim: Checked<InRange<Op, ShapeOf<A>, I>, I>; readonly keepdim?: K | undefined },
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
}

/** median, nanmedian: of all elements, or of a dimension together with the places. */
export interface MedianFunction<Op extends string> {
  <A extends Tensor>(x: A): Tensor<[], A['dtype']>;
  <A extends Tensor, I extends number, K extends boolean = false>(
    x: A,
    options: { readonly dim: Checked<InRange<Op, ShapeOf<A>, I>, I>; readonly keepdim?: K | undefined },
  ): Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
}

/** mode: of the last dimension unless told otherwise. */
export type ModeFunction<Op extends string> = <A extends Tensor, I extends number = -1, K extends boolean = false>(
  x: A,
  options?: { readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; readonly keepdim?: K | undefined },
) => Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;

/** kthvalue. */
export type KthFunction<Op extends string> = <A extends Tensor, I extends number = -1, K extends boolean = false>(
  x: A,
  k: number,
  options?: { readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; readonly keepdim?: K | undefined },
) => Chosen<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;

/** logcumsumexp. */
export type FloatCumulativeFunction<Op extends string> = <A extends Tensor, I extends number>(
  x: A,
  dim: Checked<InRange<Op, ShapeOf<A>, I>, I>,
) => Tensor<A['~shape'], FloatOf<A['dtype']>>;

/** cumsum_, cumprod_. */
export type CumulativeInto<Op extends string> = <A extends Tensor, I extends number>(
  x: A,
  dim: Checked<InRange<Op, ShapeOf<A>, I>, I>,
) => A;

/** cummax, cummin. */
export type CumulativeExtremeFunction<Op extends string> = <A extends Tensor, I extends number>(
  x: A,
  dim: Checked<InRange<Op, ShapeOf<A>, I>, I>,
) => Chosen<A['~shape'], A['dtype']>;

/** sort. */
export type SortFunction<Op extends string> = <A extends Tensor, I extends number = -1>(
  x: A,
  options?: {
    readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>;
    readonly descending?: boolean | undefined;
    readonly stable?: boolean | undefined;
  },
) => Chosen<A['~shape'], A['dtype']>;

/** argsort. */
export type ArgsortFunction<Op extends string> = <A extends Tensor, I extends number = -1>(
  x: A,
  options?: {
    readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>;
    readonly descending?: boolean | undefined;
    readonly stable?: boolean | undefined;
  },
) => Tensor<A['~shape'], 'int64'>;

/** S with size K in dimension D. */
export type Resized<S, D, K> =
  Known<S> extends true
    ? D extends number
      ? number extends D
        ? Shape
        : { -readonly [P in keyof S]: P extends Axis<S, D> ? K : S[P] }
      : Shape
    : Shape;

/** topk. */
export type TopkFunction = <A extends Tensor, N extends number, I extends number = -1>(
  x: A,
  k: N,
  options?: {
    readonly dim?: Checked<InRange<'topk', ShapeOf<A>, I>, I>;
    readonly largest?: boolean | undefined;
    readonly sorted?: boolean | undefined;
  },
) => Chosen<ShapeOr<Resized<ShapeOf<A>, I, N>>, A['dtype']>;

/** quantile, nanquantile: a number q adds no dimension, a vector one in front. */
export type QuantileFunction<Op extends string> = <
  A extends Tensor,
  Q extends number | Tensor,
  I extends number | undefined = undefined,
  K extends boolean = false,
>(
  x: A,
  q: Q,
  options?: {
    readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>;
    readonly keepdim?: K | undefined;
    readonly interpolation?: 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest' | undefined;
  },
) => Tensor<ShapeOr<QuantileShape<Q, Reduce<ShapeOf<A>, I, K>>>, A['dtype']>;

/** A vector of shares adds a dimension in front. */
export type QuantileShape<Q, S> = Q extends number ? S : S extends List ? [...(ShapeOf<Q> & List), ...S] : Shape;

/** Options of a reduction, as `sum` and its kin write them. */
export interface Along<Op extends string, A, I, K> {
  readonly dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>;
  readonly keepdim?: K | undefined;
}

/** The same with a dtype. */
export interface AlongAs<Op extends string, A, I, K, T> extends Along<Op, A, I, K> {
  readonly dtype?: T | undefined;
}

/** The same where one dimension must be named. */
export interface AlongOne<Op extends string, A, I, K> {
  readonly dim: Checked<InRange<Op, ShapeOf<A>, I>, I>;
  readonly keepdim?: K | undefined;
}
