/** What one training step of the model of the README costs, on a backend that only counts: a performance test that never flakes. */
import { type NullBackend, nullBackend, reference } from '@nn/backend';
import { crossEntropy, Linear, ReLU, Sequential } from '@nn/nn';
import { Adam, SGD } from '@nn/optim';
import { memory, ones, setBackend, type Tensor, zeros } from '@nn/tensor';
import { afterEach, expect, test } from 'vitest';

afterEach(() => setBackend(reference()));

function counting(make: (parameters: Iterable<Tensor>) => SGD | Adam): {
  backend: NullBackend;
  optimizer: SGD | Adam;
  step: (batch: number) => void;
} {
  const backend = nullBackend();
  setBackend(backend);
  const model = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
  const optimizer = make(model.parameters());
  const step = (batch: number): void => {
    const loss = crossEntropy(model.forward(ones([batch, 784])), zeros([batch], { dtype: 'int64' }));
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
  };
  return { backend, optimizer, step };
}

test.each([
  ['SGD', (p: Iterable<Tensor>) => new SGD(p, { lr: 0.1 })],
  ['Adam', (p: Iterable<Tensor>) => new Adam(p)],
] as const)('a step with %s is at most 22 launches, and nothing is compiled after the first', (_, make) => {
  const { backend, step } = counting(make);
  step(64);
  step(64);
  backend.reset();
  step(64);
  const { total, programs } = backend.counts;
  // Two of the launches make the batch.
  expect(total - 2).toBeLessThanOrEqual(22);
  expect(programs).toBe(0);
  backend.reset();
  // A smaller last batch, and a learning rate that changes, compile nothing either.
  step(37);
  expect(backend.counts.programs).toBe(0);
});

test('the learning rate is a run-time number', () => {
  const { backend, optimizer, step } = counting((p) => new SGD(p, { lr: 0.1 }));
  step(8);
  backend.reset();
  for (const lr of [0.25, 1, 0.3]) {
    optimizer.paramGroups[0]!.lr = lr;
    step(8);
  }
  expect(backend.counts.programs).toBe(0);
});

test('steps give back by name what they can', () => {
  const { step } = counting((p) => new SGD(p, { lr: 0.1 }));
  for (let i = 0; i < 3; i++) step(64);
  const before = memory().live;
  for (let i = 0; i < 20; i++) step(64);
  // Twenty batches of 200 KB and their activations; gradients and saved values were reused.
  expect((memory().live - before) / 20).toBeLessThan(300_000);
});
