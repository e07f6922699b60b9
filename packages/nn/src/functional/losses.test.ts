/** Losses and their gradients against PyTorch's own results, and against finite differences of first and second order in float64. */
import { readFileSync } from 'node:fs';
import { grad, gradcheck, gradgradcheck } from '@nn/autograd';
import type { DType } from '@nn/backend';
import { logSoftmax, manualSeed, rand, randn, sigmoid, softmax, type Tensor, tensor } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../index.ts';

type Values = readonly (number | boolean | string)[];

interface Stored {
  readonly name: string;
  readonly dtype?: DType;
  readonly shape: readonly number[];
  readonly data: Values;
  readonly requires_grad?: boolean;
}

interface GoldenCase {
  readonly id: string;
  readonly op: string;
  readonly inputs: readonly Stored[];
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Stored[];
  readonly grad_output?: readonly Stored[];
  readonly grads?: Readonly<Record<string, Stored | null>>;
  readonly tolerance: { readonly rtol: number; readonly atol: number };
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../../apps/goldens/data/losses.json', import.meta.url), 'utf8'),
) as { cases: readonly GoldenCase[] };

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const functions = nn as unknown as Readonly<Record<string, (...args: readonly unknown[]) => Tensor>>;

const make = ({ data, shape, dtype = 'float32', requires_grad = false }: Stored): Tensor => {
  const flat = tensor(data.map(Number), { dtype }) as Tensor;
  const t = flat.reshape(shape as never) as Tensor;
  return (requires_grad ? t.detach().requiresGrad_() : t) as Tensor;
};

async function expectNear(actual: Tensor, wanted: Stored, { rtol, atol }: GoldenCase['tolerance']): Promise<void> {
  expect(actual.shape).toEqual(wanted.shape);
  const values = [...(await actual.data())];
  wanted.data.forEach((value, i) => {
    const near = Math.abs(values[i]! - Number(value)) <= atol + rtol * Math.abs(Number(value));
    if (!near) expect.fail(`element ${i} is ${values[i]}, PyTorch's ${value}`);
  });
}

/** Tensors that are options of ours. */
const optionNames = new Set(['weight', 'posWeight']);

describe('as PyTorch computed them', () => {
  it.each(cases.filter(({ op }) => !op.endsWith('ctc_loss')))('$id', async (golden) => {
    const inputs = new Map(golden.inputs.map((input) => [camel(input.name), make(input)]));
    const options = { ...golden.attrs, ...Object.fromEntries([...inputs].filter(([name]) => optionNames.has(name))) };
    const call = [
      ...[...inputs].filter(([name]) => !optionNames.has(name)).map(([, t]) => t),
      Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value])),
    ];
    const name = camel(golden.op.split('.').at(-1)!);
    const output = functions[name]!(...call);
    await expectNear(output, golden.outputs[0]!, golden.tolerance);
    if (golden.grads === undefined) return;
    const names = Object.keys(golden.grads);
    const leaves = names.map((each) => inputs.get(camel(each))!);
    const gradients = grad(output, leaves, { gradOutputs: make(golden.grad_output![0]!) });
    for (const [i, gradient] of gradients.entries())
      await expectNear(gradient, golden.grads[names[i]!]!, golden.tolerance);
  });
});

beforeEach(() => {
  manualSeed(3);
});

const normal = (...shape: number[]): Tensor => randn(shape, { dtype: 'float64' });
const between0And1 = (...shape: number[]): Tensor => rand(shape, { dtype: 'float64' }).mul(0.9).add(0.05) as Tensor;
const signs = tensor([
  [1, -1, 1],
  [-1, 1, -1],
]) as Tensor;
const classes = tensor([2n, 0n]) as Tensor;
const weight = tensor([0.5, 2, 1.5], { dtype: 'float64' }) as Tensor;

type Loss = (...inputs: Tensor[]) => Tensor;

const differentiable: Readonly<
  Record<string, readonly [loss: (reduction: nn.Reduction) => Loss, inputs: () => Tensor[]]>
> = {
  mseLoss: [(reduction) => (x, y) => nn.mseLoss(x!, y!, { reduction }), () => [normal(2, 3), normal(3)]],
  smoothL1Loss: [
    (reduction) => (x, y) => nn.smoothL1Loss(x!, y!, { reduction, beta: 0.7 }),
    () => [normal(2, 3), normal(2, 3)],
  ],
  huberLoss: [
    (reduction) => (x, y) => nn.huberLoss(x!, y!, { reduction, delta: 0.7 }),
    () => [normal(2, 3), normal(2, 3)],
  ],
  poissonNllLoss: [
    (reduction) => (x, y) => nn.poissonNllLoss(x!, y!, { reduction, full: true }),
    () => [normal(4), tensor([0, 0.9, 2.5, 7], { dtype: 'float64' }) as Tensor],
  ],
  'poissonNllLoss of rates': [
    (reduction) => (x, y) => nn.poissonNllLoss(x!, y!, { reduction, logInput: false }),
    () => [between0And1(4), normal(4)],
  ],
  gaussianNllLoss: [
    (reduction) => (x, y, v) => nn.gaussianNllLoss(x!, y!, v!, { reduction, full: true }),
    () => [normal(2, 3), normal(2, 3), between0And1(2)],
  ],
  binaryCrossEntropy: [
    (reduction) => (x, y) => nn.binaryCrossEntropy(x!, y!, { reduction, weight }),
    () => [between0And1(2, 3), between0And1(2, 3)],
  ],
  binaryCrossEntropyWithLogits: [
    (reduction) => (x, y, p) => nn.binaryCrossEntropyWithLogits(x!, y!, { reduction, weight, posWeight: p }),
    () => [normal(2, 3), between0And1(2, 3), between0And1(3)],
  ],
  multilabelSoftMarginLoss: [
    (reduction) => (x) => nn.multilabelSoftMarginLoss(x!, between0And1(2, 3).detach(), { reduction, weight }),
    () => [normal(2, 3)],
  ],
  klDiv: [(reduction) => (x, y) => nn.klDiv(x!, y!, { reduction }), () => [normal(2, 3), between0And1(2, 3)]],
  'klDiv of logarithms': [
    (reduction) => (x, y) => nn.klDiv(x!, y!, { reduction, logTarget: true }),
    () => [normal(2, 3), normal(2, 3)],
  ],
  softMarginLoss: [(reduction) => (x) => nn.softMarginLoss(x!, signs, { reduction }), () => [normal(2, 3)]],
  hingeEmbeddingLoss: [(reduction) => (x) => nn.hingeEmbeddingLoss(x!, signs, { reduction }), () => [normal(2, 3)]],
  marginRankingLoss: [
    (reduction) => (x, y) => nn.marginRankingLoss(x!, y!, signs, { reduction, margin: 0.3 }),
    () => [normal(2, 3), normal(2, 3)],
  ],
  cosineEmbeddingLoss: [
    (reduction) => (x, y) => nn.cosineEmbeddingLoss(x!, y!, tensor([1n, -1n]), { reduction, margin: -0.9 }),
    () => [normal(2, 3), normal(2, 3)],
  ],
  tripletMarginLoss: [
    (reduction) => (a, p, n) => nn.tripletMarginLoss(a!, p!, n!, { reduction, margin: 5, swap: true, p: 3 }),
    () => [normal(2, 3), normal(2, 3), normal(2, 3)],
  ],
  multiMarginLoss: [
    (reduction) => (x) => nn.multiMarginLoss(x!, classes, { reduction, p: 2, weight }),
    () => [normal(2, 3)],
  ],
  nllLoss: [(reduction) => (x) => nn.nllLoss(x!, classes, { reduction, weight }), () => [normal(2, 3)]],
  'crossEntropy of classes': [
    (reduction) => (x) => nn.crossEntropy(x!, classes as never, { reduction, weight, labelSmoothing: 0.2 }) as Tensor,
    () => [normal(2, 3)],
  ],
  'crossEntropy of probabilities': [
    (reduction) => (x, t) => nn.crossEntropy(x!, t as never, { reduction, weight, labelSmoothing: 0.2 }) as Tensor,
    () => [normal(2, 3, 2), between0And1(2, 3, 2)],
  ],
  bilinear: [
    () => (x, y, w, b) => nn.bilinear(x!, y!, w!, b!),
    () => [normal(2, 3), normal(2, 2), normal(4, 3, 2), normal(4)],
  ],
};

describe.each(Object.keys(differentiable))('gradients of %s', (name) => {
  const [loss, inputs] = differentiable[name]!;
  it.each(['mean', 'sum', 'none'] as const)('reduced by %s', async (reduction) => {
    const given = inputs();
    manualSeed(11);
    const f: Loss = (...x) => {
      manualSeed(11);
      return loss(reduction)(...x);
    };
    expect(await gradcheck(f, given)).toBe(true);
    expect(await gradgradcheck(f, given, { eps: 1e-5, atol: 1e-4 })).toBe(true);
  });
});

describe('relations', () => {
  it('crossEntropy is nllLoss of logSoftmax, and of one-hot probabilities', async () => {
    const x = normal(2, 3);
    const direct = await nn.crossEntropy(x, classes as never).item();
    expect(await nn.nllLoss(logSoftmax(x, 1 as never), classes).item()).toBeCloseTo(direct, 12);
    const hot = tensor(
      [
        [0, 0, 1],
        [1, 0, 0],
      ],
      { dtype: 'float64' },
    ) as Tensor;
    expect(await (nn.crossEntropy(x, hot as never) as Tensor).item()).toBeCloseTo(direct, 12);
    expect(await nn.klDiv(logSoftmax(x, 1 as never), hot, { reduction: 'batchmean' }).item()).toBeCloseTo(direct, 12);
  });

  it('binaryCrossEntropyWithLogits is binaryCrossEntropy of sigmoid', async () => {
    const [x, t] = [normal(4), between0And1(4)];
    expect(await nn.binaryCrossEntropyWithLogits(x, t).item()).toBeCloseTo(
      await nn.binaryCrossEntropy(sigmoid(x), t).item(),
      12,
    );
  });

  it.each([
    ['smoothL1Loss', nn.smoothL1Loss],
    ['huberLoss', nn.huberLoss],
  ] as const)('%s has a bounded gradient where the error is infinite', async (_, loss) => {
    const x = tensor([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5, Number.NaN], { requiresGrad: true });
    loss(x, tensor([0, 0, 0, 0]), { reduction: 'sum' }).backward();
    // torch 1.13: F.smooth_l1_loss(x, torch.zeros(4), reduction='sum').backward(); x.grad
    expect(await x.grad!.toArray()).toEqual([1, -1, 0.5, Number.NaN]);
  });

  it('klDiv of a distribution from itself is 0', async () => {
    const x = normal(2, 3);
    expect(Math.abs(await nn.klDiv(logSoftmax(x, 1 as never), softmax(x, 1 as never)).item())).toBeLessThan(1e-15);
  });

  it('modules give what functions give', async () => {
    const [x, t] = [normal(2, 3), between0And1(2, 3)];
    const pairs: readonly [nn.Module, Tensor][] = [
      [new nn.MSELoss({ reduction: 'sum' }), nn.mseLoss(x, t, { reduction: 'sum' })],
      [new nn.L1Loss(), nn.l1Loss(x, t)],
      [new nn.SmoothL1Loss({ beta: 0.2 }), nn.smoothL1Loss(x, t, { beta: 0.2 })],
      [new nn.HuberLoss({ delta: 0.2 }), nn.huberLoss(x, t, { delta: 0.2 })],
      [new nn.PoissonNLLLoss({ full: true }), nn.poissonNllLoss(x, t, { full: true })],
      [new nn.BCEWithLogitsLoss({ posWeight: weight }), nn.binaryCrossEntropyWithLogits(x, t, { posWeight: weight })],
      [new nn.MultiLabelSoftMarginLoss({ weight }), nn.multilabelSoftMarginLoss(x, t, { weight })],
      [new nn.KLDivLoss({ reduction: 'batchmean' }), nn.klDiv(x, t, { reduction: 'batchmean' })],
      [new nn.HingeEmbeddingLoss({ margin: 2 }), nn.hingeEmbeddingLoss(x, t, { margin: 2 })],
      [new nn.SoftMarginLoss(), nn.softMarginLoss(x, t)],
    ];
    for (const [module, expected] of pairs)
      expect(await (module.forward(x, t) as Tensor).item(), String(module)).toBe(await expected.item());
    expect(await new nn.BCELoss({ weight }).forward(t, t).item()).toBe(
      await nn.binaryCrossEntropy(t, t, { weight }).item(),
    );
    for (const Kind of [nn.NLLLoss, nn.MultiMarginLoss, nn.CrossEntropyLoss]) {
      const name = { NLLLoss: 'nllLoss', MultiMarginLoss: 'multiMarginLoss', CrossEntropyLoss: 'crossEntropy' }[
        Kind.name
      ]!;
      expect(await new Kind({ weight }).forward(x, classes).item()).toBe(
        await functions[name]!(x, classes, { weight }).item(),
      );
    }
    const y = normal(2, 3);
    expect(await new nn.TripletMarginLoss({ swap: true }).forward(x, t, y).item()).toBe(
      await nn.tripletMarginLoss(x, t, y, { swap: true }).item(),
    );
    expect(await new nn.MarginRankingLoss({ margin: 1 }).forward(x, y, signs).item()).toBe(
      await nn.marginRankingLoss(x, y, signs, { margin: 1 }).item(),
    );
    expect(await new nn.CosineEmbeddingLoss().forward(x, y, tensor([1, -1])).item()).toBe(
      await nn.cosineEmbeddingLoss(x, y, tensor([1, -1])).item(),
    );
    expect(await new nn.GaussianNLLLoss({ full: true }).forward(x, y, t).item()).toBe(
      await nn.gaussianNllLoss(x, y, t, { full: true }).item(),
    );
  });

  it('weights of modules are buffers by their keys', () => {
    const loss = new nn.BCEWithLogitsLoss({ weight, posWeight: weight });
    expect(Object.keys(loss.stateDict())).toEqual(['weight', 'pos_weight']);
    expect(loss.posWeight).toBe(weight);
    expect(Object.keys(new nn.CrossEntropyLoss().stateDict())).toEqual([]);
  });
});

it('no margin hides what is no number', async () => {
  const [x, one] = [tensor([[Number.NaN]]), tensor([[1]])];
  const label = tensor([-1]);
  for (const loss of [
    nn.hingeEmbeddingLoss(x, label),
    nn.marginRankingLoss(x, one, one),
    nn.tripletMarginLoss(x, one, one),
    nn.cosineEmbeddingLoss(x, one, label),
  ])
    expect(await loss.item()).toBeNaN();
});
