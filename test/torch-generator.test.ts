/** The numbers of PyTorch's generator: draws, fresh layers, orders of samples, a whole training run, beside what PyTorch made of the same seeds (torch-generator.py). */
import '@nn/autograd';
import '@nn/tensor/methods';
import { ValueError } from '@nn/backend';
import { wasm } from '@nn/backend-wasm';
import * as data from '@nn/data';
import * as nn from '@nn/nn';
import { Adam } from '@nn/optim';
import * as T from '@nn/tensor';
import { manualSeed, type Tensor, TorchGenerator } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import goldens from './torch-generator.json' with { type: 'json' };

let before: T.Generator;
beforeAll(() => {
  before = T.setDefaultGenerator(new TorchGenerator());
});
afterAll(() => {
  T.setDefaultGenerator(before);
});

const numbers = (t: Tensor): number[] => Array.from(t.dataSync(), Number);

/** Equal up to the rounding of 32 bits, of values whose size is about 1. */
function expectClose(found: readonly number[], wanted: readonly number[], within = 1e-6, what = ''): void {
  expect(found.length).toBe(wanted.length);
  const off = found.findIndex((x, i) => !(Math.abs(x - wanted[i]!) <= within * Math.max(1, Math.abs(wanted[i]!))));
  expect(off, `${what} ${off}: ${found[off]} where PyTorch has ${wanted[off]}`).toBe(-1);
}

const zeros = (shape: readonly number[], dtype = 'float32'): Tensor => T.zeros(shape as never, { dtype } as never);

function draw(line: string): Tensor {
  const [name, ...rest] = line.split(' ') as [string, ...string[]];
  const dtype = (rest.at(-1) === 'float64' ? rest.pop() : 'float32') as 'float32';
  const a = rest.map(Number);
  const n = a.at(-1)!;
  const made = (): Tensor => zeros([n], dtype);
  const laws: Record<string, () => Tensor> = {
    rand: () => T.rand([n], { dtype }),
    randn: () => T.randn([n], { dtype }),
    randint: () => T.randint(a[0]!, a[1]!, [n]),
    random_: () => T.random_(zeros([9], rest[0])),
    randperm: () => T.randperm(n),
    uniform_: () => T.uniform_(made(), a[0]!, a[1]!),
    normal_: () => T.normal_(made(), a[0]!, a[1]!),
    exponential_: () => T.exponential_(made(), a[0]!),
    bernoulli_: () => T.bernoulli_(made(), a[0]!),
    bernoulli: () => T.bernoulli(T.full([n], a[0]!, { dtype })),
    dropout: () => T.dropout(T.ones([n]), { p: a[0]! }),
    dropout2d: () => nn.dropout2d(T.ones([2, 5, 2, 2])),
    alpha_dropout: () => nn.alphaDropout(T.ones([n]), { p: a[0]! }),
    multinomial: () =>
      rest[0] === 'rows'
        ? T.multinomial(T.tensor([[0.1, 0.2, 0.7], [3, 1, 1]]), 4, { replacement: true }) // biome-ignore format: rows
        : T.multinomial(T.tensor([0.1, 0.2, 0.7, 0.4]), a[0]!, { replacement: rest[1] === 'true' }),
    normal: () => T.normal(T.arange(4, { dtype: 'float32' }), T.tensor([[1], [2]])),
    gumbel_softmax: () => nn.gumbelSoftmax(T.arange(6, { dtype: 'float32' }).reshape([2, 3])),
  };
  return laws[name]!();
}

describe('one stream of draws', () => {
  it('is that of PyTorch', () => {
    manualSeed(2 ** 40 + 5);
    for (const [line, wanted] of goldens.draws as unknown as readonly [string, number[]][]) {
      const found = numbers(draw(line));
      // Normal and exponential values go through functions that round in their own way; the others have nothing to round differently.
      expectClose(found, wanted, /normal|randn|exponential|gumbel|alpha/.test(line) ? 2e-6 : 1e-9, line);
    }
  });
  it('goes on from a state, as JSON keeps it', () => {
    const generator = new TorchGenerator(7);
    T.randn([3], { generator });
    const state = JSON.parse(JSON.stringify(generator.getState()));
    const wanted = [T.randn([5], { generator }), T.rand([700], { generator })].map(numbers);
    const other = new TorchGenerator().setState(state);
    expect([T.randn([5], { generator: other }), T.rand([700], { generator: other })].map(numbers)).toEqual(wanted);
    expect(other.initialSeed()).toBe(7);
  });
  it('takes no state but its own, and others do not take its', () => {
    const generator = new TorchGenerator(7);
    const state = generator.getState();
    const first = numbers(T.rand([3], { generator }));
    generator.setState(state);
    for (const bad of [null, {}, new T.Generator(1).getState(), { ...state, words: [1] }, { ...state, next: 625 }])
      expect(() => generator.setState(bad as never)).toThrow(ValueError);
    expect(() => new T.Generator().setState(state)).toThrow(ValueError);
    expect(numbers(T.rand([3], { generator }))).toEqual(first);
  });
  it('draws nothing where dropout drops all', () => {
    const generator = new TorchGenerator(7);
    const wanted = numbers(T.rand([2], { generator: new TorchGenerator(7) }));
    expect(numbers(T.dropout(T.ones([5]), { p: 1, generator }))).toEqual([0, 0, 0, 0, 0]);
    expect(numbers(T.rand([2], { generator }))).toEqual(wanted);
  });
  it('stays below 1 in float16', () => {
    const halves = numbers(T.rand([20000], { dtype: 'float16', generator: new TorchGenerator(7) }));
    expect(halves.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 11))).toBe(true);
    expect(Math.abs(halves.reduce((a, b) => a + b) / 20000 - 0.5)).toBeLessThan(0.01);
  });
  it('has masks whose gradients are theirs', () => {
    const x = T.ones([50], { requiresGrad: true });
    const y = T.dropout(x, { p: 0.4 });
    y.sum().backward();
    expect(numbers(x.grad!)).toEqual(numbers(y));
    expect(new Set(numbers(y)).size).toBe(2);
  });
});

describe('fresh layers', () => {
  const layers: Readonly<Record<string, () => nn.Module>> = {
    Linear: () => new nn.Linear(7, 3),
    Bilinear: () => new nn.Bilinear(2, 3, 2),
    Conv1d: () => new nn.Conv1d(4, 2, 3, { groups: 2 }),
    Conv2d: () => new nn.Conv2d(2, 3, 3),
    Conv3d: () => new nn.Conv3d(1, 2, 2, { bias: false }),
    ConvTranspose2d: () => new nn.ConvTranspose2d(2, 3, 2),
    Embedding: () => new nn.Embedding(5, 4, { paddingIdx: 1 }),
    PReLU: () => new nn.PReLU(),
    RNN: () => new nn.RNN(3, 2, { numLayers: 2 }),
    LSTM: () => new nn.LSTM(3, 2, { bidirectional: true }),
    GRU: () => new nn.GRU(3, 2),
    LSTMCell: () => new nn.LSTMCell(2, 3),
    MultiheadAttention: () => new nn.MultiheadAttention(4, 2),
    'MultiheadAttention of others': () => new nn.MultiheadAttention(4, 2, { kdim: 3, vdim: 5, addBiasKv: true }),
    TransformerEncoderLayer: () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 3 }),
    TransformerDecoderLayer: () => new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 3 }),
    Sequential: () =>
      new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3), new nn.LayerNorm(3), new nn.Linear(3, 1)),
  };
  it.each(Object.entries(goldens.initial))('%s', (name, wanted) => {
    manualSeed(3);
    const state = layers[name]!().stateDict() as Readonly<Record<string, Tensor>>;
    const floats = Object.entries(state).filter(([, t]) => t.dtype === 'float32');
    expect(floats.map(([key]) => key).sort()).toEqual(Object.keys(wanted).sort());
    for (const [key, t] of floats) expectClose(numbers(t), (wanted as unknown as Record<string, number[]>)[key]!);
  });
});

describe('initial values', () => {
  const { init } = nn;
  const fills: Readonly<Record<string, (t: Tensor) => Tensor>> = {
    uniform_: (t) => init.uniform_(t, { a: -2, b: 3 }),
    normal_: (t) => init.normal_(t, { mean: 1, std: 2 }),
    trunc_normal_: (t) => init.truncNormal_(t, { mean: 0.5, std: 1, a: -1, b: 1 }),
    xavier_uniform_: (t) => init.xavierUniform_(t, { gain: 2 }),
    xavier_normal_: (t) => init.xavierNormal_(t),
    kaiming_uniform_: (t) => init.kaimingUniform_(t),
    kaiming_normal_: (t) => init.kaimingNormal_(t, { mode: 'fan_out', nonlinearity: 'relu' }),
    orthogonal_: (t) => init.orthogonal_(t),
    sparse_: (t) => init.sparse_(t, 0.4),
  };
  it.each(Object.entries(goldens.inits))('%s', (name, [tall, wide, square]) => {
    manualSeed(4);
    expectClose(numbers(fills[name]!(zeros([5, 3]))), tall!, 3e-6);
    expectClose(numbers(fills[name]!(zeros([3, 5]))), wide!, 3e-6);
    expectClose(numbers(fills[name]!(zeros([4, 4]))), square!, 3e-6);
  });
});

describe('stacks of copied layers', () => {
  const small = { dimFeedforward: 3 };
  const stacks: Readonly<Record<string, () => nn.Module>> = {
    TransformerEncoder: () => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, small), 3),
    TransformerDecoder: () => new nn.TransformerDecoder(new nn.TransformerDecoderLayer(4, 2, small), 2),
    Transformer: () => new nn.Transformer({ dModel: 4, nhead: 2, numEncoderLayers: 2, numDecoderLayers: 2, ...small }),
  };
  it.each(Object.entries(goldens.after))('%s', (name, wanted) => {
    manualSeed(6);
    const parameters = stacks[name]!().parameters();
    const [total, drawn] = wanted as unknown as readonly [number, number[]];
    expectClose([parameters.map((p) => p.abs().sum().itemSync()).reduce((a, b) => a + b)], [total]);
    expectClose(numbers(T.rand([3])), drawn);
  });
});

describe('masks between recurrent layers', () => {
  it.each(Object.entries(goldens.recurrent))('%s', (name, wanted) => {
    manualSeed(7);
    const [kind, first] = name.split(' ') as ['RNN' | 'LSTM' | 'GRU', string];
    const options = { numLayers: 3, dropout: 0.5, bidirectional: kind === 'GRU', batchFirst: first === 'N' };
    const layer = new { RNN: nn.RNN, LSTM: nn.LSTM, GRU: nn.GRU }[kind](3, 2, options);
    expectClose(numbers(layer.forward(T.randn([4, 5, 3]) as Tensor)[0] as Tensor), wanted, 3e-6);
  });
});

describe('orders of samples', () => {
  const ten = Array.from({ length: 10 }, (_, i) => i);
  const weights = [0.1, 3, 0, 2, 1];
  const loader = (options: object): (() => Promise<number[][]>) => {
    const made = new data.DataLoader(ten, { batchSize: 4, collate: (batch: number[]) => batch, ...options });
    return async () => {
      const batches: number[][] = [];
      for await (const batch of made) batches.push(batch);
      return batches;
    };
  };
  const whole = (sampler: Iterable<number>) => async (): Promise<number[][]> => [[...sampler]];
  const samplers: Readonly<Record<string, () => () => Promise<number[][]>>> = {
    'shuffled loader': () => loader({ shuffle: true }),
    'shuffled loader, dropLast': () => loader({ shuffle: true, dropLast: true }),
    'ordered loader': () => loader({}),
    'loader with a generator': () => loader({ shuffle: true, generator: T.defaultGenerator }),
    random: () => whole(new data.RandomSampler(ten)),
    'random, fifteen': () => whole(new data.RandomSampler(ten, { numSamples: 15 })),
    'random with replacement': () => whole(new data.RandomSampler(ten, { replacement: true, numSamples: 35 })),
    'random with a generator': () => whole(new data.RandomSampler(ten, { generator: T.defaultGenerator })),
    subset: () => whole(new data.SubsetRandomSampler([3, 1, 4, 1, 5, 9])),
    weighted: () => whole(new data.WeightedRandomSampler(weights, 8)),
    'weighted without replacement': () => whole(new data.WeightedRandomSampler(weights, 3, { replacement: false })),
  };
  it.each(Object.entries(goldens.samplers))('%s', async (name, wanted) => {
    manualSeed(5);
    const epoch = samplers[name]!();
    expect([await epoch(), await epoch()]).toEqual(wanted.slice(0, 2));
    expectClose(numbers(T.rand([1])), wanted[2] as number[], 1e-9);
  });
  it('randomSplit', () => {
    manualSeed(5);
    const parts = data.randomSplit(ten, [7, 3]);
    expect(parts.map((part) => Array.from({ length: part.length }, (_, i) => part.get(i)))).toEqual(goldens.split);
  });
  it('a loader goes on in the middle of an epoch', async () => {
    const rest = async (resumed: boolean): Promise<unknown> => {
      manualSeed(6);
      const make = (): data.DataLoader<number, number[]> =>
        new data.DataLoader(ten, { batchSize: 3, shuffle: true, collate: (batch: number[]) => batch });
      let loader = make();
      const given: number[][] = [];
      for await (const batch of loader) {
        given.push(batch);
        if (resumed && given.length === 2) break;
      }
      if (resumed) {
        const state = JSON.parse(JSON.stringify(loader.stateDict()));
        loader = make();
        loader.loadStateDict(state);
        for await (const batch of loader) given.push(batch);
      }
      for await (const batch of loader) given.push(batch);
      return [given, numbers(T.rand([2]))];
    };
    expect(await rest(true)).toEqual(await rest(false));
  });
});

describe('a whole training run', () => {
  it.each(['reference', 'wasm'])('on %s has the losses of PyTorch', async (name) => {
    if (name === 'wasm') T.setBackend(await wasm({ threads: 1 }));
    manualSeed(42);
    const x = T.randn([60, 8]);
    const y = x.at(':', 0).mul(x.at(':', 1)).gt(0).to('int64') as Tensor;
    const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 16, shuffle: true });
    const model = new nn.Sequential(new nn.Linear(8, 32), new nn.ReLU(), new nn.Dropout({ p: 0.2 }), new nn.Linear(32, 2)); // biome-ignore format: a network
    const optimizer = new Adam(model.parameters(), { lr: 0.01 });
    const losses: number[] = [];
    for (let epoch = 0; epoch < 5; epoch++)
      for await (const [a, b] of loader) {
        const loss = nn.crossEntropy(model.forward(a as Tensor), b as Tensor);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        losses.push(await loss.item());
      }
    expectClose(losses, goldens.losses, 2e-5);
  });
});
