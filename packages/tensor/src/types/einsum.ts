/**
 * Einstein sums: `'bij,bjk->bik'`, implicit output, repeated indices, spaces. Sizes of 1 broadcast. An ellipsis or a computed
 * equation gives an unknown shape.
 */
import type { Clash, Stretch } from './broadcast.ts';
import type { Same } from './checked.ts';
import type { Known } from './dimensions.ts';
import type {
  FewerOperands,
  FewerTerms,
  IndexClash,
  RepeatedOutput,
  TermDoesNotFit,
  UnknownIndex,
} from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** The shape of the Einstein sum of tensors of these shapes. */
export type Einsum<Equation extends string, Shapes> = string extends Equation
  ? Shape
  : number extends (Shapes extends List ? Shapes['length'] : number)
    ? Shape
    : Equation extends `${string}...${string}`
      ? Shape
      : Equation extends `${infer A} ${infer B}`
        ? Einsum<`${A}${B}`, Shapes>
        : Equation extends `${infer Terms}->${infer Result}`
          ? Output<Result, Bind<Terms, Shapes>>
          : Output<Implicit<Equation>, Bind<Equation, Shapes>>;

/** Goes through terms and operands side by side; gives an object with the size of each letter. */
type Bind<Terms extends string, Shapes, S = object> = Shapes extends readonly [infer A, ...infer R]
  ? Terms extends `${infer Term},${infer Others}`
    ? R extends readonly []
      ? FewerOperands
      : BindTerm<Term, A, S, Term, A> extends infer T
        ? T extends string
          ? T
          : Bind<Others, R, T>
        : never
    : R extends readonly []
      ? BindTerm<Terms, A, S, Terms, A>
      : FewerTerms
  : FewerOperands;

type BindTerm<Letters extends string, A, S, Term extends string, FullA> = Letters extends `${infer L}${infer R}`
  ? A extends readonly [infer D extends number, ...infer P]
    ? BindLetter<L, D, S> extends infer T
      ? T extends string
        ? T
        : BindTerm<R, P, T, Term, FullA>
      : never
    : Known<A> extends true
      ? TermDoesNotFit<Term, FullA>
      : BindTerm<R, A, L extends keyof S ? S : S & { [K in L]: number }, Term, FullA>
  : A extends readonly [unknown, ...List]
    ? TermDoesNotFit<Term, FullA>
    : S;

type BindLetter<L extends string, D extends number, S> = L extends keyof S
  ? Same<S[L], D> extends true
    ? S
    : Clash<S[L], D> extends true
      ? IndexClash<L, S[L] & number, D>
      : Same<S[L], Stretch<S[L], D>> extends true
        ? S
        : { [K in keyof S]: K extends L ? Stretch<S[K], D> : S[K] }
  : S & { [K in L]: D };

type Output<Letters extends string, S, Out extends List = [], Seen extends string = ''> = S extends string
  ? S
  : Letters extends `${infer L}${infer R}`
    ? L extends keyof S
      ? Seen extends `${string}${L}${string}`
        ? RepeatedOutput<L>
        : Output<R, S, [...Out, S[L]], `${Seen}${L}`>
      : UnknownIndex<L>
    : Out;

/** The letters that occur once, in order of their codes: capitals come first. */
type Implicit<
  Terms extends string,
  Letters extends string = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  Out extends string = '',
> = Letters extends `${infer L}${infer R}`
  ? Terms extends `${string}${L}${infer Rest}`
    ? Implicit<Terms, R, Rest extends `${string}${L}${string}` ? Out : `${Out}${L}`>
    : Implicit<Terms, R, Out>
  : Out;
