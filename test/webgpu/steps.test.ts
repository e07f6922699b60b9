/** What training costs a device: launches, submits, shaders and buffers of a step; and that it learns there what it learns elsewhere, from the same random bits. */
import { type Backend, reference } from '@nn/backend';
import { wasm } from '@nn/backend-wasm';
import { type WebGPUBackend, webgpu } from '@nn/backend-webgpu';
import {
  Conv2d,
  crossEntropy,
  Dropout,
  Embedding,
  Flatten,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
  TransformerEncoderLayer,
} from '@nn/nn';
import { Adam, SGD } from '@nn/optim';
import { arange, manualSeed, rand, randint, randn, randperm, scope, setBackend, type Tensor } from '@nn/tensor';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'; // biome-ignore format: lists

let backend: WebGPUBackend;
beforeAll(async () => {
  backend = await webgpu();
});
afterEach(() => setBackend(reference()));
afterAll(() => backend.dispose());

const digits = (): { x: Tensor; y: Tensor } => ({ x: rand([64, 784]), y: randint(0, 10, [64]) });
const mlp = (): Module => new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));

describe.each([
  ['SGD', (parameters: Iterable<Tensor>) => new SGD(parameters, { lr: 0.1, momentum: 0.9 })],
  ['Adam', (parameters: Iterable<Tensor>) => new Adam(parameters)],
] as const)('a step of the MLP with %s', (_, optimizerOf) => {
  test('is at most 22 launches and one submit; after the first nothing is compiled, in a scope no buffer is made', async () => {
    setBackend(backend);
    const model = mlp();
    const optimizer = optimizerOf(model.parameters());
    const { x, y } = digits();
    const half = { x: x.narrow(0, 0, 37), y: y.narrow(0, 0, 37) };
    const step = async (batch: { x: Tensor; y: Tensor }): Promise<number> => {
      const loss = scope(() => {
        const own = crossEntropy((model as Sequential).forward(batch.x), batch.y);
        own.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return own;
      });
      const value = await loss.item();
      loss.dispose();
      return value;
    };
    await step({ x, y });
    const first = backend.counts();
    for (let i = 0; i < 3; i++) await step({ x, y });
    const warm = backend.counts();
    expect((warm.launches - first.launches) / 3).toBeLessThanOrEqual(22);
    expect((warm.submits - first.submits) / 3).toBe(1);
    for (let i = 0; i < 10; i++) await step({ x, y });
    const after = backend.counts();
    expect({ pipelines: after.pipelines, buffers: after.buffers, staging: after.stagingBuffers }).toEqual({
      pipelines: first.pipelines,
      buffers: warm.buffers,
      staging: warm.stagingBuffers,
    });
    // Neither does a smaller batch compile anything.
    await step(half);
    expect(backend.counts().pipelines).toBe(first.pipelines);
  });
});

test('random numbers, masks, shuffles and initial weights are the reference’s, bit for bit', async () => {
  const draw = async (on: Backend): Promise<ArrayLike<number>[]> => {
    setBackend(on);
    manualSeed(7);
    const drawn = [
      rand([1000]),
      // So many that the device draws them itself, where it can.
      rand([2 ** 18 + 5]),
      rand([5, 777]),
      rand([1025], { dtype: backend.dtypes.includes('float16') ? 'float16' : 'float32' }),
      randn([2 ** 18 + 5]),
      randn([1000]),
      randint(-5, 1000, [1000]),
      randperm(777),
      new Dropout({ p: 0.3 }).forward(rand([64, 50]).add(1)),
    ];
    const weights = [new Linear(30, 20), new Conv2d(3, 4, 3), new Embedding(11, 6)].flatMap((layer) => [
      ...layer.parameters(),
    ]);
    return Promise.all([...drawn, ...weights].map((t) => t.data()));
  };
  expect(await draw(backend)).toEqual(await draw(reference()));
});

/** A transformer that reads characters. */
class Characters extends Module {
  readonly embedding = new Embedding(17, 32);
  readonly position = new Embedding(12, 32);
  readonly block = new TransformerEncoderLayer(32, 4, { dimFeedforward: 64, dropout: 0, batchFirst: true });
  readonly head = new Linear(32, 17);

  override forward(x: Tensor): Tensor {
    const places = arange(12, { backend: x.backend });
    return this.head.forward(this.block.forward(this.embedding.forward(x).add(this.position.forward(places))));
  }
}

const cnn = (): Module =>
  new Sequential(
    new Conv2d(1, 4, 3, { padding: 1 }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(4 * 49, 10),
  );

describe('twenty steps end with the losses of the wasm backend', () => {
  // Losses of a run drift apart as rounding differs; these are of order 1, and twenty steps stay this close.
  const bound = 2e-4;

  test.each([
    ['an MLP', mlp, (): Tensor => rand([32, 784]), (): Tensor => randint(0, 10, [32])],
    ['a CNN', cnn, (): Tensor => rand([8, 1, 14, 14]), (): Tensor => randint(0, 10, [8])],
    [
      'a transformer over characters',
      () => new Characters(),
      (): Tensor => randint(0, 17, [4, 12]),
      (): Tensor => randint(0, 17, [48]),
    ],
  ] as const)('%s', async (_, make, inputs, targets) => {
    const losses = async (on: Backend): Promise<number[]> => {
      setBackend(on);
      manualSeed(3);
      const model = make() as Module & { forward(x: Tensor): Tensor };
      const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
      const [x, y] = [inputs(), targets()];
      const found: number[] = [];
      for (let i = 0; i < 20; i++) {
        const loss = crossEntropy(model.forward(x).reshape([y.shape[0]!, -1]), y);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        found.push(await loss.item());
      }
      return found;
    };
    const other = await wasm({ threads: 1 });
    const [here, there] = [await losses(backend), await losses(other)];
    other.dispose();
    expect(there.at(-1)!).toBeLessThan(there[0]!);
    for (const [i, loss] of here.entries()) expect(Math.abs(loss - there[i]!), `step ${i}`).toBeLessThan(bound);
  });
});

test.each([
  ['SGD with momentum', (parameters: Iterable<Tensor>) => new SGD(parameters, { lr: 0.1, momentum: 0.9 })],
  ['Adam', (parameters: Iterable<Tensor>) => new Adam(parameters, { lr: 0.01 })],
] as const)('a model moves there and back in mid-run, and %s goes on', async (_, optimizerOf) => {
  const other = await wasm({ threads: 1 });
  const losses = async (route: readonly Backend[]): Promise<number[]> => {
    manualSeed(3);
    const model = await new Sequential(new Linear(20, 16), new ReLU(), new Linear(16, 4)).to(other);
    const optimizer = optimizerOf(model.parameters());
    const [x, y] = [randn([32, 20], { backend: other }), randint(0, 4, [32], { backend: other })];
    const found: number[] = [];
    for (const on of route) {
      await model.to(on);
      await optimizer.follow();
      const loss = crossEntropy(model.forward(await x.to(on)), (await y.to(on)) as never);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      found.push(await loss.item());
    }
    return found;
  };
  const stayed = await losses(Array.from({ length: 8 }, () => other));
  const moved = await losses([other, backend, backend, other, backend, other, other, backend]);
  expect(stayed.at(-1)!).toBeLessThan(stayed[0]!);
  for (const [i, loss] of moved.entries()) expect(Math.abs(loss - stayed[i]!), `step ${i}`).toBeLessThan(1e-5);
  other.dispose();
});
