/**
 * The vocabulary of the type tests. `// @ts-expect-error <sentence>` above a call says that it must fail, and with which words:
 * the compiler checks the first, `messages.test.ts` the second.
 */
import type { DType } from '@nn/backend';
import type { Dim, Shape } from '../index.ts';
import type { Tensor } from './typed-tensor.test-d.ts';

interface Exact<in out T> {
  readonly both: (value: T) => T;
}

/** `is<[2, 3], 'int64'>()(x)`: x has exactly this shape and dtype. */
export declare function is<S extends Shape, D extends DType = 'float32'>(): <T extends Tensor>(
  tensor: Exact<T['~shape']> extends Exact<S>
    ? Exact<T['dtype']> extends Exact<D>
      ? T
      : ['dtype', T['dtype']]
    : ['shape', T['~shape']],
) => void;

/** `gives<MatMul<[2, 3], [3, 4]>, [2, 4]>()`: both types are the same. */
export declare function gives<Result, Expected>(
  ...proof: Exact<Result> extends Exact<Expected> ? [] : [Result, 'is not', Expected]
): void;

export declare const n: number;
export declare const sizes: number[];
export declare const flag: boolean;
export declare const batch: Dim<'batch'>;
export declare const time: Dim<'time'>;
export declare const unknown: Tensor<Shape, 'float32'>;
export declare const untyped: Tensor;
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
export declare const anything: any;
