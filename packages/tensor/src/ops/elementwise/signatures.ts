/** Types of the functions of this folder: shapes by the shape layer, dtypes by PyTorch's rules. Types only. */
import type { Tensor } from '../../tensor.ts';
import type { Broadcast, Checked, DTypeOf, FloatOf, Numeric, PromoteOf, ShapeOf, ShapeOr } from '../../types/index.ts';

/** What broadcasts: a tensor, or a plain number. */
export type Operand = Tensor | Numeric;

/** abs, floor, relu: shape and dtype stay. */
export type UnaryFunction = <A extends Tensor>(x: A) => Tensor<A['~shape'], A['dtype']>;

/** exp, sin, sigmoid: integers become float32. */
export type FloatFunction = <A extends Tensor>(x: A) => Tensor<A['~shape'], FloatOf<A['dtype']>>;

/** isnan, logicalNot. */
export type PredicateFunction = <A extends Tensor>(x: A) => Tensor<A['~shape'], 'bool'>;

/** leakyRelu, clamp: one options object. */
export type OptionsFunction<Options> = <A extends Tensor>(x: A, options?: Options) => Tensor<A['~shape'], A['dtype']>;

/** In place: the tensor itself comes back. */
export type InPlaceFunction = <A extends Tensor>(x: A) => A;

/** In place, with one options object. */
export type InPlaceOptionsFunction<Options> = <A extends Tensor>(x: A, options?: Options) => A;

/** mul, maximum, remainder: the promoted dtype. */
export type BinaryFunction<Op extends string> = <A extends Operand, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => Tensor<ShapeOr<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>>, PromoteOf<A, B>>;

/** atan2, xlogy: the promoted dtype, integers as float32. */
export type FloatBinaryFunction<Op extends string> = <A extends Operand, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => Tensor<ShapeOr<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>>, FloatOf<PromoteOf<A, B>>>;

/** eq, lt, logicalAnd. */
export type ComparisonFunction<Op extends string> = <A extends Operand, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => Tensor<ShapeOr<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>>, 'bool'>;

/** mul_, pow_: in place, so x keeps its dtype and shape. */
export type BinaryInPlaceFunction<Op extends string> = <A extends Tensor, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => A;

/** Options of add and sub. */
export interface AlphaOptions {
  /** Multiplies the second operand; 1. */
  readonly alpha?: Numeric | undefined;
}

/** add, sub, rsub. */
export type AddFunction<Op extends string> = <A extends Operand, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  options?: AlphaOptions,
) => Tensor<ShapeOr<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>>, PromoteOf<A, B>>;

/** add_, sub_. */
export type AddInPlaceFunction<Op extends string> = <A extends Tensor, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  options?: AlphaOptions,
) => A;

/** How a quotient is rounded: not at all (null), down, or towards zero. */
export type RoundingMode = 'floor' | 'trunc' | null;

/** div: a true quotient is a float, a rounded one has the promoted dtype. */
export type DivFunction = <A extends Operand, B extends Operand, M extends RoundingMode = null>(
  x: A,
  y: Checked<Broadcast<'div', ShapeOf<A>, ShapeOf<B>>, B>,
  options?: { readonly roundingMode?: M | undefined },
) => Tensor<
  ShapeOr<Broadcast<'div', ShapeOf<A>, ShapeOf<B>>>,
  M extends null ? FloatOf<PromoteOf<A, B>> : PromoteOf<A, B>
>;

/** div_. */
export type DivInPlaceFunction = <A extends Tensor, B extends Operand>(
  x: A,
  y: Checked<Broadcast<'div_', ShapeOf<A>, ShapeOf<B>>, B>,
  options?: { readonly roundingMode?: RoundingMode | undefined },
) => A;

/** The shape of three operands together. */
export type Broadcast3<Op extends string, A, B, C> = Broadcast<Op, Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, ShapeOf<C>>;

/** where: a choice, or the places where the condition holds. */
export interface WhereFunction {
  (condition: Tensor): Tensor<[number], 'int64'>[];
  <C extends Tensor, A extends Operand, B extends Operand>(
    condition: C,
    x: Checked<Broadcast<'where', ShapeOf<C>, ShapeOf<A>>, A>,
    y: Checked<Broadcast3<'where', C, A, B>, B>,
  ): Tensor<ShapeOr<Broadcast3<'where', C, A, B>>, PromoteOf<A, B>>;
}

/** addcmul, addcdiv. */
export type AddProductFunction<Op extends string> = <A extends Tensor, B extends Tensor, C extends Tensor>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  z: Checked<Broadcast3<Op, A, B, C>, C>,
  options?: { readonly value?: Numeric | undefined },
) => Tensor<ShapeOr<Broadcast3<Op, A, B, C>>, PromoteOf<A, Tensor<ShapeOf<B>, PromoteOf<B, C>>>>;

/** addcmul_, addcdiv_. */
export type AddProductInPlaceFunction<Op extends string> = <A extends Tensor, B extends Tensor, C extends Tensor>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  z: Checked<Broadcast3<Op, A, B, C>, C>,
  options?: { readonly value?: Numeric | undefined },
) => A;

/** lerp: the weight may broadcast too. */
export type LerpFunction = <A extends Tensor, B extends Tensor, W extends Operand>(
  x: A,
  end: Checked<Broadcast<'lerp', ShapeOf<A>, ShapeOf<B>>, B>,
  weight: Checked<Broadcast3<'lerp', A, B, W>, W>,
) => Tensor<ShapeOr<Broadcast3<'lerp', A, B, W>>, PromoteOf<A, B>>;

/** The dtype of A where B is left out, else what both promote to. */
export type Meet<A, B> = B extends undefined ? DTypeOf<A> : PromoteOf<A, B>;

/** clamp: bounds are numbers or tensors, and may be left out. */
export type ClampFunction = <
  A extends Tensor,
  L extends Operand | undefined = undefined,
  H extends Operand | undefined = undefined,
>(
  x: A,
  options: { readonly min?: L; readonly max?: H },
) => Tensor<ShapeOr<Broadcast3<'clamp', A, L, H>>, Meet<Tensor<ShapeOf<A>, Meet<A, L>>, H>>;
