/** Gradients of reductions, scans, sorting and random functions: against finite differences, first and second order, and PyTorch's conventions where those don't decide. */
import '@nn/tensor/methods';
import { grad, gradcheck, gradgradcheck } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import * as nn from '@nn/tensor';
import { describe, expect, it } from 'vitest';

const x: Tensor = nn.tensor(
  [
    [0.3, -1.2, 2.1],
    [0.9, 0.4, -0.6],
  ],
  { dtype: 'float64' },
);
const cube: Tensor = nn.tensor(
  Array.from({ length: 12 }, (_, i) => Math.sin(3 * i + 1)),
  { dtype: 'float64', shape: [2, 3, 2] },
);

const functions: Record<string, (x: Tensor) => Tensor | Tensor[]> = {
  sum: (v) => nn.sum(v, { dim: 0 }),
  mean: (v) => nn.mean(v, { dim: -1, keepdim: true }),
  'mean of everything': (v) => nn.mean(v),
  prod: (v) => nn.prod(v, { dim: 1 }),
  nansum: (v) => nn.nansum(v),
  nanmean: (v) => nn.nanmean(v, { dim: 1 }),
  amax: (v) => nn.amax(v, { dim: [0, 1] }),
  amin: (v) => nn.amin(v, { dim: 1 }),
  max: (v) => nn.max(v, { dim: 1 }).values,
  'min, kept': (v) => nn.min(v, { dim: 0, keepdim: true }).values,
  aminmax: (v) => Object.values(nn.aminmax(v, { dim: 1 })),
  variance: (v) => nn.variance(v, { dim: 1 }),
  'variance of everything': (v) => nn.variance(v, { correction: 0 }),
  std: (v) => nn.std(v, { dim: -1, keepdim: true }),
  varMean: (v) => nn.varMean(v, { dim: 1 }),
  stdMean: (v) => nn.stdMean(v),
  logsumexp: (v) => nn.logsumexp(v, { dim: 1 }),
  'logsumexp, kept': (v) => nn.logsumexp(v, { dim: 0, keepdim: true }),
  norm: (v) => nn.norm(v, { dim: 1 }),
  'norm 1': (v) => nn.norm(v, { p: 1, dim: 1 }),
  'norm 3': (v) => nn.norm(v, { p: 3 }),
  'norm 1.5': (v) => nn.norm(v, { p: 1.5, dim: 0 }),
  'norm 0.5': (v) => nn.norm(v, { p: 0.5, dim: 1, keepdim: true }),
  'norm -2': (v) => nn.norm(v, { p: -2, dim: 1 }),
  'norm ∞': (v) => nn.norm(v, { p: Number.POSITIVE_INFINITY, dim: 1 }),
  'norm -∞': (v) => nn.vectorNorm(v, { ord: Number.NEGATIVE_INFINITY, dim: 1 }),
  pdist: (v) => nn.pdist(v),
  'pdist 1': (v) => nn.pdist(v, { p: 1 }),
  'pdist 3': (v) => nn.pdist(v, { p: 3 }),
  softmax: (v) => nn.softmax(v, -1),
  'softmax along 0': (v) => nn.softmax(v, 0),
  logSoftmax: (v) => nn.logSoftmax(v, 1),
  softmin: (v) => nn.softmin(v, 1),
  cumsum: (v) => nn.cumsum(v, 1),
  cumprod: (v) => nn.cumprod(v, 1),
  cummax: (v) => nn.cummax(v, 1).values,
  cummin: (v) => nn.cummin(v, 0).values,
  logcumsumexp: (v) => nn.logcumsumexp(v, 1),
  diff: (v) => nn.diff(v, { dim: 1 }),
  sort: (v) => nn.sort(v, { dim: 0, descending: true }).values,
  msort: (v) => nn.msort(v),
  topk: (v) => nn.topk(v, 2).values,
  kthvalue: (v) => nn.kthvalue(v, 2).values,
  median: (v) => nn.median(v),
  'median, kept': (v) => nn.median(v, { dim: 1, keepdim: true }).values,
  mode: (v) => nn.mode(v).values,
  quantile: (v) => nn.quantile(v, 0.4, { dim: 1 }),
  'quantile, several': (v) => nn.quantile(v, nn.tensor([0.1, 0.7], { dtype: 'float64' }), { dim: 0 }),
  tril: (v) => nn.tril(v),
  triu: (v) => nn.triu(v, { diagonal: 1 }),
};

describe.each(Object.entries(functions))('%s', (_, f) => {
  it('to first order', async () => {
    await gradcheck(f, [x]);
  });
  it('to second order', async () => {
    await gradgradcheck(f, [x]);
  });
});

it('trace', async () => {
  await gradcheck(
    (v) => nn.trace(v),
    [
      nn.tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: 'float64' },
      ),
    ],
  );
});

describe('over several dimensions of three', () => {
  type Reduce = (v: Tensor, options: object) => Tensor;
  const reductions = {
    sum: nn.sum,
    mean: nn.mean,
    amax: nn.amax,
    prod: nn.prod,
    variance: nn.variance,
    std: nn.std,
    logsumexp: nn.logsumexp,
    norm: nn.norm,
  };
  it.each(Object.entries(reductions))('%s', async (_, reduce) => {
    const f = reduce as unknown as Reduce;
    await gradcheck((v) => f(v, { dim: [0, 2] }), [cube]);
    await gradcheck((v) => f(v, { dim: [1], keepdim: true }), [cube]);
  });
  type Along = (v: Tensor, dim: number) => Tensor;
  const along = { softmax: nn.softmax, logSoftmax: nn.logSoftmax, cumsum: nn.cumsum, logcumsumexp: nn.logcumsumexp };
  it.each(Object.entries(along))('%s', async (_, run) => {
    const f = run as unknown as Along;
    await gradcheck((v) => f(v, 1), [cube]);
    await gradgradcheck((v) => f(v, 0), [cube]);
  });
});

describe('third order', () => {
  const weights = nn.tensor(
    [
      [1, 2, -1],
      [0.5, 3, 1],
    ],
    { dtype: 'float64' },
  );
  it.each([
    ['softmax', (v: Tensor): Tensor => nn.softmax(v, 1)],
    ['logSoftmax', (v: Tensor): Tensor => nn.logSoftmax(v, 1)],
  ] as const)('of %s', async (_, f) => {
    const first = grad((v: Tensor) => nn.sum(f(v).mul(weights)));
    const second = grad((v: Tensor) => nn.sum(first(v).mul(first(v))));
    await gradgradcheck((v) => second(v), [x], { rtol: 1e-2, atol: 1e-4 });
  });
});

const gradientOf = async (f: (x: Tensor) => Tensor, values: readonly number[]): Promise<number[]> => {
  const v = nn.tensor([...values], { requiresGrad: true });
  nn.sum(f(v)).backward();
  return Array.from(await v.grad!.data());
};

describe('conventions', () => {
  const { NaN: none } = Number;
  it.each<[string, (v: Tensor) => Tensor, number[], number[]]>([
    ['ties share in amax', (v) => nn.amax(v), [1, 5, 5, 2], [0, 0.5, 0.5, 0]],
    ['ties share in max()', (v) => nn.max(v), [1, 5, 5, 2], [0, 0.5, 0.5, 0]],
    ['ties share in median()', (v) => nn.median(v), [5, 1, 5, 9], [0.5, 0, 0.5, 0]],
    ['the first of ties is chosen by max(dim)', (v) => nn.max(v, { dim: 0 }).values, [1, 5, 5, 2], [0, 1, 0, 0]],
    ['the last of ties is chosen by cummax', (v) => nn.cummax(v, 0).values, [5, 1, 5], [2, 0, 1]],
    ['a zero in a product', (v) => nn.prod(v), [2, 0, 3], [0, 6, 0]],
    ['two zeros in a product', (v) => nn.prod(v), [2, 0, 0], [0, 0, 0]],
    ['the norm of zeros', (v) => nn.norm(v), [0, 0], [0, 0]],
    ['the 3-norm of zeros', (v) => nn.norm(v, { p: 3 }), [0, 0], [0, 0]],
    ['a zero in a norm below 1', (v) => nn.norm(v, { p: 0.5 }), [0, 4], [0, 1]],
    ['a zero in a norm below 0', (v) => nn.norm(v, { p: -1 }), [0, 4], [0, 0]],
    ['ties share in the ∞-norm', (v) => nn.norm(v, { p: Number.POSITIVE_INFINITY }), [-3, 3, 1], [-0.5, 0.5, 0]],
    ['the deviation of equal numbers', (v) => nn.std(v), [2, 2], [0, 0]],
    ['NaN in nansum', (v) => nn.nansum(v), [1, none], [1, 0]],
    ['NaN in nanmean', (v) => nn.nanmean(v), [1, none, 2], [0.5, 0, 0.5]],
    [
      '-∞ in softmax',
      (v) => nn.softmax(v, 0).mul(nn.tensor([1, 2, 3])),
      [Number.NEGATIVE_INFINITY, 0, 0],
      [0, -0.25, 0.25],
    ],
    ['-∞ in logsumexp', (v) => nn.logsumexp(v), [Number.NEGATIVE_INFINITY, 0], [0, 1]],
    ['places a value is sorted to', (v) => nn.sort(v).values.mul(nn.tensor([1, 2, 3])), [3, 1, 2], [3, 1, 2]],
  ])('%s', async (_, f, values, wanted) => {
    expect((await gradientOf(f, values)).map((v) => v + 0)).toEqual(wanted);
  });
});

describe('random functions', () => {
  it('dropout passes the gradient where it keeps, by the same factor', async () => {
    const v = nn.ones([400], { requiresGrad: true });
    const out = nn.dropout(v, { p: 0.25 });
    nn.sum(out).backward();
    expect(Array.from(await v.grad!.data())).toEqual(Array.from(await out.data()));
    const w = nn.ones([3], { requiresGrad: true });
    nn.sum(nn.dropout(w, { p: 1 })).backward();
    expect(Array.from(await w.grad!.data())).toEqual([0, 0, 0]);
  });
  it('dropout is the same at every order', async () => {
    const f = (v: Tensor): Tensor => nn.dropout(v.mul(v), { p: 0.5, generator: new nn.Generator(3) });
    await gradcheck(f, [x]);
    await gradgradcheck(f, [x]);
  });
  it('normal differentiates through mean and deviation', async () => {
    const f = (m: Tensor, s: Tensor): Tensor => nn.normal(m, s, { generator: new nn.Generator(3) });
    await gradcheck(f, [nn.tensor([1, 2], { dtype: 'float64' }), nn.tensor([0.5, 2], { dtype: 'float64' })]);
  });
  it('leaves that require grad are not overwritten', () => {
    const v = nn.zeros([3], { requiresGrad: true });
    expect(() => v.uniform_()).toThrow('[uniform_] a leaf tensor that requires grad is changed in place');
    expect(() => v.bernoulli_()).toThrow('[bernoulli_] a leaf tensor');
  });
});

describe('running products', () => {
  it.each([0, 1])('with zeros have the gradient of any order at the first, along %i', async (dim) => {
    nn.manualSeed(dim);
    for (let i = 0; i < 20; i++) {
      const v = nn.randint(-2, 3, [5, 6]).double().requiresGrad_() as Tensor;
      const g = nn.randn([5, 6], { dtype: 'float64' }) as Tensor;
      const gradient = (createGraph: boolean): Tensor =>
        grad(nn.cumprod(v, dim), [v], { gradOutputs: [g], createGraph })[0]!;
      // Sums over a table of products, which nothing was divided for.
      expect(await nn.allclose(gradient(false), gradient(true), { rtol: 1e-12 })).toBe(true);
    }
  });
  it('take the memory of their input', async () => {
    const v = nn.ones([2, 30_000]).requiresGrad_() as Tensor;
    nn.cumprod(v, 1).sum().backward();
    expect((await v.grad!.at(':', [0, 29_999]).toArray()) as number[][]).toEqual([
      [30_000, 1],
      [30_000, 1],
    ]);
  });
});

it('distances of all pairs have gradients without a table of all differences', () => {
  const backend = nullBackend();
  const [a, b] = [300, 400].map((n) => nn.ones([n, 64], { backend, requiresGrad: true }) as Tensor);
  const distances = nn.cdist(a!, b!, { p: 1 });
  const total = distances.sum();
  const { launches, allocated } = backend.counts;
  total.backward();
  // A launch for each gradient; a table would have 300 · 400 · 64 elements.
  expect(backend.counts.launches.reduce - launches.reduce).toBe(2);
  expect(backend.counts.allocated - allocated).toBeLessThan(4 * (700 * 64 + 2 * 300 * 400));
});

it('names ops as the user called them', () => {
  const v = nn.tensor([[1, 2]], { requiresGrad: true });
  const name = (t: Tensor): string | undefined => t.node?.plan.op.name;
  expect(
    [
      nn.sum(v),
      nn.max(v, { dim: 1 }).values,
      nn.sort(v).values,
      nn.softmax(v, 1),
      nn.norm(v),
      nn.median(v),
      nn.std(v),
    ].map(name),
  ).toEqual(['sum', 'max', 'sort', 'softmax', 'norm', 'median', 'std']);
});
