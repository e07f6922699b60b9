import type { DType } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../index.ts';
import * as nn from '../../index.ts';

/** Few different values, so that there are ties everywhere; floats have what is hard to order. */
function hard(shape: readonly number[], dtype: DType, seed: number): Tensor {
  const size = shape.reduce((p, n) => p * n, 1);
  const odd = [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45, -1e-45];
  const isFloat = dtype.startsWith('float');
  let state = seed;
  const values = Array.from({ length: size }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = (state >>> 8) % 97;
    if (!isFloat) return dtype === 'uint8' ? value : value - 48;
    // A stretch of nothing but NaN, as long as many blocks.
    if (i % 4096 > 3500) return Number.NaN;
    return value < odd.length ? odd[value]! : value - 60;
  });
  return nn.tensor(values, { dtype }).reshape(shape) as Tensor;
}

const list = (x: Tensor): number[] => Array.from(x.dataSync() as ArrayLike<number>);
const dtypes = ['float32', 'float64', 'float16', 'int64', 'int32', 'uint8', 'bool'] as const;

/** The first k of the whole order. */
function firstOf(x: Tensor, dim: number, descending: boolean, k: number): number[] {
  return list(nn.narrow(nn.argsort(x, { dim, descending }), dim, 0, k) as Tensor);
}

describe('the first of an order', () => {
  it.each(dtypes.flatMap((dtype) => [true, false].map((largest) => [dtype, largest] as const)))(
    'are those of the whole order: %s, largest %s',
    (dtype, largest) => {
      const cases = [
        [[9001], 0, [1, 2, 20, 300, 2000, 9001]],
        [[12, 1000], 1, [1, 3, 17, 40]],
        [[700, 4, 5], 0, [1, 6]],
        [[3, 601, 7], 1, [1, 5]],
      ] as const;
      for (const [shape, dim, ks] of cases) {
        const x = hard(shape, dtype, dim + shape[0]);
        for (const k of ks) {
          const { values, indices } = nn.topk(x, k, { dim, largest });
          expect(indices.shape).toEqual(shape.map((n, d) => (d === dim ? k : n)));
          expect(list(indices), `k ${k} of ${shape}`).toEqual(firstOf(x, dim, largest, k));
          expect(list(values)).toEqual(list(nn.gather(x, dim, indices) as Tensor));
          expect([values.isContiguous(), indices.isContiguous(), indices.dtype]).toEqual([true, true, 'int64']);
        }
      }
    },
  );
  it('of views in any order of memory', () => {
    const x = hard([50, 400], 'float32', 5);
    for (const view of [x.t(), nn.flip(x, [1]), nn.asStrided(x, [40, 250], [400, 2])] as Tensor[])
      for (const dim of [0, 1])
        for (const k of [1, 3]) expect(list(nn.topk(view, k, { dim }).indices)).toEqual(firstOf(view, dim, true, k));
  });
  it('where nothing but NaN and infinities is left', () => {
    const infinite = Number.POSITIVE_INFINITY;
    const values = Array.from({ length: 9000 }, (_, i) => (i % 1000 === 999 ? infinite : Number.NaN));
    const x = nn.tensor(values);
    for (const largest of [true, false])
      for (const k of [1, 4, 12]) expect(list(nn.topk(x, k, { largest }).indices)).toEqual(firstOf(x, 0, largest, k));
  });
  it('kthvalue takes the last of them', () => {
    const x = hard([12, 1000], 'float32', 3);
    for (const k of [1, 2, 9, 30, 900]) {
      const wanted = firstOf(x, 1, false, k).filter((_, i) => i % k === k - 1);
      const { values, indices } = nn.kthvalue(x, k);
      expect([indices.shape, list(indices)]).toEqual([[12], wanted]);
      expect(list(values)).toEqual(list(nn.gather(x, 1, indices.unsqueeze(1)) as Tensor));
    }
  });
});
