/** Layers that resample: what they compute, print and refuse. */
import { equal, manualSeed, pixelShuffle, randn, type Tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { Conv2d, interpolate, type Module, Sequential } from '../index.ts';
import { ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample, UpsamplingBilinear2d, UpsamplingNearest2d } from './resampling.ts'; // biome-ignore format: a list

beforeEach(() => {
  manualSeed(0);
});

describe('layers that resample', () => {
  it.each<[Module, string]>([
    [new Upsample({ size: 3 }), 'Upsample(size=3, mode=nearest)'],
    [new Upsample({ size: [3, 4], mode: 'bilinear' }), 'Upsample(size=(3, 4), mode=bilinear)'],
    [new Upsample({ scaleFactor: 2 }), 'Upsample(scale_factor=2.0, mode=nearest)'],
    [new Upsample({ scaleFactor: [2, 1.5] }), 'Upsample(scale_factor=(2.0, 1.5), mode=nearest)'],
    [new Upsample({ scaleFactor: [2], mode: 'linear' }), 'Upsample(scale_factor=(2.0,), mode=linear)'],
    [new UpsamplingNearest2d({ scaleFactor: 2 }), 'UpsamplingNearest2d(scale_factor=2.0, mode=nearest)'],
    [new UpsamplingBilinear2d({ size: 4 }), 'UpsamplingBilinear2d(size=4, mode=bilinear)'],
    [new PixelShuffle(3), 'PixelShuffle(upscale_factor=3)'],
    [new PixelUnshuffle(2), 'PixelUnshuffle(downscale_factor=2)'],
    [new ChannelShuffle(2), 'ChannelShuffle(groups=2)'],
  ])('%# prints as in PyTorch: %s', (module, text) => {
    expect(String(module)).toBe(text);
  });

  it('compute what the functions do', async () => {
    const x = randn([2, 4, 3, 5]) as Tensor;
    const bilinear = { scaleFactor: 1.7, mode: 'bilinear', alignCorners: false, recomputeScaleFactor: true } as const;
    const pairs: [Tensor, Tensor][] = [
      [new Upsample(bilinear).forward(x), interpolate(x, bilinear)],
      [new UpsamplingNearest2d({ size: [7, 4] }).forward(x), interpolate(x, { size: [7, 4] })],
      [
        new UpsamplingBilinear2d({ scaleFactor: 2 }).forward(x),
        interpolate(x, { scaleFactor: 2, mode: 'bilinear', alignCorners: true }),
      ],
      [new PixelShuffle(2).forward(x), pixelShuffle(x, 2)],
      [new PixelUnshuffle(2).forward(new PixelShuffle(2).forward(x)), x],
      [new ChannelShuffle(2).forward(new ChannelShuffle(2).forward(x)), x],
    ];
    for (const [found, expected] of pairs) expect(await equal(found, expected)).toBe(true);
  });

  it('stand in a chain', async () => {
    const decoder = new Sequential(
      new Upsample({ scaleFactor: 2 }),
      new Conv2d(3, 4, 3, { padding: 1 }),
      new PixelShuffle(2),
    );
    const x = randn([2, 3, 4, 5], { requiresGrad: true }) as Tensor;
    const y = decoder.forward(x) as Tensor;
    expect(y.shape).toEqual([2, 1, 16, 20]);
    y.sum().backward();
    expect(x.grad!.shape).toEqual([2, 3, 4, 5]);
  });

  it.each<[string, () => unknown]>([
    ['[Upsample] got 2 where options belong', () => new Upsample(2 as never)],
    ['[UpsamplingNearest2d] got 2 where options belong', () => new UpsamplingNearest2d(2 as never)],
    ['[UpsamplingBilinear2d] got 2 where options belong', () => new UpsamplingBilinear2d(2 as never)],
    ['[Upsample] either size or scaleFactor must be given', () => new Upsample().forward(zeros([1, 1, 4]))],
    [
      "[UpsamplingBilinear2d] mode 'bilinear' is for inputs of 4 dimensions, got 3",
      () => new UpsamplingBilinear2d({ size: 2 }).forward(zeros([1, 1, 4])),
    ],
    ['[pixelShuffle] 3 channels are not a multiple of 2² = 4', () => new PixelShuffle(2).forward(zeros([3, 4, 4]))],
  ])('refuse: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});
