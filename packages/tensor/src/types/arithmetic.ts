/**
 * Sums, differences, products and quotients of literal sizes, on their decimal digits (tuples of that many elements would
 * end at a thousand). Digit strings are reversed, lowest digit first, so that a carry runs with the recursion. Whatever is not
 * one non-negative whole literal (`number`, a union, a type parameter, `any`, a named size) gives `number`.
 */

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** As many elements as the digit says; none for the digit that a shorter number lacks. */
interface Units {
  '': [];
  '0': [];
  '1': [0];
  '2': [0, 0];
  '3': [0, 0, 0];
  '4': [0, 0, 0, 0];
  '5': [0, 0, 0, 0, 0];
  '6': [0, 0, 0, 0, 0, 0];
  '7': [0, 0, 0, 0, 0, 0, 0];
  '8': [0, 0, 0, 0, 0, 0, 0, 0];
  '9': [0, 0, 0, 0, 0, 0, 0, 0, 0];
}
type Ten = [0, ...Units['9']];

/** The sum of two digits and a carry, as "digit, carry". */
type Sums = [
  ...['00', '10', '20', '30', '40', '50', '60', '70', '80', '90'],
  ...['01', '11', '21', '31', '41', '51', '61', '71', '81', '91'],
];

/** The product of two digits, as "digit, carry". */
type Products = [
  ['00', '00', '00', '00', '00', '00', '00', '00', '00', '00'],
  ['00', '10', '20', '30', '40', '50', '60', '70', '80', '90'],
  ['00', '20', '40', '60', '80', '01', '21', '41', '61', '81'],
  ['00', '30', '60', '90', '21', '51', '81', '12', '42', '72'],
  ['00', '40', '80', '21', '61', '02', '42', '82', '23', '63'],
  ['00', '50', '01', '51', '02', '52', '03', '53', '04', '54'],
  ['00', '60', '21', '81', '42', '03', '63', '24', '84', '45'],
  ['00', '70', '41', '12', '82', '53', '24', '94', '65', '36'],
  ['00', '80', '61', '42', '23', '04', '84', '65', '46', '27'],
  ['00', '90', '81', '72', '63', '54', '45', '36', '27', '18'],
];

/** True for one non-negative whole literal; boolean for a union that has one. */
type IsCount<N> = 0 extends 1 & N
  ? false
  : N extends number
    ? `${N}` extends `-${string}`
      ? false
      : `${N}` extends `${bigint}`
        ? true
        : false
    : false;
type AreCounts<A, B> = [IsCount<A>, IsCount<B>] extends [true, true] ? true : false;

type Reverse<S extends string, Out extends string = ''> = S extends `${infer D}${infer R}`
  ? Reverse<R, `${D}${Out}`>
  : Out;
/** The number of a digit string that may begin with zeros. */
type Value<S extends string> = S extends `0${infer R}`
  ? R extends ''
    ? 0
    : Value<R>
  : S extends `${infer N extends number}`
    ? N
    : number;

type Sum<A extends Digit | '', B extends Digit | '', Carry extends Digit> = [
  ...Units[A],
  ...Units[B],
  ...Units[Carry],
]['length'] extends infer N extends keyof Sums
  ? Sums[N]
  : never;

type AddDigits<
  A extends string,
  B extends string,
  Carry extends Digit = '0',
  Out extends string = '',
> = A extends `${infer X extends Digit}${infer P}`
  ? B extends `${infer Y extends Digit}${infer Q}`
    ? Sum<X, Y, Carry> extends `${infer D}${infer C extends Digit}`
      ? AddDigits<P, Q, C, `${Out}${D}`>
      : never
    : Carry extends '0'
      ? `${Out}${A}`
      : Sum<X, '', Carry> extends `${infer D}${infer C extends Digit}`
        ? AddDigits<P, '', C, `${Out}${D}`>
        : never
  : B extends ''
    ? Carry extends '0'
      ? Out
      : `${Out}${Carry}`
    : AddDigits<B, '', Carry, Out>;

/** The difference of two digits and a borrow, as "digit, borrow". */
type Difference<A extends Digit, B extends Digit | '', Borrow extends Digit> = Units[A] extends [
  ...Units[B],
  ...Units[Borrow],
  ...infer R,
]
  ? `${R['length'] & number}0`
  : [...Ten, ...Units[A]] extends [...Units[B], ...Units[Borrow], ...infer R]
    ? `${R['length'] & number}1`
    : never;

/** False below zero. */
type SubtractDigits<
  A extends string,
  B extends string,
  Borrow extends Digit = '0',
  Out extends string = '',
> = A extends `${infer X extends Digit}${infer P}`
  ? B extends `${infer Y extends Digit}${infer Q}`
    ? Difference<X, Y, Borrow> extends `${infer D}${infer C extends Digit}`
      ? SubtractDigits<P, Q, C, `${Out}${D}`>
      : never
    : Borrow extends '0'
      ? `${Out}${A}`
      : Difference<X, '', Borrow> extends `${infer D}${infer C extends Digit}`
        ? SubtractDigits<P, '', C, `${Out}${D}`>
        : never
  : `${B}${Borrow}` extends '0'
    ? Out
    : false;

/** A digit times a digit plus a carry, as "digit, carry". */
type Step<
  X extends Digit,
  Y extends Digit,
  Carry extends Digit,
> = Products[X][Y] extends `${infer U extends Digit}${infer T extends Digit}`
  ? Sum<U, '', Carry> extends `${infer V}${infer K extends Digit}`
    ? Sum<T, '', K> extends `${infer C}${string}`
      ? `${V}${C}`
      : never
    : never
  : never;
type MultiplyDigit<
  A extends string,
  D extends Digit,
  Carry extends Digit = '0',
  Out extends string = '',
> = A extends `${infer X extends Digit}${infer R}`
  ? Step<X, D, Carry> extends `${infer V}${infer C extends Digit}`
    ? MultiplyDigit<R, D, C, `${Out}${V}`>
    : never
  : Carry extends '0'
    ? Out
    : `${Out}${Carry}`;

/** Horner's rule over the digits of B, highest first (B is not reversed). */
type MultiplyDigits<
  A extends string,
  B extends string,
  Out extends string = '',
> = B extends `${infer D extends Digit}${infer R}`
  ? MultiplyDigits<A, R, AddDigits<Out extends '' ? '' : `0${Out}`, MultiplyDigit<A, D>>>
  : Out;

/** Long division of A (highest digit first) by B (reversed): quotient and remainder, the quotient's digits from the highest. */
type DivideDigits<
  A extends string,
  B extends string,
  Quotient extends string = '',
  Rest extends string = '',
> = A extends `${infer D}${infer R}`
  ? TakeAway<`${D}${Rest}`, B> extends [infer Q extends number, infer S extends string]
    ? DivideDigits<R, B, `${Quotient}${Q}`, S>
    : never
  : [Quotient, Rest];
/** Begins with as many digits of A as B has, but one: B can't go into fewer. */
type StartDivision<
  A extends string,
  B extends string,
  Left extends string = B,
  Rest extends string = '',
> = Left extends `${string}${infer L}`
  ? L extends ''
    ? DivideDigits<A, B, '0', Rest>
    : A extends `${infer D}${infer R}`
      ? StartDivision<R, B, L, `${D}${Rest}`>
      : ['0', Rest]
  : never;
/** How often B goes into A (below ten times), and what is left. */
type TakeAway<A extends string, B extends string, Times extends 0[] = []> =
  SubtractDigits<A, B> extends infer R extends string ? TakeAway<R, B, [...Times, 0]> : [Times['length'], A];

export type Add<A extends number, B extends number> = A extends 0
  ? B
  : B extends 0
    ? A
    : AreCounts<A, B> extends true
      ? Value<Reverse<AddDigits<Reverse<`${A}`>, Reverse<`${B}`>>>>
      : number;

/** A − B, false below zero. */
export type Subtract<A extends number, B extends number> = B extends 0
  ? A
  : AreCounts<A, B> extends true
    ? SubtractDigits<Reverse<`${A}`>, Reverse<`${B}`>> extends infer R extends string
      ? Value<Reverse<R>>
      : false
    : number;

export type Multiply<A extends number, B extends number> = A extends 1
  ? B
  : B extends 1
    ? A
    : A extends 0
      ? 0
      : B extends 0
        ? 0
        : AreCounts<A, B> extends true
          ? Value<Reverse<MultiplyDigits<Reverse<`${A}`>, `${B}`>>>
          : number;

/** Quotient and remainder; division by zero counts as unknown. */
export type Divide<A extends number, B extends number> = B extends 1
  ? [A, 0]
  : B extends 0
    ? [number, number]
    : AreCounts<A, B> extends true
      ? StartDivision<`${A}`, Reverse<`${B}`>> extends [infer Q extends string, infer R extends string]
        ? [Value<Q>, Value<Reverse<R>>]
        : [number, number]
      : [number, number];

/** From the last size: spatial sizes repeat from one shape to the next, and what was multiplied before is remembered. */
export type Product<S, Out extends number = 1> = S extends readonly [...infer R, infer D extends number]
  ? Product<R, Multiply<D, Out>>
  : S extends readonly []
    ? Out
    : number;
