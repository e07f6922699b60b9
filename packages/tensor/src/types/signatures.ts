/**
 * Signatures of free functions, by family: `export const add: BinaryFunction<'add'> = (left, right) => …`. The methods of
 * Tensor have the same ones, written out, since a method can't take its type from elsewhere.
 */
import type { DType } from '@nn/backend';
import type { Tensor } from '../tensor.ts';
import type {
  Broadcast,
  Broadcasted,
  Cat,
  Checked,
  Dims,
  FloatOf,
  InRange,
  InResultRange,
  LinearByWeight,
  MatMul,
  Numeric,
  PromoteAll,
  PromoteOf,
  Reduce,
  ResultShapeOf,
  ShapeOf,
  ShapeOr,
  ShapesOf,
  Stack,
  TotalOf,
  TruthOf,
} from './index.ts';

type Operand = Tensor | Numeric;

/** matmul. */
export type MatMulFunction = <A extends Tensor, B extends Tensor>(
  left: A,
  right: Checked<MatMul<ShapeOf<A>, ShapeOf<B>>, B>,
) => Tensor<ShapeOr<MatMul<ShapeOf<A>, ShapeOf<B>>>, PromoteOf<A, B>>;

/** mul, pow, maximum, minimum, remainder. */
export type BinaryFunction<Op extends string> = <A extends Operand, B extends Operand>(
  left: A,
  right: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => Tensor<Broadcasted<Op, ResultShapeOf<A>, ShapeOf<B>>, PromoteOf<A, B>>;

/** add, sub. */
export type AddFunction<Op extends string> = <A extends Operand, B extends Operand>(
  left: A,
  right: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  options?: { alpha?: number | undefined },
) => Tensor<Broadcasted<Op, ResultShapeOf<A>, ShapeOf<B>>, PromoteOf<A, B>>;

/** div. */
export type DivFunction = <A extends Operand, B extends Operand, M extends 'floor' | 'trunc' | null = null>(
  left: A,
  right: Checked<Broadcast<'div', ShapeOf<A>, ShapeOf<B>>, B>,
  options?: { roundingMode?: M | undefined },
) => Tensor<
  Broadcasted<'div', ResultShapeOf<A>, ShapeOf<B>>,
  M extends null ? FloatOf<PromoteOf<A, B>> : PromoteOf<A, B>
>;

/** eq, ne, lt, le, gt, ge, logicalAnd, logicalOr, logicalXor. */
export type ComparisonFunction<Op extends string> = <A extends Operand, B extends Operand>(
  left: A,
  right: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => Tensor<Broadcasted<Op, ResultShapeOf<A>, ShapeOf<B>>, 'bool'>;

/** relu, abs, neg, sign, floor, ceil, round, clone. */
export type UnaryFunction = <A extends Tensor>(input: A) => Tensor<A['~shape'], A['dtype']>;
/** exp, log, sqrt, sin, tanh, sigmoid: integers become float32. */
export type FloatFunction = <A extends Tensor>(input: A) => Tensor<A['~shape'], FloatOf<A['dtype']>>;
/** isnan, isinf, isfinite, logicalNot. */
export type PredicateFunction = <A extends Tensor>(input: A) => Tensor<A['~shape'], 'bool'>;

/** softmax, logSoftmax. */
export type SoftmaxFunction<Op extends string> = <
  A extends Tensor,
  I extends number,
  T extends DType = FloatOf<A['dtype']>,
>(
  input: A,
  dim: Checked<InRange<Op, ShapeOf<A>, I>, I>,
  options?: { dtype?: T | undefined },
) => Tensor<A['~shape'], NoInfer<T>>;
/** cumsum, cumprod. */
export type CumulativeFunction<Op extends string> = <
  A extends Tensor,
  I extends number,
  T extends DType = TotalOf<A['dtype']>,
>(
  input: A,
  dim: Checked<InRange<Op, ShapeOf<A>, I>, I>,
  options?: { dtype?: T | undefined },
) => Tensor<A['~shape'], NoInfer<T>>;

/** sum, prod. */
export type SumFunction<Op extends string> = <
  A extends Tensor,
  const I extends Dims = undefined,
  K extends boolean = false,
  T extends DType = TotalOf<A['dtype']>,
>(
  input: A,
  options?: { dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; keepdim?: K | undefined; dtype?: T | undefined },
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>>;
/** mean. */
export type MeanFunction<Op extends string> = <
  A extends Tensor,
  const I extends Dims = undefined,
  K extends boolean = false,
  T extends DType = FloatOf<A['dtype']>,
>(
  input: A,
  options?: { dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; keepdim?: K | undefined; dtype?: T | undefined },
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, NoInfer<T>>;
/** amax, amin; of an own dtype: logsumexp (`FloatReduceFunction`), all and any (`TruthFunction`). */
export type ReduceFunction<Op extends string> = <
  A extends Tensor,
  const I extends Dims = undefined,
  K extends boolean = false,
>(
  input: A,
  options?: { dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; keepdim?: K | undefined },
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, A['dtype']>;
/** logsumexp; with options of their own: var and std (correction), norm (p). */
export type FloatReduceFunction<Op extends string, Options = unknown> = <
  A extends Tensor,
  const I extends Dims = undefined,
  K extends boolean = false,
>(
  input: A,
  options?: { dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; keepdim?: K | undefined } & Options,
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, FloatOf<A['dtype']>>;
/** all, any. */
export type TruthFunction<Op extends string> = <
  A extends Tensor,
  const I extends Dims = undefined,
  K extends boolean = false,
>(
  input: A,
  options?: { dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; keepdim?: K | undefined },
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, TruthOf<A['dtype']>>;
/** argmax, argmin. */
export type ArgFunction<Op extends string> = <
  A extends Tensor,
  I extends number | null | undefined = undefined,
  K extends boolean = false,
>(
  input: A,
  options?: { dim?: Checked<InRange<Op, ShapeOf<A>, I>, I>; keepdim?: K | undefined },
) => Tensor<ShapeOr<Reduce<ShapeOf<A>, I, K>>, 'int64'>;
/** cat. */
export type CatFunction = <const T extends readonly Tensor[], I extends number = 0>(
  tensors: Checked<Cat<ShapesOf<T>, I>, T>,
  options?: { dim?: Checked<InRange<'cat', ShapeOf<T[0]>, I>, I> },
) => Tensor<ShapeOr<Cat<ShapesOf<T>, I>>, PromoteAll<T>>;
/** stack. */
export type StackFunction = <const T extends readonly Tensor[], I extends number = 0>(
  tensors: Checked<Stack<ShapesOf<T>, I>, T>,
  options?: { dim?: Checked<InResultRange<'stack', ShapeOf<T[0]>, I>, I> },
) => Tensor<ShapeOr<Stack<ShapesOf<T>, I>>, PromoteAll<T>>;

/** linear. */
export type LinearFunctionSignature = <A extends Tensor, W extends Tensor>(
  input: A,
  weight: Checked<LinearByWeight<ShapeOf<A>, ShapeOf<W>>, W>,
  bias?: Tensor | null,
) => Tensor<ShapeOr<LinearByWeight<ShapeOf<A>, ShapeOf<W>>>, PromoteOf<A, W>>;
