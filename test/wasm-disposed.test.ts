/** A backend that was disposed of holds no memory, whoever still holds the backend, a tensor on it or what was planned for it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BackendError, reference } from '@nn/backend';
import { type WasmBackend, wasm } from '@nn/backend-wasm';
import { crossEntropy, Linear } from '@nn/nn';
import { SGD } from '@nn/optim';
import { randint, randn, setBackend, type Tensor } from '@nn/tensor';
import { afterEach, expect, test } from 'vitest';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
afterEach(() => setBackend(reference()));

/** Trains on a new backend; what of its memory can be told when it is gone. */
async function trained(threads: number): Promise<{ backend: WasmBackend; loss: Tensor; memory: WeakRef<object> }> {
  const made: WeakRef<object>[] = [];
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(...given: ConstructorParameters<typeof Memory>) {
      super(...given);
      made.push(new WeakRef(this));
    }
  };
  const backend = await wasm({ threads });
  WebAssembly.Memory = Memory;
  setBackend(backend);
  const model = new Linear(300, 10);
  const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  let loss: Tensor | null = null;
  for (let step = 0; step < 20; step++) {
    loss = crossEntropy(model.forward(randn([500, 300])), randint(0, 10, [500]));
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  await loss!.item();
  expect(made.length).toBe(1);
  return { backend, loss: loss!, memory: made[0]! };
}

test.each([1, 2])('with %i threads', async (threads) => {
  const { backend, loss, memory } = await trained(threads);
  expect(backend.info().memory.taken).toBeGreaterThan(0);
  backend.dispose();
  for (let i = 0; i < 20 && memory.deref() !== undefined; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  expect(memory.deref()).toBe(undefined);
  expect(backend.info().memory.taken).toBe(0);
  expect(() => loss.add(1)).toThrow(BackendError);
  await expect(loss.item()).rejects.toThrow('the wasm backend was disposed; make a new one');
});
