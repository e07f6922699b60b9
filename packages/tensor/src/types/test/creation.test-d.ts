/** New tensors: shapes asked for, nested arrays, ranges. */

import { arange, eye, float, full, randn, type Scalar, type Tensor, tensor, zeros, zerosLike } from '../../index.ts';
import type { NestedShape, Shape } from '../index.ts';
import { anything, batch, flag, gives, is, n, sizes } from './assert.test-d.ts';

is<[64, 784]>()(randn([64, 784]));
is<[]>()(zeros([]));
is<[2, 3]>()(randn([2, 3] as const));
is<[number, 784]>()(randn([n, 784]));
is<[typeof batch, 784]>()(randn([batch, 784]));
is<number[]>()(randn(sizes));
is<[...Shape, 10]>()(randn([...sizes, 10]));
is<[2], 'int32'>()(zeros([2], { dtype: 'int32' }));
is<[2], 'float64'>()(zerosLike(randn([2]), { dtype: 'float64' }));
is<[2, 2]>()(full([2, 2], 7));
is<[2, 2], 'bool'>()(full([2, 2], true));
is<[2, 2], 'int64'>()(full([2, 2], 7, { dtype: 'int64' }));
is<[3, 3]>()(eye(3));
is<[3, 4]>()(eye(3, 4));
is<[3, 4], 'bool'>()(eye(3, 4, { dtype: 'bool' }));
is<[3, 3], 'bool'>()(eye(3, { dtype: 'bool' }));

// The dtype doesn't come from where the tensor goes.
const place: Tensor = randn([2]);
const either: Tensor<[2], 'float32' | 'float64'> = zeros([2]);
// @ts-expect-error Type 'Tensor<[2], "float32">' is not assignable to type 'Tensor<[2], "float64">'
const double: Tensor<[2], 'float64'> = zeros([2]);

// Nested arrays
is<[2, 3]>()(
  tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
);
is<[3], 'bool'>()(tensor([true, false, true]));
is<[]>()(tensor(3.5));
is<[], 'bool'>()(tensor(true));
is<[0]>()(tensor([]));
is<[2, 0]>()(tensor([[], []]));
is<[2, 1, 2]>()(tensor([[[1, 2]], [[3, 4]]]));
is<[number]>()(tensor(sizes));
is<[number, number]>()(tensor([sizes, sizes].map((row) => row)));
is<[2, number]>()(tensor([sizes, sizes]));
is<[number, 2]>()(tensor([] as [number, number][]));
is<[number]>()(tensor(new Float32Array(3)));
is<[number], 'float64'>()(tensor(new Float64Array(3)));
is<[number], 'int32'>()(tensor(new Int32Array(3)));
is<[2, number], 'uint8'>()(tensor([new Uint8Array(3), new Uint8Array(3)]));
is<[2], 'int64'>()(tensor([1, 2], { dtype: 'int64' }));
is<[2]>()(tensor([1, true]));
is<[2], 'int64'>()(tensor([1n, true]));
// @ts-expect-error tensor: rows differ: one has 2 elements, another 1
tensor([[1, 2], [3]]);
// @ts-expect-error tensor: rows differ: one has no elements, another 1
tensor([1, [2]]);
// @ts-expect-error tensor: a number stands where an array of 1 is expected
tensor([[1], 2]);
// @ts-expect-error Type 'string' is not assignable to type
tensor(['1']);
gives<NestedShape<[[1, 2], [3]]>, 'tensor: rows differ: one has 2 elements, another 1'>();
gives<NestedShape<readonly [readonly [1, 2], readonly [3, 4]]>, [2, 2]>();

// Ranges
declare const counted: Scalar;
is<[10], 'int64'>()(arange(10));
is<[0], 'int64'>()(arange(0));
is<[8], 'int64'>()(arange(2, 10));
is<[4], 'int64'>()(arange(2, 10, { step: 2 }));
is<[3], 'int64'>()(arange(2, 10, { step: 3 }));
is<[number], 'int64'>()(arange(-2, 10));
is<[number], 'int64'>()(arange(10, 2, { step: -1 }));
is<[number], 'float32'>()(arange(0, 1, { step: 0.1 }));
is<[number], 'float32'>()(arange(0, 1, 0.1));
is<[4], 'int64'>()(arange(2, 10, 2));
is<[10], 'float32'>()(arange(10, { dtype: 'float32' }));
is<[number], 'float32'>()(arange(float(10)));
is<[number], 'float32'>()(arange(0, float(10)));
is<[number], 'int64' | 'float32'>()(arange(0, counted));
is<[number], 'int64' | 'float32'>()(arange(n));
is<[10] | [20], 'int64'>()(arange(flag ? 10 : 20) as Tensor<[10] | [20], 'int64'>);

const any1: Tensor = randn(anything);
const any2: Tensor = tensor(anything);
const any3: Tensor = arange(anything);
const any4: Tensor = zeros([anything, 2]);
void [place, either, double, any1, any2, any3, any4];
