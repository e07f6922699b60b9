import '../../methods.ts';
import type { DType } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../index.ts';
import * as nn from '../../index.ts';

const list = (x: Tensor): number[] => Array.from(x.dataSync() as ArrayLike<number>);

/** What unique should give, by comparing everything with everything that was found. */
function plain(values: readonly number[]): { values: number[]; inverse: number[]; counts: number[] } {
  const order = values.map((_, i) => i);
  order.sort((i, j) => {
    const [x, y] = [values[i]!, values[j]!];
    return x < y ? -1 : x > y ? 1 : Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || i - j;
  });
  const [found, inverse, counts] = [[] as number[], [] as number[], [] as number[]];
  for (const i of order) {
    if (found.length === 0 || found[found.length - 1] !== values[i]) {
      found.push(values[i]!);
      counts.push(0);
    }
    counts[counts.length - 1]!++;
    inverse[i] = found.length - 1;
  }
  return { values: found, inverse, counts };
}

const odd = [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45];
const draw = (i: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 7;
const cases: readonly (readonly [string, DType, (i: number) => number])[] = [
  ['floats', 'float32', (i) => (draw(i) % 40) - 20],
  ['odd floats', 'float32', (i) => odd[draw(i) % odd.length]!],
  ['wide floats', 'float64', (i) => (draw(i) % 3 === 0 ? odd[i % odd.length]! : Math.sin(draw(i)))],
  ['near integers', 'int64', (i) => (draw(i) % 30) - 1000],
  ['far integers', 'int64', (i) => (draw(i) % 9) * 1e8 - 4e8],
  ['the ends of integers', 'int32', (i) => (draw(i) % 2 === 0 ? -2147483648 : 2147483647)],
  ['bytes', 'uint8', (i) => draw(i) % 256],
  ['bools', 'bool', (i) => draw(i) % 2],
  ['one bool', 'bool', () => 1],
];

describe('unique', () => {
  it.each(cases)('%s', async (_, dtype, value) => {
    for (const shape of [[0], [1], [700], [30, 20]]) {
      const size = shape.reduce((p, n) => p * n, 1);
      const x = nn
        .tensor(
          Array.from({ length: size }, (_, i) => value(i)),
          { dtype },
        )
        .reshape(shape) as Tensor;
      for (const t of shape.length === 2 ? [x, x.t() as Tensor] : [x]) {
        const wanted = plain(list(t));
        const { values, inverse, counts } = nn.unique(t, { returnInverse: true, returnCounts: true });
        expect([values.dtype, inverse.shape, inverse.dtype, counts.dtype]).toEqual([dtype, t.shape, 'int64', 'int64']);
        expect([list(values), list(inverse), list(counts)]).toEqual([wanted.values, wanted.inverse, wanted.counts]);
        expect(list(nn.unique(t))).toEqual(wanted.values);
        expect(list(await nn.uniqueAsync(t))).toEqual(wanted.values);
      }
    }
  });
  it('runs of equal elements, in the order in which they are', () => {
    const x = nn.tensor([3, 3, 1, Number.NaN, Number.NaN, -0, 0, 3]);
    const { values, inverse, counts } = nn.uniqueConsecutive(x, { returnInverse: true, returnCounts: true });
    expect(list(values)).toEqual([3, 1, Number.NaN, Number.NaN, -0, 3]);
    expect(list(inverse)).toEqual([0, 0, 1, 2, 3, 4, 4, 5]);
    expect(list(counts)).toEqual([2, 1, 1, 1, 2, 1]);
  });
});
