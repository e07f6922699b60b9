/** Searching against counting, over both ways in which it is done; membership likewise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketize, isin, searchsorted, type Tensor, tensor } from '../../index.ts';

const values = (t: Tensor): number[] => Array.from(t.dataSync());

/** Short rows are counted, long ones bisected. */
const lengths = [0, 1, 5, 64, 65, 200];

describe('searchsorted', () => {
  it.each(lengths)('of %i sorted values', (n) => {
    const some = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(fc.array(some, { minLength: n, maxLength: n }), fc.array(some, { maxLength: 8 }), (row, looked) => {
        const sorted = row.sort((p, q) => p - q);
        const [sequence, x] = [tensor(sorted, { dtype: 'int32' }), tensor(looked, { dtype: 'float32' })] as [
          Tensor,
          Tensor,
        ];
        const below = (strict: boolean) => looked.map((v) => sorted.filter((s) => (strict ? s < v : s <= v)).length);
        expect(values(searchsorted(sequence, x))).toEqual(below(true));
        expect(values(searchsorted(sequence, x, { right: true }))).toEqual(below(false));
        expect(values(bucketize(x, sequence, { right: true }))).toEqual(below(false));
      }),
      { numRuns: 20 },
    );
  });

  it.each([5, 100])('of %i values, the last of which are NaN', (n) => {
    const [nan, numbers] = [Number.NaN, Math.ceil(n / 3)];
    const sequence = tensor(Array.from({ length: n }, (_, i) => (i < numbers ? i : nan))) as Tensor;
    const x = tensor([-1, 1, Number.POSITIVE_INFINITY, nan]) as Tensor;
    expect(values(searchsorted(sequence, x))).toEqual([0, 1, numbers, n]);
    expect(values(searchsorted(sequence, x, { right: true }))).toEqual([0, 2, numbers, n]);
  });

  it.each([3, 80])('in rows of their own, of %i values', (n) => {
    const row = (start: number): number[] => Array.from({ length: n }, (_, i) => start + i);
    const sequence = tensor([row(0), row(100)]) as Tensor;
    const found = searchsorted(
      sequence,
      tensor([
        [1, 50.5, 500],
        [1, 101, 101.5],
      ]) as Tensor,
    );
    expect(found.toArraySync()).toEqual([
      [1, Math.min(n, 51), n],
      [0, 1, 2],
    ]);
  });

  it('takes numbers, a side, an order, another dtype', () => {
    const sequence = tensor([5, 1, 3]) as Tensor;
    const sorter = tensor([1, 2, 0], { dtype: 'int64' });
    expect(searchsorted(sequence, 3, { sorter }).itemSync()).toBe(1);
    const right = searchsorted(sequence, 3, { sorter, side: 'right', outInt32: true });
    expect([right.dtype, right.shape, right.itemSync()]).toEqual(['int32', [], 2]);
  });

  it.each([3, 80])('puts NaN behind all %i', (n) => {
    const sequence = tensor(Array.from({ length: n }, (_, i) => i)) as Tensor;
    expect(searchsorted(sequence, Number.NaN).itemSync()).toBe(n);
  });

  it('refuses what can’t be looked up', () => {
    const matrix = tensor([
      [1, 2],
      [3, 4],
    ]) as Tensor;
    expect(() => searchsorted(matrix, tensor([1]))).toThrow(
      "[searchsorted] values of shape (1,) can't be looked up in (2, 2)",
    );
    expect(() => bucketize(tensor([1]), matrix)).toThrow(
      '[bucketize] the boundaries must be a vector, got shape (2, 2)',
    );
    expect(() => searchsorted(tensor([1]), 1, { side: 'left', right: true })).toThrow('contradict');
    expect(() => searchsorted(tensor([1, 2]), 1, { sorter: tensor([0], { dtype: 'int64' }) })).toThrow(
      'the sorter of shape (1,)',
    );
  });
});

describe('isin', () => {
  it.each([0, 3, 16, 17, 300])('of %i test elements', (n) => {
    const some = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        fc.array(some, { minLength: n, maxLength: n }),
        fc.array(some, { minLength: 6, maxLength: 6 }),
        (set, looked) => {
          const x = tensor(looked, { shape: [2, 3], dtype: 'int64' }) as Tensor;
          const tests = tensor(set, { dtype: 'float32' }) as Tensor;
          const wanted = looked.map((v) => Number(set.includes(v)));
          expect([isin(x, tests).dtype, ...isin(x, tests).shape]).toEqual(['bool', 2, 3]);
          expect(values(isin(x, tests))).toEqual(wanted);
          expect(values(isin(x, tests, { invert: true }))).toEqual(wanted.map((v) => 1 - v));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('takes numbers, and never finds NaN', () => {
    const many = tensor(Array.from({ length: 30 }, () => Number.NaN)) as Tensor;
    expect(isin(tensor([1, 2]), 2).toArraySync()).toEqual([false, true]);
    expect(isin(tensor([1, 2], { dtype: 'int64' }), 1.5).toArraySync()).toEqual([false, false]);
    expect(isin(2, tensor([1, 2])).toArraySync()).toBe(true);
    expect(isin(many, many).toArraySync()).toEqual(Array.from({ length: 30 }, () => false));
    expect(() => isin(1, 2)).toThrow('[isin] got two plain numbers');
  });
});
