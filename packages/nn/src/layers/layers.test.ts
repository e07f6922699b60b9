/** Layers against the functions they stand for, by mode and option; their initial values; their errors. */
import '@nn/tensor/methods';
import * as ops from '@nn/tensor';
import { manualSeed, ones, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as nn from '../index.ts';

const x = tensor([
  [-2, -0.3, 0, 0.4],
  [0.6, 1, 4, 7],
]) as Tensor;

describe('activations', () => {
  it.each<[string, nn.Module, Tensor]>([
    ['ReLU', new nn.ReLU(), ops.relu(x)],
    ['ReLU6', new nn.ReLU6(), ops.relu6(x)],
    ['Hardsigmoid', new nn.Hardsigmoid(), ops.hardsigmoid(x)],
    ['Hardswish', new nn.Hardswish(), ops.hardswish(x)],
    ['LeakyReLU', new nn.LeakyReLU({ negativeSlope: 0.2 }), ops.leakyRelu(x, { negativeSlope: 0.2 })],
    ['RReLU', new nn.RReLU({ lower: 0.1, upper: 0.3 }).eval(), ops.leakyRelu(x, { negativeSlope: 0.2 })],
    ['Hardtanh', new nn.Hardtanh({ minVal: -1, maxVal: 3 }), ops.hardtanh(x, { minVal: -1, maxVal: 3 })],
    ['Threshold', new nn.Threshold(0.5, -1), ops.threshold(x, 0.5, -1)],
    ['Hardshrink', new nn.Hardshrink(), ops.hardshrink(x)],
    ['Softshrink', new nn.Softshrink({ lambd: 0.2 }), ops.softshrink(x, { lambd: 0.2 })],
    ['Sigmoid', new nn.Sigmoid(), ops.sigmoid(x)],
    ['LogSigmoid', new nn.LogSigmoid(), ops.logsigmoid(x)],
    ['Tanh', new nn.Tanh(), ops.tanh(x)],
    ['Tanhshrink', new nn.Tanhshrink(), ops.tanhshrink(x)],
    ['Softsign', new nn.Softsign(), ops.softsign(x)],
    ['SELU', new nn.SELU(), ops.selu(x)],
    ['SiLU', new nn.SiLU(), ops.silu(x)],
    ['Mish', new nn.Mish(), ops.mish(x)],
    ['ELU', new nn.ELU({ alpha: 2 }), ops.elu(x, { alpha: 2 })],
    ['CELU', new nn.CELU({ alpha: 2 }), ops.celu(x, { alpha: 2 })],
    ['GELU', new nn.GELU({ approximate: 'tanh' }), ops.gelu(x, { approximate: 'tanh' })],
    ['Softplus', new nn.Softplus({ beta: 2, threshold: 3 }), ops.softplus(x, { beta: 2, threshold: 3 })],
    ['GLU', new nn.GLU({ dim: 0 }), ops.glu(x, { dim: 0 })],
    ['Softmax', new nn.Softmax({ dim: 0 }), ops.softmax(x, 0 as never)],
    ['LogSoftmax', new nn.LogSoftmax({ dim: -1 }), ops.logSoftmax(x, -1 as never)],
    ['Softmin', new nn.Softmin({ dim: 1 }), ops.softmin(x, 1 as never)],
    ['PReLU', new nn.PReLU({ init: 0.1 }), ops.leakyRelu(x, { negativeSlope: 0.1 })],
  ])('%s', async (_, layer, expected) => {
    expect(await (layer.forward(x) as Tensor).toArray()).toEqual(await expected.toArray());
  });

  it.each<[string, (inplace: boolean) => nn.Module]>([
    ['ReLU', (inplace) => new nn.ReLU({ inplace })],
    ['ReLU6', (inplace) => new nn.ReLU6({ inplace })],
    ['Hardsigmoid', (inplace) => new nn.Hardsigmoid({ inplace })],
    ['Hardswish', (inplace) => new nn.Hardswish({ inplace })],
    ['LeakyReLU', (inplace) => new nn.LeakyReLU({ inplace })],
    ['RReLU', (inplace) => new nn.RReLU({ inplace }).eval()],
    ['Hardtanh', (inplace) => new nn.Hardtanh({ inplace })],
    ['Threshold', (inplace) => new nn.Threshold(0.5, 2, { inplace })],
    ['SELU', (inplace) => new nn.SELU({ inplace })],
    ['SiLU', (inplace) => new nn.SiLU({ inplace })],
    ['Mish', (inplace) => new nn.Mish({ inplace })],
    ['ELU', (inplace) => new nn.ELU({ inplace })],
    ['CELU', (inplace) => new nn.CELU({ inplace })],
  ])('%s in place overwrites its input', async (_, make) => {
    const expected = await (make(false).forward(x) as Tensor).toArray();
    const own = x.clone() as Tensor;
    expect(make(true).forward(own)).toBe(own);
    expect(await own.toArray()).toEqual(expected);
  });

  it('of channels', async () => {
    const image = randn([2, 3, 2, 2]) as Tensor;
    expect(await new nn.Softmax2d().forward(image).toArray()).toEqual(await ops.softmax(image, 1 as never).toArray());
    expect(() => new nn.Softmax2d().forward(zeros([2, 2]))).toThrow('the input has 2 dimensions, expected 3 or 4');
    const slopes = new nn.PReLU({ numParameters: 3, init: 0.5 });
    slopes.forward(image.neg().abs().neg()).sum().backward();
    expect(slopes.weight.grad!.shape).toEqual([3]);
    expect(() => slopes.forward(zeros([2, 4]))).toThrow('[prelu]');
  });

  it('RReLU draws slopes in training only', async () => {
    const layer = new nn.RReLU();
    const negative = ones([1000]).neg() as Tensor;
    const values = [...(await layer.forward(negative).data())];
    expect(new Set(values).size).toBeGreaterThan(900);
    expect(values.every((v) => v <= -1 / 8 && v >= -1 / 3)).toBe(true);
  });
});

describe('Linear', () => {
  it('computes x Wᵀ + b for any leading sizes', async () => {
    const layer = new nn.Linear(2, 3);
    layer.loadStateDict({
      weight: tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      bias: tensor([1, 0, -1]),
    });
    expect(await layer.forward(tensor([1, 1])).toArray()).toEqual([4, 7, 10]);
    expect(await layer.forward(tensor([[[1, 0]], [[0, 1]]])).toArray()).toEqual([[[2, 3, 4]], [[3, 4, 5]]]);
    const wrong: nn.Linear = new nn.Linear(3, 2);
    expect(() => wrong.forward(zeros([1, 4]) as Tensor)).toThrow('the input has 4 features, expected 3');
  });

  it('has no bias where none is asked for, and other dtypes', () => {
    const layer = new nn.Linear(2, 3, { bias: false, dtype: 'float64' });
    expect([layer.bias, layer.weight.dtype, Object.keys(layer.stateDict())]).toEqual([null, 'float64', ['weight']]);
    expect(layer.forward(zeros([1, 2], { dtype: 'float64' })).dtype).toBe('float64');
    expect(new nn.Linear(0, 3).forward(zeros([2, 0])).shape).toEqual([2, 3]);
  });

  it('may share the table of an embedding, as language models do', () => {
    class Tied extends nn.Module {
      readonly table: nn.Embedding;
      readonly out: nn.Linear;
      constructor(words: number, width: number) {
        super();
        this.table = new nn.Embedding(words, width);
        this.out = new nn.Linear(width, words, { bias: false });
        this.out.weight = this.table.weight;
      }
      override forward(words: Tensor): Tensor {
        return this.out.forward(this.table.forward(words));
      }
    }
    const tied = new Tied(5, 3);
    expect([...tied.parameters()]).toEqual([tied.table.weight]);
    expect(tied.forward(zeros([2], { dtype: 'int64' })).shape).toEqual([2, 5]);
  });

  it('starts from the seed', async () => {
    const draw = async (): Promise<unknown> => {
      manualSeed(42);
      return new nn.Linear(3, 2).weight.toArray();
    };
    expect(await draw()).toEqual(await draw());
  });
});

describe('Bilinear', () => {
  it('is the form that the formula says', async () => {
    const layer = new nn.Bilinear(2, 3, 2);
    const [a, b] = [randn([4, 2]) as Tensor, randn([4, 3]) as Tensor];
    const expected = ops.einsum('ni,oij,nj->no', a, layer.weight, b).add(layer.bias as never) as Tensor;
    const difference = layer
      .forward(a, b)
      .sub(expected as never)
      .abs()
      .max();
    expect(await difference.item()).toBeLessThan(1e-6);
    const plain = new nn.Bilinear(2, 3, 2, { bias: false });
    expect(plain.forward(randn([2, 5, 2]) as Tensor, randn([2, 5, 3]) as Tensor).shape).toEqual([2, 5, 2]);
    expect(plain.forward(randn([2]) as Tensor, randn([3]) as Tensor).shape).toEqual([2]);
  });

  it.each<[string, readonly number[], readonly number[], string]>([
    ['features', [4, 3], [4, 3], 'the inputs have 3 and 3 features, expected 2 and 3'],
    ['rows', [4, 2], [5, 3], 'the inputs must have the same sizes but the last'],
  ])('refuses wrong %s', (_, a, b, message) => {
    expect(() => new nn.Bilinear(2, 3, 2).forward(zeros(a) as Tensor, zeros(b) as Tensor)).toThrow(message);
  });
});

describe('shape layers', () => {
  it('regroup dimensions', () => {
    expect(new nn.Flatten().forward(zeros([2, 3, 4])).shape).toEqual([2, 12]);
    expect(new nn.Flatten({ startDim: 0, endDim: 1 }).forward(zeros([2, 3, 4])).shape).toEqual([6, 4]);
    expect(new nn.Unflatten(1, [2, -1]).forward(zeros([5, 6])).shape).toEqual([5, 2, 3]);
  });
});

describe('distance layers', () => {
  it('call the functions', async () => {
    const [a, b] = [randn([3, 4]) as Tensor, randn([3, 4]) as Tensor];
    expect(await new nn.CosineSimilarity({ dim: 0 }).forward(a, b).toArray()).toEqual(
      await ops.cosineSimilarity(a, b, { dim: 0 }).toArray(),
    );
    expect(await new nn.PairwiseDistance({ p: 1, keepdim: true }).forward(a, b).toArray()).toEqual(
      await ops.pairwiseDistance(a, b, { p: 1, keepdim: true }).toArray(),
    );
  });
});

describe('dropout', () => {
  const layers = [
    nn.Dropout,
    nn.Dropout1d,
    nn.Dropout2d,
    nn.Dropout3d,
    nn.AlphaDropout,
    nn.FeatureAlphaDropout,
  ] as const;

  it.each(layers.map((Kind) => [Kind.name, Kind] as const))(
    '%s does nothing outside of training, or with p = 0',
    (_, Kind) => {
      const rank = Kind === nn.Dropout3d ? 5 : Kind === nn.Dropout1d ? 3 : 4;
      const input = ones(new Array<number>(rank).fill(2)) as Tensor;
      expect(new Kind().eval().forward(input)).toBe(input);
      expect(new Kind({ p: 0 }).forward(input)).toBe(input);
      for (const p of [1.5, -0.1, Number.NaN])
        expect(() => new Kind({ p })).toThrow(
          `[${Kind.name}] dropout probability has to be between 0 and 1, but got ${p}`,
        );
    },
  );

  it.each(layers.map((Kind) => [Kind.name, Kind] as const))('%s in place overwrites its input', async (_, Kind) => {
    const input = ones(new Array<number>(Kind === nn.Dropout3d ? 5 : Kind === nn.Dropout1d ? 3 : 4).fill(4)) as Tensor;
    const version = input.storage.version;
    expect(new Kind({ inplace: true }).forward(input)).toBe(input);
    expect(input.storage.version).toBeGreaterThan(version);
  });

  it('drops all with p = 1, and passes gradients where it kept', async () => {
    for (const Kind of [nn.Dropout, nn.Dropout2d, nn.AlphaDropout])
      expect([...(await new Kind({ p: 1 }).forward(ones([2, 3, 4]) as Tensor).data())].every((v) => v === 0)).toBe(
        true,
      );
    const input = ones([100], { requiresGrad: true }) as Tensor;
    const output = new nn.Dropout({ p: 0.3 }).forward(input);
    output.sum().backward();
    expect(await input.grad!.toArray()).toEqual(await output.toArray());
  });

  it.each<[string, nn.Module, readonly number[], number]>([
    ['Dropout1d of (N, C, L)', new nn.Dropout1d(), [40, 5, 3], 3],
    ['Dropout1d of (C, L)', new nn.Dropout1d(), [200, 3], 3],
    ['Dropout2d of (N, C, H, W)', new nn.Dropout2d(), [40, 5, 2, 3], 6],
    ['Dropout2d of (N, C, L)', new nn.Dropout2d(), [40, 5, 3], 3],
    ['Dropout3d of (N, C, D, H, W)', new nn.Dropout3d(), [40, 5, 2, 2, 2], 8],
    ['Dropout3d of (C, D, H, W)', new nn.Dropout3d(), [200, 2, 2, 2], 8],
  ])('%s drops whole channels', async (_, layer, shape, size) => {
    manualSeed(1);
    const values = [...(await (layer.forward(ones(shape)) as Tensor).data())];
    const channels = Array.from({ length: 200 }, (_each, i) => values.slice(i * size, (i + 1) * size));
    expect(channels.every((channel) => channel.every((v) => v === channel[0] && (v === 0 || v === 2)))).toBe(true);
    const kept = channels.filter(([v]) => v === 2).length;
    expect(kept).toBeGreaterThan(60);
    expect(kept).toBeLessThan(140);
  });

  it('of channels refuses other ranks', () => {
    expect(() => new nn.Dropout1d().forward(zeros([2]))).toThrow(
      '[dropout1d] the input has 1 dimensions, expected 2 or 3',
    );
    expect(() => new nn.Dropout3d().forward(zeros([2, 2]))).toThrow('expected 4 or 5');
    expect(() => new nn.FeatureAlphaDropout().forward(zeros([2]))).toThrow('must be (N, C, …)');
  });

  it.each([0.1, 0.5, 0.8])('AlphaDropout keeps mean 0 and variance 1 at p = %d', async (p) => {
    manualSeed(5);
    const output = new nn.AlphaDropout({ p }).forward(randn([200_000]) as Tensor);
    expect(Math.abs(await output.mean().item())).toBeLessThan(0.02);
    expect(Math.abs((await output.std().item()) - 1)).toBeLessThan(0.02);
  });

  it('FeatureAlphaDropout chooses channels', async () => {
    const output = await new nn.FeatureAlphaDropout().forward(zeros([50, 4, 3]) as Tensor).data();
    for (let i = 0; i < output.length; i += 3) expect(new Set(output.slice(i, i + 3)).size).toBe(1);
    expect(new Set(output).size).toBe(2);
  });
});

describe('options that have no names are refused, not ignored', () => {
  // As plain JavaScript may write what PyTorch takes by position.
  const any = nn as unknown as Record<string, new (...given: unknown[]) => unknown>;
  const weight = zeros([3]);
  const [encoderLayer, decoderLayer] = [new nn.TransformerEncoderLayer(4, 2), new nn.TransformerDecoderLayer(4, 2)];
  it.each([
    ['Dropout', 0.2],
    ['Linear', 2, 3, false],
    ['Conv2d', 1, 2, 3, 2],
    ['ConvTranspose1d', 1, 2, 3, 2],
    ['MaxPool2d', 2, 2],
    ['AvgPool1d', 2, 2],
    ['BatchNorm1d', 3, 1e-5],
    ['LayerNorm', 3, 1e-5],
    ['GroupNorm', 1, 2, 1e-5],
    ['Embedding', 3, 2, 0],
    ['ReLU', true],
    ['LeakyReLU', 0.2],
    ['Flatten', 1, -1],
    ['MultiheadAttention', 4, 2, 0.1],
    ['TransformerEncoderLayer', 4, 2, 8],
    ['TransformerDecoderLayer', 4, 2, [8]],
    ['CrossEntropyLoss', weight],
    ['MSELoss', 'sum'],
    ['KLDivLoss', 'sum'],
    ['TripletMarginLoss', 0.5],
    ['Bilinear', 1, 2, 3, false],
    ['PairwiseDistance', 1],
    ['AdaptiveMaxPool2d', 2, true],
    ['MaxUnpool2d', 2, 2],
    ['Transformer', 8],
    ['Linear', 1, 2, new nn.LayerNorm(2)],
    ['TransformerEncoder', encoderLayer, 2, new nn.LayerNorm(4)],
    ['TransformerDecoder', decoderLayer, 2, new nn.LayerNorm(4)],
  ] as const)('%s', (name, ...given) => {
    const message = `[${name}] got ${String(name === 'Flatten' ? 1 : given.at(-1))} where options belong, which have names: give { name: value }`;
    expect(() => new any[name]!(...given)).toThrow(message);
  });
});
