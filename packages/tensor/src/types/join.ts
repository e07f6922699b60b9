/** Tensors put together: along a dimension (cat) or along a new one (stack). */
import type { Add } from './arithmetic.ts';
import type { Differ } from './checked.ts';
import type { At, Axis, Insert, Known, Length, Loose } from './dimensions.ts';
import type { CannotCatScalar, DifferOutside, NothingToJoin, RanksDiffer, ShapesDiffer } from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** The shape of tensors of these shapes joined along dimension D, where their sizes are added; the others must agree. */
export type Cat<Shapes, D> = Shapes extends readonly []
  ? NothingToJoin<'cat'>
  : Shapes extends readonly [infer A, ...infer R]
    ? CatRest<A, R, D>
    : Shapes extends readonly (infer A)[]
      ? CatMany<A, D>
      : Shape;

type CatRest<A, R, D> = R extends readonly [infer B, ...infer Q]
  ? CatTwo<A, B, D> extends infer C
    ? C extends string
      ? C
      : CatRest<C, Q, D>
    : never
  : R extends readonly []
    ? A extends readonly []
      ? CannotCatScalar
      : A
    : Shape;

/** A vector without elements joins with anything, as in PyTorch. */
type CatTwo<A, B, D> = A extends readonly []
  ? CannotCatScalar
  : B extends readonly []
    ? CannotCatScalar
    : A extends readonly [0]
      ? B
      : B extends readonly [0]
        ? A
        : Known<A> extends true
          ? Known<B> extends true
            ? Length<A> extends Length<B>
              ? CatAt<A, B, D>
              : RanksDiffer<A, B>
            : Loose<A>
          : Known<B> extends true
            ? Loose<B>
            : Shape;
type CatAt<A, B, D> = D extends number
  ? number extends D
    ? Loose<A>
    : [Clashes<A, B, Axis<A, D>>] extends [never]
      ? { -readonly [K in keyof A]: K extends Axis<A, D> ? Add<A[K] & number, At<B, K> & number> : A[K] }
      : DifferOutside<A, B, Axis<A, D> & string>
  : never;
/** The dimensions other than I in which A and B differ. */
type Clashes<A, B, I> = {
  [K in keyof A]: K extends I ? never : Differ<A[K], At<B, K>> extends true ? K : never;
}[keyof A & `${number}`];

/** An array of unknown length: the sizes along D are unknown. */
type CatMany<A, D> =
  Known<A> extends true
    ? D extends number
      ? { -readonly [K in keyof A]: number extends D ? number : K extends Axis<A, D> ? number : A[K] }
      : never
    : Shape;

/** The shape of tensors of one shape joined along a new dimension D. */
export type Stack<Shapes, D> = Shapes extends readonly []
  ? NothingToJoin<'stack'>
  : Shapes extends readonly [infer A, ...infer R]
    ? StackRest<A, R, D, Length<Shapes>>
    : Shapes extends readonly (infer A)[]
      ? StackAt<A, D, number>
      : Shape;
type StackRest<A, R, D, N> = R extends readonly [infer B, ...infer Q]
  ? Differ<A, B> extends true
    ? ShapesDiffer<A, B>
    : StackRest<A, Q, D, N>
  : StackAt<A, D, N>;
type StackAt<A, D, N> =
  Known<A> extends true
    ? A extends List
      ? D extends number
        ? number extends D
          ? Loose<[...A, 1]>
          : Insert<A, Axis<[...A, 1], D>, N>
        : never
      : never
    : Shape;
