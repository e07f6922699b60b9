/** Sorting, choosing by rank, running combines against the slow, obvious version: all shapes and dimensions, ties, NaN, operands that don't lie densely. */
import type { DType } from '@nn/backend';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../src/index.ts';
import * as nn from '../src/index.ts';
import type { Grid } from './naive.ts';
import { naiveAlong } from './naive-reduce.ts';

/** NaN is the largest. */
const order = (p: number, q: number): number =>
  Number.isNaN(p) ? (Number.isNaN(q) ? 0 : 1) : Number.isNaN(q) ? -1 : p - q;
const places = (row: readonly number[], descending = false): number[] =>
  row.map((_, i) => i).sort((i, j) => (descending ? order(row[j]!, row[i]!) : order(row[i]!, row[j]!)) || i - j);

/** Values with many ties; floats with NaN and infinities among them. */
const valuesOf = (dtype: DType): fc.Arbitrary<number> =>
  dtype === 'bool'
    ? fc.integer({ min: 0, max: 1 })
    : dtype.startsWith('float')
      ? fc.constantFrom(0, 1, 2, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
      : fc.integer({ min: 0, max: 4 });

interface Row {
  readonly grid: Grid;
  readonly x: Tensor;
  readonly dim: number;
}

function rows(dtype: DType, value: fc.Arbitrary<number> = valuesOf(dtype)): fc.Arbitrary<Row> {
  return fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }).chain((shape) => {
    const size = shape.reduce((p, n) => p * n, 1);
    const data = fc.array(value, { minLength: size, maxLength: size });
    return fc
      .tuple(data, fc.integer({ min: 0, max: shape.length - 1 }), fc.boolean())
      .map(([values, dim, permuted]) => {
        const dense = nn.tensor(values, { dtype, shape }) as Tensor;
        const last = shape.length - 1;
        const swapped = nn.transpose(nn.transpose(dense, 0, last).clone(), 0, last) as Tensor;
        return { grid: { shape, data: values }, x: permuted ? swapped : dense, dim };
      });
  });
}

const expectGrid = (actual: Tensor, wanted: Grid): void => {
  expect([...actual.shape]).toEqual(wanted.shape);
  // Both zeros are equal here.
  expect(Array.from(actual.dataSync(), (v) => v + 0)).toEqual(wanted.data.map((v) => v + 0));
};

/** Checks `{ values, indices }` against the places that `find` gives for a row. */
function expectChosen(
  dtype: DType,
  run: (x: Tensor, dim: number) => { values: unknown; indices: unknown },
  find: (row: number[]) => number[],
  size?: (n: number) => number,
): void {
  fc.assert(
    fc.property(rows(dtype), ({ grid, x, dim }) => {
      const { values, indices } = run(x, dim) as { values: Tensor; indices: Tensor };
      const length = size?.(grid.shape[dim]!);
      expect([values.dtype, indices.dtype]).toEqual([dtype, 'int64']);
      expectGrid(
        values,
        naiveAlong(grid, dim, (row) => find(row).map((i) => row[i]!), length),
      );
      expectGrid(indices, naiveAlong(grid, dim, find, length));
      expect([values, indices].map((t) => nn.contiguous(t) === t)).toEqual([true, true]);
    }),
    { numRuns: 60 },
  );
}

const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool'];

describe.each(dtypes)('of %s', (dtype) => {
  it('sort', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.sort(x, { dim }),
      (row) => places(row),
    ));
  it('sort descending', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.sort(x, { dim, descending: true }),
      (row) => places(row, true),
    ));
  it('topk', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.topk(x, 1, { dim }),
      (row) => places(row, true).slice(0, 1),
      () => 1,
    ));
  it('topk of the smallest, all of them', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.topk(x, x.shape[dim]!, { dim, largest: false }),
      (row) => places(row),
    ));
  it('kthvalue', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.kthvalue(x, 1, { dim, keepdim: true }),
      (row) => places(row).slice(0, 1),
      () => 1,
    ));
  it('median', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.median(x, { dim, keepdim: true }),
      (row) => {
        const missing = row.findIndex(Number.isNaN);
        return [missing >= 0 ? missing : places(row)[Math.floor((row.length - 1) / 2)]!];
      },
      () => 1,
    ));
  it('nanmedian', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.nanmedian(x, { dim, keepdim: true }),
      (row) => [places(row)[Math.max(0, Math.floor((row.filter((v) => !Number.isNaN(v)).length - 1) / 2))]!],
      () => 1,
    ));
  it('mode', () =>
    expectChosen(
      dtype,
      (x, dim) => nn.mode(x, { dim, keepdim: true }),
      (row) => {
        const often = (v: number): number => (Number.isNaN(v) ? 1 : row.filter((w) => w === v).length);
        const most = Math.max(...row.map(often));
        const value = row.filter((v) => often(v) === most).sort(order)[0]!;
        return [Number.isNaN(value) ? row.findIndex(Number.isNaN) : row.lastIndexOf(value)];
      },
      () => 1,
    ));
  it('max and min with a dimension', () => {
    const first = (row: number[], better: (p: number, q: number) => boolean): number[] => [
      row.reduce(
        (best, v, i) =>
          i === 0 ? 0 : Number.isNaN(row[best]!) ? best : Number.isNaN(v) || better(v, row[best]!) ? i : best,
        0,
      ),
    ];
    expectChosen(
      dtype,
      (x, dim) => nn.max(x, { dim, keepdim: true }),
      (row) => first(row, (p, q) => p > q),
      () => 1,
    );
    expectChosen(
      dtype,
      (x, dim) => nn.min(x, { dim, keepdim: true }),
      (row) => first(row, (p, q) => p < q),
      () => 1,
    );
  });
  it('cummax and cummin', () => {
    const running = (row: number[], atLeast: (p: number, q: number) => boolean): number[] => {
      let best = 0;
      return row.map((v, i) => {
        if (i > 0 && (Number.isNaN(v) || (!Number.isNaN(row[best]!) && atLeast(v, row[best]!)))) best = i;
        return best;
      });
    };
    expectChosen(
      dtype,
      (x, dim) => nn.cummax(x, dim),
      (row) => running(row, (p, q) => p >= q),
    );
    expectChosen(
      dtype,
      (x, dim) => nn.cummin(x, dim),
      (row) => running(row, (p, q) => p <= q),
    );
  });
});

it('argsort and msort', () => {
  fc.assert(
    fc.property(rows('float32'), ({ grid, x, dim }) => {
      expectGrid(
        nn.argsort(x, { dim, descending: true }) as Tensor,
        naiveAlong(grid, dim, (row) => places(row, true)),
      );
      expectGrid(
        nn.msort(x),
        naiveAlong(grid, 0, (row) => places(row).map((i) => row[i]!)),
      );
    }),
  );
});

describe('running combines', () => {
  const small = fc.constantFrom(0, 1, 2, -1, -2);
  const scan = (f: (a: number, v: number) => number) => (row: number[]) => {
    let a = 0;
    return row.map((v, i) => {
      a = i === 0 ? v : f(a, v);
      return a;
    });
  };
  it.each<DType>(['float32', 'float64', 'int32', 'int64'])('cumsum and cumprod of %s', (dtype) => {
    fc.assert(
      fc.property(rows(dtype, small), ({ grid, x, dim }) => {
        expectGrid(
          nn.cumsum(x, dim) as Tensor,
          naiveAlong(
            grid,
            dim,
            scan((a, v) => a + v),
          ),
        );
        expectGrid(
          nn.cumprod(x, dim) as Tensor,
          naiveAlong(
            grid,
            dim,
            scan((a, v) => a * v),
          ),
        );
        expect(nn.cumsum(x, dim).dtype).toBe(dtype.startsWith('float') ? dtype : 'int64');
      }),
    );
  });
  // PyTorch's results.
  it.each([
    ['float32', [200, 300, 303], [200, 20000, 60000]],
    ['int32', [200, 300, 303], [200, 20000, 60000]],
    ['int64', [200, 300, 303], [200, 20000, 60000]],
    ['uint8', [200, 44, 47], [200, 32, 96]],
  ] as const)('cumsum_ and cumprod_ of %s stay in it', (dtype, sums, products) => {
    const x = (): Tensor => nn.tensor([200, 100, 3], { dtype }) as Tensor;
    for (const [run, wanted] of [
      [nn.cumsum_, sums],
      [nn.cumprod_, products],
    ] as const) {
      const own = x();
      expect(run(own, 0)).toBe(own);
      expect(own.dtype).toBe(dtype);
      expect([...own.dataSync()]).toEqual(wanted);
    }
  });

  it('cumsum_ writes through views', () => {
    const x = nn.arange(6).view([2, 3]) as Tensor;
    nn.cumsum_(nn.select(x, 1, 1), 0);
    nn.cumsum_(nn.transpose(x, 0, 1) as Tensor, 1);
    expect(x.toArraySync()).toEqual([
      [0, 1, 2],
      [3, 6, 7],
    ]);
    expect(nn.cumprod_(nn.tensor(3), 0).itemSync()).toBe(3);
  });

  it('cumsum_ refuses what cannot be changed so', () => {
    expect(() => nn.cumsum_(nn.ones([1]).expand([3]) as Tensor, 0)).toThrow('[cumsum_] this tensor of shape (3,)');
    expect(() => nn.cumprod_(nn.tensor([true]), 0)).toThrow("[cumprod_] bools don't add up");
    expect(() => nn.cumsum_(nn.ones([3]) as Tensor, 1)).toThrow('[cumsum_] dimension 1 is out of range');
  });

  it('logcumsumexp, also where the largest element comes last', () => {
    fc.assert(
      fc.property(
        rows('float64', fc.constantFrom(0, -3, 5, 800, -800, Number.NEGATIVE_INFINITY)),
        ({ grid, x, dim }) => {
          const join = (a: number, v: number): number => {
            const most = Math.max(a, v);
            return most === Number.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp(a - most) + Math.exp(v - most));
          };
          const wanted = naiveAlong(grid, dim, scan(join));
          const found = nn.logcumsumexp(x, dim) as Tensor;
          expect([...found.shape]).toEqual(wanted.shape);
          found.dataSync().forEach((value, i) => {
            if (value !== wanted.data[i]) expect(value).toBeCloseTo(wanted.data[i]!, 10);
          });
        },
      ),
    );
  });
  it('diff', () => {
    fc.assert(
      fc.property(rows('int32', small), ({ grid, x, dim }) => {
        const step = (row: number[]): number[] => row.slice(1).map((v, i) => v - row[i]!);
        const n = grid.shape[dim]!;
        expectGrid(nn.diff(x, { dim }) as Tensor, naiveAlong(grid, dim, step, n - 1));
        if (n > 2)
          expectGrid(
            nn.diff(x, { dim, n: 2 }) as Tensor,
            naiveAlong(grid, dim, (row) => step(step(row)), n - 2),
          );
      }),
    );
    const x = nn.tensor([1, 4, 9]);
    expect(nn.diff(x, { prepend: nn.tensor([0]), append: nn.tensor([16]) }).toArraySync()).toEqual([1, 3, 5, 7]);
    expect(nn.diff(nn.tensor([true, true, false])).toArraySync()).toEqual([false, true]);
    expect(nn.diff(x, { n: 9 }).toArraySync()).toEqual([]);
  });
});

describe('quantile', () => {
  const interpolations = ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const;
  /** Rounds halves to even, as the place of 'nearest' is. */
  const even = (x: number): number => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
  const naive = (row: readonly number[], q: number, how: (typeof interpolations)[number]): number => {
    if (row.length === 0) return Number.NaN;
    const sorted = [...row].sort((a, b) => a - b);
    const place = q * (row.length - 1);
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    if (how === 'nearest') return sorted[even(place)]!;
    const share = { linear: place - Math.floor(place), lower: 0, higher: 1, midpoint: place % 1 === 0 ? 0 : 0.5 }[how];
    return low + (high - low) * share;
  };
  const whole = fc.integer({ min: -5, max: 5 });
  it.each(interpolations)('interpolates: %s', (interpolation) => {
    fc.assert(
      fc.property(rows('float64', whole), fc.constantFrom(0, 0.25, 0.5, 0.75, 1), ({ grid, x, dim }, q) => {
        const found = nn.quantile(x, q, { dim, keepdim: true, interpolation }) as Tensor;
        expectGrid(
          found,
          naiveAlong(grid, dim, (row) => [naive(row, q, interpolation)], 1),
        );
        expect(nn.quantile(x, q, { interpolation }).itemSync()).toBe(naive(grid.data, q, interpolation));
      }),
    );
  });
  it('takes several shares, which come first', () => {
    const x = nn.tensor([
      [4, 1, 3],
      [0, 2, 1],
    ]);
    const q = nn.tensor([0, 0.5, 1]);
    expect(nn.quantile(x, q, { dim: 1 }).toArraySync()).toEqual([
      [1, 0],
      [3, 1],
      [4, 2],
    ]);
    expect(nn.quantile(x, q, { dim: 0, keepdim: true }).shape).toEqual([3, 1, 3]);
    expect(nn.quantile(x, q).toArraySync()).toEqual([0, 1.5, 4]);
  });
  it('gives NaN, or goes around it', () => {
    const x = nn.tensor([
      [4, Number.NaN, 2],
      [Number.NaN, Number.NaN, Number.NaN],
    ]);
    expect(nn.quantile(x, 0.5, { dim: 1 }).toArraySync()).toEqual([Number.NaN, Number.NaN]);
    expect(nn.nanquantile(x, 0.5, { dim: 1 }).toArraySync()).toEqual([3, Number.NaN]);
  });
});
