/** A model moves between backends in the middle of its training, and goes on as if it had not. */

import { type Backend, reference } from '@nn/backend';
import { wasm } from '@nn/backend-wasm';
import { crossEntropy, Linear, ReLU, Sequential } from '@nn/nn';
import { Adam, SGD } from '@nn/optim';
import { manualSeed, randint, randn, type Tensor } from '@nn/tensor';
import { expect, it } from 'vitest';

const here = reference();
const there = await wasm({ threads: 2 });

/** Losses of ten steps, the backend of each given. */
async function losses(make: (p: Iterable<Tensor>) => SGD | Adam, backends: readonly Backend[]): Promise<number[]> {
  manualSeed(3);
  const model = new Sequential(new Linear(20, 16), new ReLU(), new Linear(16, 4));
  await model.to(backends[0]!);
  const parameters = [...model.parameters()];
  const optimizer = make(parameters as never);
  const x = randn([32, 20], { backend: here });
  const y = randint(0, 4, [32], { backend: here });
  const found: number[] = [];
  for (const backend of backends) {
    await model.to(backend);
    expect([...model.parameters()]).toEqual(parameters);
    const loss = crossEntropy(model.forward(await x.to(backend)), (await y.to(backend)) as never);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    found.push(await loss.item());
  }
  return found;
}

const makers: [string, (p: Iterable<Tensor>) => SGD | Adam][] = [
  ['SGD with momentum', (p) => new SGD(p as never, { lr: 0.1, momentum: 0.9 })],
  ['Adam', (p) => new Adam(p as never, { lr: 0.01 })],
];

it.each(makers)('%s', async (_, make) => {
  const stayed = await losses(
    make,
    Array.from({ length: 10 }, () => here),
  );
  const moved = await losses(make, [here, here, here, there, there, there, here, there, here, there]);
  expect(stayed.at(-1)).toBeLessThan(stayed[0]!);
  moved.forEach((loss, i) => {
    expect(Math.abs(loss - stayed[i]!), `step ${i}`).toBeLessThan(1e-5);
  });
});

it.each(makers.flatMap(([name, make]) => [here, there].map((backend) => [name, backend.name, make, backend] as const)))(
  '%s goes on when the model becomes another dtype, on %s',
  async (_name, _backend, make, backend) => {
    const train = async (dtypes: readonly ('float32' | 'float64')[]): Promise<number[]> => {
      manualSeed(3);
      const model = await new Sequential(new Linear(20, 16), new ReLU(), new Linear(16, 4)).to(backend);
      const optimizer = make(model.parameters() as never);
      const x = randn([32, 20], { backend });
      const y = randint(0, 4, [32], { backend });
      const found: number[] = [];
      for (const dtype of dtypes) {
        model.to(dtype);
        const loss = crossEntropy(model.forward(x.to(dtype) as never), y as never);
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        for (const entry of Object.values(optimizer.stateDict().state))
          for (const value of Object.values(entry)) if (typeof value !== 'number') expect(value.dtype).toBe(dtype);
        found.push(await loss.item());
      }
      return found;
    };
    const [single, double] = ['float32', 'float64'] as const;
    const stayed = await train([single, single, single, single, single, single, single, single]);
    const changed = await train([single, single, double, double, double, single, single, double]);
    changed.forEach((loss, i) => {
      expect(Math.abs(loss - stayed[i]!), `step ${i}`).toBeLessThan(1e-5);
    });
  },
);
