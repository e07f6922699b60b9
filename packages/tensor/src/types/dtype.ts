/**
 * Element types of results: PyTorch's promotion. A tensor with dimensions decides over one without, and both over a number,
 * unless the other is of a higher kind (bool < integer < float). Nothing here rejects a dtype; the call does.
 */
import type { DType } from '@nn/backend';
import type { Same } from './checked.ts';
import type { List, ShapeOf } from './shape.ts';

export type { DType };

export type FloatDType = Extract<DType, `float${string}`>;
export type IntegerDType = Exclude<DType, FloatDType | 'bool'>;

/** Row and column: what the two promote to. A new dtype is a row here and a column in each; `Complete` sees to it. */
interface Promotions {
  bool: { bool: 'bool'; uint8: 'uint8'; int32: 'int32'; int64: 'int64'; float32: 'float32'; float64: 'float64' };
  uint8: { bool: 'uint8'; uint8: 'uint8'; int32: 'int32'; int64: 'int64'; float32: 'float32'; float64: 'float64' };
  int32: { bool: 'int32'; uint8: 'int32'; int32: 'int32'; int64: 'int64'; float32: 'float32'; float64: 'float64' };
  int64: { bool: 'int64'; uint8: 'int64'; int32: 'int64'; int64: 'int64'; float32: 'float32'; float64: 'float64' };
  float32: {
    bool: 'float32';
    uint8: 'float32';
    int32: 'float32';
    int64: 'float32';
    float32: 'float32';
    float64: 'float64';
  };
  float64: {
    bool: 'float64';
    uint8: 'float64';
    int32: 'float64';
    int64: 'float64';
    float32: 'float64';
    float64: 'float64';
  };
}
type Complete<Table extends { [A in DType]: { [B in DType]: DType } }> = Table;
type Table = Complete<Promotions>;

/** The dtype of a tensor's type. */
export type DTypeOf<T> = T extends { readonly dtype: infer D extends DType } ? D : DType;

/** What two dtypes promote to, dimensions apart. */
export type Promote<A extends DType, B extends DType> =
  Same<A, B> extends true ? A : A extends DType ? (B extends DType ? Table[A][B] : never) : never;

/** The dtype of a tensor with dimensions beside one without. */
type PromoteScalarTensor<A extends DType, Scalar extends DType> = A extends FloatDType
  ? A
  : A extends 'bool'
    ? Scalar
    : Scalar extends FloatDType
      ? Scalar
      : A;

/** Whether a shape has dimensions; boolean where its rank is unknown. */
type HasDimensions<S> = S extends readonly []
  ? false
  : S extends readonly [unknown, ...List] | readonly [...List, unknown]
    ? true
    : boolean;

type PromoteTensors<A extends DType, HasA, B extends DType, HasB> = HasA extends true
  ? HasB extends true
    ? Promote<A, B>
    : PromoteScalarTensor<A, B>
  : HasB extends true
    ? PromoteScalarTensor<B, A>
    : Promote<A, B>;

/** A number that says of itself whether it is whole: `float(2)`. */
export interface ScalarLike {
  readonly value: number;
  readonly category: 'bool' | 'integer' | 'float';
}

/** What may stand for a tensor in elementwise operations. Whole numbers count as integers, as 2 and 2.0 are one value. */
export type Numeric = number | boolean | ScalarLike;

/** Kind of a number; 'integer' | 'float' where its value is unknown. */
export type CategoryOf<N> = N extends boolean
  ? 'bool'
  : N extends number
    ? number extends N
      ? 'integer' | 'float'
      : `${N}` extends `${bigint}`
        ? 'integer'
        : 'float'
    : N extends { readonly category: infer C }
      ? C
      : never;

/** The dtype of a tensor beside a number of a category. */
type PromoteNumber<D, Category> = D extends FloatDType
  ? D
  : Category extends 'float'
    ? 'float32'
    : D extends 'bool'
      ? Category extends 'integer'
        ? 'int64'
        : D
      : D;

/** The dtype of an operation on two tensors, or on a tensor and a number. */
export type PromoteOf<A, B> = A extends Numeric
  ? PromoteNumber<DTypeOf<B>, CategoryOf<A>>
  : B extends Numeric
    ? PromoteNumber<DTypeOf<A>, CategoryOf<B>>
    : Same<DTypeOf<A>, DTypeOf<B>> extends true
      ? DTypeOf<A>
      : PromoteTensors<DTypeOf<A>, HasDimensions<ShapeOf<A>>, DTypeOf<B>, HasDimensions<ShapeOf<B>>>;

/** The dtype of a list of tensors with dimensions (cat, stack, einsum). */
export type PromoteAll<T> = T extends readonly [infer A, ...infer R]
  ? R extends readonly []
    ? DTypeOf<A>
    : Promote<DTypeOf<A>, PromoteAll<R>>
  : T extends readonly (infer A)[]
    ? DTypeOf<A>
    : DType;

/** The dtype of division, of means, of exp and its kind: floats keep theirs, the rest become float32. */
export type FloatOf<D> = D extends FloatDType ? D : 'float32';

/** The dtype of sums and products: integers and booleans are counted in int64. */
export type TotalOf<D> = D extends FloatDType ? D : 'int64';

/** The dtype of `all` and `any`: bool, but uint8 stays uint8, as in PyTorch. */
export type TruthOf<D> = D extends 'uint8' ? 'uint8' : 'bool';

/** The dtype of a tensor made of JavaScript values: booleans bool, bigints int64, numbers float32 (1 and 1.0 are one value), arrays their own. */
export type DTypeOfValue<V> = [V] extends [never]
  ? 'float32'
  : [V] extends [boolean]
    ? 'bool'
    : [V] extends [bigint | boolean]
      ? 'int64'
      : [V] extends [Float64Array]
        ? 'float64'
        : [V] extends [Int32Array]
          ? 'int32'
          : [V] extends [Uint8Array]
            ? 'uint8'
            : 'float32';
