/** Random functions as users call them: seeds, shapes, dtypes, places, laws, refusals. */
import '../../methods.ts';
import { type NullBackend, nullBackend, reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../index.ts';
import * as nn from '../../index.ts';

const values = (t: Tensor): number[] => Array.from(t.dataSync());
const seeded = (seed = 1): { generator: nn.Generator } => ({ generator: new nn.Generator(seed) });
const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

type Options = nn.RandomOptions & { dtype?: 'float32' };
const makers: Record<string, (options: Options) => Tensor> = {
  rand: (o) => nn.rand([3, 4], o),
  randn: (o) => nn.randn([3, 4], o),
  randint: (o) => nn.randint(100, [3, 4], o as object),
  randperm: (o) => nn.randperm(12, o as object),
  normal: (o) => nn.normal(5, 2, [3, 4], o),
  'normal of tensors': (o) => nn.normal(nn.zeros([3, 1]), nn.ones([4]), o),
  bernoulli: (o) => nn.bernoulli(nn.full([3, 4], 0.5), o),
  dropout: (o) => nn.dropout(nn.ones([3, 4]), o) as Tensor,
  multinomial: (o) => nn.multinomial(nn.ones([3, 8]), 4, o),
  'multinomial with replacement': (o) => nn.multinomial(nn.ones([3, 8]), 4, { ...o, replacement: true }),
  randLike: (o) => nn.randLike(nn.zeros([3, 4]), o),
  randnLike: (o) => nn.randnLike(nn.zeros([3, 4]), o),
  randintLike: (o) => nn.randintLike(nn.zeros([3, 4]), 100, o),
  uniform_: (o) => nn.zeros([3, 4]).uniform_(-1, 1, o),
  normal_: (o) => nn.zeros([3, 4]).normal_(0, 1, o),
  exponential_: (o) => nn.zeros([3, 4]).exponential_(1, o),
  bernoulli_: (o) => nn.zeros([3, 4]).bernoulli_(0.5, o),
  'bernoulli_ of tensors': (o) => nn.zeros([3, 4]).bernoulli_(nn.tensor([0.2, 0.5, 0.5, 0.8]), o),
  random_: (o) => nn.zeros([3, 4]).random_(o),
};

describe.each(Object.entries(makers))('%s', (_, make) => {
  it('repeats with its seed, takes one counter, and goes on otherwise', () => {
    const generator = new nn.Generator(5);
    const first = values(make({ generator }));
    expect(generator.getState().counter).toBe(1);
    const second = values(make({ generator }));
    generator.manualSeed(5);
    expect(values(make({ generator }))).toEqual(first);
    expect(second).not.toEqual(first);
    expect(values(make(seeded(6)))).not.toEqual(first);
  });
  it('takes the default generator', () => {
    nn.manualSeed(5);
    const state = nn.getRngState();
    const first = values(make({}));
    nn.setRngState(state);
    expect(values(make({}))).toEqual(first);
    expect(nn.defaultGenerator.getState()).toEqual({ seed: [5, 0], counter: 1 });
  });
});

describe('shapes, dtypes, places', () => {
  it('are what was asked for', () => {
    const backend = reference();
    const x = nn.randn([2, 0], { dtype: 'float64', backend });
    expect([x.dtype, [...x.shape], x.backend]).toEqual(['float64', [2, 0], backend]);
    expect(nn.randint(5, [2], { dtype: 'uint8' }).dtype).toBe('uint8');
    expect(nn.randint(-5, 5, [3, 1]).shape).toEqual([3, 1]);
    expect(nn.randintLike(nn.zeros([2], { dtype: 'int32' }), 3, 9).dtype).toBe('int32');
    expect(nn.randperm(4, { dtype: 'int32' }).dtype).toBe('int32');
    expect(nn.randperm(0).shape).toEqual([0]);
    expect(nn.randLike(nn.zeros([2], { dtype: 'float64' })).dtype).toBe('float64');
    expect(nn.normal(nn.tensor([1n, 2n]), nn.ones([3, 1])).shape).toEqual([3, 2]);
    expect(nn.bernoulli(nn.full([2], 0.5, { dtype: 'float64' })).dtype).toBe('float64');
    expect(nn.zeros([4], { dtype: 'bool' }).bernoulli_(1).dtype).toBe('bool');
  });
  it('overwrite views where they lie', () => {
    const x = nn.zeros([3, 4]);
    (nn.transpose(x, 0, 1) as Tensor).at('1:3').normal_(0, 1, seeded());
    const rows = x.toArraySync() as number[][];
    expect(rows.map((row) => row.map((v) => v !== 0))).toEqual(
      Array.from({ length: 3 }, () => [false, true, true, false]),
    );
  });
});

describe('laws', () => {
  const n = 20000;
  const five = (deviation: number): number => (5 * deviation) / Math.sqrt(n);
  it('uniform_ within its bounds', () => {
    const x = values(nn.zeros([n]).uniform_(-3, 5, seeded()));
    expect(x.every((v) => v >= -3 && v < 5)).toBe(true);
    expect(Math.abs(mean(x) - 1)).toBeLessThan(five(8 / Math.sqrt(12)));
  });
  it('uniform_ never gives its upper end, which rounding would reach', () => {
    const x = values(nn.zeros([n]).uniform_(1, 1 + 2 ** -22, seeded()));
    expect(new Set(x)).toEqual(new Set([0, 1, 2, 3].map((k) => 1 + k * 2 ** -23).slice(0, 2)));
  });
  it('normal_ and normal', () => {
    for (const x of [values(nn.zeros([n]).normal_(4, 3, seeded())), values(nn.normal(nn.full([n], 4), 3, seeded()))]) {
      expect(Math.abs(mean(x) - 4)).toBeLessThan(five(3));
      expect(Math.abs(mean(x.map((v) => (v - 4) ** 2)) - 9)).toBeLessThan(five(9 * Math.SQRT2));
    }
    expect(values(nn.normal(2, 0, [3]))).toEqual([2, 2, 2]);
  });
  it('exponential_', () =>
    expect(Math.abs(mean(values(nn.zeros([n]).exponential_(4, seeded()))) - 0.25)).toBeLessThan(five(0.25)));
  it.each([0, 0.1, 0.5, 1])('bernoulli of %f', (p) => {
    const deviation = five(Math.sqrt(p * (1 - p))) + 1e-12;
    for (const x of [
      nn.bernoulli(nn.full([n], p), seeded()),
      nn.zeros([n], { dtype: 'int64' }).bernoulli_(p, seeded()),
      nn.zeros([n]).bernoulli_(nn.tensor([p]), seeded()),
    ])
      expect(Math.abs(mean(values(x)) - p)).toBeLessThan(deviation);
  });
  it('randint and random_ reach both ends', () => {
    expect(new Set(values(nn.randint(-2, 2, [200], seeded())))).toEqual(new Set([-2, -1, 0, 1]));
    expect(new Set(values(nn.zeros([200], { dtype: 'bool' }).random_(seeded())))).toEqual(new Set([0, 1]));
    expect(new Set(values(nn.zeros([200]).random_(1, 3, seeded())))).toEqual(new Set([1, 2]));
    expect(new Set(values(nn.zeros([200]).random_(3, seeded())))).toEqual(new Set([0, 1, 2]));
    expect(Math.max(...values(nn.zeros([200], { dtype: 'float64' }).random_(seeded())))).toBeGreaterThan(2 ** 52);
    const wide = values(nn.randint(-(2 ** 31), 2 ** 31, [200], { ...seeded(), dtype: 'int32' }));
    expect([Math.min(...wide) < -(2 ** 30), Math.max(...wide) > 2 ** 30]).toEqual([true, true]);
  });
  it('dropout keeps the mean', () => {
    const x = values(nn.dropout(nn.ones([n]), { p: 0.3, ...seeded() }));
    expect(new Set(x)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    expect(Math.abs(mean(x) - 1)).toBeLessThan(five(Math.sqrt(0.3 / 0.7)));
    const input = nn.ones([4]);
    expect(nn.dropout(input, { training: false })).toBe(input);
    expect(nn.dropout(input, { p: 0 })).toBe(input);
    expect(values(nn.dropout(input, { p: 1 }))).toEqual([0, 0, 0, 0]);
  });
  it('dropout chooses by place, however the elements lie', () => {
    const x = nn.ones([6, 5]);
    const turned = nn.transpose(nn.ones([5, 6]), 0, 1) as Tensor;
    expect(values(nn.dropout(turned, seeded()) as Tensor)).toEqual(values(nn.dropout(x, seeded()) as Tensor));
  });
  it('multinomial in proportion to weights', () => {
    const weights = nn.tensor([
      [1, 0, 3, 4],
      [0, 2, 0, 0],
    ]);
    const [first, second] = nn.multinomial(weights, n, { replacement: true, ...seeded() }).toArraySync() as number[][];
    for (const [k, p] of [1 / 8, 0, 3 / 8, 4 / 8].entries())
      expect(Math.abs(first!.filter((v) => v === k).length / n - p)).toBeLessThanOrEqual(five(Math.sqrt(p * (1 - p))));
    expect(new Set(second)).toEqual(new Set([1]));
  });
  it('multinomial without replacement, in the order of drawing', () => {
    const rows = nn
      .multinomial(nn.tensor([1, 2, 5, 0]).expand([n, 4]) as Tensor, 3, seeded())
      .toArraySync() as number[][];
    expect(rows.every((row) => new Set(row).size === 3 && !row.includes(3))).toBe(true);
    const share = (test: (row: number[]) => boolean): number => rows.filter(test).length / n;
    expect(Math.abs(share((row) => row[0] === 2) - 5 / 8)).toBeLessThan(five(0.5));
    expect(Math.abs(share((row) => row[0] === 0 && row[1] === 1) - (1 / 8) * (2 / 7))).toBeLessThan(five(0.2));
  });
});

describe('kernels', () => {
  const launches = (run: (backend: NullBackend) => unknown): number => {
    const backend = nullBackend();
    run(backend);
    return backend.counts.total;
  };
  it('of dropout and masks: one each; of values made on the host: none', () => {
    expect(launches((backend) => nn.dropout(nn.empty([9], { backend })))).toBe(1);
    expect(launches((backend) => nn.bernoulli(nn.empty([9], { backend })))).toBe(1);
    expect(launches((backend) => nn.empty([9], { backend }).bernoulli_())).toBe(1);
    expect(launches((backend) => nn.randn([9], { backend }))).toBe(0);
  });
  it('stay the same for other calls, probabilities and seeds', () => {
    const backend = nullBackend();
    const x = nn.empty([9], { backend });
    nn.dropout(x);
    const { programs } = backend.counts;
    for (const p of [0.1, 0.2, 1]) nn.dropout(x, { p, ...seeded(p * 10) });
    expect(backend.counts.programs).toBe(programs);
  });
});

describe('refusals', () => {
  it.each<[string, () => unknown]>([
    ["[rand] makes fractions, which int64 can't hold", () => nn.rand([2], { dtype: 'int64' })],
    ["[normal_] makes fractions, which int32 can't hold", () => nn.zeros([2], { dtype: 'int32' }).normal_()],
    ['[uniform_] from is 2, above to, 1', () => nn.zeros([2]).uniform_(2, 1)],
    ['[normal] the standard deviation is -1', () => nn.normal(0, -1, [2])],
    ['[normal] two numbers say no shape', () => nn.normal(0, 1 as never)],
    ['[exponential_] the rate is 0', () => nn.zeros([2]).exponential_(0)],
    ['[dropout] the probability is 1.5', () => nn.dropout(nn.ones([2]), { p: 1.5 })],
    ['[dropout] takes floats, got int64', () => nn.dropout(nn.tensor([1n]))],
    ['[bernoulli_] the probability is 2', () => nn.zeros([2]).bernoulli_(2)],
    ['[bernoulli] probabilities must be floats, got int64', () => nn.bernoulli(nn.tensor([1n]))],
    ['[randint] there are no whole numbers from 3 up to but without 3', () => nn.randint(3, 3, [2])],
    ["doesn't fit in uint8", () => nn.randint(300, [2], { dtype: 'uint8' })],
    ['[randn] -1 in (2, -1) is not a size', () => nn.randn([2, -1])],
    ['[randperm] -1 in (-1,) is not a size', () => nn.randperm(-1)],
    ["[multinomial] can't choose 3 of 2 without replacement", () => nn.multinomial(nn.ones([2]), 3)],
    ["[multinomial] can't choose 0 of 2", () => nn.multinomial(nn.ones([2]), 0)],
    ['[multinomial] weights must be floats', () => nn.multinomial(nn.tensor([1n]), 1)],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});
