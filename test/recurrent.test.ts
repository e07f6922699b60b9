/** Recurrent layers on the WebAssembly backend: they learn what lies many steps back, from the same weights to the same losses as on the reference backend. */
import { type Backend, reference } from '@nn/backend';
import { type WasmBackend, wasm } from '@nn/backend-wasm';
import { clipGradNorm_, crossEntropy, GRU, Linear, LSTM, Module, RNN } from '@nn/nn';
import { Adam } from '@nn/optim';
import { manualSeed, oneHot, randint, setBackend, type Tensor } from '@nn/tensor';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

let backend: WasmBackend;
beforeAll(async () => {
  backend = await wasm({ threads: 2 });
});
afterEach(() => setBackend(reference()));
afterAll(() => backend.dispose());

const [symbols, length, batch] = [4, 5, 32];

/** Says at the end which symbol came first. */
class Recall extends Module {
  readonly layer: RNN | LSTM | GRU;
  readonly head: Linear;
  constructor(Layer: typeof RNN | typeof LSTM | typeof GRU) {
    super();
    this.layer = new Layer(symbols, 24, { batchFirst: true });
    this.head = new Linear(24, symbols);
  }
  override forward(x: Tensor): Tensor {
    const [output] = this.layer.forward(x);
    return this.head.forward(output.select(1, -1)) as Tensor;
  }
}

async function losses(on: Backend, make: () => Module, steps: number): Promise<number[]> {
  setBackend(on);
  manualSeed(1);
  const model = make();
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const told: number[] = [];
  for (let i = 0; i < steps; i++) {
    const sequences = randint(0, symbols, [batch, length]);
    const logits = model.forward(oneHot(sequences, { numClasses: symbols }).to('float32')) as Tensor;
    const loss = crossEntropy(logits, sequences.select(1, 0) as never) as Tensor;
    loss.backward();
    clipGradNorm_(model.parameters(), 1);
    optimizer.step();
    optimizer.zeroGrad();
    told.push(await loss.item());
  }
  return told;
}

test.each([
  ['LSTM', () => new Recall(LSTM)],
  ['GRU', () => new Recall(GRU)],
  ['RNN', () => new Recall(RNN)],
])('%s learns which symbol came first', async (_, make) => {
  const told = await losses(backend, make, 200);
  expect(told[0]).toBeGreaterThan(1);
  expect(Math.max(...told.slice(-10))).toBeLessThan(0.1);
  const same = await losses(reference(), make, 4);
  for (const [i, loss] of same.entries()) expect(told[i]).toBeCloseTo(loss, 4);
});
