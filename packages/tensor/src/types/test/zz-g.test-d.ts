/**
 * Generic code is never blocked: every operation on type parameters compiles, whatever they may turn out to be. This guards the
 * way conditional types are written here (see `checked.ts`); an operation that isn't called in this file isn't guarded.
 */
import type { DType } from '@nn/backend';
import type { Data, Index, Shape } from '../index.ts';
import { is } from './assert.test-d.ts';
import * as F from './functions.test-d.ts';
import { Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential } from './typed-layers.test-d.ts';
import type { Tensor } from './typed-tensor.test-d.ts';

const w = F.randn([784, 50]);
/** Every result is a tensor, whatever it may turn out to be. */
declare function take(...tensors: Tensor[]): void;

/** Shapes and dtypes unknown as a whole. */
export function shapes<S extends Shape, T extends Shape, D extends DType, E extends DType>(
  s: Tensor<S, D>,
  t: Tensor<T, E>,
): void {
}

/** Sizes that may or may not fit. */
export function sizes<B extends number, K extends number, J extends number>(
  a: Tensor<[B, K], 'float32'>,
  b: Tensor<[J, 10], 'float32'>,
  c: Tensor<[B, 1, 28, 28], 'float32'>,
  k: K,
): void {
  take(a.sum({ dim: 0 }), a.mean({ dim: [0, 1] }), a.max({ dim: 1 }).values, a.argmax({ dim: -1 }));
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
  F.crossEntropy(input, F.randn([64, 784, 1]));
}
