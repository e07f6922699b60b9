/** What the compiler knows of layers, chains and losses, and what it says. The lines are checked by the type check; running them checks the same words. */
import { ones, type Shape, type Tensor, zeros } from '@nn/tensor';
import { expect, expectTypeOf, it } from 'vitest';
import { crossEntropy, Flatten, Linear, Module, mseLoss, ReLU, Sequential } from './index.ts';

const x = zeros([64, 784]);
const mlp = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));

it('shapes go through layers and chains', () => {
  expectTypeOf(new Linear(784, 50).forward(x)).toEqualTypeOf<Tensor<[64, 50], 'float32'>>();
  expectTypeOf(mlp.forward(x)).toEqualTypeOf<Tensor<[64, 10], 'float32'>>();
  expectTypeOf(new Flatten().forward(zeros([8, 1, 28, 28]))).toEqualTypeOf<Tensor<[8, 784], 'float32'>>();
  expectTypeOf(mlp.at(0)).toEqualTypeOf<Linear<784, 50>>();
  expectTypeOf(mlp.at(0).weight.shape).toEqualTypeOf<readonly [50, 784]>();
  const layer: Linear = new Linear(3, 2);
  expectTypeOf(layer.forward(zeros([5, 3]) as Tensor)).toEqualTypeOf<Tensor<[...Shape, number]>>();
  expect(mlp.forward(x).shape).toEqual([64, 10]);
});

it('a chain of known layers is a Sequential', () => {
  const any: Sequential = mlp;
  const y: Tensor = any.forward(zeros([1, 784]));
  expect(y.shape).toEqual([1, 10]);
});

it('layers that do not fit are compile errors', () => {
  // @ts-expect-error layer 2: Linear: the input has 50 features, expected 60
  const wrong = new Sequential(new Linear(784, 50), new ReLU(), new Linear(60, 10));
  expect(() => wrong.forward(x as never)).toThrow('the input has 50 features, expected 60');
  // @ts-expect-error layer 0: Linear: the input has 28 features, expected 784
  expect(() => mlp.forward(zeros([64, 28]))).toThrow('the input has 28 features, expected 784');
  // @ts-expect-error Linear: the input has 784 features, expected 100
  expect(() => new Linear(100, 50).forward(x)).toThrow('the input has 784 features, expected 100');
});

it('batches of logits and targets are compared', () => {
  const logits = mlp.forward(x);
  const targets = zeros([64], { dtype: 'int64' });
  expectTypeOf(crossEntropy(logits, targets)).toEqualTypeOf<Tensor<[], 'float32'>>();
  expectTypeOf(crossEntropy(logits, targets, { reduction: 'none' })).toEqualTypeOf<Tensor<[64], 'float32'>>();
  expectTypeOf(mseLoss(logits, ones([64, 10]))).toEqualTypeOf<Tensor<[], 'float32'>>();
  // @ts-expect-error crossEntropy: 64 rows of logits and 32 targets
  expect(() => crossEntropy(logits, zeros([32], { dtype: 'int64' }))).toThrow(
    '[crossEntropy] 64 rows of logits and 32 targets',
  );
  // @ts-expect-error crossEntropy: targets of rank 3 for logits of rank 2
  expect(() => crossEntropy(logits, zeros([64, 10, 1], { dtype: 'int64' }))).toThrow(
    '[crossEntropy] targets of rank 3 for logits of rank 2',
  );
});

it('modules without a shape function fit anywhere', () => {
  class Plain extends Module {
    override forward(input: Tensor): Tensor {
      return input;
    }
  }
  const chain = new Sequential(new Linear(784, 10), new Plain(), new Linear(10, 3));
  expectTypeOf(chain.forward(x)).toEqualTypeOf<Tensor<[...Shape, 3], 'float32'>>();
  const layers: Module[] = [new ReLU(), new Plain()];
  expectTypeOf(new Sequential(...layers).forward(x)).toEqualTypeOf<Tensor<Shape, 'float32'>>();
  expect(chain.forward(x).shape).toEqual([64, 3]);
});
