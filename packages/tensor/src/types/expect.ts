/** Shapes asked for by the caller: `expect` checks and narrows, `expand` stretches. Results don't wait for the check. */
import type { Differ } from './checked.ts';
import type { Known, Length } from './dimensions.ts';
import type { CannotBecome, FewerDimensions, NoSizeToKeep, Unexpected, UnexpectedRank } from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** S itself, or a sentence where it is known not to be T. */
export type CanExpect<S, T> =
  Known<S> extends true
    ? Known<T> extends true
      ? Length<S> extends Length<T>
        ? CompareSizes<S, T>
        : UnexpectedRank<Length<S>, Length<T>>
      : S
    : S;
type CompareSizes<S, T, Seen extends 0[] = []> = S extends readonly [infer X extends number, ...infer P]
  ? T extends readonly [infer Y extends number, ...infer Q]
    ? Differ<X, Y> extends true
      ? Unexpected<X, Y, Seen['length']>
      : CompareSizes<P, Q, [...Seen, 0]>
    : S
  : S;

/** S itself, or a sentence where it can't be expanded to T: -1 keeps a size, 1 stretches, new dimensions come in front. */
export type CanExpand<S, T> = Known<S> extends true ? (Known<T> extends true ? ExpandSteps<S, T, S, T> : S) : S;
type ExpandSteps<S, T, FullS, FullT> = T extends readonly [...infer Q, infer Y extends number]
  ? S extends readonly [...infer P, infer X extends number]
    ? Y extends -1
      ? ExpandSteps<P, Q, FullS, FullT>
      : X extends 1
        ? ExpandSteps<P, Q, FullS, FullT>
        : Differ<X, Y> extends true
          ? CannotBecome<X, Length<P>, Y>
          : ExpandSteps<P, Q, FullS, FullT>
    : Y extends -1
      ? NoSizeToKeep
      : ExpandSteps<S, Q, FullS, FullT>
  : S extends readonly [unknown, ...List]
    ? FewerDimensions<FullT, FullS>
    : FullS;

/** T, with the size of S in place of -1. */
export type Expand<S, T> = T extends readonly [...infer Q, infer Y]
  ? S extends readonly [...infer P, infer X]
    ? [...Expand<P, Q>, Y extends -1 ? X : Y]
    : [...Expand<S, Q>, Y extends -1 ? number : Y]
  : T extends readonly []
    ? []
    : Shape;
