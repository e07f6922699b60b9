/** Normalization layers: modes and running statistics, their state, how they print, what they refuse; weight normalization of other modules. */
import { manualSeed, ones, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';

beforeEach(() => {
  manualSeed(0);
});

it.each<[string, nn.Module, readonly string[]]>([
  [
    'BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)',
    new nn.BatchNorm1d(3),
    ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'],
  ],
  [
    'BatchNorm2d(3, eps=0.001, momentum=None, affine=False, track_running_stats=True)',
    new nn.BatchNorm2d(3, { eps: 1e-3, momentum: null, affine: false }),
    ['running_mean', 'running_var', 'num_batches_tracked'],
  ],
  [
    'BatchNorm3d(3, eps=1e-05, momentum=0.5, affine=True, track_running_stats=False)',
    new nn.BatchNorm3d(3, { momentum: 0.5, trackRunningStats: false }),
    ['weight', 'bias'],
  ],
  ['InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)', new nn.InstanceNorm1d(3), []],
  [
    'InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=False)',
    new nn.InstanceNorm2d(3, { affine: true }),
    ['weight', 'bias'],
  ],
  [
    'InstanceNorm3d(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=True)',
    new nn.InstanceNorm3d(3, { trackRunningStats: true }),
    ['running_mean', 'running_var', 'num_batches_tracked'],
  ],
  ['LayerNorm((3, 4), eps=1e-05, elementwise_affine=True)', new nn.LayerNorm([3, 4]), ['weight', 'bias']],
  ['LayerNorm((3,), eps=1e-05, elementwise_affine=True)', new nn.LayerNorm(3, { bias: false }), ['weight']],
  [
    'LayerNorm((3,), eps=1e-06, elementwise_affine=False)',
    new nn.LayerNorm(3, { eps: 1e-6, elementwiseAffine: false }),
    [],
  ],
  ['GroupNorm(2, 4, eps=1e-05, affine=True)', new nn.GroupNorm(2, 4), ['weight', 'bias']],
  ['LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)', new nn.LocalResponseNorm(2), []],
])('%s', (text, layer, keys) => {
  expect(String(layer)).toBe(text);
  expect(Object.keys(layer.stateDict())).toEqual(keys);
});

describe('BatchNorm', () => {
  it('normalizes by the batch in training, and by what it learnt of it afterwards', async () => {
    const layer = new nn.BatchNorm1d(2, { momentum: 0.5, eps: 0 });
    const x = tensor([
      [1, 2],
      [3, 6],
    ]) as Tensor;
    expect(await layer.forward(x).toArray()).toEqual([
      [-1, -1],
      [1, 1],
    ]);
    expect(await layer.running_mean!.toArray()).toEqual([1, 2]);
    expect(await layer.running_var!.toArray()).toEqual([1.5, 4.5]);
    expect(await layer.num_batches_tracked!.item()).toBe(1);
    layer.eval();
    const [weight, bias] = [layer.weight!, layer.bias!];
    nn.init.constant_(weight, 2);
    nn.init.constant_(bias, 7);
    const expected = nn.batchNorm(x, layer.running_mean, layer.running_var, { weight, bias, eps: 0 });
    expect(await layer.forward(x).toArray()).toEqual(await expected.toArray());
    expect(await layer.num_batches_tracked!.item()).toBe(1);
    layer.resetParameters();
    expect(await layer.running_mean!.toArray()).toEqual([0, 0]);
    expect(await layer.running_var!.toArray()).toEqual([1, 1]);
    expect([await weight.toArray(), await bias.toArray(), await layer.num_batches_tracked!.item()]).toEqual([
      [1, 1],
      [0, 0],
      0,
    ]);
  });

  it('averages all batches without momentum', async () => {
    const layer = new nn.BatchNorm1d(1, { momentum: null });
    for (const values of [
      [[1], [3]],
      [[5], [9]],
      [[0], [3]],
    ])
      layer.forward(tensor(values) as Tensor);
    expect(await layer.running_mean!.item()).toBeCloseTo((2 + 7 + 1.5) / 3, 5);
    expect(await layer.running_var!.item()).toBeCloseTo((2 + 8 + 4.5) / 3, 5);
  });

  it('always normalizes by the batch where nothing is tracked', async () => {
    const layer = new nn.BatchNorm1d(2, { trackRunningStats: false, affine: false, eps: 0 }).eval();
    expect(
      await layer
        .forward(
          tensor([
            [1, 2],
            [3, 6],
          ]) as Tensor,
        )
        .toArray(),
    ).toEqual([
      [-1, -1],
      [1, 1],
    ]);
  });

  it('learns', async () => {
    const layer = new nn.BatchNorm2d(3);
    const x = randn([4, 3, 2, 2], { requiresGrad: true }) as Tensor;
    layer.forward(x).pow(2).sum().backward();
    expect(layer.parameters().map(({ grad }) => grad!.shape)).toEqual([[3], [3]]);
    expect(await layer.bias!.grad!.abs().max().item()).toBeLessThan(1e-4);
    expect(x.grad!.shape).toEqual([4, 3, 2, 2]);
  });

  it('has another dtype if asked to', () => {
    const layer = new nn.BatchNorm2d(3, { dtype: 'float64' });
    expect(Object.values(layer.stateDict()).map(({ dtype }) => dtype)).toEqual([
      'float64',
      'float64',
      'float64',
      'float64',
      'int64',
    ]);
    expect(layer.forward(randn([2, 3, 1, 1], { dtype: 'float64' })).dtype).toBe('float64');
    expect(new nn.BatchNorm2d(3).to('float64').running_var!.dtype).toBe('float64');
  });

  it.each<[string, () => unknown]>([
    [
      '[BatchNorm1d] expected 2D or 3D input (got 4D input (2, 3, 1, 1))',
      () => new nn.BatchNorm1d(3).forward(zeros([2, 3, 1, 1])),
    ],
    ['[BatchNorm2d] expected 4D input (got 3D input (2, 3, 1))', () => new nn.BatchNorm2d(3).forward(zeros([2, 3, 1]))],
    ['[BatchNorm3d] expected 5D input', () => new nn.BatchNorm3d(3).forward(zeros([2, 3]))],
    ['has shape (3,), expected (4,) for input (2, 4)', () => new nn.BatchNorm1d(3).forward(zeros([2, 4]))],
    [
      'Expected more than 1 value per channel when training, got input size (1, 3)',
      () => new nn.BatchNorm1d(3).forward(zeros([1, 3])),
    ],
    ['[InstanceNorm1d] expected 2D or 3D input', () => new nn.InstanceNorm1d(3).forward(zeros([3]))],
    ['[InstanceNorm2d] expected 3D or 4D input', () => new nn.InstanceNorm2d(3).forward(zeros([3, 2]))],
    [
      '[GroupNorm] numChannels must be divisible by numGroups, got 5 channels and 2 groups',
      () => new nn.GroupNorm(2, 5),
    ],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('the others', () => {
  it('InstanceNorm with and without a batch, and by running statistics', async () => {
    const layer = new nn.InstanceNorm2d(2, { affine: true, trackRunningStats: true });
    const x = randn([3, 2, 4, 5]) as Tensor;
    const own = nn.instanceNorm(x);
    expect(await layer.forward(x).toArray()).toEqual(await own.toArray());
    const single = layer.forward(x.at(1) as Tensor);
    expect(single.shape).toEqual([2, 4, 5]);
    expect(await single.toArray()).toEqual(await (own.at(1) as Tensor).toArray());
    const { running_mean: runningMean, running_var: runningVar } = layer;
    const expected = nn.instanceNorm(x, { runningMean, runningVar, useInputStats: false });
    expect(await layer.eval().forward(x).toArray()).toEqual(await expected.toArray());
  });

  it('LayerNorm, GroupNorm and LocalResponseNorm are their functions', async () => {
    const x = randn([2, 4, 3]) as Tensor;
    const pairs: [nn.Module, Tensor][] = [
      [new nn.LayerNorm([4, 3], { eps: 0.1 }), nn.layerNorm(x, [4, 3], { eps: 0.1 })],
      [new nn.GroupNorm(2, 4, { eps: 0.1 }), nn.groupNorm(x, 2, { eps: 0.1 })],
      [new nn.GroupNorm(2, 4, { affine: false }), nn.groupNorm(x, 2)],
      [new nn.LocalResponseNorm(3, { alpha: 1, k: 2 }), nn.localResponseNorm(x, 3, { alpha: 1, k: 2 })],
    ];
    for (const [layer, expected] of pairs)
      expect(await (layer.forward(x) as Tensor).toArray()).toEqual(await expected.toArray());
  });

  it('start again', async () => {
    for (const layer of [new nn.LayerNorm(2), new nn.GroupNorm(1, 2)]) {
      nn.init.constant_(layer.weight!, 3);
      nn.init.constant_(layer.bias!, 3);
      layer.resetParameters();
      expect([await layer.weight!.toArray(), await layer.bias!.toArray()]).toEqual([
        [1, 1],
        [0, 0],
      ]);
    }
  });
});

describe('weightNorm', () => {
  it('keeps the value and learns length and direction', async () => {
    const plain = new nn.Linear(4, 3);
    const layer = new nn.Linear(4, 3);
    layer.loadStateDict(plain.stateDict());
    expect(nn.weightNorm(layer)).toBe(layer);
    expect(layer.namedParameters().map(([name]) => name)).toEqual(['bias', 'weight_g', 'weight_v']);
    const x = randn([5, 4]) as Tensor;
    const difference = layer.forward(x).sub(plain.forward(x)).abs().max();
    expect(await difference.item()).toBeLessThan(1e-6);
    layer.forward(x).sum().backward();
    const state = layer.stateDict();
    expect(layer.parameters().every(({ grad }) => grad !== null)).toBe(true);
    layer.loadStateDict({ ...state, weight_g: state['weight_g']!.mul(2) as Tensor });
    const doubled = layer.forward(x).sub(layer.bias! as Tensor) as Tensor;
    const twice = plain
      .forward(x)
      .sub(plain.bias! as Tensor)
      .mul(2) as Tensor;
    expect(await doubled.sub(twice).abs().max().item()).toBeLessThan(1e-5);
  });

  it('can be removed', async () => {
    const layer = nn.weightNorm(new nn.Linear(4, 3), { dim: null });
    const x = ones([1, 4]) as Tensor;
    const before = await layer.forward(x).toArray();
    expect(nn.removeWeightNorm(layer)).toBe(layer);
    expect(layer.namedParameters().map(([name, t]) => [name, t.requiresGrad])).toEqual([
      ['weight', true],
      ['bias', true],
    ]);
    expect(await layer.forward(x).toArray()).toEqual(before);
    expect(() => nn.removeWeightNorm(layer)).toThrow("[removeWeightNorm] weight of Linear isn't normalized");
    nn.weightNorm(layer);
    expect(() => nn.weightNorm(layer)).toThrow('[weightNorm] weight of Linear is normalized already');
    expect(() => nn.weightNorm(layer, 'weight' as never)).toThrow('[weightNorm] got weight where options belong');
    expect(() => nn.weightNorm(layer, { name: 'kernel' })).toThrow('[weightNorm] Linear has no parameter kernel');
  });
});
