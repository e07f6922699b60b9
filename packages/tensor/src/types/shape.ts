/**
 * What a shape is to the compiler, and how it is read off a tensor's type. Everything in this folder is types only: nothing
 * here exists at run time, and nothing here knows the Tensor class (a tensor is whatever has a `'~shape'`).
 *
 * `[64, 784]` is a known shape, `[number, 784]` one with a size that is checked at the call, `[...Shape, 10]` one of unknown
 * rank with a known end, and `Shape` says nothing.
 */

/** Sizes of a tensor's dimensions. As a type argument: a tuple of literals, of `number` where a size is unknown, or itself. */
export type Shape = readonly number[];

/** Any tuple or array. Tested instead of `Shape` where sizes may be type parameters, which leave `extends Shape` undecided. */
export type List = readonly unknown[];

/** A size with a name: kept through operations, takes any number, and never broadcasts with a size of another name. */
export type Dim<Name extends string> = number & { readonly dim?: Name };

/** The shape of a tensor's type; that of a plain number is `[]`. */
export type ShapeOf<T> = T extends { readonly '~shape': infer S } ? S : [];

/** The same where a `Shape` is asked for. Not for shape functions: the constraint decides their conditions too early. */
export type ResultShapeOf<T> = T extends { readonly '~shape': infer S extends Shape } ? S : [];

/** The shapes of a list of tensors. */
export type ShapesOf<T> = { readonly [K in keyof T]: ShapeOf<T[K]> };
