/** Combinations against those that a recursion finds. */
import '../../methods.ts';
import { OutOfMemoryError } from '@nn/backend';
import { expect, it } from 'vitest';
import { arange, combinations, type Tensor } from '../../index.ts';

const choices = (n: number, r: number, again: boolean, from = 0): number[][] =>
  r === 0
    ? [[]]
    : Array.from({ length: Math.max(n - from, 0) }, (_, i) => from + i).flatMap((i) =>
        choices(n, r - 1, again, again ? i : i + 1).map((rest) => [i, ...rest]),
      );

it.each([0, 1, 2, 3, 5, 6])('all choices from %i elements', (n) => {
  for (const r of [1, 2, 3, 4, 6, 7])
    for (const withReplacement of [false, true]) {
      const wanted = choices(n, r, withReplacement);
      const found = combinations(arange(n) as Tensor, { r, withReplacement });
      expect([found.shape, found.toArraySync()]).toEqual([[wanted.length, r], wanted]);
    }
});

it('knows how many there are before it begins', () => {
  const one = combinations(arange(1) as Tensor, { r: 3000, withReplacement: true });
  expect([one.shape, one.sum().itemSync()]).toEqual([[1, 3000], 0]);
  expect(combinations(arange(3) as Tensor, { r: 1e9 }).shape).toEqual([0, 1e9]);
  for (const r of [50, 3000]) expect(() => combinations(arange(5000) as Tensor, { r })).toThrow(OutOfMemoryError);
  expect(() => combinations(arange(100) as Tensor, { r: 50 })).toThrow(
    "[combinations] all choices of 50 of 100 elements don't fit in memory",
  );
});
