/** Layers, chains of layers, losses. */

import { linear, randn, type Tensor, zeros } from '../../index.ts';
import type {
  Chain,
  ConvByWeight,
  ConvShape,
  FlattenShape,
  LinearFunction,
  LinearShape,
  PerDimension,
  PoolShape,
  Shape,
  SpreadOf,
  TransposedByWeight,
} from '../index.ts';
import { anything, flag, gives, is, n, unknown, untyped } from './assert.test-d.ts';
import {
  Conv2d,
  crossEntropy,
  Flatten,
  type Layer,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from './typed-layers.test-d.ts';

const x = randn([64, 784]);
const image = randn([64, 1, 28, 28]);

// One layer
is<[64, 50]>()(new Linear(784, 50).forward(x));
is<[50]>()(new Linear(784, 50).forward(randn([784])));
is<[2, 3, 50]>()(new Linear(784, 50).forward(randn([2, 3, 784])));
is<[64, 50]>()(new Linear(n, 50).forward(x));
is<[64, number]>()(new Linear(784, n).forward(x));
is<[...Shape, 50]>()(new Linear(784, 50).forward(unknown));
is<[64, 50]>()(linear(x, randn([50, 784])));
is<[64, 50]>()(linear(x, randn([50, 784]), zeros([50])));
is<[64]>()(linear(x, randn([784])));
is<[64, 784]>()(new Flatten().forward(image));
is<[64, 784]>()(new ReLU().forward(x));
is<[50176]>()(new Flatten({ startDim: 0 }).forward(image));
is<[number, number]>()(new Flatten().forward(unknown));
is<[64, 16, 28, 28]>()(new Conv2d(1, 16, 3, { padding: 1 }).forward(image));
is<[64, 16, 12, 12]>()(new Conv2d(1, 16, 5, { stride: 2 }).forward(image));
is<[16, 26, 24]>()(new Conv2d(1, 16, [3, 5]).forward(randn([1, 28, 28])));
is<[64, 16, 28, 26]>()(new Conv2d(1, 16, [3, 5], { padding: [1, 1] }).forward(image));
is<[64, 16, 24, 24]>()(new Conv2d(1, 16, 3, { dilation: 2 }).forward(image));
is<[64, 16, number, number]>()(new Conv2d(1, 16, n).forward(image));
is<[number, 16, 1022, 1022]>()(new Conv2d(3, 16, 3).forward(randn([n, 3, 1024, 1024])));
is<[...Shape, 16, number, number]>()(new Conv2d(3, 16, 3).forward(unknown));
is<[64, 1, 14, 14]>()(new MaxPool2d(2).forward(image));
is<[64, 1, 9, 9]>()(new MaxPool2d(3).forward(image));
is<[64, 1, 14, 14]>()(new MaxPool2d(3, { stride: 2, padding: 1 }).forward(image));
gives<LinearShape<[64, 100], 784, 10>, 'Linear: the input has 100 features, expected 784'>();
gives<FlattenShape<[5], 1, -1>, 'Flatten: dimension 1 is out of range for rank 1'>();
// @ts-expect-error Linear: the input has 784 features, expected 100
new Linear(100, 50).forward(x);
// @ts-expect-error linear: the weight must be (out, in) and the input have a dimension at least
linear(x, randn([5, 50, 784]));
// @ts-expect-error linear: the input has 784 features, expected 100
linear(x, randn([50, 100]));
// @ts-expect-error Linear: the weight must be (out, in) and the input have a dimension at least
new Linear(100, 50).forward(randn([]));
// @ts-expect-error Conv2d: the input has 3 channels, expected 1
new Conv2d(1, 16, 3).forward(randn([64, 3, 28, 28]));
// @ts-expect-error Conv2d: the input has 2 dimensions, expected 3 or 4
new Conv2d(1, 16, 3).forward(x);
// @ts-expect-error Conv2d: a window of 5 does not fit size 3 with padding 0
new Conv2d(1, 16, 5).forward(randn([1, 3, 3]));
// @ts-expect-error Conv2d: a window of 5 does not fit size 2 with padding 1
new Conv2d(1, 16, 3, { dilation: 2, padding: 1 }).forward(randn([1, 2, 2]));
// @ts-expect-error MaxPool2d: the input has 5 dimensions, expected 3 or 4
new MaxPool2d(2).forward(randn([1, 1, 1, 4, 4]));
// @ts-expect-error Flatten: dimension 1 is out of range for rank 1
new Flatten().forward(randn([5]));
// @ts-expect-error MaxPool2d: a window of 4 does not fit size 2 with padding 0
new MaxPool2d(4).forward(randn([1, 2, 2]));
interface Plain {
  kernel: 3;
  stride: 1;
  padding: 0;
  dilation: 1;
}
gives<ConvShape<'Conv1d', 1, [8, 4, 10], 4, 6, Plain>, [8, 6, 8]>();
gives<ConvShape<'Conv3d', 3, [8, 4, 10, 9, 8], 4, 6, Plain>, [8, 6, 8, 7, 6]>();
is<[64, 16, 28, 28]>()(new Conv2d(1, 16, [5, 2], { padding: 'same', dilation: 3 }).forward(image));
is<[64, 16, 26, 26]>()(new Conv2d(1, 16, 3, { padding: 'valid' }).forward(image));
type Spread<
  S,
  K extends PerDimension,
  Stride extends PerDimension = 2,
  P extends PerDimension = 1,
  D extends PerDimension = 1,
  E extends PerDimension = 0,
> = ConvShape<'ConvTranspose2d', 2, S, 3, 4, SpreadOf<K, Stride, P, D, E>>;
gives<Spread<[8, 3, 7, 7], 3, 2, 1, 1, 1>, [8, 4, 14, 14]>();
gives<Spread<[3, 7, 9], [2, 3], [3, 1], [0, 2], [1, 4]>, [4, 20, 13]>();
gives<Spread<[8, 3, 1, 7], 1, 1, 2>, [8, 4, number, 3]>();
gives<Spread<[8, 3, number, 7], 3>, [8, 4, number, 13]>();
gives<Spread<Shape, 3>, [...Shape, 4, number, number]>();
gives<Spread<[8, 2, 7, 7], 3>, 'ConvTranspose2d: the input has 2 channels, expected 3'>();
gives<Spread<[8, 2], 3>, 'ConvTranspose2d: the input has 2 dimensions, expected 3 or 4'>();
gives<ConvByWeight<'conv1d', 1, [8, 6, 10], [4, 3, 3], 2, 1, 0, 1>, [8, 4, 8]>();
gives<ConvByWeight<'conv1d', 1, [8, 6, 10], Shape, 2, 1, 0, 1>, [8, number, number]>();
gives<
  ConvByWeight<'conv2d', 2, [8, 3, 9, 9], [4, 3, 3], 1, 1, 0, 1>,
  'conv2d: the weight has 3 dimensions, expected 4'
>();
gives<TransposedByWeight<'convTranspose1d', 1, [6, 10], [6, 2, 3], 3, 2, 0, 1, 0>, [6, 21]>();
gives<
  TransposedByWeight<'convTranspose1d', 1, [6, 10], [6], 1, 1, 0, 1, 0>,
  'convTranspose1d: the weight has 1 dimensions, expected 3'
>();
gives<PoolShape<'MaxPool1d', 1, [4, 10], Plain>, [4, 8]>();

// Chains
const mlp = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
is<[64, 10]>()(mlp.forward(x));
is<[...Shape, 10]>()(mlp.forward(unknown));
const cnn = new Sequential(
  new Conv2d(1, 16, 3, { padding: 1 }),
  new ReLU(),
  new MaxPool2d(2),
  new Conv2d(16, 32, 5, { stride: 2 }),
  new Flatten(),
  new Linear(800, 10),
);
is<[64, 10]>()(cnn.forward(image));
is<[number, 10]>()(cnn.forward(randn([n, 1, 28, 28])));
is<[8, 10]>()(new Sequential(cnn, new ReLU()).forward(randn([8, 1, 28, 28])));
is<[64, 784]>()(new Sequential().forward(x));
// @ts-expect-error layer 2: Linear: the input has 50 features, expected 60
new Sequential(new Linear(784, 50), new ReLU(), new Linear(60, 10));
// @ts-expect-error layer 2: Conv2d: the input has 16 channels, expected 32
new Sequential(new Conv2d(1, 16, 3), new MaxPool2d(2), new Conv2d(32, 64, 3));
// @ts-expect-error layer 0: Linear: the input has 28 features, expected 784
mlp.forward(image);
// @ts-expect-error layer 5: Linear: the input has 1152 features, expected 800
cnn.forward(randn([64, 1, 32, 32]));
gives<Chain<[2, 3], [Layer<LinearFunction<4, 5>>]>, 'layer 0: Linear: the input has 3 features, expected 4'>();

// A layer that gives several outputs, as recurrent ones do, may stand last or before a module that takes them.
class Recurrent extends Module {
  forward(input: Tensor, _state?: Tensor): [Tensor, Tensor] {
    return [input, input];
  }
}
class First extends Module {
  forward(outputs: readonly [Tensor, Tensor]): Tensor {
    return outputs[0];
  }
}
is<[...Shape, 10]>()(new Sequential(new Recurrent(), new First(), new Linear(8, 10)).forward(x));
new Sequential(new Linear(4, 8), new Recurrent());
// @ts-expect-error layer 1: gives several outputs, the next layer takes one
new Sequential(new Linear(4, 8), new Recurrent(), new Linear(8, 10));

// Modules without a shape function, and lists of unknown length.
class Net extends Module {
  first: Linear<784, 50> = new Linear(784, 50);
  layers: Module[] = [new ReLU()];
  last: Linear<50, number> = new Linear(50, n);
  forward<B extends number>(input: Tensor<[B, 784]>) {
    let h: Tensor = this.first.forward(input);
    for (const layer of this.layers) h = layer.forward(h);
    return this.last.forward(h);
  }
}
const out: Tensor<[...Shape, number]> = new Net().forward(x);
is<[...Shape, 10]>()(new Sequential(new Net(), new Linear(10, 10)).forward(x));
declare const many: ReLU[];
is<Shape>()(new Sequential(...many).forward(x));
let y: Tensor = x;
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
for (const layer of [mlp, cnn] as Layer<any>[]) y = layer.forward(y);

// Losses
const classes = zeros([64], { dtype: 'int64' });
is<[]>()(crossEntropy(mlp.forward(x), classes));
is<[]>()(crossEntropy(mlp.forward(x), zeros([64, 10])));
is<[64]>()(crossEntropy(mlp.forward(x), classes, { reduction: 'none' }));
is<[]>()(crossEntropy(randn([10]), zeros([])));
is<[], 'float32'>()(crossEntropy(randn([2, 10, 5, 6]), zeros([2, 5, 6]), { reduction: 'sum' }));
is<[2, 5, 6]>()(crossEntropy(randn([2, 10, 5, 6]), zeros([2, 5, 6]), { reduction: 'none' }));
is<[number]>()(crossEntropy(randn([n, 10]), classes, { reduction: 'none' }));
is<[]>()(crossEntropy(unknown, classes));
is<Shape>()(crossEntropy(unknown, classes, { reduction: 'none' }));
// @ts-expect-error crossEntropy: 64 rows of logits and 32 targets
crossEntropy(mlp.forward(x), zeros([32]));
// @ts-expect-error crossEntropy: targets of rank 3 for logits of rank 2
crossEntropy(mlp.forward(x), zeros([64, 10, 1]));
// @ts-expect-error crossEntropy: sizes 6 and 7 of logits and targets differ
crossEntropy(randn([2, 10, 5, 6]), zeros([2, 5, 7]));

const either = flag ? randn([64, 784]) : randn([32, 784]);
const scores: Tensor<[64, 10] | [32, 10], 'float32'> = mlp.forward(either);
const any1: Tensor = mlp.forward(anything);
const any2: Tensor = cnn.forward(anything).add(1);
const any3: Tensor = crossEntropy(anything, anything);
void [out, y, scores, any1, any2, any3, mlp.forward(untyped)];
