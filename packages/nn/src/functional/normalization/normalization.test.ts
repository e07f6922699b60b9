/** Normalizations against a slow clear version, their gradients of both orders against finite differences, running statistics, edges, and what they refuse. */
import { expectNoLeaks, grad, gradcheck, gradgradcheck } from '@nn/autograd';
import { manualSeed, ones, rand, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';

beforeEach(() => {
  manualSeed(0);
});

const double = { dtype: 'float64' } as const;
const normal = (shape: readonly number[]): Tensor => randn(shape, double) as Tensor;

/** Where an element stands: the number of the group that it is normalized with, and of its weight. */
type Place = (index: readonly number[]) => readonly [group: string, weight: number];

/** The definition, in doubles. */
async function slow(
  x: Tensor,
  place: Place,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
): Promise<number[]> {
  const values = Array.from(await x.data());
  const [w, b] = [weight === null ? null : await weight.data(), bias === null ? null : await bias.data()];
  const places = values.map((_, i) => {
    const index: number[] = [];
    let rest = i;
    for (const n of [...x.shape].reverse()) {
      index.unshift(rest % n);
      rest = Math.floor(rest / n);
    }
    return place(index);
  });
  const groups = new Map<string, number[]>();
  for (const [i, [key]] of places.entries()) groups.set(key, [...(groups.get(key) ?? []), i]);
  const moments = new Map(
    [...groups].map(([key, members]) => {
      const mean = members.reduce((sum, i) => sum + values[i]!, 0) / members.length;
      const variance = members.reduce((sum, i) => sum + (values[i]! - mean) ** 2, 0) / members.length;
      return [key, { mean, variance }] as const;
    }),
  );
  return values.map((value, i) => {
    const [group, at] = places[i]!;
    const { mean, variance } = moments.get(group)!;
    return ((value - mean) / Math.sqrt(variance + eps)) * (w?.[at] ?? 1) + (b?.[at] ?? 0);
  });
}

async function expectClose(found: Tensor, expected: readonly number[], digits = 9): Promise<void> {
  const values = await found.data();
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, digits);
  });
}

interface Norm {
  readonly name: string;
  readonly shape: readonly number[];
  /** Shape of weight and bias. */
  readonly affine: readonly number[];
  readonly place: Place;
  readonly run: (x: Tensor, weight: Tensor | null, bias: Tensor | null, eps?: number) => Tensor;
}

const channelOf: Place = ([, c]) => [String(c), c!];
const batch = (shape: readonly number[]): Norm => ({
  name: `batchNorm of (${shape.join(', ')})`,
  shape,
  affine: [shape[1]!],
  place: channelOf,
  run: (x, weight, bias, eps) => nn.batchNorm(x, null, null, { weight, bias, training: true, eps }),
});
const group = (groups: number, shape: readonly number[]): Norm => ({
  name: `groupNorm of (${shape.join(', ')}) in ${groups}`,
  shape,
  affine: [shape[1]!],
  place: ([n, c]) => [`${n} ${Math.floor((c! * groups) / shape[1]!)}`, c!],
  run: (x, weight, bias, eps) => nn.groupNorm(x, groups, { weight, bias, eps }),
});
const instance = (shape: readonly number[]): Norm => ({
  name: `instanceNorm of (${shape.join(', ')})`,
  shape,
  affine: [shape[1]!],
  place: ([n, c]) => [`${n} ${c}`, c!],
  run: (x, weight, bias, eps) => nn.instanceNorm(x, { weight, bias, eps }),
});
const layer = (normalized: readonly number[], shape: readonly number[]): Norm => ({
  name: `layerNorm of (${shape.join(', ')}) over ${normalized.length}`,
  shape,
  affine: normalized,
  place: (index) => {
    const own = index.slice(-normalized.length);
    return [index.slice(0, -normalized.length).join(), own.reduce((at, i, d) => at * normalized[d]! + i, 0)];
  },
  run: (x, weight, bias, eps) => nn.layerNorm(x, normalized, { weight, bias, eps }),
});

const norms: readonly Norm[] = [
  ...[
    [4, 3],
    [3, 2, 4],
    [2, 3, 2, 2],
    [2, 2, 1, 2, 3],
  ].map(batch),
  ...(
    [
      [2, [2, 4, 3]],
      [1, [2, 3, 2, 2]],
      [3, [3, 6]],
      [4, [1, 4, 5]],
    ] as const
  ).map(([n, shape]) => group(n, shape)),
  ...[
    [2, 3, 4],
    [2, 2, 3, 2],
    [1, 2, 1, 2, 3],
  ].map(instance),
  ...(
    [
      [[4], [3, 4]],
      [
        [3, 4],
        [2, 3, 4],
      ],
      [[5], [5]],
      [
        [2, 3],
        [2, 3],
      ],
      [[3], [2, 2, 3]],
    ] as const
  ).map(([n, shape]) => layer(n, shape)),
];

describe.each(norms)('$name', ({ shape, affine, place, run }) => {
  const operands = (): [Tensor, Tensor, Tensor] => [normal(shape), normal(affine), normal(affine)];

  it('is what its definition says', async () => {
    const [x, weight, bias] = operands();
    for (const [w, b] of [
      [null, null],
      [weight, null],
      [null, bias],
      [weight, bias],
    ] as const) {
      await expectClose(run(x, w, b), await slow(x, place, w, b, 1e-5));
      await expectClose(run(x, w, b, 0.3), await slow(x, place, w, b, 0.3));
    }
  });

  it('has these gradients', async () => {
    const [x, weight, bias] = operands();
    const probe = normal(shape);
    const weighed = (y: Tensor): Tensor => y.mul(probe);
    expect(await gradcheck((t) => weighed(run(t, null, null, 0.1)), [x])).toBe(true);
    expect(await gradcheck((t, w) => weighed(run(t, w, null, 0.1)), [x, weight])).toBe(true);
    expect(await gradcheck((t, w, b) => weighed(run(t, w, b, 0.1)), [x, weight, bias])).toBe(true);
    expect(await gradcheck((w, b) => weighed(run(x, w, b, 0.1)), [weight, bias])).toBe(true);
    expect(await gradcheck((b) => weighed(run(x, null, b, 0.1)), [bias])).toBe(true);
  });

  it('has these second derivatives', async () => {
    const [x, weight, bias] = operands();
    expect(await gradgradcheck((t) => run(t, null, null, 0.5), [x])).toBe(true);
    expect(await gradgradcheck((t, w, b) => run(t, w, b, 0.5), [x, weight, bias])).toBe(true);
  });

  it('gives the same gradients with and without createGraph', async () => {
    const [x, weight, bias] = operands().map((t) => t.requiresGrad_()) as [Tensor, Tensor, Tensor];
    const probe = normal(shape);
    run(x, weight, bias).mul(probe).sum().backward();
    const plain = [x, weight, bias].map((t) => t.grad!);
    for (const t of [x, weight, bias]) t.grad = null;
    run(x, weight, bias).mul(probe).sum().backward(undefined, { createGraph: true });
    for (const [i, t] of [x, weight, bias].entries()) await expectClose(t.grad!, Array.from(await plain[i]!.data()));
  });

  it('takes views of any strides', async () => {
    const turned = normal([...shape].reverse());
    const view = turned.permute([...shape.keys()].reverse()) as Tensor;
    const [, weight, bias] = operands();
    await expectClose(run(view, weight, bias), await slow(view, place, weight, bias, 1e-5));
  });

  it('keeps float32, and digits under a mean far from 0', async () => {
    const x = rand(shape).add(1000) as Tensor;
    const out = run(x, null, null);
    expect([out.dtype, out.shape]).toEqual(['float32', shape]);
    await expectClose(out, await slow(x, place, null, null, 1e-5), 2);
  });

  it('keeps nothing', async () => {
    const [x, weight, bias] = operands().map((t) => t.requiresGrad_()) as [Tensor, Tensor, Tensor];
    await expectNoLeaks(() => {
      run(x, weight, bias).sum().backward();
      for (const t of [x, weight, bias]) {
        t.grad!.dispose();
        t.grad = null;
      }
    });
  });
});

describe('layerNorm', () => {
  it('of constant rows is the bias', async () => {
    const x = tensor([
      [7, 7, 7],
      [1e-3, 1e-3, 1e-3],
    ]);
    expect(await nn.layerNorm(x, 3, { bias: tensor([1, 2, 3]) }).toArray()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('of no rows', () => {
    const x = zeros([0, 3], { requiresGrad: true }) as Tensor;
    const out = nn.layerNorm(x, 3, { weight: ones([3], { requiresGrad: true }) as Tensor });
    expect(out.shape).toEqual([0, 3]);
    out.sum().backward();
    expect(x.grad!.shape).toEqual([0, 3]);
  });

  it.each<[string, () => unknown]>([
    ['[layerNorm] the input (2, 3) must end with normalizedShape (4,)', () => nn.layerNorm(zeros([2, 3]), 4)],
    ['[layerNorm] the input (3,) must end with normalizedShape (2, 3)', () => nn.layerNorm(zeros([3]), [2, 3])],
    ['[layerNorm] the input (3,) must end with normalizedShape ()', () => nn.layerNorm(zeros([3]), [])],
    [
      '[layerNorm] weight has shape (2,), expected (3,)',
      () => nn.layerNorm(zeros([3]), 3, { weight: ones([2]) as Tensor }),
    ],
    ['[layerNorm] bias is float64, the input float32', () => nn.layerNorm(zeros([3]), 3, { bias: normal([3]) })],
    ["[layerNorm] gives fractions, which int64 can't hold", () => nn.layerNorm(zeros([3], { dtype: 'int64' }), 3)],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('batchNorm', () => {
  it('lets running statistics follow, with the unbiased variance', async () => {
    const x = tensor([
      [1, 10],
      [3, 30],
    ]);
    const [mean, variance] = [tensor([1, 2]) as Tensor, tensor([4, 8]) as Tensor];
    nn.batchNorm(x, mean, variance, { training: true, momentum: 0.25 });
    expect(await mean.toArray()).toEqual([1.25, 6.5]);
    expect(await variance.toArray()).toEqual([3.5, 56]);
    const other = [zeros([2]) as Tensor, zeros([2]) as Tensor] as const;
    const count = tensor(4, { dtype: 'int64' }) as Tensor;
    nn.batchNorm(x, ...other, { training: true, momentum: count });
    expect(await other[0].toArray()).toEqual([0.5, 5]);
    expect(await other[1].toArray()).toEqual([0.5, 50]);
  });

  it('evaluates by the running statistics and leaves them alone', async () => {
    const [mean, variance] = [tensor([1, 2]) as Tensor, tensor([3, 0]) as Tensor];
    const out = nn.batchNorm(tensor([[3, 4]]), mean, variance, {
      eps: 1,
      weight: tensor([2, 1]),
      bias: tensor([0, 5]),
    });
    expect(await out.toArray()).toEqual([[2, 7]]);
    expect([await mean.toArray(), await variance.toArray()]).toEqual([
      [1, 2],
      [3, 0],
    ]);
  });

  it('has gradients of both orders when evaluating', async () => {
    const [mean, variance] = [normal([2]), rand([2], double).add(0.5) as Tensor];
    const evaluate = (x: Tensor, weight: Tensor, bias: Tensor): Tensor =>
      nn.batchNorm(x, mean, variance, { weight, bias });
    const operands = [normal([2, 2, 3]), normal([2]), normal([2])];
    expect(await gradcheck(evaluate as never, operands)).toBe(true);
    expect(await gradgradcheck(evaluate as never, operands)).toBe(true);
  });

  it('of an empty batch changes no statistics', async () => {
    const [mean, variance] = [tensor([1, 2]) as Tensor, tensor([3, 4]) as Tensor];
    expect(nn.batchNorm(zeros([0, 2, 3]), mean, variance, { training: true }).shape).toEqual([0, 2, 3]);
    expect([await mean.toArray(), await variance.toArray()]).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('saves nothing of the running statistics, which may change before backward', async () => {
    const [mean, variance] = [zeros([2]) as Tensor, ones([2]) as Tensor];
    const x = randn([4, 2], { requiresGrad: true }) as Tensor;
    const first = nn.batchNorm(x, mean, variance, { training: true });
    nn.batchNorm(x, mean, variance, { training: true });
    first.sum().backward();
    expect(x.grad!.shape).toEqual([4, 2]);
  });

  it.each<[string, () => unknown]>([
    [
      '[batchNorm] Expected more than 1 value per channel when training, got input size (1, 3)',
      () => nn.batchNorm(zeros([1, 3]), null, null, { training: true }),
    ],
    [
      '[batchNorm] runningMean and runningVar are needed where training is false',
      () => nn.batchNorm(zeros([2, 3]), null, null),
    ],
    ['[batchNorm] got runningMean alone', () => nn.batchNorm(zeros([2, 3]), zeros([3]) as Tensor, null)],
    ['[batchNorm] the input has 1 dimensions, expected at least 2', () => nn.batchNorm(zeros([3]), null, null)],
    [
      '[batchNorm] runningMean has shape (2,), expected (3,) for input (2, 3)',
      () => nn.batchNorm(zeros([2, 3]), zeros([2]) as Tensor, zeros([2]) as Tensor),
    ],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('running statistics that are something else too', () => {
  const x = tensor([
    [1, 10],
    [3, 11],
  ]);
  it.each([
    ['weight', 0, [-1.1, -2.85, 1.1, 2.85]],
    ['weight', 1, [-2.9, -3.65, 2.9, 3.65]],
    ['bias', 0, [0.1, 1.85, 2.1, 3.85]],
    ['bias', 1, [1.9, 2.65, 3.9, 4.65]],
  ])('%s, as in PyTorch: first they are moved', async (name, which, expected) => {
    const statistics = [tensor([1, 2]), tensor([3, 4])] as const;
    const out = nn.batchNorm(x, ...statistics, { training: true, [name]: statistics[which] });
    const found = Array.from(await out.data());
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 3);
  });

  it('one tensor, or tracked: refused before anything changes', async () => {
    const [mean, variance] = [tensor([1, 2]), tensor([3, 4])];
    const message = '[batchNorm] the running mean and variance must be two tensors';
    const tracked = tensor([1, 2], { requiresGrad: true });
    for (const pair of [
      [mean, mean],
      [tracked, variance],
      [mean, tracked],
    ] as [Tensor, Tensor][])
      expect(() => nn.batchNorm(x, ...pair, { training: true })).toThrow(message);
    expect(await mean.toArray()).toEqual([1, 2]);
    nn.batchNorm(x, tracked, variance).sum().backward();
    expect(tracked.grad!.shape).toEqual([2]);
  });
});

describe('instanceNorm', () => {
  it('lets running statistics follow the means of those of the samples', async () => {
    const x = tensor([[[1, 3]], [[2, 8]]]);
    const [runningMean, runningVar] = [zeros([1]) as Tensor, zeros([1]) as Tensor];
    nn.instanceNorm(x, { runningMean, runningVar, momentum: 0.5 });
    expect([await runningMean.item(), await runningVar.item()]).toEqual([1.75, 5]);
    const out = nn.instanceNorm(x, { runningMean, runningVar, useInputStats: false, eps: 4 });
    await expectClose(out, [-1 / 4, 5 / 12, 1 / 12, 25 / 12], 6);
  });

  it.each<[string, () => unknown]>([
    [
      '[instanceNorm] Expected more than 1 spatial element when training, got input size (2, 3, 1)',
      () => nn.instanceNorm(zeros([2, 3, 1])),
    ],
    [
      '[instanceNorm] runningMean and runningVar are needed where useInputStats is false',
      () => nn.instanceNorm(zeros([2, 3, 2]), { useInputStats: false }),
    ],
    [
      '[instanceNorm] got runningVar alone',
      () => nn.instanceNorm(zeros([2, 3, 2]), { runningVar: ones([3]) as Tensor }),
    ],
  ])('refuses: %s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('groupNorm', () => {
  it.each([0, 4, 1.5])('refuses %d groups of 6 channels', (groups) => {
    expect(() => nn.groupNorm(zeros([1, 6, 2]), groups)).toThrow(
      `[groupNorm] the 6 channels of (1, 6, 2) can't be divided into ${groups} groups`,
    );
  });
});

describe('localResponseNorm', () => {
  it.each([1, 2, 3, 4])('of %d neighbours is what its definition says', async (size) => {
    const x = randn([2, 5, 3, 2]) as Tensor;
    const values = await x.data();
    const options = { alpha: 0.5, beta: 0.75, k: 2 };
    const expected = Array.from(values, (value, i) => {
      const c = Math.floor(i / 6) % 5;
      const around = Array.from({ length: size }, (_, j) => c - Math.floor(size / 2) + j).filter(
        (n) => n >= 0 && n < 5,
      );
      const squares = around.reduce((sum, n) => sum + values[i + (n - c) * 6]! ** 2, 0);
      return value / (options.k + (options.alpha * squares) / size) ** options.beta;
    });
    await expectClose(nn.localResponseNorm(x, size, options), expected, 5);
  });

  it('has gradients of both orders', async () => {
    const run = (x: Tensor): Tensor => nn.localResponseNorm(x, 3, { alpha: 0.5 });
    expect(await gradcheck(run, [normal([1, 4, 2])])).toBe(true);
    expect(await gradgradcheck(run, [normal([1, 4, 2])])).toBe(true);
  });

  it('refuses wrong ranks and sizes', () => {
    expect(() => nn.localResponseNorm(zeros([2, 3]), 3)).toThrow('[localResponseNorm] the input has 2 dimensions');
    expect(() => nn.localResponseNorm(zeros([2, 3, 1]), 0)).toThrow('[localResponseNorm] size is a whole number ≥ 1');
  });
});

describe('weightNormalize', () => {
  it('has gradients of both orders', async () => {
    for (const [dim, shape] of [
      [0, [3, 1]],
      [1, [1, 2]],
      [null, []],
    ] as const) {
      const run = (v: Tensor, g: Tensor): Tensor => nn.weightNormalize(v, g, { dim });
      expect(await gradcheck(run, [normal([3, 2]), normal(shape)])).toBe(true);
      expect(await gradgradcheck(run, [normal([3, 2]), normal(shape)])).toBe(true);
    }
  });

  it('of a vector has a length for each element', async () => {
    expect(await nn.normExceptDim(tensor([3, -4])).toArray()).toEqual([3, 4]);
    expect(await nn.normExceptDim(tensor([[3, -4]]), { pow: 1, dim: null }).item()).toBe(7);
  });

  it('refuses lengths that do not fit', () => {
    expect(() => nn.weightNormalize(zeros([3, 2]), zeros([2]))).toThrow(
      '[weightNormalize] g has shape (2,), expected (3, 1)',
    );
  });
});

it('third derivatives', async () => {
  const f = (x: Tensor): Tensor => nn.layerNorm(x, 3, { eps: 0.5 }).pow(3).sum() as Tensor;
  const second = grad((x: Tensor) => (grad(f)(x) as Tensor).pow(2).sum() as Tensor) as (x: Tensor) => Tensor;
  expect(await gradcheck(second, [normal([2, 3])])).toBe(true);
});
