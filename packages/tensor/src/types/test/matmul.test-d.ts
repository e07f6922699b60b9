/** Matrix products: every combination of ranks, batches, unknown sizes and ranks, unions. */

import { matmul, randn, type Tensor, zeros } from '../../index.ts';
import type { MatMul, Shape } from '../index.ts';
import { anything, batch, flag, gives, is, n, sizes, unknown, untyped } from './assert.test-d.ts';

const x = randn([64, 784]);
const w = randn([784, 50]);

is<[64, 50]>()(x.matmul(w));
is<[64, 50]>()(matmul(x, w));
is<[]>()(randn([5]).matmul(randn([5])));
is<[4]>()(randn([4, 5]).matmul(randn([5])));
is<[4]>()(randn([5]).matmul(randn([5, 4])));
is<[2, 4]>()(randn([2, 4, 5]).matmul(randn([5])));
is<[2, 3]>()(randn([5]).matmul(randn([2, 5, 3])));
is<[2, 4, 3]>()(randn([2, 4, 5]).matmul(randn([5, 3])));
is<[2, 4, 3]>()(randn([4, 5]).matmul(randn([2, 5, 3])));
is<[8, 4, 64, 16]>()(matmul(randn([8, 4, 64, 32]), randn([4, 32, 16])));
is<[7, 2, 4, 3]>()(randn([7, 1, 4, 5]).matmul(randn([2, 5, 3])));
is<[0, 3]>()(randn([0, 5]).matmul(randn([5, 3])));
is<[1, 1, 1, 1, 1, 1, 2, 4]>()(randn([1, 1, 1, 1, 1, 1, 2, 3]).matmul(randn([3, 4])));

// Unknown sizes and ranks.
is<[number, 50]>()(randn([n, 784]).matmul(w));
is<[64, 50]>()(randn([64, n]).matmul(w));
is<[64, number]>()(x.matmul(randn([n, n])));
is<[64, 50]>()(x.matmul(w).matmul(randn([n, 50])));
is<[...Shape, 50]>()(unknown.matmul(w));
is<[...Shape, 50]>()(unknown.matmul(w).matmul(randn([50, 50])));
is<Shape>()(x.matmul(unknown));
is<Shape>()(unknown.matmul(randn([784])));
is<Shape>()(unknown.matmul(unknown));
is<[...Shape, 50]>()(randn(sizes).matmul(w));
is<[number & { readonly dim?: 'batch' }, 50]>()(randn([batch, 784]).matmul(w));
gives<MatMul<[...Shape, 5, 784], [784, 50]>, [...Shape, 5, 50]>();
gives<MatMul<[...Shape, 784], [784, 50]>, [...Shape, 50]>();

// dtypes
is<[64, 50], 'float64'>()(x.to('float64').matmul(w.to('float64')));
is<[64, 50], 'float64'>()(x.matmul(w.to('float64')));

// A wrong size.
// @ts-expect-error matmul: inner sizes 784 and 100 differ
x.matmul(randn([100, 50]));
// @ts-expect-error matmul: inner sizes 784 and 100 differ
matmul(x, randn([100, 50]));
// @ts-expect-error matmul: inner sizes 784 and 100 differ
x.matmul(randn([100]));
// @ts-expect-error matmul: inner sizes 5 and 4 differ
randn([5]).matmul(randn([4]));
// @ts-expect-error matmul: inner sizes 5 and 4 differ
randn([5]).matmul(randn([2, 4, 3]));
// @ts-expect-error matmul: sizes 4 and 3 do not broadcast
randn([8, 4, 5, 6]).matmul(randn([3, 6, 7]));
// @ts-expect-error matmul: both operands need a dimension at least
x.matmul(randn([]));
// @ts-expect-error matmul: both operands need a dimension at least
matmul(randn([]), x);
// @ts-expect-error matmul: inner sizes 50 and 784 differ
unknown.matmul(w).matmul(w);
// @ts-expect-error matmul: inner sizes 784 and 100 differ
randn([n, 784]).matmul(randn([100, n]));
gives<MatMul<[64, 784], [100, 50]>, 'matmul: inner sizes 784 and 100 differ'>();
gives<MatMul<[8, 4, 5, 6], [3, 6, 7]>, 'matmul: sizes 4 and 3 do not broadcast'>();
gives<MatMul<[2], []>, 'matmul: both operands need a dimension at least'>();
gives<MatMul<[], [2]>, 'matmul: both operands need a dimension at least'>();
gives<MatMul<[...Shape, 784], [100, 50]>, 'matmul: inner sizes 784 and 100 differ'>();

// Unions go member by member; only what is wrong for all of them is an error.
const either = flag ? randn([64, 784]) : randn([32, 784]);
const both: Tensor<[64, 50] | [32, 50], 'float32'> = either.matmul(w).relu();
const outputs: Tensor<[64, 10] | [64, 20]> = x.matmul(flag ? randn([784, 10]) : randn([784, 20]));
(flag ? randn([64, 784]) : randn([64, 100])).matmul(w);
// @ts-expect-error matmul: inner sizes 784 and 100 differ
either.matmul(randn([100, 50]));

// any, and one mistake one message.
const any1: Tensor = x.matmul(anything).matmul(w);
const any2: Tensor = matmul(anything, w);
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
const any3: Tensor = (anything as Tensor<any>).matmul(x).matmul(w);
// @ts-expect-error matmul: inner sizes 784 and 3 differ
const product = x.matmul(randn([3, 4]));
const after: Tensor<[64, 10], 'float32'> = product.matmul(randn([5, 6])).relu();

// Assignability goes by the arguments: a tensor is one of less known shape.
const wide: Tensor = x;
const half: Tensor<[number, 784]> = x;
const readonlyShape: Tensor<readonly [64, 784]> = x;
// @ts-expect-error Type 'Tensor<[64, 784], "float32">' is not assignable to type 'Tensor<[64, 10], "float32">'
const narrow: Tensor<[64, 10], 'float32'> = x;
let h: Tensor = x;
for (let i = 0; i < 3; i++) h = h.matmul(w).relu();
is<[64, 50]>()(readonlyShape.matmul(w).to('float32'));
const integers: Tensor<[2, 2], 'int64'> = zeros([2, 2], { dtype: 'int64' }).matmul(zeros([2, 2], { dtype: 'int64' }));
void [both, outputs, any1, any2, any3, after, wide, half, narrow, h, integers, untyped.matmul(w)];
