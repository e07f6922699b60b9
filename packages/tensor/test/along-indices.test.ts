/** gather, scatter and their kin, masks, one-hot vectors: against the naive version, on all dtypes and layouts. */
import '../src/methods.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as nn from '../src/index.ts';
import { type Tensor, tensor } from '../src/index.ts';
import { broadcast, build, count, type Grid, get, indicesOf, sizeOf, stretched } from './naive.ts';

type Name = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool';
const toTensor = (grid: Grid, dtype: Name = 'float32'): Tensor =>
  tensor([...grid.data], { dtype, shape: grid.shape } as never) as Tensor;
const contents = (t: Tensor): Grid => ({ shape: [...t.shape], data: [...t.dataSync()] });
const long = (data: number | number[] | number[][]): Tensor => tensor(data as never, { dtype: 'int64' }) as Tensor;

/** Not contiguous, with the same elements. */
const strided = (x: Tensor): Tensor => x.T.contiguous().T;

const numeric = fc.constantFrom<Name>('float32', 'float64', 'int32', 'int64', 'uint8');
const indexType = fc.constantFrom<Name>('int64', 'int32');

/** A source shape of rank ≥ 1, a dimension, and an index grid that fits it. */
const aligned = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((shape) =>
  fc.nat({ max: shape.length - 1 }).chain((dim) =>
    fc
      .tuple(...shape.map((n, d) => (d === dim ? fc.integer({ min: 0, max: 4 }) : fc.integer({ min: 0, max: n }))))
      .chain((own) =>
        fc
          .array(fc.integer({ min: -shape[dim]!, max: shape[dim]! - 1 }), {
            minLength: sizeOf(own),
            maxLength: sizeOf(own),
          })
          .map((data) => ({ shape, dim, index: { shape: own, data } })),
      ),
  ),
);

const wrap = (i: number, n: number): number => (i < 0 ? i + n : i);

/** The flat place of an index whose dimension `dim` comes from the index grid. */
function placeOf(shape: readonly number[], dim: number, position: readonly number[], i: number): number {
  let flat = 0;
  shape.forEach((n, d) => {
    flat = flat * n + (d === dim ? wrap(i, n) : position[d]!);
  });
  return flat;
}

describe('reading along indices', () => {
  it('gather', () => {
    fc.assert(
      fc.property(aligned, numeric, indexType, fc.boolean(), ({ shape, dim, index }, dtype, kind, apart) => {
        const grid = count(shape);
        const x = apart ? strided(toTensor(grid, dtype)) : toTensor(grid, dtype);
        const i = apart ? strided(toTensor(index, kind)) : toTensor(index, kind);
        const wanted = build(index.shape, (p) => grid.data[placeOf(shape, dim, p, get(index, p))]!);
        expect(contents(x.gather(dim - shape.length, i))).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('takeAlongDim broadcasts, or flattens without a dimension', () => {
    const x = toTensor(count([2, 3]));
    expect(x.takeAlongDim(long([[2, 0]]), { dim: 1 }).toArraySync()).toEqual([
      [2, 0],
      [5, 3],
    ]);
    expect(x.takeAlongDim(long([[1], [0]]), { dim: 0 }).toArraySync()).toEqual([
      [3, 4, 5],
      [0, 1, 2],
    ]);
    expect(x.takeAlongDim(long([5, 0])).toArraySync()).toEqual([5, 0]);
  });

  it('indexSelect, take, embeddingLookup', () => {
    const x = toTensor(count([2, 3]));
    expect(x.indexSelect(1, long([2, 2, 0])).toArraySync()).toEqual([
      [2, 2, 0],
      [5, 5, 3],
    ]);
    expect(x.indexSelect(0, long(1)).toArraySync()).toEqual([[3, 4, 5]]);
    expect(tensor(7).indexSelect(0, long([0])).shape).toEqual([]);
    expect(
      x
        .t()
        .take(
          long([
            [0, 1],
            [-1, 4],
          ]),
        )
        .toArraySync(),
    ).toEqual([
      [0, 3],
      [5, 2],
    ]);
    expect(nn.embeddingLookup(x, long([[1], [0]])).toArraySync()).toEqual([[[3, 4, 5]], [[0, 1, 2]]]);
  });

  it.each([
    [
      'gather: rank',
      () => nn.zeros([2, 2]).gather(0, long([0])),
      '[gather] the index of shape (1,) must have as many dimensions as (2, 2)',
    ],
    ['gather: size', () => nn.zeros([2, 2]).gather(0, long([[0, 0, 0]])), 'is larger than (2, 2) in dimension 1'],
    [
      'gather: bounds',
      () => nn.zeros([2]).gather(0, long([2])),
      '[gather] index 2 is out of bounds for dimension with size 2',
    ],
    [
      'gather: dtype',
      () => nn.zeros([2]).gather(0, tensor([0])),
      '[gather] indices must be int64 or int32, got float32',
    ],
    ['gather: dimension', () => nn.zeros([2]).gather(1, long([0])), '[gather] dimension 1 is out of range for rank 1'],
    [
      'indexSelect',
      () => nn.zeros([3]).indexSelect(0, long([3])),
      '[indexSelect] index 3 is out of bounds for dimension with size 3',
    ],
    [
      'indexSelect: rank',
      () => nn.zeros([3]).indexSelect(0, long([[0]])),
      '[indexSelect] the index must be a vector, got shape (1, 1)',
    ],
    [
      'indexSelect: scalar',
      () => tensor(7).indexSelect(0, long([0, 0])),
      '[indexSelect] a tensor without dimensions takes one index, got 2',
    ],
    ['take', () => nn.zeros([2, 2]).take(long([4])), '[take] index 4 is out of bounds for dimension with size 4'],
    [
      'takeAlongDim',
      () => nn.zeros([2, 2]).takeAlongDim(long([0]), { dim: 0 }),
      '[takeAlongDim] the indices of shape (1,) must have as many dimensions',
    ],
    ['embedding', () => nn.embeddingLookup(nn.zeros([2]), long([0])), '[embedding] the weight must be a matrix'],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

type Fold = (a: number, b: number) => number;
const folds: Record<'sum' | 'prod' | 'amax' | 'amin', Fold> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  amax: (a, b) => Math.max(a, b),
  amin: (a, b) => Math.min(a, b),
};

describe('writing along indices', () => {
  it('scatter: the last of equals stays', () => {
    fc.assert(
      fc.property(
        aligned,
        numeric,
        fc.constantFrom('tensor', 'number', 'add', 'multiply'),
        fc.boolean(),
        ({ shape, dim, index }, dtype, how, inPlace) => {
          const data = [...count(shape).data];
          const source = count(
            index.shape.map((n) => n + 1),
            20,
          );
          for (const p of indicesOf(index.shape)) {
            const at = placeOf(shape, dim, p, get(index, p));
            const v = how === 'number' ? 9 : get(source, p);
            data[at] = how === 'add' ? data[at]! + v : how === 'multiply' ? data[at]! * v : v;
          }
          const x = strided(toTensor(count(shape), dtype));
          const [i, v] = [toTensor(index, 'int64'), how === 'number' ? 9 : strided(toTensor(source, dtype))];
          const options = how === 'add' || how === 'multiply' ? { reduce: how as 'add' } : {};
          const out = inPlace ? x.scatter_(dim, i, v, options) : x.scatter(dim, i, v, options);
          const wrapped = dtype === 'uint8' ? data.map((n) => n & 255) : data;
          fc.pre(dtype === 'float32' || dtype === 'float64' || wrapped.every((n) => Math.abs(n) < 2 ** 31));
          expect(contents(out).data.map(Math.fround)).toEqual(wrapped.map(Math.fround));
          expect(out === x).toBe(inPlace);
          if (!inPlace) expect(contents(x).data).toEqual(count(shape).data);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('scatterReduce', () => {
    fc.assert(
      fc.property(
        aligned,
        fc.constantFrom('sum', 'prod', 'amax', 'amin', 'mean'),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom<Name>('float64', 'int64'),
        ({ shape, dim, index }, reduce, includeSelf, inPlace, dtype) => {
          const groups = count(shape, 1).data.map((v) => [v]);
          const source = count(index.shape, -2);
          const hit = new Set<number>();
          for (const p of indicesOf(index.shape)) {
            const at = placeOf(shape, dim, p, get(index, p));
            if (!includeSelf && !hit.has(at)) groups[at] = [];
            hit.add(at);
            groups[at]!.push(get(source, p));
          }
          const wanted = groups.map((g) => {
            const fold = folds[reduce as 'sum'];
            if (reduce !== 'mean') return g.reduce((a, b) => fold(a, b));
            const mean = g.reduce((a, b) => a + b) / g.length;
            return dtype === 'int64' ? Math.floor(mean) : mean;
          });
          const x = toTensor(count(shape, 1), dtype);
          const args = [
            dim,
            toTensor(index, 'int32'),
            toTensor(source, dtype),
            reduce as 'sum',
            { includeSelf },
          ] as const;
          const out = inPlace ? x.scatterReduce_(...args) : x.scatterReduce(...args);
          expect(contents(out).data.map((v) => v + 0)).toEqual(wanted.map((v) => v + 0));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('scatterAdd of bools is or', () => {
    const x = tensor([false, false, true]);
    expect(x.scatterAdd(0, long([0, 0]), tensor([true, false])).toArraySync()).toEqual([true, false, true]);
  });

  it('indexAdd, indexCopy, indexFill', () => {
    const rows = fc
      .integer({ min: 1, max: 3 })
      .chain((n) => fc.array(fc.integer({ min: -n, max: n - 1 }), { maxLength: 4 }).map((list) => ({ n, list })));
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.boolean(), ({ n, list }, m, last, inPlace) => {
        const shape = last ? [m, n] : [n, m];
        const dim = last ? 1 : 0;
        const own = last ? [m, list.length] : [list.length, m];
        const source = count(own, 50);
        const wanted = (combine: Fold): Grid => {
          const data = [...count(shape).data];
          list.forEach((i, k) => {
            for (let j = 0; j < m; j++) {
              const at = last ? j * n + wrap(i, n) : wrap(i, n) * m + j;
              data[at] = combine(data[at]!, get(source, last ? [j, k] : [k, j]));
            }
          });
          return { shape, data };
        };
        const index = long(list);
        const x = (): Tensor => strided(toTensor(count(shape)));
        const v = strided(toTensor(source));
        const [a, b, c] = [x(), x(), x()];
        expect(
          contents(inPlace ? a.indexAdd_(dim, index, v, { alpha: 2 }) : a.indexAdd(dim, index, v, { alpha: 2 })),
        ).toEqual(wanted((p, q) => p + 2 * q));
        expect(contents(inPlace ? b.indexCopy_(dim, index, v) : b.indexCopy(dim, index, v))).toEqual(
          wanted((_, q) => q),
        );
        expect(contents(inPlace ? c.indexFill_(dim, index, -1) : c.indexFill(dim, index, tensor(-1)))).toEqual(
          wanted(() => -1),
        );
      }),
      { numRuns: 200 },
    );
    expect(
      tensor(1)
        .indexAdd(0, long([0, 0]), tensor([2, 3]))
        .toArraySync(),
    ).toBe(6);
    expect(tensor(1).indexFill_(0, long(0), 4).toArraySync()).toBe(4);
  });

  it('put_ writes row-major positions, into any layout', () => {
    const x = toTensor(count([2, 3]));
    x.t().put_(long([0, 1, -1]), tensor([10, 11, 12]));
    expect(x.toArraySync()).toEqual([
      [10, 1, 2],
      [11, 4, 12],
    ]);
    x.put_(long([[0, 0]]), tensor([[1, 1]]), { accumulate: true });
    expect(x.toArraySync()).toEqual([
      [12, 1, 2],
      [11, 4, 12],
    ]);
  });

  it('reads itself safely', () => {
    const x = tensor([1, 2, 3]);
    expect(x.scatter_(0, long([2, 1, 0]), x).toArraySync()).toEqual([3, 2, 1]);
    const i = long([1, 2, 0]);
    expect(i.scatter_(0, i, i).toArraySync()).toEqual([0, 1, 2]);
  });

  it('replaces regions of a copy', () => {
    const x = nn.zeros([3, 3]);
    expect(x.selectScatter(tensor([1, 2, 3]), 1, -1).toArraySync()).toEqual([
      [0, 0, 1],
      [0, 0, 2],
      [0, 0, 3],
    ]);
    expect(x.sliceScatter(nn.ones([2, 3]), { start: 0, step: 2 }).toArraySync()).toEqual([
      [1, 1, 1],
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(x.diagonalScatter(tensor([4, 5]), { offset: 1 }).toArraySync()).toEqual([
      [0, 4, 0],
      [0, 0, 5],
      [0, 0, 0],
    ]);
    expect(x.toArraySync()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it.each([
    [
      'scatter: larger than the source',
      () => nn.zeros([3]).scatter(0, long([0, 1]), tensor([1])),
      '[scatter] the index of shape (2,) is larger than the values',
    ],
    [
      'scatter: dtype',
      () => nn.zeros([3]).scatter(0, long([0]), long([1])),
      '[scatter] the values are int64, the tensor is float32',
    ],
    [
      'scatter: bounds',
      () => nn.zeros([3]).scatter(0, long([-4]), 1),
      '[scatter] index -4 is out of bounds for dimension with size 3',
    ],
    [
      'scatter: reduce',
      () => nn.zeros([3]).scatter(0, long([0]), 1, { reduce: 'mean' as 'add' }),
      "[scatter] reduce must be 'add' or 'multiply', got 'mean'",
    ],
    [
      'scatterReduce',
      () => nn.zeros([3]).scatterReduce(0, long([0]), tensor([1]), 'max' as 'amax'),
      "[scatterReduce] reduce must be one of sum, prod, mean, amax, amin, got 'max'",
    ],
    [
      'scatter_: expanded',
      () =>
        tensor([1])
          .expand([3])
          .scatter_(0, long([0]), 1),
      '[scatter_] this tensor of shape (3,) is expanded',
    ],
    [
      'indexAdd',
      () => nn.zeros([3, 2]).indexAdd(0, long([0]), nn.zeros([2, 2])),
      '[indexAdd] the source has shape (2, 2), expected (1, 2)',
    ],
    [
      'indexCopy',
      () => nn.zeros([3]).indexCopy(0, long([0]), long([1])),
      '[indexCopy] the source is int64, the tensor is float32',
    ],
    [
      'indexFill',
      () => nn.zeros([3]).indexFill(0, long([0]), tensor([1])),
      '[indexFill] the value has shape (1,); it must be a number',
    ],
    ['put_', () => nn.zeros([3]).put_(long([0]), tensor([1, 2])), '[put_] 2 values for 1 positions'],
    [
      'selectScatter',
      () => nn.zeros([3, 2]).selectScatter(nn.zeros([3]), 0, 0),
      '[selectScatter] the source has shape (3,), the region (2,)',
    ],
    ['indexPut', () => nn.zeros([3]).indexPut([null], 1), '[indexPut_] no index tensor given'],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  it('leaves the tensor as it was when an index is out of bounds', () => {
    const x = tensor([1, 2, 3]);
    expect(() => x.scatter_(0, long([0, 3]), 9)).toThrow('out of bounds');
    expect(x.toArraySync()).toEqual([1, 2, 3]);
  });
});

/** A grid, and a mask that broadcasts with it. */
const masked = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }).chain((shape) =>
  fc
    .tuple(fc.nat({ max: shape.length }), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
    .chain(([skip, ones]) => {
      const own = shape.slice(skip).map((n, d) => (ones[d] ? 1 : n));
      return fc
        .array(fc.constantFrom(0, 1), { minLength: sizeOf(own), maxLength: sizeOf(own) })
        .map((data) => ({ shape, mask: { shape: own, data } }));
    }),
);

describe('masks', () => {
  it('maskedFill, maskedSelect, maskedScatter, nonzero', async () => {
    await fc.assert(
      fc.asyncProperty(masked, fc.constantFrom<Name>('float32', 'int64', 'uint8'), async ({ shape, mask }, dtype) => {
        const grid = count(shape, 1);
        const x = strided(toTensor(grid, dtype));
        const m = strided(toTensor(mask, 'bool'));
        const hit = (index: readonly number[]): boolean => stretched(mask, index) !== 0;
        const hits = indicesOf(shape).filter(hit);
        expect(contents(x.maskedFill(m, 99))).toEqual(build(shape, (i) => (hit(i) ? 99 : get(grid, i))));
        expect(contents(x.clone().maskedFill_(m, tensor(7)))).toEqual(build(shape, (i) => (hit(i) ? 7 : get(grid, i))));
        const wanted = { shape: [hits.length], data: hits.map((i) => get(grid, i)) };
        expect(contents(x.maskedSelect(m))).toEqual(wanted);
        expect(contents(await x.maskedSelectAsync(m))).toEqual(wanted);
        const source = count([hits.length], 100);
        let turn = 0;
        const scattered = build(shape, (i) => (hit(i) ? source.data[turn++]! : get(grid, i)));
        expect(contents(x.maskedScatter(m, toTensor(source, dtype)))).toEqual(scattered);
        expect(contents(x.clone().maskedScatter_(m, toTensor(source, dtype)))).toEqual(scattered);
        if (hits.length > 0)
          expect(() => x.maskedScatter(m, toTensor(count([hits.length - 1]), dtype))).toThrow('out of bounds');
        const own = indicesOf(mask.shape).filter((i) => get(mask, i) !== 0);
        expect(contents(m.nonzero())).toEqual({ shape: [own.length, mask.shape.length], data: own.flat() });
        expect(contents(await m.nonzeroAsync())).toEqual(contents(m.argwhere()));
        if (mask.shape.length > 0)
          expect(m.nonzero({ asTuple: true }).map((t) => contents(t).data)).toEqual(
            mask.shape.map((_, d) => own.map((i) => i[d])),
          );
      }),
      { numRuns: 200 },
    );
  });

  it('broadcasts the tensor to the mask too', () => {
    expect(
      tensor([1, 2])
        .maskedFill(
          tensor([
            [true, false],
            [false, true],
          ]),
          0,
        )
        .toArraySync(),
    ).toEqual([
      [0, 2],
      [1, 0],
    ]);
    expect(
      tensor([1, 2])
        .maskedSelect(tensor([[true], [false]]))
        .toArraySync(),
    ).toEqual([1, 2]);
    expect(broadcast([2], [2, 2])).toEqual([2, 2]);
  });

  it('counts a scalar as a vector of one element in tuples', () => {
    expect(tensor(3).nonzero({ asTuple: true })[0]!.toArraySync()).toEqual([0]);
    expect(tensor(0).nonzero().shape).toEqual([0, 0]);
    expect(tensor(3).nonzero().shape).toEqual([1, 0]);
    expect(tensor([Number.NaN, 0, -0]).nonzero().toArraySync()).toEqual([[0]]);
  });

  it.each([
    [
      'the mask is bool',
      () => nn.zeros([2]).maskedFill(tensor([1, 0]), 1),
      '[maskedFill] the mask must be bool, got float32',
    ],
    [
      'the value is one',
      () => nn.zeros([2]).maskedFill(tensor([true, false]), tensor([1])),
      '[maskedFill] the value has shape (1,)',
    ],
    [
      'in place the shape stays',
      () => (nn.zeros([2]) as Tensor).maskedFill_(tensor([[true, false]]), 1),
      '[maskedFill_] the result has shape (1, 2)',
    ],
    [
      'the source has the dtype',
      () => nn.zeros([2]).maskedScatter(tensor([true, false]), long([1])),
      '[maskedScatter] the source is int64, the tensor is float32',
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('oneHot', () => {
  it('makes vectors with a single 1', async () => {
    const x = long([
      [0, 2],
      [1, 0],
    ]);
    const wanted = [
      [
        [1, 0, 0],
        [0, 0, 1],
      ],
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
    ];
    expect(nn.oneHot(x).toArraySync()).toEqual(wanted);
    expect((await nn.oneHotAsync(x)).toArraySync()).toEqual(wanted);
    expect(nn.oneHot(x, { numClasses: 4 }).shape).toEqual([2, 2, 4]);
    expect(nn.oneHot(long(1), { numClasses: 2 }).toArraySync()).toEqual([0, 1]);
    expect(nn.oneHot(long([]), { numClasses: 2 }).shape).toEqual([0, 2]);
  });

  it.each([
    ['too large', () => nn.oneHot(long([3]), { numClasses: 3 }), 'index 3 is out of bounds for dimension with size 3'],
    [
      'negative',
      () => nn.oneHot(long([-1]), { numClasses: 3 }),
      '[oneHot] index -1 is out of bounds for dimension with size 3',
    ],
    ['floats', () => nn.oneHot(tensor([1])), '[oneHot] classes must be int64 or int32, got float32'],
    ['nothing to count', () => nn.oneHot(long([])), '[oneHot] there are no classes to count'],
    ['no classes', () => nn.oneHot(long([0]), { numClasses: 0 }), '[oneHot] numClasses must be'],
  ])('refuses classes: %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

// As PyTorch: neither ranks, sizes nor the dtype are looked at where there is no index.
describe('an index without elements', () => {
  const shapes = [[5, 0], [0, 7], [0], [3, 0, 4]]; // biome-ignore format: a list
  const nowhere = (shape: readonly number[]): Tensor[] =>
    (['int64', 'float32'] as const).map((dtype) => nn.zeros(shape, { dtype }) as Tensor);

  it.each(shapes)('gathers nothing: (%s, %s, %s)', (...given) => {
    const shape = given.filter((n) => n !== undefined);
    for (const index of nowhere(shape))
      for (const x of [nn.ones([2, 3]), nn.ones([]), nn.ones([0, 3])] as Tensor[]) {
        const out = nn.gather(x, 0, index);
        expect(out.shape).toEqual(shape);
        expect(out.dtype).toBe('float32');
      }
  });

  it.each(shapes)('scatters nothing: (%s, %s, %s)', (...given) => {
    const shape = given.filter((n) => n !== undefined);
    for (const index of nowhere(shape))
      for (const x of [
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor(5),
      ] as Tensor[]) {
        const wanted = contents(x);
        const one = nn.ones([1, 1]) as Tensor;
        for (const out of [
          nn.scatter(x, -1, index, one),
          nn.scatter(x, 0, index, 9),
          nn.scatterAdd(x, -1, index, tensor(1) as Tensor),
          nn.scatterReduce(x, 0, index, one, 'amax', { includeSelf: false }),
          nn.scatterReduce(x, 0, index, one, 'mean'),
        ]) {
          expect(contents(out)).toEqual(wanted);
          expect(out.storage).not.toBe(x.storage);
        }
        expect(nn.scatter_(x, 0, index, one)).toBe(x);
        expect(nn.scatterReduce_(x, 0, index, one, 'amin', { includeSelf: false })).toBe(x);
        expect(contents(x)).toEqual(wanted);
      }
  });

  it('still has a dimension and a dtype', () => {
    expect(() => nn.gather(nn.ones([2, 3]), 2, long([]))).toThrow('[gather] dimension 2 is out of range');
    expect(() => nn.scatter(nn.ones([2, 3]), 1, long([]), nn.ones([2], { dtype: 'float64' }))).toThrow(
      '[scatter] the values are float64, the tensor is float32',
    );
  });
});
