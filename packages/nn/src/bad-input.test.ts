/** What is no list, no tensor or no module where one belongs: typed errors by name, and nothing changed. */
import { NnError } from '@nn/backend';
import { ones, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as nn from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const N: any = nn;
const x = ones([1, 2, 3]);
const places = tensor(
  [
    [
      [0, 2, 4],
      [0, 2, 4],
    ],
  ],
  { dtype: 'int64' },
);

describe.each<readonly [string, (bad: unknown) => unknown]>([
  ['ModuleList', (bad) => new N.ModuleList(bad)],
  ['ParameterList', (bad) => new N.ParameterList(bad)],
  ['Parameter', (bad) => new N.Parameter(bad)],
  ['Softmax', (bad) => new N.Softmax(bad)],
  ['LogSoftmax', (bad) => new N.LogSoftmax(bad ?? undefined)],
  ['FractionalMaxPool2d', (bad) => new N.FractionalMaxPool2d(2, bad ?? undefined)],
  ['TransformerEncoder', (bad) => new N.TransformerEncoder(bad, 2)],
  ['TransformerDecoder', (bad) => new N.TransformerDecoder(bad, 2)],
  ['Sequential', (bad) => new N.Sequential(bad, bad)],
  ['parametersToVector', (bad) => N.parametersToVector(bad)],
  ['parametersToVector', (bad) => N.parametersToVector([bad])],
  ['vectorToParameters', (bad) => N.vectorToParameters(ones([1]), bad)],
  ['vectorToParameters', (bad) => N.vectorToParameters(bad, [])],
  ['clipGradNorm_', (bad) => N.clipGradNorm_(bad, 1)],
  ['clipGradNorm_', (bad) => N.clipGradNorm_([bad], 1)],
  ['clipGradNorm_', (bad) => N.clipGradNorm_([ones([1])], bad)],
  ['clipGradValue_', (bad) => N.clipGradValue_(bad, 1)],
  ['clipGradValue_', (bad) => N.clipGradValue_([ones([1])], bad)],
  ['getTotalNorm', (bad) => N.getTotalNorm(bad)],
  ['getTotalNorm', (bad) => N.getTotalNorm([bad])],
  ['bilinear', (bad) => N.bilinear(bad, ones([1, 2]), ones([1, 2, 2]))],
  ['layerNorm', (bad) => N.layerNorm(x, bad)],
  ['batchNorm', (bad) => N.batchNorm(x, ones([2]), ones([2]), { training: true, momentum: bad })],
  ['maxUnpool1d', (bad) => N.maxUnpool1d(x, places, 2, { outputSize: bad })],
])('%s', (name, call) => {
  it.each([[null], [true], ['x'], [{}], [() => 0]])('refuses %s', (bad) => {
    // Null stands for the usual size there.
    if (name === 'maxUnpool1d' && bad === null) return expect(() => call(bad)).not.toThrow();
    expect(() => call(bad)).toThrow(NnError);
    expect(() => call(bad)).toThrow(`[${name}`);
  });
});

it.each([
  ['ModuleDict', (bad: unknown) => new N.ModuleDict(bad)],
  ['ParameterDict', (bad: unknown) => new N.ParameterDict(bad)],
  ['Sequential', (bad: unknown) => new N.Sequential(bad)],
])('%s takes names and values', (name, call) => {
  for (const bad of [null, 4, true, 'x']) {
    expect(() => call(bad)).toThrow(NnError);
    expect(() => call(bad)).toThrow(`[${name}] `);
  }
});

describe('layers', () => {
  const layers = [
    new nn.Linear(2, 2),
    new nn.Conv1d(2, 2, 1),
    new nn.Conv2d(2, 2, 1),
    new nn.ConvTranspose2d(2, 2, 1),
    new nn.BatchNorm1d(2),
    new nn.InstanceNorm2d(2),
    new nn.LayerNorm([2]),
    new nn.GroupNorm(1, 2),
    new nn.LocalResponseNorm(2),
    new nn.Embedding(2, 2),
    new nn.MaxPool2d(2),
    new nn.AvgPool1d(2),
    new nn.AdaptiveAvgPool2d(2),
    new nn.AdaptiveMaxPool1d(2),
    new nn.FractionalMaxPool2d(2, { outputSize: 2 }),
    new nn.Dropout(),
    new nn.Dropout2d(),
    new nn.AlphaDropout(),
    new nn.ReLU(),
    new nn.GELU(),
    new nn.PReLU(),
    new nn.GLU(),
    new nn.Softmax2d(),
    new nn.Flatten(),
    new nn.Unflatten(0, [1, 2]),
    new nn.PixelShuffle(2),
    new nn.ZeroPad2d(1),
    new nn.Sequential(new nn.ReLU()),
    new nn.LSTM(2, 2),
    new nn.GRUCell(2, 2),
    new nn.TransformerEncoderLayer(2, 1),
    new nn.MultiheadAttention(2, 1),
    new nn.CosineSimilarity(),
    new nn.CrossEntropyLoss(),
    new nn.MSELoss(),
    new nn.GaussianNLLLoss(),
    new nn.MarginRankingLoss(),
    new nn.MultiMarginLoss(),
    new nn.TripletMarginLoss(),
    new nn.CosineEmbeddingLoss(),
  ];

  // What a forgotten `return` gives, a forgotten `await`, or an array that was never made a tensor.
  it.each(layers.map((layer) => [layer.constructor.name, layer] as const))(
    '%s takes nothing but tensors',
    (_, layer) => {
      for (const bad of [undefined, null, [[1, 2]], Promise.resolve(x), 3])
        expect(() => (layer as { forward(...inputs: unknown[]): unknown }).forward(bad, x, x)).toThrow(NnError);
    },
  );
});

it.each<readonly [string, () => unknown]>([
  ['[conv2d] an operand is undefined', () => N.conv2d(ones([1, 1, 2, 2]))],
  ['[batchNorm] runningMean and runningVar are needed', () => N.batchNorm(x)],
  ['[batchNorm] an operand is undefined', () => N.batchNorm()],
  ['[scaledDotProductAttention] an operand is undefined', () => N.scaledDotProductAttention(x, x)],
  ['[maxPool2d] kernelSize is (2, ), expected whole numbers', () => new N.MaxPool2d([2, undefined]).forward(x)],
])('%s', (message, call) => {
  expect(call).toThrow(NnError);
  expect(call).toThrow(message);
});

it('adds none of several parameters where one is none', () => {
  const list = new N.ParameterList([ones([1])]);
  expect(() => list.extend([ones([2]), 3])).toThrow('[ParameterList.append] 3 is no tensor');
  expect(list.length).toBe(1);
});

it('adds none of several modules where one is none', () => {
  const list = new N.ModuleList([new nn.ReLU()]);
  expect(() => list.extend([new nn.ReLU(), 3])).toThrow('[ModuleList] 3 is no module');
  expect(list.length).toBe(1);
});

it('leaves gradients alone where the bound was forgotten', () => {
  const w = tensor([2], { requiresGrad: true });
  w.mul(3).sum().backward();
  expect(() => N.clipGradNorm_([w])).toThrow('[clipGradNorm_] the bound is undefined; give a number');
  expect(w.grad!.itemSync()).toBe(3);
});

it('refuses at once more windows than memory holds', () => {
  expect(() => N.adaptiveAvgPool1d(x, 2 ** 40)).toThrow(NnError);
});
