/** Groups, state dicts, errors and launches; the updates themselves are compared with PyTorch's in apps/goldens. */
import '@nn/autograd';
import { nullBackend, reference } from '@nn/backend';
import { setBackend, type Tensor, tensor } from '@nn/tensor';
import { afterEach, describe, expect, test } from 'vitest';
import { Adam, AdamW, type Optimizer, SGD } from './index.ts';

afterEach(() => setBackend(reference()));

const leaf = (data: number[]): Tensor => tensor(data, { requiresGrad: true });
const values = async (t: Tensor): Promise<unknown> => t.toArray();

/** Minimises Σ x⁴ − x for some steps. */
function descend(x: Tensor, optimizer: Pick<Optimizer<object>, 'step' | 'zeroGrad'>, steps: number): void {
  for (let i = 0; i < steps; i++) {
    x.mul(x).mul(x).mul(x).sub(x).sum().backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
}

const makers = {
  'SGD with momentum': (x: Tensor) => new SGD([x], { lr: 0.01, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  Adam: (x: Tensor) => new Adam([x], { lr: 0.05, amsgrad: true }),
  AdamW: (x: Tensor) => new AdamW([x], { lr: 0.05 }),
};

describe.each(Object.entries(makers))('%s', (_, make) => {
  test('goes on from its state dict exactly', async () => {
    const whole = leaf([2, -1]);
    descend(whole, make(whole), 12);
    const first = leaf([2, -1]);
    const optimizer = make(first);
    descend(first, optimizer, 5);
    const second = leaf([0, 0]);
    second.detach().copy_(first.detach());
    const resumed = make(second);
    resumed.loadStateDict(optimizer.stateDict() as never);
    descend(second, resumed, 7);
    expect(await values(second)).toEqual(await values(whole));
  });

  test('is one launch a parameter and step, and compiles nothing anew', () => {
    const backend = nullBackend();
    setBackend(backend);
    const x = leaf([1, 2, 3]);
    const optimizer = make(x);
    descend(x, optimizer, 2);
    x.sum().backward();
    backend.reset();
    optimizer.step();
    expect([backend.counts.total, backend.counts.programs]).toEqual([1, 0]);
  });
});

test('groups have options of their own', async () => {
  const [a, b] = [leaf([1]), leaf([1])];
  const optimizer = new SGD([{ params: [a] }, { params: [b], lr: 0.5 }], { lr: 0.1 });
  a.add(b).sum().backward();
  optimizer.step();
  expect([await a.item(), await b.item()]).toEqual([expect.closeTo(0.9), 0.5]);
  optimizer.paramGroups[0]!.lr = 1;
  optimizer.step();
  expect(await a.item()).toBeCloseTo(-0.1);
});

test('a closure computes the loss', () => {
  const x = leaf([1]);
  const optimizer = new SGD([x], { lr: 0.1 });
  expect(optimizer.step(() => 7)).toBe(7);
});

test('zeroGrad can fill with zeros', async () => {
  const x = leaf([1]);
  const optimizer = new SGD([x], { lr: 0.1 });
  x.sum().backward();
  optimizer.zeroGrad({ setToNull: false });
  expect(await values(x.grad!)).toEqual([0]);
});

test.each([
  ['no parameters', () => new SGD([], { lr: 0.1 }), /\[SGD\] got no parameters/],
  ['a negative rate', () => new SGD([leaf([1])], { lr: -1 }), /\[SGD\] lr must be at least 0, got -1/],
  ['nesterov alone', () => new SGD([leaf([1])], { nesterov: true }), /nesterov needs momentum/],
  ['a beta of 1', () => new Adam([leaf([1])], { betas: [0.9, 1] }), /\[Adam\] betas\[1\]/],
  ['a computed tensor', () => new SGD([leaf([1]).mul(2)]), /not a leaf/],
  [
    'a parameter twice',
    () => {
      const x = leaf([1]);
      return new SGD([x, x]);
    },
    /more than one group/,
  ],
  [
    'a state of other shapes',
    () => {
      const [x, y] = [leaf([1]), leaf([1, 2])];
      const from = new Adam([x]);
      x.sum().backward();
      from.step();
      new Adam([y]).loadStateDict(from.stateDict());
    },
    /expAvg of parameter 0 has shape \(1\), the parameter \(2\)/,
  ],
])('refuses %s', (_, make, message) => {
  expect(make).toThrow(message);
});
