/**
 * The same elements in another shape: reshape, view. Element counts of literals are compared; a -1 is what the other sizes
 * leave: those that stand on both sides cancel, type parameters and named sizes included, the rest is divided.
 *
 * Check and result are apart, so that the result is known where the check is undecided: the sizes asked for are the result.
 */
import type { Divide, Product } from './arithmetic.ts';
import type { Differ, Same } from './checked.ts';
import type { Known } from './dimensions.ts';
import type { CannotDivide, CountsDiffer, TwoHoles } from './sentences.ts';
import type { List } from './shape.ts';

/** S itself, or a sentence where its elements are known not to fit the shape T. */
export type CanReshape<Op extends string, S, T> =
  Known<S> extends true
    ? Known<T> extends true
      ? [Holes<T>] extends [never]
        ? Trim<S, T> extends [infer P, infer Q]
          ? Differ<Product<P>, Product<Q>> extends true
            ? CountsDiffer<Op, S, Product<S>, T, Product<T>>
            : S
          : never
        : Same<Holes<T>, FirstHole<T>> extends true
          ? IsZero<Product<Others<T>>> extends true
            ? CannotDivide<Op, S, Product<S>, T>
            : Differ<Quotient<S, T>[1], 0> extends true
              ? CannotDivide<Op, S, Product<S>, T>
              : S
          : TwoHoles<Op>
      : S
    : S;
type IsZero<N> = N extends 0 ? true : false;

/** The shape T, with -1 replaced by what the elements of S give. */
export type Reshape<S, T> = { -readonly [K in keyof T]: T[K] extends -1 ? Fill<S, T> : T[K] };
type Fill<S, T> = Known<S> extends true ? (Known<T> extends true ? Quotient<S, T>[0] : number) : number;

/** The properties of T at which there is a -1. */
type Holes<T> = { [K in keyof T]: T[K] extends -1 ? K : never }[keyof T & `${number}`];
type FirstHole<T, Seen extends 0[] = []> = T extends readonly [infer D, ...infer R]
  ? D extends -1
    ? `${Seen['length']}`
    : FirstHole<R, [...Seen, 0]>
  : never;
type Others<T> = { [K in keyof T]: T[K] extends -1 ? 1 : T[K] };

/** Both without their equal leading sizes, which need not be multiplied, unless they are 0. */
type Trim<S, T> = S extends readonly [infer X, ...infer P]
  ? T extends readonly [infer Y, ...infer Q]
    ? X extends 0
      ? [S, T]
      : Same<X, Y> extends true
        ? Trim<P, Q>
        : [S, T]
    : [S, T]
  : [S, T];

/** What -1 stands for, and the remainder. The product of the other sizes may be one of S, which spares the division. */
type Quotient<S, T> = Cancel<S, T> extends [infer P, infer Q] ? QuotientOf<P, Product<Q>> : [number, number];
type QuotientOf<P, N extends number> = N extends 1
  ? [Product<P>, 0]
  : N extends 0
    ? [number, number]
    : Without<P, N> extends infer R extends List
      ? [Product<R>, 0]
      : Divide<Product<P>, N>;
/** What is left of S and of T when equal sizes are taken out of both. */
type Cancel<S, T, Rest extends List = []> = T extends readonly [infer Y, ...infer Q]
  ? Y extends -1 | 1
    ? Cancel<S, Q, Rest>
    : Y extends 0
      ? Cancel<S, Q, [...Rest, Y]>
      : Without<S, Y> extends infer P extends List
        ? Cancel<P, Q, Rest>
        : Cancel<S, Q, [...Rest, Y]>
  : [S, Rest];
/** S without its first size equal to Y; false if there is none (`number` equals nothing). */
type Without<S, Y, Out extends List = []> = S extends readonly [infer X, ...infer R]
  ? IsNumber<X> extends true
    ? Without<R, Y, [...Out, X]>
    : Same<X, Y> extends true
      ? [...Out, ...R]
      : Without<R, Y, [...Out, X]>
  : false;
type IsNumber<X> = number extends X ? ('dim' extends keyof X ? false : true) : false;
