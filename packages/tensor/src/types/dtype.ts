/**
 * Element types of results: of tensors and of tensors beside numbers, of sums, of functions of real numbers, of JavaScript
 * values. Nothing here rejects a dtype; the call does.
 */
import type { DType } from '@nn/backend';
import type { FloatDType, Promote, PromoteNumber, PromoteTensors } from './promotion.ts';
import type { ShapeOf } from './shape.ts';

/** The dtype of a tensor's type. */
export type DTypeOf<T> = T extends { readonly dtype: infer D extends DType } ? D : DType;

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
    : N extends { readonly category: infer C extends ScalarLike['category'] }
      ? C
      : never;

/** The dtype of an operation on two tensors, or on a tensor and a number. */
export type PromoteOf<A, B> = A extends Numeric
  ? PromoteNumber<DTypeOf<B>, CategoryOf<A>>
  : B extends Numeric
    ? PromoteNumber<DTypeOf<A>, CategoryOf<B>>
    : PromoteTensors<DTypeOf<A>, ShapeOf<A>, DTypeOf<B>, ShapeOf<B>>;

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
