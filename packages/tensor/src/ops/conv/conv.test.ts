/** Convolution by its geometry: by hand, what it compiles, and what its results share. Options, dtypes and ranks are tested where users say them, in @nn/nn. */
import { nullBackend } from '@nn/backend';
import { expect, it } from 'vitest';
import type { ConvGeometry } from '../../core/op.ts';
import { ones, type Tensor, tensor } from '../../index.ts';
import { convolve, convolveTransposed } from './conv.ts';

const uneven: ConvGeometry = { stride: [2], before: [2], after: [1], dilation: [1], groups: 1 };
const plain: ConvGeometry = { stride: [1, 1], before: [0, 0], after: [0, 0], dilation: [1, 1], groups: 1 };

it('pads each end as the geometry says', async () => {
  const x = tensor([[1, 2, 3, 4]]) as Tensor;
  const w = tensor([[[1, 10, 100]]]) as Tensor;
  // 0 0 [1 2 3 4] 0 in steps of two.
  expect(await convolve('convolve', x, w, null, uneven).toArray()).toEqual([[100, 321, 43]]);
});

it('the transpose takes the same ends away', async () => {
  const x = tensor([[1, 2, 3]]) as Tensor;
  const w = tensor([[[1, 10, 100]]]) as Tensor;
  // 1 10 [100 + 2, 20, 200 + 3, 30] 300
  expect(await convolveTransposed('convolve', x, w, null, uneven, [4]).toArray()).toEqual([[102, 20, 203, 30]]);
});

it('compiles one program for all sizes', () => {
  const backend = nullBackend();
  const t = (...shape: number[]): Tensor => ones(shape, { backend }) as Tensor;
  const [w, bias] = [t(4, 3, 3, 3), t(4)];
  convolve('convolve', t(8, 3, 9, 9), w, bias, plain);
  backend.reset();
  for (const [batch, size] of [
    [1, 9],
    [5, 9],
    [8, 20],
  ] as const)
    convolve('convolve', t(batch, 3, size, size), w, bias, { ...plain, stride: [2, 1] });
  // The tensors of ones are maps of one program, which was there before.
  expect(backend.counts).toMatchObject({ programs: 0, launches: { conv: 3 } });
});

it('the result for one image is a tensor of its own', async () => {
  const x = ones([1, 2, 2]) as Tensor;
  const y = convolve('convolve', x, ones([1, 1, 1, 1]) as Tensor, null, plain);
  expect(y.base).toBeNull();
  y.add_(1);
  expect([...(await x.data())]).toEqual([1, 1, 1, 1]);
  expect([...(await y.data())]).toEqual([2, 2, 2, 2]);
});
