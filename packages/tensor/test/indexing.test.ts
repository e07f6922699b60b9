/** Index lists against the naive version: reading, writing, views. */
import '../src/methods.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Index as Subscript, slice, type Tensor, tensor } from '../src/index.ts';
import {
  broadcast,
  count,
  type Grid,
  get,
  indicesOf,
  type NaiveIndex,
  places,
  sizeOf,
  slicePositions,
  stretched,
} from './naive.ts';

const toTensor = (grid: Grid, dtype: 'float32' | 'int64' | 'int32' | 'bool' = 'float32'): Tensor =>
  tensor([...grid.data], { dtype, shape: grid.shape } as never) as Tensor;

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 0, maxLength: 4 });

/** A slice in one of the ways that it can be written. */
function sliceIn(n: number): fc.Arbitrary<{ subscript: Subscript; naive: NaiveIndex }> {
  const bound = fc.option(fc.integer({ min: -n - 2, max: n + 2 }), { nil: null });
  return fc.tuple(bound, bound, fc.integer({ min: 1, max: 3 }), fc.boolean()).map(([start, stop, step, asText]) => ({
    subscript: asText ? `${start ?? ''}:${stop ?? ''}${step === 1 ? '' : `:${step}`}` : slice(start, stop, step),
    naive: { positions: slicePositions(n, start, stop, step) },
  }));
}

const nestedOf = (grid: Grid, read: (v: number) => unknown): unknown => {
  const walk = (index: readonly number[]): unknown =>
    index.length === grid.shape.length
      ? read(get(grid, index))
      : Array.from({ length: grid.shape[index.length]! }, (_, i) => walk([...index, i]));
  return walk([]);
};

interface Written {
  readonly subscript: Subscript;
  readonly naive: NaiveIndex;
}

/** Index arrays of shapes that broadcast to `common`. */
function listIn(n: number, common: readonly number[]): fc.Arbitrary<Written> {
  const form = fc.tuple(
    fc.constantFrom('int64', 'int32', 'array'),
    fc.integer({ min: 0, max: common.length }),
    fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  );
  return form.chain(([kind, skip, ones]) => {
    const shape = common.slice(skip).map((m, d) => (ones[d] ? 1 : m));
    return fc
      .array(fc.integer({ min: -n, max: n - 1 }), { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
      .map((data): Written => {
        const grid = { shape, data };
        const isArray = kind === 'array' && shape.length > 0 && sizeOf(shape) > 0;
        return {
          subscript: isArray
            ? (nestedOf(grid, (v) => v) as Subscript)
            : toTensor(grid, kind === 'array' ? 'int64' : (kind as 'int64')),
          naive: { list: grid, scalar: shape.length === 0 },
        };
      });
  });
}

function maskIn(shape: readonly number[]): fc.Arbitrary<Written> {
  const bits = fc.array(fc.constantFrom(0, 1), { minLength: sizeOf(shape), maxLength: sizeOf(shape) });
  return fc.tuple(bits, fc.boolean()).map(([data, asTensor]): Written => {
    const grid = { shape, data };
    const nested = !asTensor && sizeOf(shape) > 0;
    return {
      subscript: nested ? (nestedOf(grid, (v) => v === 1) as Subscript) : toTensor(grid, 'bool'),
      naive: { mask: grid },
    };
  });
}

/** An index list for a shape: walks its dimensions, sometimes stopping early. */
function listFor(shape: readonly number[], advanced: boolean): fc.Arbitrary<Written[]> {
  const common = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 0, maxLength: 2 });
  const masks = fc.boolean();
  return fc.tuple(common, masks).chain(([wide, useMask]) => {
    const step = (d: number, masked: boolean): fc.Arbitrary<Written[]> => {
      if (d > shape.length) return fc.constant([]);
      const rest = shape.length - d;
      const options: fc.Arbitrary<Written[]>[] = [fc.constant([])];
      const then = (entry: fc.Arbitrary<Written>, used: number, m = masked): fc.Arbitrary<Written[]> =>
        entry.chain((w) => step(d + used, m).map((tail) => [w, ...tail]));
      if (rest > 0) {
        const n = shape[d]!;
        if (n > 0)
          options.push(
            then(
              fc.integer({ min: -n, max: n - 1 }).map((i) => ({ subscript: i, naive: { int: i } })),
              1,
            ),
          );
        options.push(then(sliceIn(n), 1));
        if (advanced && !useMask && n > 0) options.push(then(listIn(n, wide), 1));
        if (advanced && useMask && !masked) options.push(then(maskIn([n]), 1, true));
        if (advanced && useMask && !masked && rest > 1) options.push(then(maskIn(shape.slice(d, d + 2)), 2, true));
      }
      if (rest > 0) options.push(fc.constant(d).map(() => []));
      return fc
        .tuple(fc.integer({ min: 0, max: 5 }), fc.oneof(...options))
        .chain(([roll, tail]) =>
          roll === 0 && d < 6
            ? fc.constant([{ subscript: null, naive: { fresh: true } } as Written, ...tail])
            : fc.constant(tail),
        );
    };
    return step(0, false);
  });
}

/** Puts '...' where it changes nothing but what it stands for: before the last indices, which then count from the end. */
const cases = (advanced: boolean): fc.Arbitrary<{ shape: number[]; list: Written[] }> =>
  shapes.chain((shape) => listFor(shape, advanced).map((list) => ({ shape, list })));

const contents = (t: Tensor): { shape: number[]; data: number[] } => ({ shape: [...t.shape], data: [...t.dataSync()] });

const at = (x: Tensor, list: readonly Written[]): Tensor =>
  (x.at as (...i: readonly Subscript[]) => Tensor).call(x, ...list.map((w) => w.subscript));

function expected(grid: Grid, list: readonly Written[]): { shape: number[]; data: number[] } {
  const found = places(
    grid.shape,
    list.map((w) => w.naive),
  );
  return { shape: found.shape, data: found.sources.map((index) => get(grid, index)) };
}

describe('at', () => {
  it('reads what the naive version reads, of basic lists as a view', () => {
    fc.assert(
      fc.property(cases(false), ({ shape, list }) => {
        const grid = count(shape);
        const x = toTensor(grid);
        const y = at(x, list);
        expect(contents(y)).toEqual(expected(grid, list));
        expect(y.storage).toBe(x.storage);
      }),
      { numRuns: 400 },
    );
  });

  it('gathers what the naive version gathers', () => {
    fc.assert(
      fc.property(cases(true), ({ shape, list }) => {
        const grid = count(shape);
        expect(contents(at(toTensor(grid), list))).toEqual(expected(grid, list));
      }),
      { numRuns: 1500 },
    );
  });

  it('reads the same from sources that are not contiguous', () => {
    fc.assert(
      fc.property(cases(true), fc.boolean(), ({ shape, list }, flips) => {
        const grid = count(shape);
        const dense = toTensor(grid);
        const reversed = shape.map((_, d) => shape.length - 1 - d);
        const strided = flips
          ? dense.permute(reversed).contiguous().permute(reversed)
          : (at(
              toTensor(count([...shape.map((n) => n + 1)])),
              shape.map((n) => ({ subscript: slice(1, n + 1), naive: { fresh: true } })),
            ) as Tensor);
        const own = contents(strided);
        expect(contents(at(strided, list))).toEqual(expected(own, list));
      }),
      { numRuns: 400 },
    );
  });

  it("lets '...' stand for the dimensions that the others leave", () => {
    fc.assert(
      fc.property(cases(true), fc.nat(), ({ shape, list }, where) => {
        const used = list.reduce(
          (n, { naive }) => n + ('fresh' in naive ? 0 : 'mask' in naive ? naive.mask.shape.length : 1),
          0,
        );
        // Where all dimensions are used up '...' stands for none.
        fc.pre(used === shape.length);
        const k = where % (list.length + 1);
        const grid = count(shape);
        const spread = [...list.slice(0, k), { subscript: '...', naive: { fresh: true } } as Written, ...list.slice(k)];
        expect(contents(at(toTensor(grid), spread))).toEqual(expected(grid, list));
      }),
    );
  });

  it('counts dimensions after ... from the end', () => {
    const x = toTensor(count([2, 3, 4]));
    expect(x.at('...', 1).shape).toEqual([2, 3]);
    expect(x.at(0, '...', '1:3').shape).toEqual([3, 2]);
    expect(x.at('...', [0, 1], ':').shape).toEqual([2, 2, 4]);
    expect(x.at('...').shape).toEqual([2, 3, 4]);
    expect(x.at().shape).toEqual([2, 3, 4]);
  });

  it('treats booleans and masks without dimensions as a choice of all or nothing', () => {
    const x = toTensor(count([2, 3]));
    expect(x.at(true).shape).toEqual([1, 2, 3]);
    expect(x.at(false).shape).toEqual([0, 2, 3]);
    expect(x.at(tensor(true)).shape).toEqual([1, 2, 3]);
    expect(x.at(':', false).shape).toEqual([2, 0, 3]);
    expect(toTensor(count([])).at(true).shape).toEqual([1]);
  });

  it('takes integer tensors without dimensions as positions', () => {
    const x = toTensor(count([2, 3, 4]));
    const i = tensor(1, { dtype: 'int64' });
    expect(contents(x.at(i))).toEqual(contents(x.at(1)));
    expect(contents(x.at(i, ':', [0, 2]))).toEqual(contents(x.at(1, ':', [0, 2])));
    expect(contents(x.at(':', i))).toEqual(contents(x.at(':', 1)));
  });

  it('reads masks without waiting only where that works, and awaits them in atAsync', async () => {
    const x = toTensor(count([2, 3]));
    expect(contents(await x.atAsync(x.gt(2)))).toEqual({ shape: [3], data: [3, 4, 5] });
    expect(contents(await x.atAsync(':', [true, false, true]))).toEqual({ shape: [2, 2], data: [0, 2, 3, 5] });
  });

  it.each([
    [
      'beyond the end',
      () => tensor([1, 2, 3]).at(5 as number),
      '[at] index 5 is out of bounds for dimension 0 with size 3',
    ],
    [
      'before the start',
      () => tensor([1, 2, 3]).at(-4 as number),
      '[at] index -4 is out of bounds for dimension 0 with size 3',
    ],
    [
      'beyond the end, in an array',
      () => tensor([[1, 2]]).at(':', [0, 2]),
      '[at] index 2 is out of bounds for dimension 1 with size 2',
    ],
    [
      'beyond the end, in a tensor',
      () => (tensor([1, 2]) as Tensor).at(tensor([2], { dtype: 'int64' })),
      '[at] index 2 is out of bounds for dimension with size 2',
    ],
    ['too many', () => (tensor([1]) as Tensor).at(0, 0), '[at] 2 indices for rank 1'],
    ['two ellipses', () => (tensor([1]) as Tensor).at('...', '...'), "[at] only one '...' is allowed"],
    ['a negative step', () => tensor([1, 2]).at('::-1'), "[at] the step of '::-1' must be greater than 0"],
    ['a step of 0', () => slice(0, 1, 0), '[slice] the step must be greater than 0, got 0'],
    ['no slice', () => tensor([1, 2]).at('1'), "[at] '1' is not a slice; write 1 without quotes"],
    ['words', () => tensor([1, 2]).at('all'), "[at] 'all' is not a slice"],
    ['a fraction', () => tensor([1, 2]).at(0.5), '[at] 0.5 is not an index'],
    [
      'a mask of another size',
      () => (tensor([1, 2]) as Tensor).at([true, false, true]),
      '[at] a mask of size 3 does not fit dimension 0 of size 2',
    ],
    [
      'floats',
      () => (tensor([1, 2]) as Tensor).at(tensor([0, 1])),
      '[at] a tensor that indexes must be int64, int32 or bool, got float32',
    ],
    [
      'uint8',
      () => (tensor([1, 2]) as Tensor).at(tensor([0, 1], { dtype: 'uint8' })),
      '.bool() for a mask or .long() for positions',
    ],
    [
      'shapes that do not broadcast',
      () =>
        (
          tensor([
            [1, 2],
            [3, 4],
          ]) as Tensor
        ).at([0, 1], [0, 1, 0]),
      '[at] sizes 2 and 3 do not broadcast',
    ],
    ['numbers and booleans', () => (tensor([1, 2]) as Tensor).at([0, true]), 'not both'],
    ['ragged rows', () => (tensor([1, 2]) as Tensor).at([[0], [0, 1]]), 'differ'],
    ['undefined', () => (tensor([1, 2]) as Tensor).at(undefined as never), '[at] undefined is not an index'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('setAt', () => {
  /** A value that broadcasts to a shape. */
  const valueFor = (
    shape: readonly number[],
    dtype: 'float32' | 'int64',
  ): fc.Arbitrary<{ value: Tensor | number; grid: Grid }> =>
    fc
      .tuple(
        fc.boolean(),
        fc.integer({ min: 0, max: shape.length }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 0, max: 2 }),
      )
      .map(([plain, skip, ones, extra]) => {
        if (plain) return { value: 77, grid: { shape: [], data: [77] } };
        const own = shape.slice(skip).map((n, d) => (ones[d] ? 1 : n));
        const lead = skip === 0 ? new Array<number>(extra).fill(1) : [];
        const grid = count([...lead, ...own], 100);
        return { value: toTensor(grid, dtype), grid: { shape: own, data: grid.data } };
      });

  it('writes what the naive version writes, where that writes it; the last of equals stays', () => {
    fc.assert(
      fc.property(
        cases(true).chain(({ shape, list }) => {
          const target = places(
            shape,
            list.map((w) => w.naive),
          );
          return fc.tuple(
            fc.constant({ shape, list, target }),
            fc.constantFrom('float32' as const, 'int64' as const).chain((dtype) => valueFor(target.shape, dtype)),
          );
        }),
        ([{ shape, list, target }, { value, grid }]) => {
          const x = toTensor(count(shape));
          const data = [...count(shape).data];
          indicesOf(target.shape).forEach((index, k) => {
            let flat = 0;
            shape.forEach((n, d) => {
              flat = flat * n + target.sources[k]![d]!;
            });
            data[flat] = stretched(grid, index);
          });
          expect(
            x.setAt(
              list.map((w) => w.subscript),
              value,
            ),
          ).toBe(x);
          expect(contents(x)).toEqual({ shape: [...shape], data });
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('writes through views into the memory they share', () => {
    const x = toTensor(count([3, 4]));
    x.t().setAt([1], -1);
    x.at('::2').setAt(
      [':', [0, 3]],
      tensor([
        [10, 11],
        [12, 13],
      ]),
    );
    expect(x.toArraySync()).toEqual([
      [10, -1, 2, 11],
      [4, -1, 6, 7],
      [12, -1, 10, 13],
    ]);
  });

  it('copies what it reads from the memory that it writes', () => {
    const x = toTensor(count([5]));
    x.setAt(['1:'], x.at(':-1'));
    expect(x.toArraySync()).toEqual([0, 0, 1, 2, 3]);
    x.setAt([[4, 3, 2, 1, 0]], x);
    expect(x.toArraySync()).toEqual([3, 2, 1, 0, 0]);
    const order = tensor([1, 2, 0], { dtype: 'int64' });
    order.setAt([order], order);
    expect(order.toArraySync()).toEqual([0, 1, 2]);
  });

  it('writes a single value under a mask without reading the mask', () => {
    const x = toTensor(count([2, 3]));
    const original = x.backend.readSync;
    let reads = 0;
    const spy = Object.assign(x.backend, {
      readSync: (...args: Parameters<NonNullable<typeof original>>) => {
        reads++;
        return original!.apply(x.backend, args);
      },
    });
    try {
      x.setAt([x.gt(3)], 0);
      x.setAt([tensor([true, false]), 1], tensor(9));
      x.setAt([':', tensor([false, false, true])], -1);
      x.setAt(['...', null, tensor([true, false, false])], -2);
      x.setAt([tensor(true)], x.at(0, 0).add(2));
      expect(reads).toBe(0);
    } finally {
      if (original !== undefined) Object.assign(spy, { readSync: original });
    }
    expect(x.toArraySync()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('awaits masks in setAtAsync', async () => {
    const x = toTensor(count([4]));
    expect(await x.setAtAsync([x.gt(1)], tensor([8, 9]))).toBe(x);
    expect(x.toArraySync()).toEqual([0, 1, 8, 9]);
  });

  it('converts the value to the dtype of the tensor', () => {
    const x = tensor([1, 2, 3], { dtype: 'int64' });
    x.setAt([0], 7.9).setAt([[1, 2]], tensor([1.5, -2.5]));
    expect(x.toArraySync()).toEqual([7, 1, -2]);
    const mask = tensor([false, false]);
    mask.setAt([1], 3);
    expect(mask.toArraySync()).toEqual([false, true]);
  });

  it.each([
    [
      'values that do not broadcast',
      () => tensor([1, 2, 3]).setAt(['1:'], tensor([1, 2, 3])),
      '[setAt] a value of shape (3,) does not broadcast to the indexed shape (2,)',
    ],
    [
      'values for other places',
      () => tensor([1, 2, 3]).setAt([[0, 1]], tensor([1, 2, 3])),
      '[setAt] a value of shape (3,) does not broadcast to the indexed shape (2,)',
    ],
    ['an expanded tensor', () => tensor([1]).expand([3]).setAt(['0:2'], 5), 'is expanded'],
    ['an expanded tensor, by places', () => (tensor([1]).expand([3]) as Tensor).setAt([[0, 1]], 5), 'is expanded'],
    [
      'NaN in integers',
      () => tensor([1], { dtype: 'int64' }).setAt([0], Number.NaN),
      "[setAt] NaN doesn't fit in int64",
    ],
    [
      'numbers beyond the dtype',
      () => tensor([1], { dtype: 'uint8' }).setAt([0], 256),
      "[setAt] 256 doesn't fit in uint8",
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  it('adds up what indexPut_ accumulates', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -4, max: 3 }), { maxLength: 12 }), (list) => {
        const x = tensor([0, 0, 0, 0]);
        const data = [0, 0, 0, 0];
        list.forEach((i, k) => {
          data[i < 0 ? i + 4 : i]! += k + 1;
        });
        x.indexPut_([tensor(list, { dtype: 'int64' })], tensor(list.map((_, k) => k + 1)) as Tensor, {
          accumulate: true,
        });
        expect(x.toArraySync()).toEqual(data);
      }),
    );
    const y = tensor([
      [0, 0],
      [0, 0],
    ]);
    expect(y.indexPut([null, [1]], 3).toArraySync()).toEqual([
      [0, 3],
      [0, 3],
    ]);
    expect(y.toArraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('has shapes that broadcast as the naive version says', () => {
    expect(broadcast([2, 1], [3])).toEqual([2, 3]);
  });
});
