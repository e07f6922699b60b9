/** Spectral normalization beside PyTorch 1.13's torch.nn.utils.spectral_norm, from the same weights and vectors; gradients, state, draws, what is refused. */
import { gradcheck, gradgradcheck, noGrad } from '@nn/autograd';
import { ValueError } from '@nn/backend';
import {
  arange,
  manualSeed,
  ones,
  randn,
  setDefaultGenerator,
  type Tensor,
  TorchGenerator,
  tensor,
  zeros,
} from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';

const dtype = 'float64';
beforeEach(() => void manualSeed(0));

const doubles = (values: unknown): Tensor => tensor(values as number[], { dtype }) as Tensor;
const close = (values: unknown, digits = 12): unknown =>
  Array.isArray(values) ? values.map((each) => close(each, digits)) : expect.closeTo(values as number, digits);
const put = (t: Tensor, values: unknown): unknown => noGrad<unknown>(() => t.copy_(doubles(values)));
/** A field that normalization has added. */
const field = (module: nn.Module, name: string): Tensor => (module as unknown as Record<string, Tensor>)[name]!;

const rows = [
  [1, 2, -1],
  [0.5, -0.25, 3],
];
const x = doubles([
  [1, -2, 0.5],
  [0.25, 1, -1],
]);

function layerOf(options: nn.SpectralNormOptions = {}): nn.Linear<3, 2> {
  const layer = new nn.Linear(3, 2, { dtype });
  put(layer.weight, rows);
  put(layer.bias!, [0, 0]);
  nn.spectralNorm(layer, options);
  put(field(layer, 'weight_u'), [0.6, 0.8]);
  put(field(layer, 'weight_v'), [1, 0, 0]);
  return layer;
}

it('is PyTorch’s in training, evaluation, and removed', async () => {
  const layer = layerOf({ nPowerIterations: 2 });
  const [u, v] = [field(layer, 'weight_u'), field(layer, 'weight_v')];
  expect(Object.keys(layer.stateDict())).toEqual(['bias', 'weight_orig', 'weight_u', 'weight_v']);
  expect(layer.namedParameters().map(([name]) => name)).toEqual(['bias', 'weight_orig']);
  expect(await layer.weight.toArray()).toEqual(rows);

  const first = layer.forward(x as never) as Tensor;
  expect(await first.toArray()).toEqual(
    close([
      [-1.1405786190279799, 0.8146990135914141],
      [1.0591087176688383, -1.0183737669892676],
    ]),
  );
  expect(await u.toArray()).toEqual(close([-0.1950939020125919, 0.9807845682908665]));
  expect(await v.toArray()).toEqual(close([0.24714269728263302, 0.06063438846375154, 0.9670801198016076]));
  // As a discriminator does it: two forwards, then one backward.
  const second = layer.forward(x.mul(2) as never) as Tensor;
  first.square().sum().sub(second.sum()).backward();
  expect(await field(layer, 'weight_orig').grad!.toArray()).toEqual(
    close([
      [-1.1921845101706914, 2.788435990117637, -0.18389792632190038],
      [-1.0419039251726983, -1.2406745372950843, -1.4526006893746346],
    ]),
  );
  expect(await u.toArray()).toEqual(close([-0.46375416546227793, 0.8859639236539975]));

  layer.eval();
  for (let i = 0; i < 2; i++)
    expect(await (layer.forward(x as never) as Tensor).toArray()).toEqual(
      close([
        [-1.0535339677696203, 0.752524262692586],
        [0.9782815415003618, -0.9406553283657325],
      ]),
    );
  expect(await u.toArray()).toEqual(close([-0.46375416546227793, 0.8859639236539975]));

  expect(nn.removeSpectralNorm(layer)).toBe(layer);
  expect(await layer.weight.toArray()).toEqual(
    close([
      [0.3010097050770344, 0.6020194101540688, -0.3010097050770344],
      [0.1505048525385172, -0.0752524262692586, 0.9030291152311032],
    ]),
  );
  expect(layer.weight).toBeInstanceOf(nn.Parameter);
  expect(layer.weight.requiresGrad).toBe(true);
  expect(Object.keys(layer.stateDict()).sort()).toEqual(['bias', 'weight']);
  layer.train();
  const before = await layer.weight.toArray();
  layer.forward(x as never);
  expect(await layer.weight.toArray()).toEqual(before);
  expect(Object.keys(nn.spectralNorm(layer).stateDict())).toEqual(['bias', 'weight_orig', 'weight_u', 'weight_v']);
});

const convolutions: [string, (channels: number, size: number, kernel: number) => nn.Module, unknown, unknown][] = [
  [
    'Conv1d',
    (i, o, k) => new nn.Conv1d(i, o, k, { bias: false, dtype }),
    [
      [-0.838140180997345, -0.706261006319259, -0.24221624473658676],
      [0.3428181557492493, -0.054444759254166586, -0.42610145325751764],
      [0.9003079391526316, 0.6963878167889721, 0.16494562282966235],
    ],
    [
      [
        [-2.463724434618428, -1.218279119267437],
        [2.0698679246423826, 1.6063247980657327],
      ],
      [
        [-2.869088399211055, -1.5128633573258539],
        [-0.941730203826362, 0.05355070133809192],
      ],
      [
        [1.9434346228420845, 0.9439315628649083],
        [-2.240644339418467, -1.5966137399026776],
      ],
    ],
  ],
  [
    'ConvTranspose1d, whose outputs are dimension 1',
    (i, o, k) => new nn.ConvTranspose1d(i, o, k, { bias: false, dtype }),
    [
      [-0.3870538023847139, -0.45283543081360933, -0.3118386343447276, -0.024179255530449112, -0.04374129230119068],
      [0.25997741605785823, 0.731661224525582, 0.4571823005067432, -0.032316603110918385, -0.2512088228196109],
      [0.7710240978616918, 1.5334530507210733, 0.9870681434085117, -0.02355033511426291, -0.32727834235431824],
    ],
    [
      [
        [-0.8727726525952223, -0.7807793464734445],
        [-1.0026656676197794, -1.0187849002700564],
        [-0.6081014883144147, -0.7239018874423464],
      ],
      [
        [0.9739429109448609, 0.7836525301322009],
        [-1.0030668049335307, -0.17424067694958478],
        [-2.4554095064423747, -1.0409950532902565],
      ],
    ],
  ],
];

it.each(convolutions)('%s', async (_, make, output, gradient) => {
  const layer = make(2, 3, 2);
  const weight = field(layer, 'weight');
  noGrad<unknown>(() =>
    weight.copy_((arange(12, { dtype }) as Tensor).mul(0.37).sin().reshape(weight.shape) as Tensor),
  );
  nn.spectralNorm(layer);
  expect([field(layer, 'weight_u').shape, field(layer, 'weight_v').shape]).toEqual([[3], [4]]);
  put(
    field(layer, 'weight_u'),
    [1, 2, 3].map((n) => n / Math.sqrt(14)),
  );
  const image = (arange(8, { dtype }) as Tensor).mul(0.7).cos().reshape([1, 2, 4]) as Tensor;
  const out = layer.forward(image) as Tensor;
  expect(await out.toArray()).toEqual(close([output]));
  out.square().sum().backward();
  expect(await field(layer, 'weight_orig').grad!.toArray()).toEqual(close(gradient));
});

it('takes another dimension, and another parameter', async () => {
  const layer = new nn.Linear(2, 3, { dtype });
  put(layer.weight, [[1, 2], [3, -1], [0.5, 0.5]]); // biome-ignore format: one line
  put(layer.bias!, [3, 4, 0]);
  nn.spectralNorm(nn.spectralNorm(layer, { dim: 1 }), { name: 'bias' });
  put(field(layer, 'weight_u'), [0.6, 0.8]);
  put(field(layer, 'bias_u'), [0, 1, 0]);
  layer.forward(zeros([1, 2], { dtype }));
  expect([field(layer, 'weight_v').shape, field(layer, 'bias_v').shape]).toEqual([[3], [1]]);
  expect(await layer.weight.toArray()).toEqual(
    close([
      [0.3756194037534469, 0.7512388075068938],
      [1.1268582112603407, -0.3756194037534469],
      [0.18780970187672344, 0.18780970187672344],
    ]),
  );
  expect(await layer.bias!.toArray()).toEqual(close([0.6, 0.8, 0]));
});

it('has the norm 1 after some steps', async () => {
  const layer = nn.spectralNorm(new nn.Linear(20, 30, { bias: false, dtype }), { nPowerIterations: 200 });
  layer.forward(zeros([1, 20], { dtype }));
  // The largest eigenvalue of WᵀW, by its powers.
  const power = (t: Tensor, n: number): Tensor => (n === 0 ? t : power(t.matmul(t as never) as Tensor, n - 1));
  const trace = power((layer.weight.t() as Tensor).matmul(layer.weight as never) as Tensor, 9).trace() as Tensor;
  expect(Math.log(await trace.item()) / 2 ** 9).toBeCloseTo(0, 2);
});

describe('gradients', () => {
  it.each([false, true])('are those of differences, to second order (a convolution: %s)', async (isConvolution) => {
    const layer = isConvolution
      ? nn.spectralNorm(new nn.ConvTranspose1d(2, 3, 2, { dtype }))
      : nn.spectralNorm(new nn.Linear(3, 2, { dtype }));
    layer.eval();
    const orig = field(layer, 'weight_orig').detach();
    const input = randn(isConvolution ? [1, 2, 3] : [2, 3], { dtype }) as Tensor;
    const run = (weight: Tensor, given: Tensor): Tensor =>
      nn.functionalCall(layer as nn.Module, { weight_orig: weight }, given);
    expect(await gradcheck(run as never, [orig, input])).toBe(true);
    expect(await gradgradcheck(run as never, [orig, input])).toBe(true);
  });

  it('are learnt by: optimisers made before go on with the same parameter', async () => {
    const layer = new nn.Linear(3, 2);
    const { weight } = layer;
    expect(field(nn.spectralNorm(layer), 'weight_orig')).toBe(weight);
    layer
      .forward(ones([1, 3]))
      .sum()
      .backward();
    expect(weight.grad).not.toBe(null);
  });

  it('are not asked for inside of noGrad, where the vectors move on all the same', async () => {
    const layer = layerOf();
    const output = noGrad<Tensor>(() => layer.forward(x as never) as Tensor);
    expect(output.requiresGrad).toBe(false);
    expect(await field(layer, 'weight_u').toArray()).not.toEqual([0.6, 0.8]);
  });
});

it('goes on from its state dict', async () => {
  const [one, other] = [layerOf(), nn.spectralNorm(new nn.Linear(3, 2, { dtype }))];
  one.forward(x as never);
  other.loadStateDict(one.stateDict());
  expect(await (other.forward(x as never) as Tensor).toArray()).toEqual(
    await (one.forward(x as never) as Tensor).toArray(),
  );
});

// PyTorch: torch.manual_seed(0); spectral_norm(nn.Linear(3, 2)).
it('draws its vectors as PyTorch does', async () => {
  const before = setDefaultGenerator(new TorchGenerator());
  manualSeed(0);
  const layer = nn.spectralNorm(new nn.Linear(3, 2));
  setDefaultGenerator(before);
  expect(await field(layer, 'weight_u').toArray()).toEqual(close([-0.6127873063087463, -0.7902478575706482], 6));
  expect(await field(layer, 'weight_v').toArray()).toEqual(
    close([0.3430648148059845, 0.7127794623374939, -0.6117612719535828], 6),
  );
});

describe('refuses', () => {
  it.each<[string, () => nn.Module, unknown]>([
    ['nPowerIterations must be a whole number above 0, got 0', () => new nn.Linear(2, 2), { nPowerIterations: 0 }],
    ['nPowerIterations must be a whole number above 0, got 1.5', () => new nn.Linear(2, 2), { nPowerIterations: 1.5 }],
    ['weight of Linear is normalized already', () => nn.spectralNorm(new nn.Linear(2, 2)), {}],
    ['weight of Linear is normalized already', () => nn.weightNorm(new nn.Linear(2, 2)), {}],
    ['ReLU has no parameter weight', () => new nn.ReLU(), {}],
    ['Linear has no parameter bias', () => new nn.Linear(2, 2, { bias: false }), { name: 'bias' }],
    ['got weight where options belong', () => new nn.Linear(2, 2), 'weight'],
  ])('%s', (message, make, options) => {
    const module = make();
    expect(() => nn.spectralNorm(module, options as nn.SpectralNormOptions)).toThrow(ValueError);
    expect(() => nn.spectralNorm(module, options as nn.SpectralNormOptions)).toThrow(`[spectralNorm] ${message}`);
  });

  it('a dimension that is not there, and to remove what is not', () => {
    expect(() => nn.spectralNorm(new nn.Linear(2, 2), { dim: 2 })).toThrow('[spectralNorm]');
    expect(() => nn.removeSpectralNorm(new nn.Linear(2, 2))).toThrow(
      "[removeSpectralNorm] weight of Linear isn't normalized",
    );
    // Normalized, but otherwise.
    const other = nn.weightNorm(new nn.Linear(2, 2));
    expect(() => nn.removeSpectralNorm(other)).toThrow("[removeSpectralNorm] weight of Linear isn't normalized");
    expect(nn.removeWeightNorm(other).weight).toBeInstanceOf(nn.Parameter);
  });
});
