/** Tensors put together: cat, stack, einsum. */

import { cat, einsum, randn, stack, type Tensor } from '../../index.ts';
import type { Cat, Einsum, Shape, Stack } from '../index.ts';
import { anything, batch, flag, gives, is, n, unknown, untyped } from './assert.test-d.ts';

const x = randn([64, 784]);
declare const list: Tensor<[64, 784], 'float32'>[];
declare const text: string;

// cat
is<[128, 784]>()(cat([x, x]));
is<[64, 800]>()(cat([x, randn([64, 16])], { dim: 1 }));
is<[64, 800]>()(cat([x, randn([64, 16])], { dim: -1 }));
is<[60000, 784]>()(cat([randn([50000, 784]), randn([10000, 784])]));
is<[6]>()(cat([randn([1]), randn([2]), randn([3])]));
is<[number, 784]>()(cat([x, randn([n, 784])]));
is<[128, 784]>()(cat([x, randn([64, n])]));
is<[64, 784]>()(cat([x]));
is<[64, 784]>()(cat([randn([0]), x]));
is<[64, 784]>()(cat([x, randn([0])], { dim: 1 }));
is<[number, number]>()(cat([x, x], { dim: n }));
is<[number, 784]>()(cat(list));
is<[64, number]>()(cat(list, { dim: 1 }));
is<[number, number]>()(cat([x, unknown]));
is<Shape>()(cat([unknown, unknown]));
is<Shape, 'bool' | 'uint8' | 'int32' | 'int64' | 'float16' | 'float32' | 'float64'>()(cat([untyped] as Tensor[]));
is<[4], 'float32'>()(cat([randn([2]).to('int64'), randn([2])]));
is<[4], 'int64'>()(cat([randn([2]).to('bool'), randn([2]).to('int64')]));
// @ts-expect-error cat: shapes (64, 784) and (64, 16) differ outside dimension 0
cat([x, randn([64, 16])]);
// @ts-expect-error cat: shapes (128, 784) and (64, number) differ outside dimension 1
cat([cat([x, x]), randn([64, n])], { dim: 1 });
// @ts-expect-error cat: shapes (64, 784) and (784) differ in rank
cat([x, randn([784])]);
// @ts-expect-error cat: a tensor without dimensions cannot be joined
cat([randn([]), randn([])]);
// @ts-expect-error cat: dimension 2 is out of range for rank 2
cat([x, x], { dim: 2 });
// @ts-expect-error cat: no tensors given
cat([]);
gives<Cat<[[64, 784], [64, 16]], 0>, 'cat: shapes (64, 784) and (64, 16) differ outside dimension 0'>();
gives<Cat<[[2], [2, 2]], 0>, 'cat: shapes (2) and (2, 2) differ in rank'>();
gives<Cat<[], 0>, 'cat: no tensors given'>();

// stack
is<[2, 64, 784]>()(stack([x, x]));
is<[64, 2, 784]>()(stack([x, x], { dim: 1 }));
is<[64, 784, 3]>()(stack([x, x, x], { dim: -1 }));
is<[2]>()(stack([randn([]), randn([])]));
is<[number, 64, 784]>()(stack(list));
is<[number, number, number]>()(stack([x, x], { dim: n }));
is<Shape>()(stack([unknown, unknown]));
is<[2, 3], 'float32'>()(stack([randn([3]).to('int64'), randn([3])]));
// @ts-expect-error stack: shapes (2) and (3) differ
stack([randn([2]), randn([3])]);
// @ts-expect-error stack: dimension 3 is out of range for a result of rank 3
stack([x, x], { dim: 3 });
// @ts-expect-error stack: no tensors given
stack([]);
gives<Stack<[[2], [3]], 0>, 'stack: shapes (2) and (3) differ'>();

// einsum
const q = randn([8, 16, 32]);
const k = randn([8, 20, 32]);
is<[8, 16, 20]>()(einsum('bid,bjd->bij', q, k));
is<[8, 20, 16]>()(einsum('bid,bjd->bji', q, k));
is<[16, 16]>()(einsum('ij, jk -> ik', randn([16, 5]), randn([5, 16])));
is<[3, 7]>()(einsum('ij,jk', randn([3, 5]), randn([5, 7])));
is<[5, 3]>()(einsum('ba', randn([3, 5])));
is<[3, 5]>()(einsum('aB', randn([5, 3])));
is<[]>()(einsum('ii', randn([3, 3])));
is<[3]>()(einsum('ii->i', randn([3, 3])));
is<[]>()(einsum('i,i->', randn([3]), randn([3])));
is<[]>()(einsum(',->', randn([]), randn([])));
is<[2, 3, 4]>()(einsum('i,j,k->ijk', randn([2]), randn([3]), randn([4])));
is<[5]>()(einsum('i,i->i', randn([1]), randn([5])));
is<[5]>()(einsum('i,i->i', randn([n]), randn([5])));
is<[number, 2]>()(einsum('bi->bi', randn([n, 2])));
is<[typeof batch, 2]>()(einsum('bi,bi->bi', randn([batch, 2]), randn([batch, 2])));
is<[number, 8, number]>()(einsum('ibj,bk->ibk', unknown, randn([8, n])));
is<Shape>()(einsum('...ij->...ji', q));
is<Shape>()(einsum(text, q));
is<Shape>()(einsum('ij->ji', ...list));
is<[3], 'float64'>()(einsum('i,i->i', randn([3]), randn([3], { dtype: 'float64' })));
// @ts-expect-error einsum: index d is both 32 and 30
einsum('bid,bjd->bij', q, randn([8, 20, 30]));
// @ts-expect-error einsum: index i is both 3 and 4
einsum('ii', randn([3, 4]));
// @ts-expect-error einsum: 'ij' does not fit shape (2, 3, 4)
einsum('ij->ji', randn([2, 3, 4]));
// @ts-expect-error einsum: 'ijk' does not fit shape (2, 3)
einsum('ijk->ji', randn([2, 3]));
// @ts-expect-error einsum: index z is in no operand
einsum('ij->iz', randn([2, 3]));
// @ts-expect-error einsum: index i is twice in the output
einsum('ij->ii', randn([2, 3]));
// @ts-expect-error einsum: fewer operands than terms
einsum('ij,jk->ik', randn([2, 3]));
// @ts-expect-error einsum: fewer operands than terms
einsum('ij->ji');
// @ts-expect-error einsum: fewer terms than operands
einsum('ij->ji', randn([2, 3]), randn([2, 3]));
gives<Einsum<'bid,bjd->bij', [[8, 16, 32], [8, 20, 30]]>, 'einsum: index d is both 32 and 30'>();
gives<Einsum<'ij->ji', [[2, 3, 4]]>, "einsum: 'ij' does not fit shape (2, 3, 4)">();
gives<Einsum<'ij->iz', [[2, 3]]>, 'einsum: index z is in no operand'>();

// Unions and any.
const either = flag ? randn([64, 784]) : randn([32, 784]);
const joined: Tensor<[128, 784] | [96, 784], 'float32'> = cat([either, x]);
const product: Tensor<[64, 3] | [32, 3], 'float32'> = einsum('ij,jk->ik', either, randn([784, 3]));
const any1: Tensor = cat(anything);
const any2: Tensor = cat([anything, x]);
const any3: Tensor = stack(anything);
const any4: Tensor = einsum('ij->ji', anything);
const any5: Tensor = einsum(anything, x);
void [joined, product, any1, any2, any3, any4, any5];
