/**
 * Indexing: `at(0, '1:3', null, '...')`. A slice other than `':'` has an unknown size (clamping is done at the call). One tensor
 * or array among the indices puts its shape in place of the dimension, a mask an unknown size in place of its own; several of
 * them give an unknown shape.
 */
import type { Subtract } from './arithmetic.ts';
import type { Differ } from './checked.ts';
import type { Known, Length } from './dimensions.ts';
import type { IndexOutOfRange, MaskDoesNotFit, TooManyIndices, TwoEllipses } from './sentences.ts';
import type { List, Shape } from './shape.ts';

interface IndexTensor {
  readonly '~shape': Shape;
  readonly dtype: string;
}

/** An integer, a slice (`'1:3'`, `'::2'`, `':'`), `'...'`, `null` for a new dimension, integers or a mask. */
export type Index = number | string | null | IndexTensor | readonly number[] | readonly boolean[];

/** The shape of S at the indices I. */
export type Select<S, I> =
  Known<S> extends true
    ? Advanced<I> extends readonly [unknown, unknown, ...List]
      ? Shape
      : number extends Length<I>
        ? Shape
        : Steps<S, I, [], [], LimitsOf<S, I>>
    : Shape;

/** What a sentence names: the rank, and how many dimensions the indices ask for. */
interface Limits {
  rank: number;
  given: number;
}
interface LimitsOf<S, I> extends Limits {
  rank: Length<S>;
  given: Length<Consumers<I>>;
}

/** The tensors and arrays among the indices. */
type Advanced<I, Out extends List = []> = I extends readonly [infer H, ...infer R]
  ? Advanced<R, H extends number | string | null ? Out : [...Out, H]>
  : Out;

/** One element for each dimension that the indices use up. */
type Consumers<I, Out extends List = []> = I extends readonly [infer H, ...infer R]
  ? Consumers<R, H extends null | '...' ? Out : [...Out, ...Consumed<H>]>
  : Out;
/** A mask uses up as many as it has. */
type Consumed<H> = H extends { readonly '~shape': infer M extends List; readonly dtype: 'bool' } ? M : [unknown];

type Steps<S, I, Out extends List, Seen extends List, F extends Limits> = I extends readonly [infer H, ...infer R]
  ? H extends null
    ? Steps<S, R, [...Out, 1], Seen, F>
    : H extends '...'
      ? Ellipsis<S, R, Out, Seen, F>
      : H extends IndexTensor
        ? TensorStep<S, H, R, Out, Seen, F>
        : S extends readonly [infer D extends number, ...infer T]
          ? H extends number
            ? Outside<D, H> extends true
              ? IndexOutOfRange<H, Length<Seen>, D>
              : Steps<T, R, Out, [...Seen, D], F>
            : H extends ':'
              ? Steps<T, R, [...Out, D], [...Seen, D], F>
              : H extends readonly number[]
                ? Steps<T, R, [...Out, Length<H>], [...Seen, D], F>
                : Steps<T, R, [...Out, number], [...Seen, D], F>
          : TooManyIndices<F['given'], F['rank']>
  : S extends List
    ? [...Out, ...S]
    : Shape;

type Blank<C extends List> = { [K in keyof C]: unknown };

/** The dimensions that the other indices leave. */
type Ellipsis<S, R, Out extends List, Seen extends List, F extends Limits> = '...' extends (
  R extends List
    ? R[number]
    : never
)
  ? TwoEllipses
  : S extends readonly [...infer M, ...Blank<Consumers<R>>]
    ? S extends readonly [...M, ...infer Q]
      ? Steps<Q, R, [...Out, ...M], [...Seen, ...M], F>
      : Shape
    : TooManyIndices<F['given'], F['rank']>;

/** A mask takes its dimensions one by one and leaves one of unknown size; integers leave their own shape. */
type TensorStep<
  S,
  H extends IndexTensor,
  R,
  Out extends List,
  Seen extends List,
  F extends Limits,
> = H['dtype'] extends 'bool'
  ? Known<H['~shape']> extends true
    ? MaskStep<S, H['~shape'], R, Out, Seen, F>
    : Shape
  : H['dtype'] extends 'int32' | 'int64'
    ? S extends readonly [infer D, ...infer T]
      ? Steps<T, R, [...Out, ...H['~shape']], [...Seen, D], F>
      : TooManyIndices<F['given'], F['rank']>
    : Shape;
type MaskStep<S, M, R, Out extends List, Seen extends List, F extends Limits> = M extends readonly [
  infer X extends number,
  ...infer N,
]
  ? S extends readonly [infer D extends number, ...infer T]
    ? Differ<X, D> extends true
      ? MaskDoesNotFit<X, Length<Seen>, D>
      : MaskStep<T, N, R, Out, [...Seen, D], F>
    : TooManyIndices<F['given'], F['rank']>
  : Steps<S, R, [...Out, number], Seen, F>;

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
