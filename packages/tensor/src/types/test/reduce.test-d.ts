/** Reductions: dimensions from either end, lists of them, keepdim, dtype, pairs of values and indices. */

import { all, amax, argmax, cumsum, logsumexp, max, mean, randn, softmax, std, sum, type Tensor } from '../../index.ts';
import type { InRange, Reduce, Shape } from '../index.ts';
import { anything, flag, gives, is, n, sizes, unknown, untyped } from './assert.test-d.ts';

const x = randn([64, 784]);
const image = randn([64, 1, 28, 28]);
const integers = x.to('int32');

is<[]>()(x.sum());
is<[]>()(sum(x));
is<[64]>()(x.sum({ dim: 1 }));
is<[64]>()(sum(x, { dim: -1 }));
is<[1, 1]>()(x.sum({ keepdim: true }));
is<[64, 1]>()(x.sum({ dim: -1, keepdim: true }));
is<[1, 28]>()(image.sum({ dim: [0, 2] }));
is<[1, 1, 1, 28]>()(image.mean({ dim: [0, -2], keepdim: true }));
is<[]>()(x.sum({ dim: [] }));
is<[]>()(x.sum({ dim: null }));
is<[1, 1]>()(x.sum({ dim: [], keepdim: true }));
is<[]>()(randn([]).sum({ dim: 0 }).sum({ dim: -1 }));
is<[]>()(randn([]).sum({ dim: 0, keepdim: true }));
is<[0]>()(randn([0, 3]).sum({ dim: 1 }));
is<[2, 2, 2, 2, 2, 2, 2]>()(randn([2, 2, 2, 2, 2, 2, 2, 2]).sum({ dim: -8 }));

// Every reduction.
is<[64]>()(x.prod({ dim: 1 }));
is<[64]>()(x.mean({ dim: 1 }));
is<[64]>()(mean(x, { dim: 1 }));
is<[64]>()(x.amax({ dim: 1 }));
is<[64]>()(amax(x, { dim: 1 }));
is<[64]>()(x.amin({ dim: 1 }));
is<[64]>()(x.var({ dim: 1, correction: 0 }));
is<[64]>()(x.std({ dim: 1 }));
is<[64]>()(std(x, { dim: 1, correction: 0 }));
is<[64]>()(x.norm({ dim: 1, p: 1 }));
is<[64]>()(x.logsumexp({ dim: 1 }));
is<[64]>()(logsumexp(x, { dim: 1 }));
is<[64], 'bool'>()(x.all({ dim: 1 }));
is<[], 'bool'>()(all(x));
is<[64, 1], 'bool'>()(x.any({ dim: 1, keepdim: true }));
is<[], 'uint8'>()(x.to('uint8').any());
is<[64], 'int64'>()(x.argmax({ dim: 1 }));
is<[], 'int64'>()(x.argmin());
is<[1, 784], 'int64'>()(argmax(x, { dim: 0, keepdim: true }));

// Extremes of everything, and of a dimension with their places.
is<[]>()(x.max());
is<[]>()(max(x));
is<[64]>()(x.max({ dim: 1 }).values);
is<[64], 'int64'>()(x.max({ dim: 1 }).indices);
is<[64, 1]>()(max(x, { dim: 1, keepdim: true }).values);
is<[1, 784], 'int64'>()(x.min({ dim: 0, keepdim: true }).indices);
is<[784], 'int32'>()(integers.min({ dim: 0 }).values);

// dtypes
is<[], 'int64'>()(integers.sum());
is<[], 'int64'>()(x.gt(0).prod());
is<[], 'float64'>()(integers.sum({ dtype: 'float64' }));
is<[], 'float64'>()(x.mean({ dtype: 'float64' }));
is<[64], 'int32'>()(integers.amax({ dim: 1 }));
is<[64, 784], 'int64'>()(integers.cumsum(0));
is<[64, 784], 'float32'>()(integers.softmax(1));

// Along a dimension.
is<[64, 784]>()(x.softmax(1).logSoftmax(-1).cumsum(0));
is<[64, 784], 'float64'>()(softmax(x, -1, { dtype: 'float64' }));
is<[64, 784]>()(cumsum(x, 0));
is<Shape>()(unknown.softmax(3));

// Unknown dimensions, ranks, flags.
is<[number]>()(x.sum({ dim: n }));
is<[number, number]>()(x.sum({ dim: n, keepdim: true }));
is<Shape>()(x.sum({ dim: sizes }));
is<[number, number]>()(x.sum({ dim: sizes, keepdim: true }));
is<Shape>()(unknown.sum({ dim: 1 }));
is<[]>()(unknown.sum());
is<[64] | [64, 1]>()(x.sum({ dim: 1, keepdim: flag }));
is<[64] | [784]>()(x.sum({ dim: flag ? 0 : 1 }));
is<[number]>()(randn([n, 784]).sum({ dim: 1 }));
gives<Reduce<[2, 3, 4], [number, 1], false>, Shape>();

// A wrong dimension or option.
// @ts-expect-error sum: dimension 5 is out of range for rank 2
x.sum({ dim: 5 });
// @ts-expect-error sum: dimension -3 is out of range for rank 2
sum(x, { dim: -3 });
// @ts-expect-error sum: dimension 2 is out of range for rank 2
x.sum({ dim: [0, 2] });
// @ts-expect-error sum: dimension 0 appears twice
x.sum({ dim: [0, -2] });
// @ts-expect-error sum: dimension 1 is out of range for rank 0
randn([]).sum({ dim: 1 });
// @ts-expect-error prod: dimension 2 is out of range for rank 2
x.prod({ dim: 2 });
// @ts-expect-error mean: dimension 2 is out of range for rank 2
x.mean({ dim: 2, keepdim: true });
// @ts-expect-error amax: dimension 2 is out of range for rank 2
amax(x, { dim: 2 });
// @ts-expect-error std: dimension 2 is out of range for rank 2
std(x, { dim: 2 });
// @ts-expect-error logsumexp: dimension 2 is out of range for rank 2
x.logsumexp({ dim: 2 });
// @ts-expect-error all: dimension 2 is out of range for rank 2
x.all({ dim: 2 });
// @ts-expect-error argmax: dimension 2 is out of range for rank 2
x.argmax({ dim: 2 });
// @ts-expect-error max: dimension 2 is out of range for rank 2
x.max({ dim: 2 });
// @ts-expect-error max: dimension 2 is out of range for rank 2
max(x, { dim: 2 });
// @ts-expect-error softmax: dimension 2 is out of range for rank 2
x.softmax(2);
// @ts-expect-error cumsum: dimension -3 is out of range for rank 2
cumsum(x, -3);
// @ts-expect-error 'keepDim' does not exist in type
x.sum({ keepDim: true });
// @ts-expect-error 'keepDim' does not exist in type
x.max({ dim: 1, keepDim: true });
// @ts-expect-error Type '"int7"' is not assignable to type
x.sum({ dtype: 'int7' });
gives<InRange<'sum', [64, 784], 2>, 'sum: dimension 2 is out of range for rank 2'>();
gives<InRange<'sum', [64, 784], [1, 1]>, 'sum: dimension 1 appears twice'>();
gives<InRange<'sum', [64, 784], 1.5>, 'sum: dimension 1.5 is out of range for rank 2'>();
gives<InRange<'sum', [64, 784], -2>, [64, 784]>();

// Unions and any.
const either = flag ? randn([64, 784]) : randn([32, 784]);
const both: Tensor<[64] | [32], 'float32'> = either.sum({ dim: 1 });
const mixed: Tensor<[64] | [64, 784], 'float32'> = (flag ? x : randn([64, 784, 3])).sum({ dim: -1 });
// @ts-expect-error sum: dimension 2 is out of range for rank 2
either.sum({ dim: 2 });
const any1: Tensor = x.sum({ dim: anything }).add(x);
const any2: Tensor = sum(anything, { dim: 7 });
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
const any3: Tensor = (anything as Tensor<any>).sum({ dim: 7, keepdim: true });
void [both, mixed, any1, any2, any3, untyped.sum({ dim: 0 })];
