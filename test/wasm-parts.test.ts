/** Training on a backend of the WebAssembly parts that a multilayer perceptron needs: the bits of the whole backend, and what a program is told where a part is missing. */
import { BackendError, reference } from '@nn/backend';
import { wasm } from '@nn/backend-wasm';
import { gather, map, matmul, type Part, reduce, rows, type WasmBackend, wasmOf } from '@nn/backend-wasm/parts';
import { crossEntropy, Linear, ReLU, Sequential } from '@nn/nn';
import { SGD } from '@nn/optim';
import { manualSeed, narrow, randint, randn, setBackend, type Tensor } from '@nn/tensor';
import { afterEach, expect, test } from 'vitest';

const parts = [map, reduce, rows, matmul, gather];

afterEach(() => setBackend(reference()));

/** Losses, gradients and parameters, as they come. */
async function train(backend: WasmBackend): Promise<number[][]> {
  setBackend(backend);
  manualSeed(3);
  const model = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
  const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const [x, y] = [randn([64, 784]), randint(0, 10, [64])];
  const found: Tensor[] = [];
  // The last batch is smaller; and there are steps enough for the variants that replace a kernel after some launches.
  for (let step = 0; step < 40; step++) {
    const size = step % 4 === 3 ? 37 : 64;
    const loss = crossEntropy(model.forward(narrow(x, 0, 0, size)) as Tensor, narrow(y, 0, 0, size));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    found.push(loss);
  }
  for (const parameter of model.parameters()) found.push(parameter, parameter.grad!);
  const numbers = await Promise.all(found.map(async (t) => [...((await t.data()) as Float32Array)]));
  backend.dispose();
  return numbers;
}

test('the same bits as on the whole backend', async () => {
  const whole = await train(await wasm({ threads: 1 }));
  expect(await train(await wasmOf(parts, { threads: 1 }))).toEqual(whole);
  expect(whole[39]![0]!).toBeLessThan(0.5 * whole[0]![0]!);
});

test.each(parts)('none of them is spare: $name', async (part: Part) => {
  const backend = await wasmOf(
    parts.filter((other) => other !== part),
    { threads: 1 },
  );
  const error: unknown = await train(backend).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BackendError);
  expect(String(error)).toContain(`[${part.name}] this backend was made without the part ${part.name}; import `);
  backend.dispose();
});
