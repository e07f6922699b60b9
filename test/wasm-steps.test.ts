/** Plain training on the WebAssembly backend: no scopes, no dispose(). Awaited now and then it holds its memory level; never awaited it ends in an error that says what to do. */
import { OutOfMemoryError, reference } from '@nn/backend';
import { type WasmBackend, wasm } from '@nn/backend-wasm';
import { crossEntropy, Linear, ReLU, Sequential } from '@nn/nn';
import { SGD } from '@nn/optim';
import { memory, ones, setBackend, sort, type Tensor, zeros } from '@nn/tensor';
import { afterEach, expect, test } from 'vitest';

const megabyte = 1 << 20;
let backend: WasmBackend;

afterEach(() => {
  setBackend(reference());
  backend.dispose();
});

function training(): () => Tensor {
  setBackend(backend);
  const model = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  return () => {
    const loss = crossEntropy(model.forward(ones([64, 784])), zeros([64], { dtype: 'int64' }));
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
}

test('awaited every hundred steps, 3,000 steps stay under 300 MB', async () => {
  backend = await wasm({ threads: 2 });
  const step = training();
  let worst = 0;
  for (let i = 1; i <= 3000; i++) {
    const loss = step();
    if (i % 100 === 0) await loss.item();
    worst = Math.max(worst, memory().live);
  }
  expect(worst).toBeLessThan(300 * megabyte);
  expect(backend.info().memory.taken).toBeLessThan(400 * megabyte);
});

test('never awaited, they end in an error that names scope; after a read training goes on', async () => {
  backend = await wasm({ threads: 1, memoryLimit: 100 * megabyte });
  const step = training();
  const ready = ones([1]);
  let error: unknown;
  for (let i = 0; i < 3000 && error === undefined; i++)
    try {
      step();
    } catch (reason) {
      error = reason;
    }
  expect(error).toBeInstanceOf(OutOfMemoryError);
  expect(String(error)).toContain('put the body of the loop in scope(() => …), or await a read such as loss.item()');
  expect(String(error)).toContain('largest holders: ');
  await ready.data();
  for (let i = 0; i < 20; i++) step();
  expect(await step().item()).toBeGreaterThan(0);
});

test('a launch that needs memory beside its operands gets what is only kept for reuse', async () => {
  backend = await wasm({ threads: 1, memoryLimit: 100 * megabyte });
  setBackend(backend);
  const held = Array.from({ length: 4 }, () => zeros([5 * megabyte]));
  for (const t of held) t.dispose();
  const { values } = sort(ones([megabyte]));
  expect((await values.data())[megabyte - 1]).toBe(1);
});
