/** What counts values: histograms, occurrences, distinct elements; read at once or awaited. */
import '../../methods.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bincount,
  bincountAsync,
  histc,
  memory,
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
  it('is what one counts by hand, of every integer dtype', () => {
    const data = fc.array(fc.nat({ max: 20 }), { maxLength: 40 });
    fc.assert(
      fc.property(data, fc.nat({ max: 30 }), fc.constantFrom('int64', 'int32', 'uint8'), (list, minlength, dtype) => {
        const length = Math.max(minlength, ...list.map((v) => v + 1));
        const [counts, sums] = [new Array<number>(length).fill(0), new Array<number>(length).fill(0)];
        for (const [i, v] of list.entries()) {
          counts[v]!++;
          sums[v]! += i / 2 - 3;
        }
        // Every second element of a longer vector.
        const x = tensor(
          list.flatMap((v) => [v, 255]),
          { dtype: dtype as 'int64' },
        )
          .reshape([-1, 2])
          .select(1, 0) as Tensor;
        const weights = tensor(list.map((_, i) => i / 2 - 3)) as Tensor;
        const found = bincount(x, { minlength });
        expect([found.dtype, values(found)]).toEqual(['int64', counts]);
        expect(values(bincount(x, { minlength, weights }))).toEqual(sums);
      }),
    );
  });
  it('adds weights up in their order', async () => {
    // In float32 1e8 + 1 is 1e8.
    const weights = tensor([1, 1e8, -1e8, 1e8, 1], { dtype: 'float32' }) as Tensor;
    expect(values(bincount(ints(0, 0, 0, 2, 2), { weights }))).toEqual([0, 0, 1e8]);
    const mask = bincount(ints(3, 3), { weights: tensor([true, true]), minlength: 2 });
    expect([mask.dtype, values(mask)]).toEqual(['float64', [0, 0, 0, 2]]);
    expect(values(await bincountAsync(ints(), { minlength: 3, weights: tensor([] as number[]) }))).toEqual([0, 0, 0]);
    await expect(bincountAsync(ints(-1))).rejects.toThrow('[bincount] got -1');
  });
  it('leaves nothing behind', () => {
    const [x, weights] = [ints(1, 1, 3), tensor([1, 2, 3])];
    const taken = (): number => memory().live - memory().free;
    const run = (): void => {
      bincount(x).dispose();
      bincount(x, { weights }).dispose();
    };
    run();
    const before = taken();
    run();
    expect(taken()).toBe(before);
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
  it('of runs of anything, whether or not their numbers are asked for', () => {
    const elements = fc.array(fc.constantFrom(0, -0, 1, 1, Number.NaN, Number.POSITIVE_INFINITY), { maxLength: 12 });
    const dtypes = fc.constantFrom('float32', 'float64', 'int64', 'uint8', 'bool');
    fc.assert(
      fc.property(elements, dtypes, fc.boolean(), (list, dtype, sliced) => {
        const data = dtype.startsWith('float') ? list : list.map((v) => (v === 1 ? 1 : 0));
        const x = tensor(data, { dtype: dtype as 'float32' }) as Tensor;
        const starts = data.map((v, i) => i === 0 || v !== data[i - 1]);
        const runs = data.filter((_, i) => starts[i]);
        const numbers = starts.map((_, i) => starts.slice(0, i + 1).filter(Boolean).length - 1);
        const options = sliced ? { dim: 0 } : {};
        const all = uniqueConsecutive(x, { ...options, returnInverse: true, returnCounts: true });
        expect(values(all.values)).toEqual(runs);
        expect(values(all.inverse)).toEqual(numbers);
        expect(values(all.counts)).toEqual(runs.map((_, g) => numbers.filter((n) => n === g).length));
        expect(values(uniqueConsecutive(x, options))).toEqual(runs);
        expect(values(uniqueConsecutive(x, { ...options, returnCounts: true }).counts)).toEqual(values(all.counts));
        expect(values(x)).toEqual(data);
      }),
    );
  });
  it('awaited', async () => {
    expect(values(await uniqueAsync(tensor([2, 1, 2])))).toEqual([1, 2]);
    expect(values((await uniqueConsecutiveAsync(tensor([2, 1, 1]), { returnCounts: true })).counts)).toEqual([1, 2]);
  });
});
