/** Edges that the property tests of reductions don't reach: infinities, NaN, nothing, precision, refusals, and how many kernels run. */
import '../../methods.ts';
import { type NullBackend, nullBackend } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../index.ts';
import * as nn from '../../index.ts';

const { NaN: none, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus } = Number;
const values = (t: Tensor): number[] => Array.from(t.dataSync());

describe('softmax', () => {
  it('neither overflows nor underflows', () => {
    const x = nn.tensor([
      [1000, 0, -1000],
      [3, 3, 3],
    ]);
    expect(values(nn.softmax(x, 1).at(0) as Tensor)).toEqual([1, 0, 0]);
    expect(values(nn.logSoftmax(x, 1).at(0) as Tensor)).toEqual([0, -1000, -2000]);
    expect(values(nn.softmin(x, 1).at(0) as Tensor)).toEqual([0, 0, 1]);
  });
  it('gives NaN for rows of -∞ alone', () => {
    const x = nn.tensor([
      [minus, minus],
      [minus, 0],
    ]);
    expect(values(nn.softmax(x, 1))).toEqual([none, none, 0, 1]);
    expect(values(nn.logSoftmax(x, 1))).toEqual([none, none, minus, 0]);
  });
  it.each(['float64', 'float32', 'float16'] as const)('is dense along every dimension, and the same: %s', (dtype) => {
    const x = nn.tensor(
      Array.from({ length: 24 }, (_, i) => [(i * 7) % 5, i === 9 ? none : -900, 40 * i, minus][i % 4]!),
      { shape: [2, 3, 4], dtype },
    );
    for (const op of [nn.softmax, nn.logSoftmax, nn.softmin])
      for (const [dim, order] of [
        [0, [1, 2, 0]],
        [1, [0, 2, 1]],
        [2, [0, 1, 2]],
      ] as const) {
        const found = op(x, dim) as Tensor;
        const last = op(nn.permute(x, order) as Tensor, -1) as Tensor;
        expect(values(nn.permute(found, order) as Tensor)).toEqual(values(last));
        expect(nn.contiguous(found)).toBe(found);
        expect(found.dtype).toBe(dtype);
      }
  });
  it('takes scalars, integers, other dtypes', () => {
    expect(nn.softmax(nn.tensor(3), 0).itemSync()).toBe(1);
    expect(nn.softmax(nn.tensor([1, 2], { dtype: 'int64' }), 0).dtype).toBe('float32');
    expect(nn.softmax(nn.tensor([1, 2]), 0, { dtype: 'float64' }).dtype).toBe('float64');
    expect(() => nn.softmax(nn.tensor([1, 2]), 0, { dtype: 'int32' })).toThrow('[softmax] gives fractions');
    expect(() => nn.softmax(nn.tensor([1, 2]) as Tensor, 1)).toThrow(
      '[softmax] dimension 1 is out of range for rank 1',
    );
    expect(() => nn.softmax(nn.tensor([1, 2]), { dim: 0 } as never)).toThrow(
      '[softmax] dimension of type object is out of range for rank 1',
    );
    expect(() => nn.unsqueeze(nn.tensor([1, 2]), [1] as never)).toThrow('[unsqueeze] dimension of type object');
  });
});

describe('infinities and NaN', () => {
  it.each<[string, Tensor, unknown[]]>([
    [
      'logsumexp',
      nn.tensor([
        [minus, minus],
        [inf, 0],
        [inf, minus],
        [0, minus],
        [none, 0],
      ]),
      [minus, inf, inf, 0, none],
    ],
    [
      'amax',
      nn.tensor([
        [1, none],
        [minus, inf],
      ]),
      [none, inf],
    ],
    [
      'amin',
      nn.tensor([
        [1, none],
        [minus, inf],
      ]),
      [none, minus],
    ],
    [
      'argmax',
      nn.tensor([
        [1, none],
        [inf, inf],
      ]),
      [1, 0],
    ],
    [
      'nansum',
      nn.tensor([
        [1, none],
        [none, none],
      ]),
      [1, 0],
    ],
    [
      'nanmean',
      nn.tensor([
        [1, none],
        [none, none],
      ]),
      [1, none],
    ],
    [
      'norm',
      nn.tensor([
        [inf, 1],
        [none, 0],
      ]),
      [inf, none],
    ],
    [
      'all',
      nn.tensor([
        [1, none],
        [0, none],
      ]),
      [1, 0],
    ],
  ])('%s', (name, x, wanted) => {
    const run = (nn as unknown as Record<string, (x: Tensor, options: object) => Tensor>)[name]!;
    expect(values(run(x, { dim: 1 }))).toEqual(wanted);
  });
});

describe('nothing', () => {
  const x = nn.zeros([0, 3]);
  it('sums to the identity', () => {
    expect(values(nn.sum(x, { dim: 0 }))).toEqual([0, 0, 0]);
    expect(values(nn.prod(x, { dim: 0 }))).toEqual([1, 1, 1]);
    expect(values(nn.logsumexp(x, { dim: 0 }))).toEqual([minus, minus, minus]);
    expect(nn.median(x).itemSync()).toBeNaN();
    expect(nn.softmax(x, 0).shape).toEqual([0, 3]);
    expect(nn.cumsum(x, 0).shape).toEqual([0, 3]);
    expect(nn.sort(x, { dim: 0 }).indices.shape).toEqual([0, 3]);
    expect(nn.topk(x, 0, { dim: 0 }).values.shape).toEqual([0, 3]);
  });
  it.each(['amax', 'amin', 'max', 'min', 'argmax', 'argmin', 'aminmax', 'median', 'nanmedian', 'mode'])(
    'has no %s',
    (name) => {
      const run = (nn as unknown as Record<string, (x: Tensor, options: object) => unknown>)[name]!;
      const message = `[${name}] dimension 0 of shape (0, 3) has no elements to choose from; reduce another dimension, or check numel() first`;
      expect(() => run(x, { dim: 0 })).toThrow(message);
      expect(() => run(nn.zeros([2, 0], { dtype: 'bool' }), { dim: 1 })).toThrow(
        `[${name}] dimension 1 of shape (2, 0)`,
      );
    },
  );
  it('is fine beside what is reduced', () => {
    expect(nn.max(x, { dim: 1 }).values.shape).toEqual([0]);
    expect(nn.amax(x, { dim: 1 }).shape).toEqual([0]);
    expect(() => nn.max(x)).toThrow('[max] dimension 0 of shape (0, 3)');
  });
});

describe('dtypes', () => {
  it('of sums are asked for', () => {
    const x = nn.tensor([200, 100], { dtype: 'uint8' });
    expect(nn.sum(x).itemSync()).toBe(300);
    expect(nn.sum(x, { dtype: 'uint8' }).itemSync()).toBe(44);
    expect(nn.sum(x, { dtype: 'bool' }).itemSync()).toBe(1);
    expect(nn.prod(nn.tensor([2, 0]), { dtype: 'bool' }).itemSync()).toBe(0);
    expect(nn.mean(x, { dtype: 'float64' }).itemSync()).toBe(150);
    expect(() => nn.cumsum(x, 0, { dtype: 'bool' })).toThrow("[cumsum] bools don't add up");
  });
  const whole = nn.tensor([1, 2], { dtype: 'int64' });
  it.each<[string, () => unknown]>([
    ["[mean] of int64 is a fraction; pass dtype: 'float32' or convert with .to('float32')", () => nn.mean(whole)],
    ["[var] of int64 is a fraction; convert with .to('float32') first", () => nn.variance(whole)],
    ["[norm] takes floats, got int64; pass dtype: 'float32' or convert with .to('float32')", () => nn.norm(whole)],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('precision', () => {
  it('of variances doesn’t suffer from a mean far from 0', () => {
    const x = nn.tensor(Array.from({ length: 1000 }, (_, i) => 10000 + (i % 2)));
    expect(nn.variance(x, { correction: 0 }).itemSync()).toBeCloseTo(0.25, 6);
  });
  it('of logcumsumexp doesn’t suffer from a large last element', () => {
    expect(values(nn.logcumsumexp(nn.tensor([0, 0, 500]), 0))).toEqual([0, Math.fround(Math.LN2), 500]);
  });
});

describe('infinities', () => {
  it.each(['lower', 'higher', 'nearest'] as const)('of quantiles that are one element: %s', (interpolation) => {
    const x = nn.tensor([1, inf, minus, 3]);
    expect(nn.quantile(x, 1, { interpolation }).itemSync()).toBe(inf);
    expect(nn.quantile(x, 0, { interpolation }).itemSync()).toBe(minus);
    expect(nn.nanquantile(nn.tensor([none, inf]), 1, { interpolation }).itemSync()).toBe(inf);
  });
  it('of logcumsumexp', () => {
    expect(values(nn.logcumsumexp(nn.tensor([minus, minus, 1, minus, minus]), 0))).toEqual([minus, minus, 1, 1, 1]);
    expect(values(nn.logcumsumexp(nn.tensor([1, inf, minus, inf]), 0))).toEqual([1, inf, inf, inf]);
  });
});

describe('refusals', () => {
  const x = nn.tensor([
    [1, 2],
    [3, 4],
  ]) as Tensor;
  it.each<[string, () => unknown]>([
    ['[sum] dimension 2 is out of range for rank 2', () => nn.sum(x, { dim: 2 })],
    ['[sum] dimension 1 appears twice', () => nn.sum(x, { dim: [1, -1] })],
    ['[var] got both correction: 0 and unbiased: true', () => nn.variance(x, { correction: 0, unbiased: true })],
    ['[norm] p is nuc; give a number', () => nn.norm(x, { p: 'nuc' as never })],
    ['[topk] k is 3, out of range for a dimension of size 2 of shape (2, 2)', () => nn.topk(x, 3)],
    ['[kthvalue] k is 0, out of range', () => nn.kthvalue(x, 0)],
    ['[trace] takes a matrix, got shape (2,)', () => nn.trace(nn.tensor([1, 2]))],
    ['[quantile] q is 2, which is no share', () => nn.quantile(x, 2)],
    ['[quantile] takes floats, got int64', () => nn.quantile(nn.tensor([1n]), 0.5)],
    [
      "[quantile] interpolation 'cubic' is none of linear, lower",
      () => nn.quantile(x, 0.5, { interpolation: 'cubic' as never }),
    ],
    ['[diff] a tensor without dimensions has no neighbours', () => nn.diff(nn.tensor(1))],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('kernels', () => {
  const counted = (run: (x: Tensor) => unknown): string => {
    const backend: NullBackend = nullBackend();
    const x = nn.zeros([4, 8], { backend });
    backend.reset();
    run(x);
    return Object.entries(backend.counts.launches)
      .filter(([, n]) => n > 0)
      .map(([kind, n]) => `${n} ${kind}`)
      .join(', ');
  };
  it.each<[string, string, (x: Tensor) => unknown]>([
    ['sum', '1 reduce', (x) => nn.sum(x)],
    ['mean', '1 reduce', (x) => nn.mean(x, { dim: 0 })],
    ['var', '2 reduce', (x) => nn.variance(x, { dim: 1 })],
    ['std', '2 reduce', (x) => nn.std(x)],
    ['norm', '1 reduce', (x) => nn.norm(x)],
    ['max with a dimension', '1 reduce, 1 gather', (x) => nn.max(x, { dim: 1 })],
    ['softmax', '1 rows', (x) => nn.softmax(x, 1)],
    ['softmax along another dimension', '2 map, 2 reduce', (x) => nn.softmax(x, 0)],
    ['logSoftmax', '1 rows', (x) => nn.logSoftmax(x, -1)],
    ['logsumexp', '1 rows', (x) => nn.logsumexp(x, { dim: 1 })],
    ['logsumexp of everything', '1 rows', (x) => nn.logsumexp(x)],
    ['cumsum', '1 scan', (x) => nn.cumsum(x, 0)],
    ['sort', '1 sort', (x) => nn.sort(x)],
    ['topk', '1 map, 1 gather, 1 sort', (x) => nn.topk(x, 2)],
  ])('%s: %s', (_, wanted, run) => {
    expect(counted(run)).toBe(wanted);
  });
  it('are the same for another size, number and divisor', () => {
    const backend = nullBackend();
    const run = (n: number, correction: number): void => {
      const x = nn.zeros([n, 8], { backend });
      nn.variance(x, { dim: 1, correction });
      nn.norm(x, { p: 2 + correction / 2, dim: 1 });
      nn.tril(x, { diagonal: correction });
    };
    run(4, 1);
    const { programs } = backend.counts;
    run(7, 3);
    run(3, 5);
    expect(backend.counts.programs).toBe(programs);
  });
});
