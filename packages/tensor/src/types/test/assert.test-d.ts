/**
 * The vocabulary of the type tests. `// @ts-expect-error <sentence>` above a call says that it must fail, and with which words:
 * the compiler checks the first, `messages.test.ts` the second.
 */
import type { DType } from '@nn/backend';
import type { Tensor } from '../../index.ts';
import type { Dim, Shape } from '../index.ts';

interface Exact<in out T> {
  readonly both: (value: T) => T;
}

/** False for `any`, which equals everything. */
type Equal<X, Y> = 0 extends 1 & X ? false : Exact<X> extends Exact<Y> ? true : false;

/** `is<[2, 3], 'int64'>()(x)`: x has exactly this shape and dtype. */
export declare function is<S extends Shape, D extends DType = 'float32'>(): <T extends Tensor>(
  tensor: Equal<T['~shape'], S> extends true
    ? Equal<T['dtype'], D> extends true
      ? T
      : ['dtype', T['dtype']]
    : ['shape', T['~shape']],
) => void;

/** `gives<MatMul<[2, 3], [3, 4]>, [2, 4]>()`: both types are the same. */
export declare function gives<Result, Expected>(
  ...proof: Equal<Result, Expected> extends true ? [] : [Result, 'is not', Expected]
): void;

/** `fits<Select<[5], ['1:3']>, [2]>()`: the result allows this shape. */
export declare function fits<Result, Actual>(...proof: Actual extends Result ? [] : [Actual, 'is not', Result]): void;

/** `allowed<InRange<'sum', [2, 3], 1>>()`: not a sentence. */
export declare function allowed<Result>(...proof: Result extends string ? [Result] : []): void;

export declare const n: number;
export declare const sizes: number[];
export declare const flag: boolean;
export declare const batch: Dim<'batch'>;
export declare const time: Dim<'time'>;
export declare const unknown: Tensor<Shape, 'float32'>;
export declare const untyped: Tensor;
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
export declare const anything: any;
