/**
 * Matrix products: one dimension on either side is a vector, the dimensions before the last two broadcast. Of an unknown
 * rank, a known end is still checked and kept.
 */
import type { Broadcast } from './broadcast.ts';
import type { Differ, Same } from './checked.ts';
import type { InnerSizesDiffer, NoDimensions } from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** The shape of the product of A and B. */
export type MatMul<A, B> = A extends readonly []
  ? NoDimensions
  : B extends readonly []
    ? NoDimensions
    : B extends readonly [...infer Q, infer J extends number, infer N extends number]
      ? TimesMatrix<A, Q, J, N>
      : B extends readonly [infer J extends number]
        ? TimesVector<A, J>
        : Shape;

type TimesMatrix<A, Q extends List, J extends number, N extends number> = A extends readonly [
  ...infer P,
  infer M extends number,
  infer K extends number,
]
  ? Inner<K, J, Batched<P, Q, M, N>>
  : A extends readonly [infer K extends number]
    ? Inner<K, J, [...Q, N]>
    : A extends readonly [...List, infer K extends number]
      ? Inner<K, J, [...Shape, N]>
      : [...Shape, N];

type Batched<P, Q, M extends number, N extends number> =
  Broadcast<'matmul', P, Q> extends infer R ? (R extends List ? [...R, M, N] : R) : never;

type TimesVector<A, J extends number> = A extends readonly [...infer P, infer K extends number]
  ? Inner<K, J, P>
  : Shape;

/** Result, if the inner sizes may be equal. */
type Inner<K extends number, J extends number, Result> =
  Same<K, J> extends true ? Result : Differ<K, J> extends true ? InnerSizesDiffer<K, J> : Result;
