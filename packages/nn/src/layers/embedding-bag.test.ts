/** The layer of bags against the function that it stands for; what it starts from, prints and refuses. */
import { ShapeError, ValueError } from '@nn/backend';
import { manualSeed, type Tensor, tensor } from '@nn/tensor';
import { expect, it } from 'vitest';
import { EmbeddingBag, type EmbeddingBagLayerOptions, embeddingBag } from '../index.ts';

const words = tensor([1n, 2n, 4n, 2n, 3n]) as Tensor;
const square = tensor([
  [1n, 2n],
  [0n, 2n],
]) as Tensor;

it.each<EmbeddingBagLayerOptions>([
  {},
  { mode: 'sum' },
  { mode: 'max' },
  { mode: 'sum', paddingIdx: 2 },
  { scaleGradByFreq: true },
  { includeLastOffset: true },
  { maxNorm: 0.5, normType: 1 },
  { dtype: 'float64' },
])('%j is embeddingBag', async (options) => {
  manualSeed(1);
  const layer = new EmbeddingBag(5, 3, options);
  const weight = layer.weight.detach().clone().requiresGrad_() as Tensor;
  const offsets = tensor([0n, 2n, 2n, 5n]) as Tensor;
  for (const [indices, more] of [
    [words, { offsets }],
    [square, {}],
  ] as const) {
    const out = layer.forward(indices, more);
    const own = embeddingBag(indices, weight, { ...options, ...more }) as Tensor;
    expect([out.dtype, await out.toArray()]).toEqual([layer.weight.dtype, await own.toArray()]);
    layer.zeroGrad();
    weight.grad = null;
    for (const t of [out, own]) t.pow(2).sum().backward();
    expect(await layer.weight.grad!.toArray()).toEqual(await weight.grad!.toArray());
  }
});

it('weights the words of a bag', async () => {
  const layer = EmbeddingBag.fromPretrained(tensor([[1], [10], [100]]), { mode: 'sum' });
  const perSampleWeights = tensor([1, 0.5, 2]) as Tensor;
  const options = { offsets: tensor([0n, 2n]) as Tensor, perSampleWeights };
  expect(await layer.forward(tensor([0n, 1n, 2n]), options).toArray()).toEqual([[6], [200]]);
});

it('starts as an embedding does', async () => {
  const layer = new EmbeddingBag(6, 4, { paddingIdx: -1 });
  expect(Object.keys(layer.stateDict())).toEqual(['weight']);
  expect(await layer.weight.at(5).toArray()).toEqual([0, 0, 0, 0]);
  expect(Number(await layer.weight.at(0).abs().sum().item())).toBeGreaterThan(0);
  const table = tensor([
    [1, 2],
    [3, 4],
  ]) as Tensor;
  expect(EmbeddingBag.fromPretrained(table).weight.requiresGrad).toBe(false);
  expect(EmbeddingBag.fromPretrained(table, { freeze: false, mode: 'max' }).mode).toBe('max');
});

it.each<[EmbeddingBag, string]>([
  [new EmbeddingBag(10, 3), 'EmbeddingBag(10, 3, mode=mean)'],
  [new EmbeddingBag(10, 3, { paddingIdx: -1 }), 'EmbeddingBag(10, 3, mode=mean, padding_idx=9)'],
  [
    new EmbeddingBag(10, 3, { maxNorm: 1, normType: 1, scaleGradByFreq: true, mode: 'sum', paddingIdx: 2 }),
    'EmbeddingBag(10, 3, max_norm=1, norm_type=1, scale_grad_by_freq=True, mode=sum, padding_idx=2)',
  ],
])('prints as PyTorch does: %s', (layer, text) => {
  expect(String(layer)).toBe(text);
});

it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
  ['other modes', () => new EmbeddingBag(2, 2, { mode: 'min' as never }), ValueError, "[EmbeddingBag] mode is 'min'"],
  [
    'a maximum of gradients that are divided',
    () => new EmbeddingBag(2, 2, { mode: 'max', scaleGradByFreq: true }),
    ValueError,
    '[EmbeddingBag] scaleGradByFreq goes with',
  ],
  ['sparse gradients', () => new EmbeddingBag(2, 2, { sparse: true as never }), ValueError, '[EmbeddingBag] sparse'],
  [
    'padding out of range',
    () => new EmbeddingBag(2, 2, { paddingIdx: 2 }),
    ValueError,
    '[EmbeddingBag] paddingIdx is 2',
  ],
  ['a vector as table', () => EmbeddingBag.fromPretrained(tensor([1])), ShapeError, '[EmbeddingBag] the table must be'],
  [
    'another table',
    () => new EmbeddingBag(2, 2, { weight: tensor([[1]]) }),
    ShapeError,
    '[EmbeddingBag] the weight has shape (1, 1), expected (2, 2)',
  ],
  ['no options', () => EmbeddingBag.fromPretrained(tensor([[1]]), null as never), ValueError, 'where options belong'],
  [
    'offsets in their own place',
    () => new EmbeddingBag(5, 2).forward(words, tensor([0n]) as never),
    ValueError,
    'where options belong',
  ],
])('refuses %s', (_, call, kind, text) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(text);
});
