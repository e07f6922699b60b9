/**
 * Generic code is never blocked: every operation on type parameters compiles, whatever they may turn out to be. This guards the
 * way conditional types are written here (see `checked.ts`); an operation that isn't called in this file isn't guarded.
 */
import type { DType } from '@nn/backend';
import type { Tensor } from '../../index.ts';
import * as F from '../../index.ts';
import type { Data, Index, Shape } from '../index.ts';
import { is } from './assert.test-d.ts';
import { Conv2d, crossEntropy, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential } from './typed-layers.test-d.ts';

const w = F.randn([784, 50]);
/** Every result is a tensor, whatever it may turn out to be. */
declare function take(...tensors: Tensor[]): void;

/** Shapes and dtypes unknown as a whole. */
export function shapes<S extends Shape, T extends Shape, D extends DType, E extends DType>(
  s: Tensor<S, D>,
  t: Tensor<T, E>,
): void {
  take(s.add(t), s.sub(t), s.mul(s), s.div(t), s.pow(2), s.maximum(t), s.minimum(s), s.add(s, { alpha: 2 }));
  take(s.fmax(t), s.max(t), t.min(s), F.max(s, t), F.min(s, s), s.atan2(t), s.hypot(2), s.clamp({ min: 0, max: t }));
  take(s.eq(t), s.ne(s), s.lt(t), s.le(s), s.gt(t), s.ge(1), s.logicalAnd(t), s.logicalOr(s), s.logicalXor(true));
  take(s.add(t).sub(t).mul(s).div(t).relu());
  take(s.relu().exp().isnan().to('float32').softmax(0).logSoftmax(-1).cumsum(1));
  take(s.matmul(t).matmul(w).add(t).matmul(s));
  take(s.sum(), t.sum({ dim: 0 }), s.mean({ dim: [0, 1] }), s.prod({ dim: -1, keepdim: true }));
  take(s.amax({ dim: 1 }), s.amin(), s.argmax({ dim: 0 }), s.argmin(), s.var({ dim: 0 }), s.std());
  take(s.norm({ dim: 0 }), s.logsumexp({ dim: 0 }), s.all({ dim: 0 }), s.any(), s.max(), s.min());
  take(s.max({ dim: 0 }).values, s.min({ dim: 1, keepdim: true }).indices);
  take(s.transpose(0, 1), s.t(), s.permute([1, 0]), s.squeeze(), s.squeeze(0), s.squeeze([0, 1]), s.unsqueeze(0));
  take(s.transpose(0, 1).t().permute([1, 0]).squeeze().squeeze(0).squeeze([0, 1]).unsqueeze(0));
  take(s.reshape([2, -1]), s.view([-1]), s.flatten(), s.flatten({ startDim: 1, endDim: -1 }).flatten({ startDim: 1 }));
  take(s.expect([2, 3]), s.expand([4, 2, 3]), s.expand([2, -1]));
  take(s.at(0, ':', null, '...'), s.at('1:2'), s.at(t.to('int64')), s.at([0, 1]), s.at(0).at(0).at('1:', null));
  take(F.cat([s, t]), F.cat([s, s], { dim: 1 }), F.stack([s, t]), F.stack([s, s], { dim: -1 }));
  take(F.einsum('ij,jk->ik', s, t), F.einsum('i,i', s, s), F.linear(s, t), F.where(s, t, 0));
  take(F.add(s, t), F.mul(2, s), F.div(s, t), F.pow(s, 2), F.gt(s, t), F.sum(s, { dim: 0 }), F.matmul(s, t));
  take(F.zerosLike(s), F.relu(s), F.exp(s), F.softmax(s, 0), F.max(s, { dim: 0 }).values, F.mean(s), F.all(s));
  take(crossEntropy(s, t), crossEntropy(s, t, { reduction: 'none' }));
  take(new Linear(2, 3).forward(s), new Flatten().forward(s), new Conv2d(1, 2, 3).forward(s));
  take(new MaxPool2d(2).forward(t), new Sequential(new Linear(2, 3), new ReLU()).forward(t));
}

/** A longer chain. */
export function chain<S extends Shape, T extends Shape>(s: Tensor<S, 'float32'>, t: Tensor<T>, u: Tensor): void {
  take(s.add(t).sub(t).mul(s).div(t).pow(2).maximum(t).minimum(s).gt(t).logicalAnd(t).relu().matmul(u).add(u).sum());
}

/** Sizes that may or may not fit. */
export function sizes<B extends number, K extends number, J extends number>(
  a: Tensor<[B, K], 'float32'>,
  b: Tensor<[J, 10], 'float32'>,
  c: Tensor<[B, 1, 28, 28], 'float32'>,
  k: K,
): void {
  take(a.add(b), a.mul(a), a.sub(F.randn([64, 784])), a.gt(b), F.where(a, b, 0), a.div(F.randn([k])));
  take(a.matmul(b), a.matmul(w), F.randn([64, 784]).matmul(b), F.matmul(b, F.randn([10, k])), a.matmul(a.t()));
  take(a.matmul(b).add(b).matmul(b).relu().sum({ dim: 1 }).add(a));
  take(a.transpose(0, 1), a.permute([1, 0]), a.squeeze(0), a.squeeze(), a.unsqueeze(2), c.squeeze(1));
  take(a.reshape([64, 784]), a.reshape([-1]), a.reshape([k, -1]), a.view([2, -1]), c.reshape([2, 3]));
  take(a.flatten(), c.flatten({ startDim: 1 }), a.expand([64, 784]), a.expand([2, -1, -1]), a.expect([64, 10]));
  take(a.at(5), a.at(-5), a.at(':', 3), c.at('...', 0), a.at([0, 1]), a.at(a.gt(0)), a.at(b.to('int64')));
  take(F.cat([a, b]), F.cat([a, b], { dim: 1 }), F.cat([a, F.randn([3, 4])]), F.stack([a, b]), F.stack([a, a]));
  take(F.einsum('ij,jk->ik', a, b), F.einsum('ij,ij->i', a, b), F.einsum('ii', a), F.einsum('bchw->bh', c));
  take(a.sum({ dim: 0 }), a.mean({ dim: [0, 1] }), a.max({ dim: 1 }).values, a.argmax({ dim: -1 }));
  take(crossEntropy(a, F.randn([64])), crossEntropy(a, b), crossEntropy(b, F.randn([k])));
  take(new Linear(784, 10).forward(a), new Linear(k, 10).forward(a), F.linear(a, w.t()), F.linear(a, b));
  take(new Conv2d(1, 2, 3).forward(c), new MaxPool2d(k).forward(c), new Conv2d(k, 2, 3).forward(c));
  take(new Sequential(new Linear(784, k), new ReLU(), new Linear(k, 10)).forward(a));
  take(F.zeros([k, 3]), F.eye(k), F.arange(k), F.full([k], 1), F.tensor([[k]]), F.randn([k, k]).matmul(a));
}

/** Tensors, dimensions, shapes, indices and data as type parameters. */
export function others<
  T extends Tensor,
  I extends number,
  const P extends Shape,
  const X extends readonly Index[],
  V extends Data,
  E extends string,
  L extends readonly Tensor[],
>(x: T, dim: I, shape: P, indices: X, data: V, equation: E, list: L): void {
  const image = F.randn([64, 1, 28, 28]);
  take(x.relu().add(x).mul(2).softmax(dim).exp().gt(x).to('float32'));
  take(x.sum({ dim }), image.sum({ dim }), image.max({ dim }).values, image.argmax({ dim }), image.sum({ dim: shape }));
  take(image.transpose(dim, 0), image.permute(shape), image.squeeze(dim), image.unsqueeze(dim), x.transpose(0, dim));
  take(
    image.reshape(shape),
    image.expand(shape),
    image.expect(shape),
    x.reshape(shape),
    image.flatten({ startDim: dim }),
  );
  take(image.at(...indices), x.at(...indices), image.at(dim), image.at(':', dim));
  take(
    F.cat(list),
    F.cat([image, image], { dim }),
    F.stack(list),
    F.stack([x, x], { dim }),
    F.einsum(equation, ...list),
  );
  take(F.einsum('ij->ji', x), F.einsum(equation, image), x.matmul(image), image.matmul(x), crossEntropy(x, x));
  take(F.zeros(shape), F.tensor(data), F.arange(dim), F.zerosLike(x), F.randn([dim, ...shape]));
  take(new Linear(784, 10).forward(x), new Conv2d(1, 2, 3).forward(x), new Flatten().forward(x));
}

// Declared results: what can be known is known inside the function, and exact at the caller.
const mlp = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
function forward<B extends number>(input: Tensor<[B, 784], 'float32'>): Tensor<[B, 10], 'float32'> {
  return mlp
    .forward(input)
    .add(F.randn([10]))
    .relu();
}
is<[32, 10]>()(forward(F.randn([32, 784])));

function same<S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> {
  return x.add(x).mul(x.relu());
}
is<[3, 4], 'float64'>()(same(F.randn([3, 4], { dtype: 'float64' })));

function scaled<S extends Shape>(x: Tensor<S, 'float32'>): Tensor<S, 'float32'> {
  return x.add(1).sub(x.mean()).div(x.std()).relu();
}
is<[3, 4]>()(scaled(F.randn([3, 4])));

function activated<S extends Shape>(x: Tensor<S, 'float32'>): Tensor<S, 'float32'> {
  return new ReLU().forward(x);
}
is<[3, 4]>()(activated(F.randn([3, 4])));

function attention<B extends number, T extends number, D extends number>(
  q: Tensor<[B, T, D], 'float32'>,
  k: Tensor<[B, T, D], 'float32'>,
  v: Tensor<[B, T, D], 'float32'>,
): Tensor<[B, T, D], 'float32'> {
  const scores: Tensor<[B, T, T], 'float32'> = q.matmul(k.transpose(-2, -1)).div(8).softmax(-1);
  const sums: Tensor<[B, T, T], 'float32'> = F.einsum('bid,bjd->bij', q, k);
  return scores.add(sums).matmul(v);
}
is<[8, 16, 32]>()(attention(F.randn([8, 16, 32]), F.randn([8, 16, 32]), F.randn([8, 16, 32])));

// A size that is a type parameter might be -1, so reshape promises no more than a number; `expect` takes it at its word.
function known<B extends number>(x: Tensor<[B, 784], 'float32'>): Tensor<[784], 'float32'> {
  const row: Tensor<[784], 'float32'> = x.at(5);
  const part: Tensor<[B, number], 'float32'> = x.at(':', '1:3');
  const picked: Tensor<[2, 784], 'float32'> = x.at([0, 1]);
  return row
    .add(x.sum({ dim: 0 }))
    .mul(x.max({ dim: 0 }).values)
    .sub(picked.at(0))
    .div(part.sum());
}
is<[784]>()(known(F.randn([16, 784])));

function folded<B extends number>(x: Tensor<[B, 784], 'float32'>): Tensor<[B, 1, 28, 28], 'float32'> {
  const size = x.shape[0];
  const loose: Tensor<[number, 1, 28, 28], 'float32'> = x.reshape([size, 1, 28, 28]);
  return loose.expect([size, 1, 28, 28]);
}
is<[16, 1, 28, 28]>()(folded(F.randn([16, 784])));

function rows<B extends number>(x: Tensor<[B, 784], 'float32'>) {
  return {
    mean: x.mean({ dim: 1, keepdim: true }),
    first: x.at(0),
    columns: x.t(),
    flat: x.reshape([-1]),
    square: x.matmul(x.t()),
  };
}
const of16 = rows(F.randn([16, 784]));
is<[16, 1]>()(of16.mean);
is<[784]>()(of16.first);
is<[784, 16]>()(of16.columns);
is<[12544]>()(of16.flat);
is<[16, 16]>()(of16.square);

class Attention<D extends number> extends Module {
  query: Linear<D, D>;
  constructor(size: D) {
    super();
    this.query = new Linear(size, size);
  }
  forward<B extends number, T extends number>(input: Tensor<[B, T, D], 'float32'>): Tensor<[B, T, T], 'float32'> {
    const h = this.query.forward(input);
    return h.matmul(h.transpose(-2, -1));
  }
}
is<[8, 16, 16]>()(new Attention(32).forward(F.randn([8, 16, 32])));

// What is known to be wrong is wrong inside generic code too.
export function wrong<B extends number>(input: Tensor<[B, 784], 'float32'>): void {
  // @ts-expect-error matmul: inner sizes 784 and 100 differ
  input.matmul(F.randn([100, 50]));
  // @ts-expect-error add: sizes 784 and 100 do not broadcast
  input.add(F.randn([100]));
  // @ts-expect-error transpose: dimension 4 is out of range for rank 2
  input.transpose(0, 4);
  // @ts-expect-error sum: dimension 2 is out of range for rank 2
  input.sum({ dim: 2 });
  // @ts-expect-error Linear: the input has 784 features, expected 10
  new Linear(10, 3).forward(input);
  // @ts-expect-error layer 0: Linear: the input has 50 features, expected 784
  mlp.forward(input.matmul(w));
  // @ts-expect-error at: 3 indices for rank 2
  input.at(0, 0, 0);
  // @ts-expect-error einsum: index j is both 784 and 100
  F.einsum('ij,jk->ik', input, F.randn([100, 50]));
  // @ts-expect-error crossEntropy: targets of rank 3 for logits of rank 2
  crossEntropy(input, F.randn([64, 784, 1]));
}
