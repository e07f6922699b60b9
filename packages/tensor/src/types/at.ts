/**
 * Indexing: `at(0, '1:3', null, '...')`. A slice other than `':'` has an unknown size (clamping is done at the call). One tensor
 * or array among the indices puts its shape in place of the dimension, a mask an unknown size in place of its own; several of
 * them give an unknown shape. Check and result are apart: a result doesn't wait for a size to be known.
 */
import type { DataArray } from '@nn/backend';
import type { Subtract } from './arithmetic.ts';
import type { Differ } from './checked.ts';
import type { Known, Length } from './dimensions.ts';
import type { IndexOutOfRange, MaskDoesNotFit, TooManyIndices, TwoEllipses } from './sentences.ts';
import type { List, Shape } from './shape.ts';

interface IndexTensor {
  readonly '~shape': Shape;
  readonly dtype: string;
}

interface SliceLike {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number;
}
/** Integers or truth values in arrays of arrays. */
export type NestedIndices = readonly (number | boolean | NestedIndices)[];

/**
 * An integer, a slice (`'1:3'`, `'::2'`, `':'`, `slice(…)`), `'...'`, `null` for a new dimension, integers or a mask (a boolean is one without dimensions).
 */
export type Index = number | string | boolean | null | SliceLike | IndexTensor | DataArray | NestedIndices;

type Vector = readonly number[] | readonly boolean[];

/** The tensors and arrays among the indices. */
type Advanced<I, Out extends List = []> = I extends readonly [infer H, ...infer R]
  ? Advanced<R, H extends number | string | null | SliceLike ? Out : [...Out, H]>
  : Out;

/** One element for each dimension that the indices use up. */
type Consumers<I, Out extends List = []> = I extends readonly [infer H, ...infer R]
  ? Consumers<R, H extends null | boolean | '...' ? Out : [...Out, ...Consumed<H>]>
  : Out;
/** A mask uses up as many as it has; arrays of arrays may be masks. */
type Consumed<H> = H extends { readonly '~shape': infer M extends List; readonly dtype: 'bool' }
  ? { [K in keyof M]: unknown }
  : H extends Vector
    ? [unknown]
    : H extends List
      ? unknown[]
      : [unknown];

/** The dimensions that an ellipsis stands for before the indices R. */
type Skipped<S, R> = S extends readonly [...infer M, ...Consumers<R>] ? M : never;

/** The shape of S at the indices I. */
export type Select<S, I> =
  Known<S> extends true
    ? Advanced<I> extends readonly [unknown, unknown, ...List]
      ? Shape
      : number extends Length<I>
        ? Shape
        : Steps<S, I>
    : Shape;

type Steps<S, I, Out extends List = []> = I extends readonly [infer H, ...infer R]
  ? H extends null
    ? Steps<S, R, [...Out, 1]>
    : H extends '...'
      ? number extends Length<Consumers<R>>
        ? Shape
        : S extends readonly [...Skipped<S, R>, ...infer T]
          ? Steps<T, R, [...Out, ...Skipped<S, R>]>
          : Shape
      : H extends IndexTensor
        ? TensorStep<S, H, R, Out>
        : H extends boolean
          ? Steps<S, R, [...Out, number]>
          : S extends readonly [infer D, ...infer T]
            ? H extends number
              ? Steps<T, R, Out>
              : number extends Length<Consumed<H>>
                ? Shape
                : Steps<T, R, [...Out, H extends ':' ? D : H extends readonly number[] ? Length<H> : number]>
            : Shape
  : S extends List
    ? [...Out, ...S]
    : Shape;

type TensorStep<S, H extends IndexTensor, R, Out extends List> = H['dtype'] extends 'bool'
  ? number extends Length<H['~shape']>
    ? Shape
    : S extends readonly [...Consumed<H>, ...infer T]
      ? Steps<T, R, [...Out, number]>
      : Shape
  : H['dtype'] extends 'int32' | 'int64'
    ? S extends readonly [unknown, ...infer T]
      ? Steps<T, R, [...Out, ...H['~shape']]>
      : Shape
    : Shape;

/** S itself, or a sentence where the indices I are known not to fit. */
export type CanSelect<S, I> =
  Known<S> extends true
    ? number extends Length<I>
      ? S
      : S extends readonly [...Consumers<I>, ...List]
        ? Ranges<S, I>
        : TooManyIndices<Length<Consumers<I>>, Length<S>>
    : S;

type Ranges<S, I, Seen extends List = []> = I extends readonly [infer H, ...infer R]
  ? H extends null | boolean
    ? Ranges<S, R, Seen>
    : H extends '...'
      ? '...' extends (R extends List ? R[number] : never)
        ? TwoEllipses
        : number extends Length<Consumers<R>>
          ? S
          : S extends readonly [...Skipped<S, R>, ...infer T]
            ? Ranges<T, R, [...Seen, ...Skipped<S, R>]>
            : S
      : H extends { readonly '~shape': infer M extends List; readonly dtype: 'bool' }
        ? MaskRanges<S, M, R, Seen>
        : S extends readonly [infer D extends number, ...infer T]
          ? H extends number
            ? Outside<D, H> extends true
              ? IndexOutOfRange<H, Length<Seen>, D>
              : Ranges<T, R, [...Seen, D]>
            : number extends Length<Consumed<H>>
              ? S
              : Ranges<T, R, [...Seen, D]>
          : S
  : S;

/** A mask takes its dimensions one by one. */
type MaskRanges<S, M, R, Seen extends List> = M extends readonly [infer X extends number, ...infer N]
  ? S extends readonly [infer D extends number, ...infer T]
    ? Differ<X, D> extends true
      ? MaskDoesNotFit<X, Length<Seen>, D>
      : MaskRanges<T, N, R, [...Seen, D]>
    : S
  : Ranges<S, R, Seen>;

/** True for an index known to be beyond the size, from either end. */
type Outside<D extends number, I extends number> = `${I}` extends `-${infer N extends number}`
  ? Subtract<D, N> extends false
    ? true
    : false
  : I extends 0
    ? D extends 0
      ? true
      : false
    : Subtract<I, D> extends infer R
      ? R extends false
        ? false
        : number extends R
          ? false
          : true
      : never;
