/** Every layer with parameters makes them, and buffers of floats, in the default dtype, as PyTorch does. */
import { getDefaultDType, setDefaultDType } from '@nn/tensor';
import { afterEach, expect, it } from 'vitest';
import * as nn from '../index.ts';

afterEach(() => setDefaultDType('float32'));

const makers: Readonly<Record<string, () => nn.Module>> = {
  Linear: () => new nn.Linear(2, 2),
  Bilinear: () => new nn.Bilinear(2, 2, 2),
  Conv1d: () => new nn.Conv1d(2, 2, 1),
  ConvTranspose2d: () => new nn.ConvTranspose2d(2, 2, 1),
  BatchNorm1d: () => new nn.BatchNorm1d(2),
  BatchNorm2d: () => new nn.BatchNorm2d(2, { affine: false }),
  InstanceNorm2d: () => new nn.InstanceNorm2d(2, { affine: true, trackRunningStats: true }),
  LayerNorm: () => new nn.LayerNorm(2),
  GroupNorm: () => new nn.GroupNorm(1, 2),
  PReLU: () => new nn.PReLU(),
  Embedding: () => new nn.Embedding(2, 2),
  EmbeddingBag: () => new nn.EmbeddingBag(2, 2),
  LSTM: () => new nn.LSTM(2, 2),
  GRUCell: () => new nn.GRUCell(2, 2),
  MultiheadAttention: () => new nn.MultiheadAttention(2, 1),
  TransformerEncoderLayer: () => new nn.TransformerEncoderLayer(2, 1),
  TransformerDecoderLayer: () => new nn.TransformerDecoderLayer(2, 1),
};

it.each(Object.entries(makers))('%s', (_, make) => {
  for (const dtype of ['float64', 'float32'] as const) {
    setDefaultDType(dtype);
    const found = Object.values(make().stateDict()).map((t) => t.dtype);
    // The count of batches is an integer.
    expect(new Set(found.filter((one) => one !== 'int64'))).toEqual(new Set([getDefaultDType()]));
  }
});
