/** Convolution layers: settings, printed form, initial values, padding modes, sizes of transposed results, launches. */
import { expectNoLeaks, gradcheck } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { manualSeed, ones, pad, randn, type Tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as nn from '../index.ts';

const forward = (layer: nn.Module, input: Tensor): Tensor => layer.forward(input) as Tensor;

it.each<[string, nn.Module]>([
  ['Conv1d(2, 4, kernel_size=(3,), stride=(2,), padding=(1,), groups=2)', new nn.Conv1d(2, 4, 3, { stride: 2, padding: [1], groups: 2 })],
  ['Conv2d(1, 16, kernel_size=(3, 3), stride=(1, 1), padding=same)', new nn.Conv2d(1, 16, 3, { padding: 'same' })],
  ['Conv2d(1, 16, kernel_size=(3, 5), stride=(1, 2), padding=valid, bias=False)', new nn.Conv2d(1, 16, [3, 5], { stride: [1, 2], padding: 'valid', bias: false })],
  ['Conv2d(1, 1, kernel_size=(1, 1), stride=(1, 1), padding=(0, 1), dilation=(2, 1), padding_mode=circular)', new nn.Conv2d(1, 1, 1, { padding: [0, 1], dilation: [2, 1], paddingMode: 'circular' })],
  ['Conv3d(1, 2, kernel_size=(2, 2, 2), stride=(1, 1, 1))', new nn.Conv3d(1, 2, 2)],
  ['ConvTranspose1d(4, 2, kernel_size=(3,), stride=(2,), padding=(1,), output_padding=(1,), groups=2)', new nn.ConvTranspose1d(4, 2, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 })],
  ['ConvTranspose3d(1, 2, kernel_size=(2, 2, 2), stride=(1, 1, 1), dilation=(3, 3, 3), bias=False)', new nn.ConvTranspose3d(1, 2, 2, { dilation: 3, bias: false })],
])('%s', (text, layer) => {
  expect(String(layer)).toBe(text);
}); // biome-ignore format: a layer a line

describe('parameters', () => {
  it.each<[string, nn.Conv2d | nn.ConvTranspose2d, readonly number[], number]>([
    ['Conv2d', new nn.Conv2d(6, 40, [3, 5], { groups: 2 }), [40, 3, 3, 5], 45],
    ['ConvTranspose2d', new nn.ConvTranspose2d(40, 6, [3, 5], { groups: 2 }), [40, 3, 3, 5], 45],
  ])('of %s start uniform in ±1/√fanIn', async (_, layer, shape, fanIn) => {
    expect(Object.keys(layer.stateDict())).toEqual(['weight', 'bias']);
    expect(layer.weight.shape).toEqual(shape);
    expect(layer.bias!.shape).toEqual([layer.outChannels]);
    for (const parameter of [layer.weight, layer.bias!] as Tensor[]) {
      const largest = await parameter.abs().max().item();
      expect(largest).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(fanIn)));
      expect(largest).toBeGreaterThan(0.6 / Math.sqrt(fanIn));
    }
  });

  it('start from the seed, in the dtype asked for', async () => {
    const draw = async (): Promise<unknown> => {
      manualSeed(42);
      return new nn.Conv1d(3, 2, 2).weight.toArray();
    };
    expect(await draw()).toEqual(await draw());
    const layer = new nn.Conv2d(2, 3, 1, { dtype: 'float64', bias: false });
    expect([layer.bias, layer.weight.dtype, Object.keys(layer.stateDict())]).toEqual([null, 'float64', ['weight']]);
    expect(forward(layer, zeros([2, 4, 4], { dtype: 'float64' }) as Tensor).dtype).toBe('float64');
  });
});

describe('padding modes', () => {
  it.each(['reflect', 'replicate', 'circular'] as const)('%s is what pad makes of it', async (paddingMode) => {
    const x = randn([2, 3, 5, 6], { dtype: 'float64' }) as Tensor;
    const uneven = new nn.Conv2d(3, 4, [2, 3], { padding: 'same', dilation: [3, 1], paddingMode, dtype: 'float64' });
    const options = { bias: uneven.bias, dilation: [3, 1] as const };
    const expected = nn.conv2d(pad(x, [1, 1, 1, 2], { mode: paddingMode }) as Tensor, uneven.weight as Tensor, options);
    expect(await forward(uneven, x).toArray()).toEqual(await expected.toArray());
    const line = new nn.Conv1d(3, 2, 3, { padding: 2, stride: 2, paddingMode, dtype: 'float64' });
    const image = x.at(0, ':', 0) as Tensor;
    const wide = pad(image, [2, 2], { mode: paddingMode }) as Tensor;
    const stepped = nn.conv1d(wide, line.weight as Tensor, { bias: line.bias, stride: 2 });
    expect(await forward(line, image).toArray()).toEqual(await stepped.toArray());
    expect(await gradcheck((input) => forward(line, input), [image])).toBe(true);
  });

  it('costs what pad costs, and nothing where there is nothing to pad', () => {
    const backend = nullBackend();
    const x = ones([2, 3, 8, 8], { backend }) as Tensor;
    const count = (layer: nn.Module): number => {
      forward(layer, x);
      backend.reset();
      forward(layer, x);
      return backend.counts.total;
    };
    expect(count(new nn.Conv2d(3, 4, 3, { padding: 1, backend }))).toBe(1);
    expect(count(new nn.Conv2d(3, 4, 3, { paddingMode: 'reflect', backend }))).toBe(1);
    expect(count(new nn.Conv2d(3, 4, 3, { padding: 1, paddingMode: 'reflect', backend }))).toBe(4);
  });

  it('gives the padded input back', () => {
    const layer = new nn.Conv2d(1, 2, 3, { padding: 1, paddingMode: 'circular' });
    const x = randn([1, 1, 4, 4]) as Tensor;
    expectNoLeaks(() => {
      forward(layer, x).sum().backward();
      layer.zeroGrad();
    });
  });
});

it('a step of training is one launch forwards and three backwards, no input gradient included where none is asked for', () => {
  const backend = nullBackend();
  const layer = new nn.Conv2d(3, 4, 3, { padding: 1, backend });
  const seed = ones([2, 4, 8, 8], { backend }) as Tensor;
  const step = (x: Tensor): unknown => {
    layer.zeroGrad();
    backend.reset();
    forward(layer, x).backward(seed);
    return Object.fromEntries(Object.entries(backend.counts.launches).filter(([, n]) => n > 0));
  };
  expect(step(ones([2, 3, 8, 8], { backend, requiresGrad: true }) as Tensor)).toEqual({ conv: 3, reduce: 1 });
  expect(step(ones([2, 3, 8, 8], { backend }) as Tensor)).toEqual({ conv: 2, reduce: 1 });
});

describe('outputSize', () => {
  const layer = new nn.ConvTranspose2d(2, 3, 3, { stride: [2, 3], outputPadding: 1 });
  const x = randn([4, 2, 5, 5]) as Tensor;

  it('takes the place of outputPadding', async () => {
    const spread = (outputPadding: readonly number[]): Tensor =>
      nn.convTranspose2d(x, layer.weight as Tensor, { bias: layer.bias, stride: [2, 3] as const, outputPadding });
    expect(forward(layer, x).shape).toEqual([4, 3, 12, 16]);
    for (const outputSize of [
      [11, 17],
      [4, 3, 11, 17],
    ])
      expect(await layer.forward(x, { outputSize }).toArray()).toEqual(await spread([0, 2]).toArray());
    expect(layer.forward(x.at(0) as Tensor, { outputSize: [3, 11, 15] }).shape).toEqual([3, 11, 15]);
  });

  it.each<[string, readonly number[]]>([
    ['outputSize is (13, 15), which must lie between (11, 15) and (12, 17) for this input', [13, 15]],
    ['outputSize is (10, 15), which must lie between (11, 15) and (12, 17) for this input', [10, 15]],
    ['outputSize has 3 numbers, expected 2 or 4: (3, 11, 15)', [3, 11, 15]],
  ])('%s', (message, outputSize) => {
    expect(() => layer.forward(x, { outputSize })).toThrow(`[convTranspose2d] ${message}`);
  });
});

it.each<[string, () => unknown]>([
  ['[Conv2d] inChannels must be divisible by groups, but 3 is not by 2', () => new nn.Conv2d(3, 4, 3, { groups: 2 })],
  ['[Conv2d] outChannels must be divisible by groups, but 3 is not by 2', () => new nn.Conv2d(4, 3, 3, { groups: 2 })],
  ['[Conv1d] kernelSize is 0, expected whole numbers of at least 1', () => new nn.Conv1d(1, 1, 0)],
  ['[Conv1d] kernelSize has 2 numbers, expected one or 1: (3, 3)', () => new nn.Conv1d(1, 1, [3, 3])],
  ["[Conv3d] padding 'same' is for a stride of 1", () => new nn.Conv3d(1, 1, 3, { padding: 'same', stride: 2 })],
  ["[Conv2d] there is no paddingMode 'mirror'; there are zeros, reflect, replicate, circular", () => new nn.Conv2d(1, 1, 3, { paddingMode: 'mirror' as never })],
  ["[ConvTranspose2d] paddingMode is 'reflect'; a transposed convolution has only 'zeros'", () => new nn.ConvTranspose2d(1, 1, 3, { paddingMode: 'reflect' as never })],
  ["[ConvTranspose2d] padding is 'same', expected a number or one for each axis", () => new nn.ConvTranspose2d(1, 1, 3, { padding: 'same' as never })],
  ['[convTranspose2d] outputPadding must be smaller than either stride or dilation', () => forward(new nn.ConvTranspose2d(1, 1, 3, { outputPadding: 1 }), zeros([1, 4, 4]) as Tensor)],
  ['[conv2d] the input has 1 channels, expected 3: input (1, 1, 5, 5), weight (2, 3, 3, 3)', () => forward(new nn.Conv2d(3, 2, 3), zeros([1, 1, 5, 5]) as Tensor)],
])('%s', (message, run) => {
  expect(run).toThrow(message);
}); // biome-ignore format: an error a line
