/** Shapes of new tensors: of nested arrays, and of ranges. */
import type { DataArray } from '@nn/backend';
import type { Add, Divide, Subtract } from './arithmetic.ts';
import type { Differ } from './checked.ts';
import type { CategoryOf, ScalarLike } from './dtype.ts';
import type { NumberForArray, RowsDiffer } from './sentences.ts';
import type { List } from './shape.ts';

type Value = number | boolean | bigint;

/** What a tensor can be made of: a value, nested arrays of values, a typed array. */
export type Data = Value | DataArray | readonly Data[];

/** The shape of nested arrays: literal where they are written out, `number` where their length is unknown. */
export type NestedShape<T> =
  Others<Rows<T>, FirstRow<T>> extends infer O ? ([O] extends [never] ? Rows<T> : Ragged<FirstRow<T>, O>) : never;

/** What is wrong with a row of shape B after one of shape A. */
type Ragged<A, B> = A extends readonly [infer X extends number, ...infer P]
  ? B extends readonly [infer Y extends number, ...infer Q]
    ? Differ<X, Y> extends true
      ? RowsDiffer<X, Y>
      : Ragged<P, Q>
    : NumberForArray<X>
  : B extends readonly [infer Y extends number, ...List]
    ? RowsDiffer<'no', Y>
    : never;

/** The shapes of all rows, a union if they differ. Ends at eight levels: `Data` itself has no end. */
type Rows<T, Out extends List = []> = T extends List
  ? Out['length'] extends 8
    ? Out
    : Rows<T extends readonly [] ? Nothing : T[number], [...Out, T['length']]>
  : T extends DataArray
    ? [...Out, number]
    : Out;
/** The shape along the first elements. */
type FirstRow<T, Out extends List = []> = T extends List
  ? Out['length'] extends 8
    ? Out
    : FirstRow<T extends readonly [] ? Nothing : T[0], [...Out, T['length']]>
  : T extends DataArray
    ? [...Out, number]
    : Out;
/** What an empty array holds. */
type Nothing = 0;

/** The shapes that cannot be the first one's. */
type Others<U, First> = U extends First ? never : First extends U ? never : U;

/** The values inside nested arrays, down to eight levels. */
export type ValueOf<T, Depth extends 0[] = []> = T extends List
  ? Depth['length'] extends 8
    ? never
    : ValueOf<T[number], [...Depth, 0]>
  : T;

/** The number of values from Start to End (exclusive) in steps of Step; `number` unless all are non-negative whole literals. */
export type RangeLength<Start extends number, End extends number, Step extends number> =
  Subtract<End, Start> extends infer N extends number
    ? Divide<N, Step> extends [infer Q extends number, infer R]
      ? R extends 0
        ? Q
        : Add<Q, 1>
      : never
    : number;

/** The dtype of a range of these bounds and this step: int64, unless one of them is a fraction or says that it is a float. */
export type RangeDType<N> = number extends N
  ? 'int64' | 'float32'
  : ScalarLike extends N
    ? 'int64' | 'float32'
    : 'float' extends CategoryOf<N>
      ? 'float32'
      : 'int64';
