/**
 * PyTorch's type promotion of two tensors, as tables: bool < integers < floats. A tensor with dimensions decides over one
 * without, unless that one is of a higher kind. A new dtype is a row and a column of `Promotions`; the compiler asks for both.
 *
 * Everything is looked up, and little is decided by conditions: in generic code the type of a chain of operations holds that
 * of its first part once for each mention here.
 */
import type { DType } from '@nn/backend';
import type { Same } from './checked.ts';
import type { List } from './shape.ts';

export type FloatDType = Extract<DType, `float${string}`>;

/** What two dtypes promote to where both tensors have dimensions, or neither. */
interface Promotions {
  bool: { [D in DType]: D };
  uint8: { [D in DType]: D extends 'bool' ? 'uint8' : D };
  int32: { [D in DType]: D extends 'bool' | 'uint8' ? 'int32' : D };
  int64: { [D in DType]: D extends FloatDType ? D : 'int64' };
  float16: { [D in DType]: D extends FloatDType ? D : 'float16' };
  float32: { [D in Exclude<DType, 'float64'>]: 'float32' } & { float64: 'float64' };
  float64: { [D in DType]: 'float64' };
}
type Complete<Table extends { [A in DType]: { [B in DType]: DType } }> = Table;
type Table = Complete<Promotions>;

/** The dtype of a tensor with dimensions beside one without. */
type OverScalar<A extends DType, Scalar extends DType> = A extends FloatDType
  ? A
  : A extends 'bool'
    ? Scalar
    : Scalar extends FloatDType
      ? Scalar
      : A;

/** What ranks decide, by whether the left and the right tensor have dimensions. */
interface ByRank {
  readonly some: { readonly some: DType; readonly none: DType };
  readonly none: { readonly some: DType; readonly none: DType };
  readonly any: DType;
}
interface RankRule<A extends DType, B extends DType> extends ByRank {
  readonly some: { readonly some: Table[A][B]; readonly none: OverScalar<A, B> };
  readonly none: { readonly some: OverScalar<B, A>; readonly none: Table[A][B] };
  readonly any: A | B;
}
/** The dtype, or the rule for two of one kind. */
type Rules = {
  [A in DType]: {
    [B in DType]: OverScalar<A, B> | OverScalar<B, A> extends Table[A][B] ? Table[A][B] : RankRule<A, B>;
  };
};

/** Whether a shape has dimensions; both where its rank is unknown. */
type RankOf<S> = S extends readonly []
  ? 'none'
  : S extends readonly [unknown, ...List] | readonly [...List, unknown]
    ? 'some'
    : 'some' | 'none';

/** What two dtypes promote to, dimensions apart. */
export type Promote<A extends DType, B extends DType> = Same<A, B> extends true ? A : Table[A][B];

/** The dtype of two tensors of dtypes A and B and shapes S and T. Shapes are asked only where they decide. */
export type PromoteTensors<A extends DType, S, B extends DType, T> =
  Same<A, B> extends true ? A : Decide<Rules[A][B], S, T>;
type Decide<R, S, T> = [R] extends [DType] ? R : [R] extends [ByRank] ? R[RankOf<S>][RankOf<T>] : Either<R>;
/** For a union of dtypes some of which depend on ranks. */
type Either<R> = R extends DType ? R : R extends ByRank ? R['any'] : never;

/** What a tensor becomes beside a plain number of a kind. */
interface NumberRules {
  bool: { [D in DType]: D };
  integer: { [D in DType]: D extends 'bool' ? 'int64' : D };
  float: { [D in DType]: D extends FloatDType ? D : 'float32' };
}
export type PromoteNumber<D extends DType, Kind extends keyof NumberRules> = NumberRules[Kind][D];
