/**
 * Broadcasting: shapes aligned at their ends, a size of 1 stretched to the other. A size other than 1 beats `number`, which
 * must turn out equal to it or 1.
 */
import type { Differ, Same, SameAsEither, ShapeOr } from './checked.ts';
import type { DoNotBroadcast } from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** True for two sizes known not to broadcast. */
export type Clash<X, Y> = X extends 1 ? false : Y extends 1 ? false : Differ<X, Y>;

/** The size that two aligned sizes broadcast to. */
export type Stretch<X, Y> = X extends 1 ? Y : Y extends 1 ? X : number extends X ? Y : X;

/**
 * The shape of an elementwise operation on A and B, or a sentence.
 * Equal shapes and a scalar on the right come first, in one test, so that they are decided for a type parameter too.
 */
export type Broadcast<Op extends string, A, B> = SameAsEither<B, A, []> extends true ? A : BroadcastOther<Op, A, B>;

/** The same for shapes that differ, of which the right one is not []. */
type BroadcastOther<Op extends string, A, B> = A extends readonly [] ? B : Steps<Op, A, B>;

type Steps<Op extends string, A, B, Out extends Shape = []> = A extends readonly [...infer P, infer X extends number]
  ? B extends readonly [...infer Q, infer Y extends number]
    ? Same<X, Y> extends true
      ? Steps<Op, P, Q, [X, ...Out]>
      : Clash<X, Y> extends true
        ? DoNotBroadcast<Op, X, Y>
        : Steps<Op, P, Q, [Stretch<X, Y>, ...Out]>
    : Prefix<A, B, Out>
  : Prefix<B, A, Out>;

/** The sizes that are left when the other shape, Ended, has run out, or has become one of unknown rank. */
type Prefix<Left, Ended, Out extends Shape> = Ended extends readonly []
  ? Left extends List
    ? [...Left, ...Out]
    : Shape
  : [...Shape, ...Out];

/**
 * The same as a result. What is decided at once is A itself and not `ShapeOr<A>`, so that
 * `<S extends Shape>(x: Tensor<S>): Tensor<S> => x.sub(x.mean()).mul(x)` compiles.
 */
export type Broadcasted<Op extends string, A extends Shape, B> =
  SameAsEither<B, A, []> extends true ? A : ShapeOr<BroadcastOther<Op, A, B>>;
