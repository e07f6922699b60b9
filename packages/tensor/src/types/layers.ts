/** Shapes of layers and losses, shared by modules and free functions. */
import type { Multiply } from './arithmetic.ts';
import type { Differ, Same } from './checked.ts';
import type { Known, Length } from './dimensions.ts';
import type {
  BatchesDiffer,
  NotLinear,
  TargetRank,
  TargetSizesDiffer,
  WrongFeatures,
  WrongWeightRank,
} from './sentences.ts';
import type { Shape } from './shape.ts';
import type { ConvShape, Padding, PerDimension, Ranks, SpreadOf, WindowOf } from './windows.ts';

/** Features In at the end become Out. */
export type LinearShape<S, In extends number, Out extends number, Op extends string = 'Linear'> = S extends readonly [
  ...infer H,
  infer K extends number,
]
  ? Same<K, In> extends true
    ? [...H, Out]
    : Differ<K, In> extends true
      ? WrongFeatures<Op, K, In>
      : [...H, Out]
  : S extends readonly []
    ? NotLinear<Op>
    : [...Shape, Out];

/** The same for a weight of shape (out, in), or (in), which leaves no dimension of its own. */
export type LinearByWeight<S, W> = W extends readonly [infer Out extends number, infer In extends number]
  ? LinearShape<S, In, Out, 'linear'>
  : W extends readonly [infer In extends number]
    ? LinearShape<S, In, 1, 'linear'> extends infer R
      ? R extends readonly [...infer H, unknown]
        ? H
        : R
      : never
    : Known<W> extends true
      ? NotLinear<'linear'>
      : Shape;

/** A convolution with a weight of shape (out, in / groups, …). */
export type ConvByWeight<
  Op extends string,
  Spatial extends keyof Ranks,
  S,
  Weight,
  Groups extends number,
  Stride extends PerDimension,
  P extends Padding,
  D extends PerDimension,
> = Weight extends readonly [infer Out extends number, infer In extends number, ...infer K extends readonly number[]]
  ? Length<Weight> extends Ranks[Spatial]['weight']
    ? ConvShape<Op, Spatial, S, Multiply<In, Groups>, Out, WindowOf<K, Stride, P, D>>
    : WrongWeightRank<Op, Length<Weight>, Ranks[Spatial]['weight']>
  : Known<Weight> extends true
    ? WrongWeightRank<Op, Length<Weight>, Ranks[Spatial]['weight']>
    : ConvShape<Op, Spatial, S, number, number, WindowOf<number, Stride, P, D>>;

/** A transposed convolution with a weight of shape (in, out / groups, …). */
export type TransposedByWeight<
  Op extends string,
  Spatial extends keyof Ranks,
  S,
  Weight,
  Groups extends number,
  Stride extends PerDimension,
  P extends PerDimension,
  D extends PerDimension,
  E extends PerDimension,
> = Weight extends readonly [infer In extends number, infer Out extends number, ...infer K extends readonly number[]]
  ? Length<Weight> extends Ranks[Spatial]['weight']
    ? ConvShape<Op, Spatial, S, In, Multiply<Out, Groups>, SpreadOf<K, Stride, P, D, E>>
    : WrongWeightRank<Op, Length<Weight>, Ranks[Spatial]['weight']>
  : Known<Weight> extends true
    ? WrongWeightRank<Op, Length<Weight>, Ranks[Spatial]['weight']>
    : ConvShape<Op, Spatial, S, number, number, SpreadOf<number, Stride, P, D, E>>;

/**
 * The loss of logits (N, C, d1, …) or (C): targets are classes (N, d1, …) or (), or probabilities of the logits' shape. Without
 * reduction there is one loss for each class target.
 */
export type CrossEntropyShape<L, Reduction> = Reduction extends 'none' ? Classes<L> : [];

/** L itself, or a sentence where the targets T are known not to fit. */
export type CanCompare<L, T> =
  Known<L> extends true
    ? Known<T> extends true
      ? Length<T> extends Length<Classes<L>>
        ? Agree<Classes<L>, T>
        : Length<T> extends Length<L>
          ? Agree<L, T>
          : TargetRank<Length<T>, Length<L>>
      : L
    : L;
/** The shape of one class for each row. */
type Classes<L> = Known<L> extends true ? (L extends readonly [infer N, unknown, ...infer R] ? [N, ...R] : []) : Shape;
type Agree<A, B, Seen extends 0[] = []> = A extends readonly [infer X extends number, ...infer P]
  ? B extends readonly [infer Y extends number, ...infer Q]
    ? Differ<X, Y> extends true
      ? Seen extends []
        ? BatchesDiffer<X, Y>
        : TargetSizesDiffer<X, Y>
      : Agree<P, Q, [...Seen, 0]>
    : A
  : A;
