/** Views: dimensions reordered, inserted, removed, joined; shapes asked for. */

import { randn, type Tensor } from '../../index.ts';
import type { CanExpect, CanReshape, Flatten, InResultRange, Permute, Reshape, Shape, Squeeze } from '../index.ts';
import { anything, batch, flag, gives, is, n, sizes, unknown } from './assert.test-d.ts';

const x = randn([64, 784]);
const image = randn([64, 1, 28, 28]);

// transpose, t, permute
is<[784, 64]>()(x.transpose(0, -1));
is<[784, 64]>()(x.transpose(1, 0).transpose(-1, -1));
is<[]>()(randn([]).transpose(0, -1));
is<[64, 28, 1, 28]>()(image.transpose(1, 2));
is<[number, number]>()(x.transpose(n, 0));
is<Shape>()(unknown.transpose(0, 1));
is<[28, 1, 64, 28] | [28, 1, 28, 64]>()(
  image.transpose(0, flag ? 2 : 3).transpose(0, 0) as Tensor<[28, 1, 64, 28] | [28, 1, 28, 64], 'float32'>,
);
is<[784, 64]>()(x.t());
is<[784]>()(randn([784]).t());
is<[]>()(randn([]).t());
is<Shape>()(unknown.t());
is<[64, 28, 1, 28]>()(image.permute([0, 2, 1, -1]));
is<[number, number]>()(x.permute([n, 0] as [number, number]));
is<[number, 64]>()(x.permute([n, 0]));
is<[number, number]>()(x.permute(sizes));
is<[number, number, number]>()(unknown.permute([2, 0, 1]));
is<Shape>()(unknown.permute(sizes));
is<[784, number]>()(randn([n, 784]).permute([1, 0]));
// @ts-expect-error transpose: dimension 2 is out of range for rank 2
x.transpose(0, 2);
// @ts-expect-error transpose: dimension -3 is out of range for rank 2
x.transpose(-3, 0);
// @ts-expect-error permute: (0, 1) is not an order of the 4 dimensions
image.permute([0, 1]);
// @ts-expect-error permute: dimension 2 is out of range for rank 2
x.permute([0, 2]);
// @ts-expect-error permute: (1, -1) is not an order of the 2 dimensions
x.permute([1, -1]);
gives<Permute<[2, 3, 4], [0, 1]>, 'permute: (0, 1) is not an order of the 3 dimensions'>();
gives<Permute<[2, 3], [0, 0]>, 'permute: (0, 0) is not an order of the 2 dimensions'>();

// squeeze, unsqueeze
is<[64, 28, 28]>()(image.squeeze(1));
is<[64, 28, 28]>()(image.squeeze());
is<[64, 784]>()(x.squeeze(0));
is<[28, 28]>()(randn([1, 28, 1, 28]).squeeze([0, 2]));
is<[]>()(randn([]).squeeze().squeeze(0));
is<Shape>()(randn([n, 3]).squeeze());
is<Shape>()(randn([n, 3]).squeeze(0));
is<[number]>()(randn([n, 1]).squeeze(1));
is<Shape>()(x.squeeze(n));
is<Shape>()(unknown.squeeze(0));
is<[64, 1, 784]>()(x.unsqueeze(1));
is<[64, 784, 1]>()(x.unsqueeze(-1));
is<[1, 64, 784]>()(x.unsqueeze(-3));
is<[64, 784, 1]>()(x.unsqueeze(2));
is<[1]>()(randn([]).unsqueeze(0));
is<[number, number, number]>()(x.unsqueeze(n));
is<Shape>()(unknown.unsqueeze(0));
// @ts-expect-error squeeze: dimension 4 is out of range for rank 4
image.squeeze(4);
// @ts-expect-error squeeze: dimension 1 appears twice
image.squeeze([1, 1]);
// @ts-expect-error unsqueeze: dimension 3 is out of range for a result of rank 3
x.unsqueeze(3);
// @ts-expect-error unsqueeze: dimension -4 is out of range for a result of rank 3
x.unsqueeze(-4);
gives<InResultRange<'unsqueeze', [2], 2>, 'unsqueeze: dimension 2 is out of range for a result of rank 2'>();
gives<Squeeze<[1 | 2, 3], 0>, [3] | [2, 3]>();

// reshape, view
is<[64, 784]>()(image.reshape([64, 784]));
is<[64, 784]>()(image.view([64, 784]));
is<[64, 784]>()(image.reshape([64, -1]));
is<[64, 1, 28, 28]>()(x.reshape([-1, 1, 28, 28]));
is<[50176]>()(x.reshape([-1]));
is<[]>()(randn([1, 1]).reshape([]));
is<[1]>()(randn([]).reshape([-1]));
is<[64, 25088]>()(randn([64, 512, 7, 7]).reshape([64, -1]));
is<[8, 16, 4, 32]>()(randn([8, 16, 128]).reshape([8, 16, 4, 32]));
is<[0, 5]>()(randn([0, 3]).reshape([0, 5]));
is<[0, 3]>()(randn([3, 0]).reshape([-1, 3]));
// @ts-expect-error reshape: (0, 3) has 0 elements, which (0, -1) can't divide
randn([0, 3]).reshape([0, -1]);
is<[number, 784]>()(randn([n, 28, 28]).reshape([n, 784]));
is<[number, 784]>()(randn([n, 28, 28]).reshape([-1, 784]));
is<[number, 784]>()(randn([batch, 28, 28]).reshape([n, 784]));
is<[typeof batch, 784]>()(randn([batch, 28, 28]).reshape([batch, -1]));
is<[number, number]>()(x.reshape([n, -1]));
is<number[]>()(x.reshape(sizes));
is<[2, number]>()(unknown.reshape([2, -1]));
// @ts-expect-error reshape: (64, 784) has 50176 elements, (100, 500) has 50000
x.reshape([100, 500]);
// @ts-expect-error view: (64, 784) has 50176 elements, (64, 28, 27) has 48384
x.view([64, 28, 27]);
// @ts-expect-error reshape: (2, 2) has 4 elements, which (3, -1) can't divide
randn([2, 2]).reshape([3, -1]);
// @ts-expect-error reshape: -1 is not a size; sizes are whole numbers ≥ 0, and at most one may be -1
x.reshape([-1, -1]);
// @ts-expect-error reshape: (5) has 5 elements, () has 1
randn([5]).reshape([]);
gives<CanReshape<'reshape', [64, 784], [100, 500]>, 'reshape: (64, 784) has 50176 elements, (100, 500) has 50000'>();
gives<CanReshape<'view', [6], [-1, 4]>, "view: (6) has 6 elements, which (-1, 4) can't divide">();
gives<Reshape<[2, 3, 4], [4, -1]>, [4, 6]>();

// flatten
is<[50176]>()(image.flatten());
is<[64, 784]>()(image.flatten({ startDim: 1 }));
is<[64, 28, 28]>()(image.flatten({ startDim: 0, endDim: 1 }));
is<[64, 28, 28]>()(image.flatten({ startDim: 1, endDim: -2 }));
is<[64, 1, 28, 28]>()(image.flatten({ startDim: 2, endDim: 2 }));
is<[1]>()(randn([]).flatten());
is<[number, 784]>()(randn([n, 28, 28]).flatten({ startDim: 1 }));
is<[number]>()(randn([n, 28, 28]).flatten());
is<Shape>()(image.flatten({ startDim: n }));
is<Shape>()(unknown.flatten());
// @ts-expect-error flatten: dimension 4 is out of range for rank 4
image.flatten({ startDim: 4 });
// @ts-expect-error flatten: dimension 4 is out of range for rank 4
image.flatten({ endDim: 4 });
// @ts-expect-error flatten: startDim 2 comes after endDim 1
image.flatten({ startDim: 2, endDim: 1 });
gives<Flatten<'flatten', [2, 3], 1, 0>, 'flatten: startDim 1 comes after endDim 0'>();

// expect
is<[64, 784]>()(x.expect([64, 784]));
is<[64, 784]>()(unknown.expect([64, 784]));
is<[64, 784]>()(randn([n, n]).expect([64, 784]));
is<[number, 784]>()(x.expect([n, 784]));
is<[number, 784]>()(randn([batch, 784]).expect([n, 784]));
is<number[]>()(x.expect(sizes));
// @ts-expect-error expect: size 784 of dimension 1 is not 100
x.expect([64, 100]);
// @ts-expect-error expect: rank 2 is not 3
x.expect([64, 28, 28]);
gives<CanExpect<[64, number], [32, 3]>, 'expect: size 64 of dimension 0 is not 32'>();

// Pieces: as many as there are sizes in a list.
const [first, second] = x.split([32, 32]);
is<Shape>()(first);
is<Shape>()(second);
const pair = x.split([32, 32]);
gives<(typeof pair)['length'], 2>();
const some: Tensor[] = x.split(32);
const listed: Tensor[] = x.split([n, n] as number[]);
void [some, listed];

// Unions and any.
const either = flag ? randn([64, 784]) : randn([32, 784]);
const turned: Tensor<[784, 64] | [784, 32], 'float32'> = either.transpose(0, 1);
const folded: Tensor<[64, 28, 28] | [32, 28, 28], 'float32'> = either.reshape([-1, 28, 28]);
// @ts-expect-error transpose: dimension 2 is out of range for rank 2
either.transpose(0, 2);
const any1: Tensor = x.transpose(anything, 0).reshape(anything).permute(anything).squeeze(anything).unsqueeze(anything);
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
const any2: Tensor = (anything as Tensor<any>).transpose(0, 7).reshape([3, -1]).flatten({ startDim: 0 }).expect([6]);
void [turned, folded, any1, any2];
