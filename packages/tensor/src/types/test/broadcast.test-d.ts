/** Elementwise operations: broadcasting, numbers beside tensors, `where`, `expand`. */

import { add, div, exp, float, gt, isnan, mul, pow, randn, relu, type Tensor, where, zerosLike } from '../../index.ts';
import type { Broadcast, CanExpand, Dim, Expand, Shape } from '../index.ts';
import { anything, batch, flag, gives, is, n, sizes, time, unknown, untyped } from './assert.test-d.ts';

const x = randn([64, 784]);

is<[64, 784]>()(
  x
    .add(randn([784]))
    .add(randn([64, 1]))
    .add(2),
);
is<[64, 784]>()(x.sub(x).mul(x).div(x).pow(2).maximum(x).minimum(0));
is<[8, 4, 5]>()(randn([4, 1]).add(randn([8, 1, 5])));
is<[8, 4, 5]>()(mul(randn([8, 4, 5]), randn([])));
is<[8, 4, 5]>()(pow(2, randn([8, 4, 5])));
is<[0, 3]>()(randn([0, 3]).add(randn([1, 3])));
is<[0]>()(randn([1]).add(randn([0])));
is<[64, 784]>()(add(1, x));
is<[64, 784]>()(add(x, x, { alpha: 2 }));
is<[64, 784]>()(div(x, 2));
is<[2, 2, 2, 2, 2, 2, 2, 2, 2]>()(randn([2, 2, 2, 2, 2, 2, 2, 2, 2]).add(randn([2])));

// Unknown sizes: a size other than 1 wins; of an unknown rank, the aligned end is kept.
is<[3, number, 5]>()(randn([n, 5]).add(randn([3, 1, 1])));
is<[number]>()(randn([1]).add(randn([n])));
is<[7]>()(randn([7]).add(randn([n])));
is<[7]>()(randn([n]).add(randn([7])));
is<[number]>()(randn([n]).add(randn([n])));
is<Shape>()(unknown.add(1).relu());
is<number[]>()(randn(sizes).add(x).mul(randn([])).add(randn(sizes)));
gives<Broadcast<'add', [...Shape, 10], [10]>, [...Shape, 10]>();
gives<Broadcast<'add', [10], [...Shape, 10]>, [...Shape, 10]>();
gives<Broadcast<'add', [...Shape, 4, 10], [10]>, [...Shape, 4, 10]>();
gives<Broadcast<'add', [2, 4, 10], [...Shape, 10]>, [...Shape, 10]>();

// Comparisons, predicates, functions.
is<[64, 784], 'bool'>()(x.gt(0));
is<[64, 784], 'bool'>()(gt(x, randn([784])));
is<[64, 784], 'bool'>()(x.eq(x).logicalAnd(x.lt(1)).logicalOr(true).logicalXor(false).ne(x.le(x)).eq(x.ge(x)));
is<[64, 784]>()(relu(exp(x)));
is<[64, 784], 'bool'>()(isnan(x));
is<[64, 784], 'bool'>()(x.isnan());
is<[64, 784], 'int64'>()(zerosLike(x, { dtype: 'int64' }));
is<[64, 784]>()(zerosLike(x));
is<[64, 784]>()(where(x.gt(0), x, 0));
is<[64, 784]>()(where(randn([64, 1]).gt(0), randn([784]), float(0)));
is<[64, 784]>()(x.mul(float(2)));

// A wrong size.
// @ts-expect-error add: sizes 784 and 100 do not broadcast
x.add(randn([100]));
// @ts-expect-error add: sizes 784 and 100 do not broadcast
add(x, randn([100]));
// @ts-expect-error mul: sizes 64 and 32 do not broadcast
x.mul(randn([32, 784]));
// @ts-expect-error gt: sizes 784 and 100 do not broadcast
x.gt(randn([100]));
// @ts-expect-error div: sizes 784 and 0 do not broadcast
x.div(randn([0]));
// @ts-expect-error logicalXor: sizes 784 and 7 do not broadcast
x.logicalXor(randn([7]));
// @ts-expect-error where: sizes 784 and 100 do not broadcast
where(x.gt(0), x, randn([100]));
// @ts-expect-error where: sizes 784 and 100 do not broadcast
where(x.gt(0), randn([100]), 0);
// @ts-expect-error where: sizes 784 and 100 do not broadcast
where(randn([64, 1]).gt(0), randn([784]), randn([100]));
// @ts-expect-error add: sizes 50 and 7 do not broadcast
unknown.matmul(randn([784, 50])).add(randn([7]));
gives<Broadcast<'add', [64, 784], [100]>, 'add: sizes 784 and 100 do not broadcast'>();
gives<Broadcast<'sub', [...Shape, 784], [100]>, 'sub: sizes 784 and 100 do not broadcast'>();
// @ts-expect-error Argument of type '"2"' is not assignable to parameter of type
x.add('2');

// Named sizes keep their names, take literals and numbers, and do not mix.
is<[Dim<'batch'>, 784]>()(randn([batch, 784]).add(randn([784])));
is<[Dim<'batch'>, 784]>()(
  randn([batch, 784])
    .add(randn([batch, 784]))
    .relu(),
);
const anyBatch: Tensor<[Dim<'batch'>, 784]> = x;
// @ts-expect-error sizes ${Dim<"batch">} and ${Dim<"time">} do not broadcast
randn([batch, 784]).add(randn([time, 784]));

// expand
is<[3, 4]>()(randn([3, 1]).expand([3, 4]));
is<[2, 3, 4]>()(randn([3, 1]).expand([2, -1, 4]));
is<[3, 4]>()(randn([n, 1]).expand([3, 4]));
is<[number, 4]>()(randn([n, 1]).expand([-1, 4]));
is<[5]>()(randn([]).expand([5]));
is<[0, 3]>()(randn([1, 3]).expand([0, 3]));
is<Shape>()(randn([3, 1]).expand(sizes));
is<[3, 4]>()(unknown.expand([3, 4]));
// @ts-expect-error expand: size 3 in dimension 0 can't become 5
randn([3, 1]).expand([5, 4]);
// @ts-expect-error expand: size 3 in dimension 0 can't become 1
randn([3]).expand([1]);
// @ts-expect-error expand: (4) has fewer dimensions than (3, 4)
randn([3, 4]).expand([4]);
// @ts-expect-error expand: a new dimension has no size for -1 to keep
randn([3]).expand([-1, 3]);
gives<CanExpand<[3, 1], [5, 4]>, "expand: size 3 in dimension 0 can't become 5">();
gives<Expand<[3, 1], [2, -1, 4]>, [2, 3, 4]>();

// Unions and any.
const either = flag ? randn([64, 784]) : randn([32, 784]);
const both: Tensor<[64, 784] | [32, 784]> = either.add(randn([784])).mul(either);
// @ts-expect-error add: sizes 784 and 100 do not broadcast
either.add(randn([100]));
const number: Tensor<[64, 784], 'float32'> = x.add(flag ? 1 : randn([784]));
const any1: Tensor = x.add(anything).mul(anything).add(x);
const any2: Tensor = add(anything, anything);
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
const any3: Tensor = (anything as Tensor<any>).add(x).mul(2);
const total: Tensor = [untyped, x].reduce((a, b) => a.add(b));
const total2: Tensor = [untyped, x].reduce((a, b) => add(a, b));
void [anyBatch, both, number, any1, any2, any3, total, total2];
