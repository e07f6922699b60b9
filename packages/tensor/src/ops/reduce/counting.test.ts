/** What counts values: histograms, occurrences, distinct elements; read at once or awaited. */
import '../../methods.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bincount,
  bincountAsync,
  histc,
  type Tensor,
  tensor,
  unique,
  uniqueAsync,
  uniqueConsecutive,
  uniqueConsecutiveAsync,
} from '../../index.ts';

const values = (t: Tensor): number[] => Array.from(t.dataSync());
const ints = (...data: number[]): Tensor => tensor(data, { dtype: 'int64' });

describe('histc', () => {
  it('counts as dividing the range does', () => {
    const halves = fc.integer({ min: -10, max: 10 }).map((v) => v / 2);
    fc.assert(
      fc.property(fc.array(halves, { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (data, bins) => {
        const wanted = new Array<number>(bins).fill(0);
        for (const v of data) if (v >= -4 && v <= 4) wanted[Math.min(bins - 1, Math.floor(((v + 4) * bins) / 8))]!++;
        expect(values(histc(tensor(data, { dtype: 'float64' }), { bins, min: -4, max: 4 }))).toEqual(wanted);
      }),
    );
  });
  it('finds bounds, widens those that are equal, and leaves out NaN', () => {
    expect(values(histc(tensor([1, 2, 3, 5, Number.NaN]).isnan().logicalNot().to('float32'), { bins: 2 }))).toEqual([
      1, 4,
    ]);
    expect(values(histc(tensor([1, 2, 3, 5]), { bins: 4 }))).toEqual([1, 1, 1, 1]);
    expect(values(histc(tensor([3, 3]), { bins: 4 }))).toEqual([0, 0, 2, 0]);
    expect(values(histc(tensor([0.5, Number.NaN, 9]), { bins: 2, min: 0, max: 1 }))).toEqual([0, 1]);
    expect(values(histc(tensor([] as number[]), { bins: 3 }))).toEqual([0, 0, 0]);
  });
  it('refuses integers and bins that make no sense', () => {
    expect(() => histc(ints(1))).toThrow('[histc] takes floats, got int64');
    expect(() => histc(tensor([1]), { bins: 0 })).toThrow('bins is 0');
    expect(() => histc(tensor([1]), { min: 2, max: 1 })).toThrow('min is 2, above max, 1');
  });
});

describe('bincount', () => {
  it('counts and weighs', async () => {
    expect(values(bincount(ints(2, 0, 2)))).toEqual([1, 0, 2]);
    expect(values(bincount(ints(), { minlength: 2 }))).toEqual([0, 0]);
    expect(values(bincount(ints(1), { minlength: 4 }))).toEqual([0, 1, 0, 0]);
    const weighed = bincount(ints(1, 1), { weights: tensor([0.5, 2]) });
    expect([weighed.dtype, values(weighed)]).toEqual(['float32', [0, 2.5]]);
    expect(bincount(ints(1), { weights: ints(3) }).dtype).toBe('float64');
    expect(values(await bincountAsync(ints(1, 1), { weights: tensor([0.5, 2]) }))).toEqual([0, 2.5]);
  });
  it('refuses what it can’t count', () => {
    expect(() => bincount(tensor([1.5]))).toThrow('[bincount] takes a vector of integers, got float32 of shape (1,)');
    expect(() => bincount(ints(1, -2))).toThrow('[bincount] got -2; only values ≥ 0 can be counted');
    expect(() => bincount(ints(1), { weights: tensor([1, 2]) })).toThrow(
      'weights of shape (2,) for a vector of shape (1,)',
    );
  });
});

describe('unique', () => {
  it('of all elements', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 6, maxLength: 6 }), (data) => {
        const x = tensor(data, { shape: [2, 3], dtype: 'int32' });
        const wanted = [...new Set(data)].sort((p, q) => p - q);
        const { values: found, inverse, counts } = unique(x, { returnInverse: true, returnCounts: true });
        expect(values(found)).toEqual(wanted);
        expect([inverse.shape, values(inverse)]).toEqual([[2, 3], data.map((v) => wanted.indexOf(v))]);
        expect(values(counts)).toEqual(wanted.map((v) => data.filter((w) => w === v).length));
        expect(values(unique(x))).toEqual(wanted);
      }),
    );
  });
  it('of slices along a dimension', () => {
    const x = tensor([
      [1, 0, 1],
      [2, 0, 2],
    ]);
    const { values: found, inverse, counts } = unique(x, { dim: 1, returnInverse: true, returnCounts: true });
    expect(found.toArraySync()).toEqual([
      [0, 1],
      [0, 2],
    ]);
    expect([values(inverse), values(counts)]).toEqual([
      [1, 0, 1],
      [1, 2],
    ]);
    expect(
      unique(
        tensor([
          [2, 1],
          [0, 3],
          [2, 1],
        ]),
        { dim: 0 },
      ).toArraySync(),
    ).toEqual([
      [0, 3],
      [2, 1],
    ]);
    expect(
      uniqueConsecutive(
        tensor([
          [2, 1],
          [2, 1],
          [0, 3],
          [2, 1],
        ]),
        { dim: 0 },
      ).toArraySync(),
    ).toEqual([
      [2, 1],
      [0, 3],
      [2, 1],
    ]);
  });
  it('takes every NaN for another, both zeros for one', () => {
    expect(values(unique(tensor([Number.NaN, 1, Number.NaN, 0, -0])))).toEqual([0, 1, Number.NaN, Number.NaN]);
    expect(values(unique(tensor([true, false, true])))).toEqual([0, 1]);
    expect(values(unique(tensor([] as number[])))).toEqual([]);
    expect(values(unique(tensor(3)))).toEqual([3]);
  });
  it('of runs', () => {
    const {
      values: found,
      inverse,
      counts,
    } = uniqueConsecutive(tensor([1, 1, 2, 1]), { returnInverse: true, returnCounts: true });
    expect([found, inverse, counts].map(values)).toEqual([
      [1, 2, 1],
      [0, 0, 1, 2],
      [2, 1, 1],
    ]);
  });
  it('awaited', async () => {
    expect(values(await uniqueAsync(tensor([2, 1, 2])))).toEqual([1, 2]);
    expect(values((await uniqueConsecutiveAsync(tensor([2, 1, 1]), { returnCounts: true })).counts)).toEqual([1, 2]);
  });
});
