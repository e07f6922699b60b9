/**
 * Dimensions by number: finding one from either end, checking it, dropping or inserting one. A dimension is named by its
 * property in the tuple (`'0'`, `'1'`, …). Ranks above eight count as unknown.
 */
import type { AppearsTwice, OutOfRange, OutOfResultRange } from './sentences.ts';
import type { List } from './shape.ts';

/** What a `dim` option may be. */
export type Dims = number | readonly number[] | null | undefined;

/** Whether the rank is known. */
export type Known<S> = S extends List ? (S['length'] extends 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 ? true : false) : false;

/** Whether a dimension, or every one of a list, is a literal. */
export type Fixed<D> = D extends List
  ? number extends D['length'] | D[number]
    ? false
    : true
  : number extends D
    ? false
    : true;

export type Length<S> = S extends { readonly length: infer N extends number } ? N : never;
export type At<S, I> = I extends keyof S ? S[I] : never;

/** The same rank, with unknown sizes. */
export type Loose<S> = { -readonly [K in keyof S]: number };

/** From the end: rank to property. */
interface FromEnd {
  '-1': { 1: '0'; 2: '1'; 3: '2'; 4: '3'; 5: '4'; 6: '5'; 7: '6'; 8: '7' };
  '-2': { 2: '0'; 3: '1'; 4: '2'; 5: '3'; 6: '4'; 7: '5'; 8: '6' };
  '-3': { 3: '0'; 4: '1'; 5: '2'; 6: '3'; 7: '4'; 8: '5' };
  '-4': { 4: '0'; 5: '1'; 6: '2'; 7: '3'; 8: '4' };
  '-5': { 5: '0'; 6: '1'; 7: '2'; 8: '3' };
  '-6': { 6: '0'; 7: '1'; 8: '2' };
  '-7': { 7: '0'; 8: '1' };
  '-8': { 8: '0' };
}

/** The property of dimension D; false if there is none. */
export type Axis<S, D> = D extends number
  ? `${D}` extends keyof S
    ? `${D}`
    : `${D}` extends keyof FromEnd
      ? Length<S> extends infer N extends keyof FromEnd[`${D}`]
        ? FromEnd[`${D}`][N]
        : false
      : false
  : false;

/** A scalar takes the dimensions 0 and -1, as if it had one. */
type Padded<S> = S extends readonly [] ? [1] : S;

/** The properties of a dimension or of a list of them. */
export type Axes<S, D> = D extends List ? Axis<Padded<S>, D[number]> : Axis<Padded<S>, D>;

/** S itself, or a sentence where D is known not to be one of its dimensions. */
export type InRange<Op extends string, S, D> =
  Known<S> extends true
    ? D extends List
      ? EachInRange<Op, S, D>
      : D extends number
        ? number extends D
          ? S
          : Axis<Padded<S>, D> extends false
            ? OutOfRange<Op, D, Length<S>>
            : S
        : S
    : S;

type EachInRange<Op extends string, S, D, Seen = never> = D extends readonly [infer I extends number, ...infer R]
  ? number extends I
    ? S
    : Axis<Padded<S>, I> extends infer A
      ? A extends false
        ? OutOfRange<Op, I, Length<S>>
        : A extends Seen
          ? AppearsTwice<Op, A & string>
          : EachInRange<Op, S, R, Seen | A>
      : never
  : S;

/** The same for a dimension of a result that has one dimension more. */
export type InResultRange<Op extends string, S, D> =
  Known<S> extends true
    ? S extends List
      ? D extends number
        ? number extends D
          ? S
          : Axis<[...S, 1], D> extends false
            ? OutOfResultRange<Op, D, Length<[...S, 1]>>
            : S
        : S
      : S
    : S;

/** S without the dimensions of Axes. */
export type Drop<S, Axes, Out extends List = [], Seen extends 0[] = []> = S extends readonly [infer D, ...infer R]
  ? `${Seen['length']}` extends Axes
    ? Drop<R, Axes, Out, [...Seen, 0]>
    : Drop<R, Axes, [...Out, D], [...Seen, 0]>
  : Out;

/** S with size D before the dimension of property A. */
export type Insert<S, A, D, Out extends List = []> = `${Out['length']}` extends A
  ? S extends List
    ? [...Out, D, ...S]
    : never
  : S extends readonly [infer X, ...infer R]
    ? Insert<R, A, D, [...Out, X]>
    : number[];
