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

it.each([
  ['SGD with momentum', (p) => new SGD(p as never, { lr: 0.1, momentum: 0.9 })],
  ['Adam', (p) => new Adam(p as never, { lr: 0.01 })],
] as [string, (p: Iterable<Tensor>) => SGD | Adam][])('%s', async (_, make) => {
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
