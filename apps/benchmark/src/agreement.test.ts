import { expect, test } from 'vitest';
import { disagreement } from './agreement.ts';

test.each([
  [
    [1, 2, 3],
    [1, 2, 3],
  ],
  [
    [2.3057, -70],
    [2.305702, -70.00001],
  ],
  [[0], [1e-7]],
])('%j and %j agree', (theirs, ours) => {
  expect(disagreement(theirs, ours)).toBeNull();
});

test.each([
  [
    [1, 2],
    [1, 2.1],
  ],
  [[1], [1, 1]],
  [[], [1]],
  [[Number.NaN], [1]],
  [[Number.NaN], [Number.NaN]],
  [[Number.POSITIVE_INFINITY], [1]],
  [[1], [-1]],
  [[0], [1e-3]],
])('%j and %j do not', (theirs, ours) => {
  expect(disagreement(theirs, ours)).toContain('computes');
});
