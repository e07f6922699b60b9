/**
 * Types of the functions of this folder: the usual ones come from the shape layer; options, in-place forms and three operands are said here. Types only.
 */
import type { Tensor } from '../../tensor.ts';
import type {
  Broadcast,
  Broadcasted,
  Checked,
  DTypeOf,
  FloatOf,
  Numeric,
  PromoteOf,
  ResultShapeOf,
  ShapeOf,
} from '../../types/index.ts';

export type {
  AddFunction,
  BinaryFunction,
  ComparisonFunction,
  DivFunction,
  FloatFunction,
  PredicateFunction,
  UnaryFunction,
} from '../../types/signatures.ts';

/** What broadcasts: a tensor, or a plain number. */
export type Operand = Tensor | Numeric;

/** leakyRelu, clamp: one options object. */
export type OptionsFunction<Options> = <A extends Tensor>(x: A, options?: Options) => Tensor<A['~shape'], A['dtype']>;

/** In place: the tensor itself comes back. */
export type InPlaceFunction = <A extends Tensor>(x: A) => A;

/** In place, with one options object. */
export type InPlaceOptionsFunction<Options> = <A extends Tensor>(x: A, options?: Options) => A;

/** atan2, xlogy: the promoted dtype, integers as float32. */
export type FloatBinaryFunction<Op extends string> = <A extends Operand, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => Tensor<Broadcasted<Op, ResultShapeOf<A>, ShapeOf<B>>, FloatOf<PromoteOf<A, B>>>;

/** mul_, pow_: in place, so x keeps its dtype and shape. */
export type BinaryInPlaceFunction<Op extends string> = <A extends Tensor, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
) => A;

/** Options of add and sub. */
export interface AlphaOptions {
  /** Multiplies the second operand; 1. */
  readonly alpha?: number | undefined;
}

/** add_, sub_. */
export type AddInPlaceFunction<Op extends string> = <A extends Tensor, B extends Operand>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  options?: AlphaOptions,
) => A;

/** How a quotient is rounded: not at all (null), down, or towards zero. */
export type RoundingMode = 'floor' | 'trunc' | null;

/** div_. */
export type DivInPlaceFunction = <A extends Tensor, B extends Operand>(
  x: A,
  y: Checked<Broadcast<'div_', ShapeOf<A>, ShapeOf<B>>, B>,
  options?: { readonly roundingMode?: RoundingMode | undefined },
) => A;

/** The shape of three operands together, or a sentence. */
export type Broadcast3<Op extends string, A, B, C> = Broadcast<Op, Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, ShapeOf<C>>;

/** The same as a result. */
export type Broadcasted3<Op extends string, A extends Tensor, B, C> = Broadcasted<
  Op,
  Broadcasted<Op, A['~shape'], ShapeOf<B>>,
  ShapeOf<C>
>;

/** where: a choice, or the places where the condition holds. */
export interface WhereFunction {
  (condition: Tensor): Tensor<[number], 'int64'>[];
  <C extends Tensor, A extends Operand, B extends Operand>(
    condition: C,
    x: Checked<Broadcast<'where', ShapeOf<C>, ShapeOf<A>>, A>,
    y: Checked<Broadcast3<'where', C, A, B>, B>,
  ): Tensor<Broadcasted3<'where', C, A, B>, PromoteOf<A, B>>;
}

/** addcmul, addcdiv. */
export type AddProductFunction<Op extends string> = <A extends Tensor, B extends Tensor, C extends Tensor>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  z: Checked<Broadcast3<Op, A, B, C>, C>,
  options?: { readonly value?: number | undefined },
) => Tensor<Broadcasted3<Op, A, B, C>, PromoteOf<A, Tensor<ShapeOf<B>, PromoteOf<B, C>>>>;

/** addcmul_, addcdiv_. */
export type AddProductInPlaceFunction<Op extends string> = <A extends Tensor, B extends Tensor, C extends Tensor>(
  x: A,
  y: Checked<Broadcast<Op, ShapeOf<A>, ShapeOf<B>>, B>,
  z: Checked<Broadcast3<Op, A, B, C>, C>,
  options?: { readonly value?: number | undefined },
) => A;

/** lerp: the weight may broadcast too. */
export type LerpFunction = <A extends Tensor, B extends Tensor, W extends Operand>(
  x: A,
  end: Checked<Broadcast<'lerp', ShapeOf<A>, ShapeOf<B>>, B>,
  weight: Checked<Broadcast3<'lerp', A, B, W>, W>,
) => Tensor<Broadcasted3<'lerp', A, B, W>, PromoteOf<A, B>>;

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
) => Tensor<Broadcasted3<'clamp', A, L, H>, Meet<Tensor<ShapeOf<A>, Meet<A, L>>, H>>;
