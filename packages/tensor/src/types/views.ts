/** Dimensions reordered, inserted and removed: transpose, permute, squeeze, unsqueeze. */
import type { At, Axes, Axis, InRange, Insert, Known, Length, Loose } from './dimensions.ts';
import type { NotAMatrix, WrongPermutation } from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** S with dimensions I and J exchanged. */
export type Transpose<S, I, J> =
  Known<S> extends true
    ? I extends number
      ? J extends number
        ? number extends I | J
          ? Loose<S>
          : Swap<S, Axis<S, I>, Axis<S, J>>
        : never
      : never
    : Shape;
type Swap<S, I, J> = { -readonly [K in keyof S]: K extends I ? At<S, J> : K extends J ? At<S, I> : S[K] };

/** The transpose of a matrix; vectors and scalars stay as they are. */
export type TransposeMatrix<S> = S extends readonly []
  ? S
  : S extends readonly [unknown]
    ? S
    : S extends readonly [infer M, infer N]
      ? [N, M]
      : Known<S> extends true
        ? NotAMatrix<Length<S>>
        : Shape;

/** S with its dimensions in the order P. */
export type Permute<S, P> =
  Known<P> extends true
    ? Known<S> extends true
      ? Length<P> extends Length<S>
        ? InRange<'permute', S, P> extends infer R
          ? R extends string
            ? R extends `${string} twice`
              ? WrongPermutation<P, Length<S>>
              : R
            : { -readonly [K in keyof P]: number extends P[K] ? number : At<S, Axis<S, P[K]>> }
          : never
        : WrongPermutation<P, Length<S>>
      : Loose<P>
    : Known<S> extends true
      ? Loose<S>
      : Shape;

/** S with a size of 1 before dimension D (of the result). */
export type Unsqueeze<S, D> =
  Known<S> extends true
    ? S extends List
      ? D extends number
        ? number extends D
          ? Loose<[...S, 1]>
          : Insert<S, Axis<[...S, 1], D>, 1>
        : never
      : never
    : Shape;

/** S without its sizes of 1 (all, or those among the dimensions D). A `number` there makes the rank unknown. */
export type Squeeze<S, D> =
  Known<S> extends true
    ? D extends undefined
      ? SqueezeAxes<S, `${number}`>
      : D extends List
        ? number extends D['length'] | D[number]
          ? Shape
          : SqueezeAxes<S, Axes<S, D>>
        : number extends D
          ? Shape
          : SqueezeAxes<S, Axes<S, D>>
    : Shape;

type SqueezeAxes<S, Axes, Out extends List = [], Seen extends 0[] = []> = S extends readonly [infer D, ...infer R]
  ? `${Seen['length']}` extends Axes
    ? D extends 1
      ? SqueezeAxes<R, Axes, Out, [...Seen, 0]>
      : number extends D
        ? Shape
        : SqueezeAxes<R, Axes, [...Out, D], [...Seen, 0]>
    : SqueezeAxes<R, Axes, [...Out, D], [...Seen, 0]>
  : Out;
