/**
 * How a shape function's result becomes an error message. A shape function gives a shape or a sentence (a string type);
 * `Checked` makes the sentence the type of the offending argument, so that the compiler prints it, and `ShapeOr` makes the
 * shape the type of the result.
 *
 * Inside generic code a result may be undecided. The compiler then tries every branch that could be taken with a wildcard in
 * place of each type parameter, and rejects the argument if one of them does. So each test here is written for a wildcard to
 * come out as "right": what is unknown stands on the left of `extends`, and the way to a sentence is never `[X] extends [never]`.
 */
import type { Shape } from './shape.ts';

interface Box<out T> {
  readonly out: T;
}

interface Exact<in out T> {
  readonly both: (value: T) => T;
}

/** True for equal types, two mentions of one type parameter included. */
export type Same<X, Y> = Exact<X> extends Exact<Y> ? true : false;

/** True if X equals Y or Z. One test rather than two, so that a type parameter which is one of them decides it. */
export type SameAsEither<X, Y, Z> = Exact<X> extends Exact<Y> | Exact<Z> ? true : false;

/** True for sizes known to differ; not so where one is `number`, generic, or a union that overlaps. */
export type Differ<X, Y> = X extends Y ? false : Y extends X ? false : true;

/** False for a sentence alone. Not `[R] extends [string]`: a wildcard would come out as a sentence. String before Shape: the
 * other order is decided too early by the constraint of R, and no error is reported at all. */
type IsShape<R> = Box<R> extends Box<string> ? (Box<R> extends Box<Shape> ? true : false) : true;

/**
 * The type of a checked argument: its own, or the sentence R where the shapes are known to be wrong. `& string`, so that an
 * undecided R whose constraint is unknown doesn't hide from the compiler that the argument is, say, a tuple.
 */
export type Checked<R, Argument> = [IsShape<R>] extends [false] ? R & string : Argument;

/** The same for a rest parameter: every argument gets the sentence, and the first one is reported. */
export type CheckedRest<R, Arguments extends readonly unknown[]> = [IsShape<R>] extends [false]
  ? { [K in keyof Arguments]: R & string }
  : Arguments;

/**
 * The shape of a result: R, or anything after an error, so that one mistake gives one message. `infer`, since `R extends Shape`
 * stays undecided for a tuple of type parameters; S and not R, since in long chains of undecided results R would cost ten times
 * as much.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type ShapeOr<R> = R extends infer S extends Shape ? S : any;
