/** Pooling layers against the functions they stand for, as they print, and what the compiler knows of their shapes. */
import { manualSeed, randn, type Shape, type Tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import * as nn from '../../index.ts';

beforeEach(() => {
  manualSeed(0);
});

const signal = randn([2, 3, 8]) as Tensor;
const image = randn([2, 3, 8, 9]) as Tensor;
const volume = randn([1, 2, 4, 6, 5]) as Tensor;

it.each<[string, Tensor, nn.Module, Tensor]>([
  [
    'MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)',
    signal,
    new nn.MaxPool1d(2),
    nn.maxPool1d(signal, 2),
  ],
  [
    'MaxPool2d(kernel_size=(3, 2), stride=(2, 1), padding=1, dilation=1, ceil_mode=True)',
    image,
    new nn.MaxPool2d([3, 2], { stride: [2, 1], padding: 1, ceilMode: true }),
    nn.maxPool2d(image, [3, 2], { stride: [2, 1], padding: 1, ceilMode: true }),
  ],
  [
    'MaxPool3d(kernel_size=2, stride=1, padding=0, dilation=2, ceil_mode=False)',
    volume,
    new nn.MaxPool3d(2, { stride: 1, dilation: 2 }),
    nn.maxPool3d(volume, 2, { stride: 1, dilation: 2 }),
  ],
  [
    'AvgPool1d(kernel_size=(3,), stride=(2,), padding=(1,))',
    signal,
    new nn.AvgPool1d(3, { stride: 2, padding: 1 }),
    nn.avgPool1d(signal, 3, { stride: 2, padding: 1 }),
  ],
  [
    'AvgPool2d(kernel_size=3, stride=2, padding=(1, 0))',
    image,
    new nn.AvgPool2d(3, { stride: 2, padding: [1, 0], countIncludePad: false, ceilMode: true }),
    nn.avgPool2d(image, 3, { stride: 2, padding: [1, 0], countIncludePad: false, ceilMode: true }),
  ],
  [
    'AvgPool3d(kernel_size=2, stride=2, padding=0)',
    volume,
    new nn.AvgPool3d(2, { divisorOverride: 5 }),
    nn.avgPool3d(volume, 2, { divisorOverride: 5 }),
  ],
  [
    'LPPool1d(norm_type=1, kernel_size=2, stride=None, ceil_mode=False)',
    signal,
    new nn.LPPool1d(1, 2),
    nn.lpPool1d(signal, 1, 2),
  ],
  [
    'LPPool2d(norm_type=2, kernel_size=(2, 3), stride=2, ceil_mode=True)',
    image,
    new nn.LPPool2d(2, [2, 3], { stride: 2, ceilMode: true }),
    nn.lpPool2d(image, 2, [2, 3], { stride: 2, ceilMode: true }),
  ],
  [
    'LPPool3d(norm_type=2, kernel_size=2, stride=None, ceil_mode=False)',
    volume,
    new nn.LPPool3d(2, 2),
    nn.lpPool3d(volume, 2, 2),
  ],
  ['AdaptiveAvgPool1d(output_size=3)', signal, new nn.AdaptiveAvgPool1d(3), nn.adaptiveAvgPool1d(signal, 3)],
  [
    'AdaptiveAvgPool2d(output_size=(None, 4))',
    image,
    new nn.AdaptiveAvgPool2d([null, 4]),
    nn.adaptiveAvgPool2d(image, [null, 4]),
  ],
  [
    'AdaptiveAvgPool3d(output_size=(1, 2, 3))',
    volume,
    new nn.AdaptiveAvgPool3d([1, 2, 3]),
    nn.adaptiveAvgPool3d(volume, [1, 2, 3]),
  ],
  ['AdaptiveMaxPool1d(output_size=3)', signal, new nn.AdaptiveMaxPool1d(3), nn.adaptiveMaxPool1d(signal, 3)],
  [
    'AdaptiveMaxPool2d(output_size=(2, 3))',
    image,
    new nn.AdaptiveMaxPool2d([2, 3]),
    nn.adaptiveMaxPool2d(image, [2, 3]),
  ],
  ['AdaptiveMaxPool3d(output_size=2)', volume, new nn.AdaptiveMaxPool3d(2), nn.adaptiveMaxPool3d(volume, 2)],
])('%s', async (text, x, layer, expected) => {
  expect(String(layer)).toBe(text);
  expect(await (layer.forward(x) as Tensor).toArray()).toEqual(await expected.toArray());
});

it.each<[string, Tensor, nn.MaxPoolFunction, nn.MaxUnpoolFunction, nn.Module, number, nn.MaxUnpoolLayerOptions]>([
  [
    'MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))',
    signal,
    nn.maxPool1d,
    nn.maxUnpool1d,
    new nn.MaxUnpool1d(2),
    2,
    {},
  ],
  [
    'MaxUnpool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))',
    image,
    nn.maxPool2d,
    nn.maxUnpool2d,
    new nn.MaxUnpool2d(3, { stride: 2, padding: 1 }),
    3,
    { stride: 2, padding: 1 },
  ],
  [
    'MaxUnpool3d(kernel_size=(2, 2, 2), stride=(2, 2, 2), padding=(0, 0, 0))',
    volume,
    nn.maxPool3d,
    nn.maxUnpool3d,
    new nn.MaxUnpool3d(2),
    2,
    {},
  ],
])('%s', async (text, x, pool, unpool, layer, kernel, options) => {
  expect(String(layer)).toBe(text);
  const { values, indices } = pool(x, kernel, { ...options, returnIndices: true });
  const size = { outputSize: x.shape };
  const back = layer.forward(values, indices, size) as Tensor;
  expect(back.shape).toEqual(x.shape);
  expect(await back.toArray()).toEqual(await unpool(values, indices, kernel, { ...options, ...size }).toArray());
});

it('AdaptiveMaxPool2d with places', () => {
  const { values, indices } = new nn.AdaptiveMaxPool2d(2, { returnIndices: true }).forward(image);
  expect([values.shape, indices.dtype]).toEqual([[2, 3, 2, 2], 'int64']);
});

describe('types', () => {
  const x = zeros([8, 16, 28, 28]);

  it('shapes go through', () => {
    expectTypeOf(new nn.MaxPool2d(2).forward(x)).toEqualTypeOf<Tensor<[8, 16, 14, 14], 'float32'>>();
    expectTypeOf(new nn.MaxPool2d(3, { stride: 2, padding: 1 }).forward(x)).toEqualTypeOf<
      Tensor<[8, 16, 14, 14], 'float32'>
    >();
    expectTypeOf(new nn.AvgPool2d([2, 4]).forward(x)).toEqualTypeOf<Tensor<[8, 16, 14, 7], 'float32'>>();
    expectTypeOf(new nn.MaxPool1d(2).forward(zeros([3, 10]))).toEqualTypeOf<Tensor<[3, 5], 'float32'>>();
    expectTypeOf(new nn.AvgPool3d(2).forward(zeros([1, 2, 4, 6, 8]))).toEqualTypeOf<
      Tensor<[1, 2, 2, 3, 4], 'float32'>
    >();
    expectTypeOf(new nn.AdaptiveAvgPool2d([null, 3]).forward(x)).toEqualTypeOf<Tensor<[8, 16, 28, 3], 'float32'>>();
    expectTypeOf(new nn.AdaptiveMaxPool1d(5).forward(zeros([3, 10]))).toEqualTypeOf<Tensor<[3, 5], 'float32'>>();
    const chain = new nn.Sequential(
      new nn.MaxPool2d(2),
      new nn.AdaptiveAvgPool2d(7),
      new nn.Flatten(),
      new nn.Linear(784, 10),
    );
    expectTypeOf(chain.forward(x)).toEqualTypeOf<Tensor<[8, 10], 'float32'>>();
    expect(chain.forward(x).shape).toEqual([8, 10]);
  });

  it('what only run time knows is open', () => {
    expectTypeOf(new nn.MaxPool2d(3, { ceilMode: true }).forward(x)).toEqualTypeOf<Tensor<Shape, 'float32'>>();
    const layer: nn.MaxPool2d = new nn.MaxPool2d(2);
    expectTypeOf(layer.forward(image)).toExtend<Tensor>();
    expectTypeOf(new nn.MaxPool2d(2, { returnIndices: true }).forward(x)).toEqualTypeOf<
      nn.PooledWithIndices<'float32'>
    >();
    const either: boolean = Math.random() < 2;
    expectTypeOf(nn.maxPool2d(x, 2, { returnIndices: either })).toEqualTypeOf<
      Tensor<Shape, 'float32'> | nn.PooledWithIndices<'float32'>
    >();
  });

  it('windows that do not fit are compile errors', () => {
    // @ts-expect-error MaxPool2d: a window of 30 does not fit size 28 with padding 0
    expect(() => new nn.MaxPool2d(30).forward(x)).toThrow('a window of 30 does not fit size 28 with padding 0');
    // @ts-expect-error MaxPool2d: the input has 2 dimensions, expected 3 or 4
    expect(() => new nn.MaxPool2d(2).forward(zeros([4, 4]))).toThrow('the input has 2 dimensions, expected 3 or 4');
  });
});
