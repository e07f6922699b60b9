/**
 * The subject of the type tests: every signature as the Tensor class and the free functions declare them, without the code.
 * Methods are generic in their receiver and never mention the class's S, which keeps it covariant and cheap to compare.
 * Result types are written out, so that a hover shows the shape.
 */
import type { DType } from '@nn/backend';
import type {
  Broadcast,
  Broadcasted,
  CanExpand,
  CanExpect,
  CanReshape,
  CanSelect,
  Checked,
  CheckedRest,
  Dims,
  Expand,
  Flatten,
  FloatOf,
  Index,
  InRange,
  InResultRange,
  MatMul,
  Numeric,
  Permute,
  PromoteOf,
  Reduce,
  Reshape,
  Select,
  Shape,
  ShapeOf,
  ShapeOr,
  Squeeze,
  TotalOf,
  Transpose,
  TransposeMatrix,
  TruthOf,
  Unsqueeze,
} from '../index.ts';

export declare class Tensor<out S extends Shape = Shape, out D extends DType = DType> {
  readonly shape: Readonly<S>;
  readonly dtype: D;
  /** Type only: what shape functions read. */
  readonly '~shape': S;

  matmul<A extends Tensor, B extends Tensor>(
    this: A,
    other: Checked<MatMul<ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<ShapeOr<MatMul<ShapeOf<A>, ShapeOf<B>>>, PromoteOf<A, B>>;

  // Elementwise of two: mul, pow, maximum, minimum, remainder, fmod, atan2 as add.
  add<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'add', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: { alpha?: number | undefined },
  ): Tensor<Broadcasted<'add', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  sub<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'sub', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: { alpha?: number | undefined },
  ): Tensor<Broadcasted<'sub', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  mul<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'mul', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'mul', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  div<A extends Tensor, B extends Tensor | Numeric, M extends 'floor' | 'trunc' | null = null>(
    this: A,
    other: Checked<Broadcast<'div', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: { roundingMode?: M | undefined },
  ): Tensor<Broadcasted<'div', A['~shape'], ShapeOf<B>>, M extends null ? FloatOf<PromoteOf<A, B>> : PromoteOf<A, B>>;
  pow<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'pow', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'pow', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  maximum<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'maximum', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'maximum', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  minimum<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'minimum', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'minimum', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>>;
  // eq, ne, lt, le, gt, ge and logicalAnd, logicalOr, logicalXor:
  eq<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'eq', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'eq', A['~shape'], ShapeOf<B>>, 'bool'>;
  ne<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'ne', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'ne', A['~shape'], ShapeOf<B>>, 'bool'>;
  lt<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'lt', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'lt', A['~shape'], ShapeOf<B>>, 'bool'>;
  le<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'le', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'le', A['~shape'], ShapeOf<B>>, 'bool'>;
  gt<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'gt', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'gt', A['~shape'], ShapeOf<B>>, 'bool'>;
  ge<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'ge', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'ge', A['~shape'], ShapeOf<B>>, 'bool'>;
  logicalAnd<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'logicalAnd', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logicalAnd', A['~shape'], ShapeOf<B>>, 'bool'>;
  logicalOr<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'logicalOr', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logicalOr', A['~shape'], ShapeOf<B>>, 'bool'>;
  logicalXor<A extends Tensor, B extends Tensor | Numeric>(
    this: A,
    other: Checked<Broadcast<'logicalXor', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logicalXor', A['~shape'], ShapeOf<B>>, 'bool'>;

  // Elementwise of one: abs, neg, sign, floor, ceil, round, trunc, clone, detach, contiguous as relu …
  relu<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']>;
  // … log, sqrt, sin, tanh, sigmoid and the rest that compute in floats as exp …
  exp<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>>;
  // … isinf, isfinite, logicalNot as isnan.
  isnan<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'>;
  to<A extends Tensor, T extends DType>(this: A, dtype: T): Tensor<A['~shape'], T>;

  softmax<A extends Tensor, I extends number, T extends DType = FloatOf<A['dtype']>>(
    this: A,
    dim: Checked<InRange<'softmax', ShapeOf<A>, I>, I>,
    options?: { dtype?: T | undefined },
  ): Tensor<A['~shape'], NoInfer<T>>;
  logSoftmax<A extends Tensor, I extends number, T extends DType = FloatOf<A['dtype']>>(
    this: A,
    dim: Checked<InRange<'logSoftmax', ShapeOf<A>, I>, I>,
    options?: { dtype?: T | undefined },
  ): Tensor<A['~shape'], NoInfer<T>>;
  cumsum<A extends Tensor, I extends number, T extends DType = TotalOf<A['dtype']>>(
    this: A,
    dim: Checked<InRange<'cumsum', ShapeOf<A>, I>, I>,
    options?: { dtype?: T | undefined },
  ): Tensor<A['~shape'], NoInfer<T>>;

  // Reductions
  sum<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = TotalOf<A['dtype']>,
  >(
    this: A,
    options?: { dim?: Checked<InRange<'sum', ShapeOf<A>, I>, I>; keepdim?: K | undefined; dtype?: T | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>>;
  prod<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = TotalOf<A['dtype']>,
  >(
    this: A,
    options?: { dim?: Checked<InRange<'prod', ShapeOf<A>, I>, I>; keepdim?: K | undefined; dtype?: T | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>>;
  mean<
    A extends Tensor,
    const I extends Dims = undefined,
    K extends boolean = false,
    T extends DType = FloatOf<A['dtype']>,
  >(
    this: A,
    options?: { dim?: Checked<InRange<'mean', ShapeOf<A>, I>, I>; keepdim?: K | undefined; dtype?: T | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>>;
  amax<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'amax', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  amin<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'amin', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
  argmax<A extends Tensor, I extends number | null | undefined = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'argmax', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, 'int64'>;
  argmin<A extends Tensor, I extends number | null | undefined = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'argmin', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, 'int64'>;
  var<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: {
      dim?: Checked<InRange<'var', ShapeOf<A>, I>, I>;
      keepdim?: K | undefined;
      correction?: number | undefined;
    },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>>;
  std<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: {
      dim?: Checked<InRange<'std', ShapeOf<A>, I>, I>;
      keepdim?: K | undefined;
      correction?: number | undefined;
    },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>>;
  norm<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'norm', ShapeOf<A>, I>, I>; keepdim?: K | undefined; p?: number | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>>;
  logsumexp<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'logsumexp', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>>;
  all<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'all', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, TruthOf<A['dtype']>>;
  any<A extends Tensor, const I extends Dims = undefined, K extends boolean = false>(
    this: A,
    options?: { dim?: Checked<InRange<'any', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, TruthOf<A['dtype']>>;
  max<A extends Tensor>(this: A): Tensor<[], A['dtype']>;
  max<A extends Tensor, I extends number, K extends boolean = false>(
    this: A,
    options: { dim: Checked<InRange<'max', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): {
    readonly values: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
    readonly indices: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, 'int64'>;
  };
  min<A extends Tensor>(this: A): Tensor<[], A['dtype']>;
  min<A extends Tensor, I extends number, K extends boolean = false>(
    this: A,
    options: { dim: Checked<InRange<'min', ShapeOf<A>, I>, I>; keepdim?: K | undefined },
  ): {
    readonly values: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
    readonly indices: Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, 'int64'>;
  };

  // Views
  reshape<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanReshape<'reshape', ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Reshape<ShapeOf<A>, T>>, A['dtype']>;
  view<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanReshape<'view', ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Reshape<ShapeOf<A>, T>>, A['dtype']>;
  flatten<A extends Tensor, I extends number = 0, J extends number = -1>(
    this: A,
    options?: {
      startDim?: Checked<InRange<'flatten', ShapeOf<A>, I>, I>;
      endDim?: Checked<Flatten<'flatten', ShapeOf<A>, I, J>, J>;
    },
  ): Tensor<ShapeOr<Flatten<'flatten', ShapeOf<A>, I, J>>, A['dtype']>;
  expand<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanExpand<ShapeOf<A>, T>, T>,
  ): Tensor<ShapeOr<Expand<ShapeOf<A>, T>>, A['dtype']>;
  transpose<A extends Tensor, I extends number, J extends number>(
    this: A,
    dim0: Checked<InRange<'transpose', ShapeOf<A>, I>, I>,
    dim1: Checked<InRange<'transpose', ShapeOf<A>, J>, J>,
  ): Tensor<ShapeOr<Transpose<ShapeOf<A>, I, J>>, A['dtype']>;
  t<A extends Tensor>(this: A): Tensor<ShapeOr<TransposeMatrix<ShapeOf<A>>>, A['dtype']>;
  permute<A extends Tensor, const P extends Shape>(
    this: A,
    dims: Checked<Permute<ShapeOf<A>, P>, P>,
  ): Tensor<ShapeOr<Permute<ShapeOf<A>, P>>, A['dtype']>;
  squeeze<A extends Tensor, const I extends Dims = undefined>(
    this: A,
    dim?: Checked<InRange<'squeeze', ShapeOf<A>, I>, I>,
  ): Tensor<ShapeOr<Squeeze<ShapeOf<A>, I>>, A['dtype']>;
  unsqueeze<A extends Tensor, I extends number>(
    this: A,
    dim: Checked<InResultRange<'unsqueeze', ShapeOf<A>, I>, I>,
  ): Tensor<ShapeOr<Unsqueeze<ShapeOf<A>, I>>, A['dtype']>;
  at<A extends Tensor, const I extends readonly Index[]>(
    this: A,
    ...indices: CheckedRest<CanSelect<ShapeOf<A>, I>, I>
  ): Tensor<ShapeOr<Select<ShapeOf<A>, I>>, A['dtype']>;
  /** Checks the shape at run time and says so in the type; `number` accepts any size. */
  expect<A extends Tensor, const T extends Shape>(
    this: A,
    shape: Checked<CanExpect<ShapeOf<A>, T>, T>,
  ): Tensor<[...T], A['dtype']>;
}
