import '../../methods.ts';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../index.ts';
import * as nn from '../../index.ts';

const list = (x: Tensor): number[] => Array.from(x.dataSync() as ArrayLike<number>);

/** Places of row-major values that differ from 0. */
function placesOf(values: readonly number[], shape: readonly number[]): number[][] {
  const places: number[][] = [];
  values.forEach((value, i) => {
    let rest = i;
    const place = shape.map((_, d) => {
      const step = shape.slice(d + 1).reduce((p, n) => p * n, 1);
      const index = Math.floor(rest / step);
      rest %= step;
      return index;
    });
    if (value !== 0) places.push(place);
  });
  return places;
}

const shapes = [[500], [1], [0], [20, 30], [30, 1], [3, 0], [0, 3], [7, 5, 11], [2, 3, 4, 5], [600, 2]] as const;
const dtypes = ['bool', 'float32', 'float64', 'int64', 'uint8'] as const;

describe('nonzero', () => {
  // One of how many elements differs from 0.
  it.each([1, 2, 50])('lists the places, one of %d', async (rarity) => {
    for (const shape of shapes)
      for (const dtype of dtypes) {
        const size = shape.reduce<number>((p, n) => p * n, 1);
        const odd = dtype.startsWith('float') ? [Number.NaN, 0.25, -3, 1e-45, Number.NEGATIVE_INFINITY] : [1];
        const values = Array.from({ length: size }, (_, i) =>
          (Math.imul(i + 1, 0x9e3779b1) >>> 8) % rarity === 0 ? odd[i % odd.length]! : -0,
        );
        const x = nn.tensor(values, { dtype }).reshape(shape) as Tensor;
        const wanted = placesOf(list(x), shape);
        const found = nn.nonzero(x);
        expect([found.dtype, found.shape]).toEqual(['int64', [wanted.length, shape.length]]);
        expect(list(found)).toEqual(wanted.flat());
        expect(list(await nn.nonzeroAsync(x))).toEqual(wanted.flat());
        const vectors = nn.nonzero(x, { asTuple: true });
        expect(vectors.map(list)).toEqual(shape.map((_, d) => wanted.map((place) => place[d]!)));
        const mask = x.ne(0) as Tensor;
        expect(list(nn.maskedSelect(x, mask))).toEqual(list(x).filter((v) => v !== 0));
        expect(list(x.at(mask) as Tensor)).toEqual(list(x).filter((v) => v !== 0));
      }
  });
  it('of views, scalars, and masks written as arrays', () => {
    const x = nn.tensor([
      [0, 1, 2],
      [3, 0, 0],
    ]);
    expect(nn.nonzero(x.t() as Tensor).toArraySync()).toEqual([
      [0, 1],
      [1, 0],
      [2, 0],
    ]);
    expect(nn.nonzero(nn.tensor(2)).shape).toEqual([1, 0]);
    expect(nn.nonzero(nn.tensor(0)).shape).toEqual([0, 0]);
    expect(nn.nonzero(nn.tensor(2), { asTuple: true }).map(list)).toEqual([[0]]);
    expect(
      list(
        x.at([
          [true, false, true],
          [false, true, false],
        ] as never) as Tensor,
      ),
    ).toEqual([0, 2, 0]);
  });
});
