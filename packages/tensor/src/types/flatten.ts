/** Neighbouring dimensions made one. */
import type { Product } from './arithmetic.ts';
import type { Axes, InRange, Known, Length } from './dimensions.ts';
import type { OutOfRange, StartAfterEnd } from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** The shape of S with dimensions Start to End made one; a scalar becomes a vector. A wrong Start is left to `InRange`. */
export type Flatten<Op extends string, S, Start, End> =
  Known<S> extends true
    ? Start extends number
      ? End extends number
        ? number extends Start | End
          ? Shape
          : Between<Op, S, Start, End, Axes<S, Start>, Axes<S, End>>
        : never
      : never
    : Shape;

type Between<Op extends string, S, Start extends number, End extends number, First, Last> = First extends false
  ? Shape
  : Last extends false
    ? OutOfRange<Op, End, Length<S>>
    : S extends readonly []
      ? [1]
      : Before<Op, S, Start, End, First, Last>;

/** Goes to the first dimension; the last one must not come by on the way. */
type Before<
  Op extends string,
  S,
  Start extends number,
  End extends number,
  First,
  Last,
  Out extends List = [],
  Seen extends 0[] = [],
> = S extends readonly [infer D, ...infer R]
  ? `${Seen['length']}` extends First
    ? Join<S, Last, Out, [], Seen>
    : `${Seen['length']}` extends Last
      ? StartAfterEnd<Op, Start, End>
      : Before<Op, R, Start, End, First, Last, [...Out, D], [...Seen, 0]>
  : never;
type Join<S, Last, Out extends List, Joined extends List, Seen extends 0[]> = S extends readonly [infer D, ...infer R]
  ? `${Seen['length']}` extends Last
    ? [...Out, Product<[...Joined, D]>, ...R]
    : Join<R, Last, Out, [...Joined, D], [...Seen, 0]>
  : never;

/** The shape of a Flatten layer, which by default keeps the first dimension. */
export type FlattenShape<S, Start, End> =
  Known<S> extends true
    ? InRange<'Flatten', S, Start> extends infer R
      ? R extends string
        ? R
        : Flatten<'Flatten', S, Start, End>
      : never
    : [Start, End] extends [1, -1]
      ? [number, number]
      : Shape;
