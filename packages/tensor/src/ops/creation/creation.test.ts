/** Making tensors: values, shapes, dtypes, places, refusals. PyTorch's reference values are checked by the goldens. */
import '../../methods.ts';
import { type DType, nullBackend, reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../index.ts';
import * as nn from '../../index.ts';

const shown = (t: Tensor): unknown[] => [t.dtype, t.toArraySync()];
const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool'];

describe('tensor', () => {
  it.each<[unknown, DType, unknown]>([
    [3, 'float32', 3],
    [true, 'bool', true],
    [3n, 'int64', 3],
    [nn.float(3), 'float32', 3],
    [[], 'float32', []],
    [[[], []], 'float32', [[], []]],
    [[1, 2.5], 'float32', [1, 2.5]],
    [[true, 2], 'float32', [1, 2]],
    [[true, 2n], 'int64', [1, 2]],
    [[1n, nn.float(2)], 'float32', [1, 2]],
    [[[true], [false]], 'bool', [[true], [false]]],
    [new Float32Array([1, 2]), 'float32', [1, 2]],
    [new Float64Array([0.1]), 'float64', [0.1]],
    [new Int32Array([-1]), 'int32', [-1]],
    [new Uint8Array([255]), 'uint8', [255]],
    [[new Float64Array([0.1]), [1]], 'float64', [[0.1], [1]]],
    [[Number.NaN, Number.NEGATIVE_INFINITY], 'float32', [Number.NaN, Number.NEGATIVE_INFINITY]],
  ])('of %s is %s', (data, dtype, wanted) => {
    expect(shown(nn.tensor(data as never))).toEqual([dtype, wanted]);
  });
  it.each(dtypes)('converts to %s', (dtype) => {
    const isBool = dtype === 'bool';
    const fraction = dtype.startsWith('float') ? 2.5 : 2;
    const wanted = isBool ? [false, true, true] : [0, 1, fraction];
    for (const data of [[0, 1, 2.5], new Float32Array([0, 1, 2.5]), [0n, true, 2.5]])
      expect(shown(nn.tensor(data as never, { dtype }))).toEqual([dtype, wanted]);
  });
  it('arranges flat values, copies, follows the default dtype and backend', () => {
    const flat = new Float32Array([1, 2, 3, 4]);
    const x = nn.tensor(flat, { shape: [2, 2] });
    flat.fill(9);
    expect(x.toArraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const backend = reference();
    expect(nn.tensor([1], { backend }).backend).toBe(backend);
    nn.setDefaultDType('float64');
    expect([nn.tensor([1]).dtype, nn.zeros([1]).dtype, nn.full([1], 1).dtype, nn.tensor([1n]).dtype]).toEqual([
      'float64',
      'float64',
      'float64',
      'int64',
    ]);
    nn.setDefaultDType('float32');
  });
  it.each<[string, () => unknown]>([
    ['[tensor] rows differ: one has 2 elements, another 1, at depth 1', () => nn.tensor([[1, 2], [3]] as never)],
    ['[tensor] a number stands where an array of 2 is expected, at depth 1', () => nn.tensor([[1, 2], 3] as never)],
    ['[tensor] rows differ: one has no elements, another 1', () => nn.tensor([1, [2]] as never)],
    ["[tensor] can't make an element of null", () => nn.tensor([1, null] as never)],
    ["[tensor] can't make an element of text", () => nn.tensor('text' as never)],
    ["[tensor] can't take a Int16Array; pass Float32Array", () => nn.tensor(new Int16Array(2) as never)],
    [
      "[tensor] 3 values don't fill the shape (2, 2), which has 4 elements",
      () => nn.tensor([1, 2, 3], { shape: [2, 2] }),
    ],
    ["[tensor] 300 doesn't fit in uint8, which holds 0 to 255", () => nn.tensor([300], { dtype: 'uint8' })],
    ["[tensor] 4294967296 doesn't fit in int64", () => nn.tensor([2n ** 32n])],
    ['[tensor] NaN has no int32', () => nn.tensor([Number.NaN], { dtype: 'int32' })],
    ['[requiresGrad', () => nn.tensor([1n], { requiresGrad: true })],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('asTensor', () => {
  it('takes tensors as they are, or converts', () => {
    const x = nn.tensor([1, 2]);
    expect(nn.asTensor(x)).toBe(x);
    expect(shown(nn.asTensor(x, { dtype: 'int64' }))).toEqual(['int64', [1, 2]]);
    expect(shown(nn.asTensor([true]))).toEqual(['bool', [true]]);
    expect(() => nn.asTensor(x, { backend: nullBackend() })).toThrow(
      '[asTensor] the tensor lives on reference, not on null',
    );
  });
});

describe('one value', () => {
  it.each(dtypes)('of %s', (dtype) => {
    const one = dtype === 'bool' ? true : 1;
    const zero = dtype === 'bool' ? false : 0;
    expect(shown(nn.ones([2], { dtype }))).toEqual([dtype, [one, one]]);
    expect(shown(nn.zeros([1, 2], { dtype }))).toEqual([dtype, [[zero, zero]]]);
    expect(shown(nn.full([2], true, { dtype }))).toEqual([dtype, [one, one]]);
    const x = nn.zeros([2], { dtype });
    expect([nn.zerosLike(x), nn.onesLike(x), nn.fullLike(x, 1)].map(shown)).toEqual([
      [dtype, [zero, zero]],
      [dtype, [one, one]],
      [dtype, [one, one]],
    ]);
    expect([nn.emptyLike(x).dtype, nn.empty([3, 0], { dtype }).shape]).toEqual([dtype, [3, 0]]);
  });
  it('takes its dtype from the value', () => {
    expect(
      [nn.full([], 2), nn.full([], 2n), nn.full([], false), nn.full([], nn.float(2)), nn.scalarTensor(2n)].map(
        (t) => t.dtype,
      ),
    ).toEqual(['float32', 'int64', 'bool', 'float32', 'float32']);
    expect(nn.onesLike(nn.ones([1]), { dtype: 'int32' }).dtype).toBe('int32');
    const backend = reference();
    expect(nn.zerosLike(nn.zeros([1], { backend })).backend).toBe(backend);
  });
  it('refuses sizes and values that make no sense', () => {
    expect(() => nn.zeros([2, -1])).toThrow('[zeros] -1 in (2, -1) is not a size');
    expect(() => nn.ones([1.5])).toThrow('[ones] 1.5 in (1.5,) is not a size');
    expect(() => nn.empty(3 as never)).toThrow('[empty] got 3; give an array of numbers, such as [2, 3]');
    expect(() => nn.full([1], 300, { dtype: 'uint8' })).toThrow("300 doesn't fit in uint8");
  });
});

describe('arange', () => {
  it.each<[Parameters<(...args: unknown[]) => void>, DType, number[]]>([
    [[3], 'int64', [0, 1, 2]],
    [[1, 4], 'int64', [1, 2, 3]],
    [[1, 8, 3], 'int64', [1, 4, 7]],
    [[1, 8, { step: 3 }], 'int64', [1, 4, 7]],
    [[0, -3, -1], 'int64', [0, -1, -2]],
    [[3, { dtype: 'float32' }], 'float32', [0, 1, 2]],
    [[nn.float(3)], 'float32', [0, 1, 2]],
    [[0, 2, 0.5], 'float32', [0, 0.5, 1, 1.5]],
    [[0, 0], 'int64', []],
    [[250, 256, { dtype: 'uint8' }], 'uint8', [250, 251, 252, 253, 254, 255]],
    [[2, { dtype: 'bool' }], 'bool', [0, 1]],
    [[0.5, 5, 1.7, { dtype: 'int64' }], 'int64', [0, 1, 2, 3, 4]],
    [[0.5, 5, 1.7, { dtype: 'int32' }], 'int32', [0, 1, 2]],
  ])('%s', (args, dtype, wanted) => {
    const x = (nn.arange as (...given: unknown[]) => Tensor)(...args);
    expect([x.dtype, Array.from(x.dataSync())]).toEqual([dtype, wanted]);
  });
  it.each<[string, () => unknown]>([
    [
      '[arange] from 0 to 5 in steps of -1: the step leads away from the end; give it the other sign',
      () => nn.arange(0, 5, -1),
    ],
    ['[arange] from 2.5 to 2 in steps of 3: the step leads away from the end', () => nn.arange(2.5, 2, 3)],
    ["[arange] from 0 to 5 in steps of 0: the step can't be 0", () => nn.arange(0, 5, 0)],
    ["[arange] from 0 to 5 in steps of 0: the step can't be 0", () => nn.arange(0, 5, 0.5, { dtype: 'int64' })],
    ["[arange] from 0 to 5 in steps of 0: the step can't be 0", () => nn.arange(0, 5, 0.5, { dtype: 'int32' })],
    ['[arange] from 0 to Infinity in steps of 1: all three must be finite', () => nn.arange(Number.POSITIVE_INFINITY)],
    ["[tensor] 256 doesn't fit in uint8", () => nn.arange(250, 257, { dtype: 'uint8' })],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('spaced values', () => {
  it('hold both ends exactly', () => {
    const x = Array.from(nn.linspace(0.1, 0.7, 13, { dtype: 'float64' }).dataSync());
    expect([x[0], x.at(-1), x.length]).toEqual([0.1, 0.7, 13]);
    expect(nn.linspace(5, 1, 3).toArraySync()).toEqual([5, 3, 1]);
    expect(nn.linspace(2, 9, 1).toArraySync()).toEqual([2]);
    expect(nn.linspace(2, 9, 0).shape).toEqual([0]);
    expect(shown(nn.linspace(0, 10, 5, { dtype: 'int64' }))).toEqual(['int64', [0, 2, 5, 7, 10]]);
    expect(shown(nn.linspace(0.7, 3.9, 4, { dtype: 'int32' }))).toEqual(['int32', [0, 1, 2, 3]]);
    expect(shown(nn.logspace(1, 2.5, 2, { dtype: 'int32' }))).toEqual(['int32', [10, 100]]);
    expect(nn.logspace(0, 3, 4, { base: 2 }).toArraySync()).toEqual([1, 2, 4, 8]);
    expect(() => nn.linspace(0, 1, -1)).toThrow('[linspace] steps is -1');
  });
});

describe('matrices', () => {
  it('eye', () => {
    expect(nn.eye(2, 3).toArraySync()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(shown(nn.eye(1, 1, { dtype: 'bool' }))).toEqual(['bool', [[true]]]);
    expect(nn.eye(2, 0).shape).toEqual([2, 0]);
    expect(shown(nn.eye(2, { dtype: 'int64' }))).toEqual(shown(nn.eye(2, 2, { dtype: 'int64' })));
    expect(nn.eye(2, { requiresGrad: false }).dtype).toBe('float32');
  });
  it.each([-4, -1, 0, 1, 5])('triangles at diagonal %i', (diagonal) => {
    const x = nn.arange(1, 25).reshape([2, 3, 4]) as Tensor;
    const kept = (keep: (distance: number) => boolean): number[] =>
      Array.from({ length: 24 }, (_, i) => (keep((i % 4) - (Math.floor(i / 4) % 3)) ? i + 1 : 0));
    const swapped = nn.transpose(nn.transpose(x, 0, 2).clone(), 0, 2) as Tensor;
    for (const t of [x, swapped]) {
      expect(Array.from(nn.tril(t, { diagonal }).dataSync())).toEqual(kept((d) => d <= diagonal));
      expect(Array.from(t.triu({ diagonal }).dataSync())).toEqual(kept((d) => d >= diagonal));
    }
    const places = (indices: Tensor): number[][] => {
      const [rows, columns] = indices.toArraySync() as [number[], number[]];
      return rows.map((r, i) => [r, columns[i]!]);
    };
    const all = Array.from({ length: 12 }, (_, i) => [Math.floor(i / 4), i % 4]);
    expect(places(nn.trilIndices(3, 4, { offset: diagonal }))).toEqual(all.filter(([r, c]) => c! - r! <= diagonal));
    expect(places(nn.triuIndices(3, 4, { offset: diagonal }))).toEqual(all.filter(([r, c]) => c! - r! >= diagonal));
  });
  it.each([
    [[40, 3, 5], 0],
    [[2, 3, 5, 2], -1],
    [[3, 0], 0],
    [[0, 3], 1],
    [[0, 2, 2], 0],
    [[1, 7], 3],
    [[7, 1], -3],
    [[2, 70], 1e12],
    [[70, 2], -1e12],
  ] as const)('triangles of every dtype, shape %j at %d', (shape, diagonal) => {
    const [rows, columns] = shape.slice(-2) as [number, number];
    const size = shape.reduce<number>((p, n) => p * n, 1);
    for (const dtype of ['float32', 'float64', 'float16', 'int64', 'int32', 'uint8', 'bool'] as const) {
      const x = nn.full(shape, 1, { dtype }) as Tensor;
      const kept = (keep: (distance: number) => boolean): number[] =>
        Array.from({ length: size }, (_, i) => Number(keep((i % columns) - (Math.floor(i / columns) % rows))));
      const [lower, upper] = [nn.tril(x, { diagonal }), nn.triu(x, { diagonal })];
      expect([lower.dtype, lower.shape, upper.dtype]).toEqual([dtype, [...shape], dtype]);
      expect(Array.from(lower.dataSync())).toEqual(kept((d) => d <= diagonal));
      expect(Array.from(upper.dataSync())).toEqual(kept((d) => d >= diagonal));
    }
  });
  it('triangles drop what is no number, and every zero is positive', () => {
    const x = nn.tensor([
      [-0, Number.NaN],
      [Number.NEGATIVE_INFINITY, -0],
    ]);
    expect(Array.from(nn.tril(x).dataSync())).toEqual([-0, 0, Number.NEGATIVE_INFINITY, -0]);
    expect(Array.from(nn.triu(x).dataSync())).toEqual([-0, Number.NaN, 0, -0]);
  });
  it.each([
    [0, 3, 0],
    [3, 0, 0],
    [1e9, 0, -2],
    [1, 5, 2],
    [5, 1, -2],
    [4, 4, -9],
    [4, 4, 9],
  ])('indices of the triangles of a %i × %i matrix, offset %i', (rows, columns, offset) => {
    const all =
      columns === 0 ? [] : Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
    for (const dtype of [undefined, 'int32', 'float32', 'uint8'] as const)
      for (const [make, keep] of [
        [nn.trilIndices, (d: number) => d <= offset],
        [nn.triuIndices, (d: number) => d >= offset],
      ] as const) {
        const kept = all.filter(([r, c]) => keep(c! - r!));
        const found = make(rows, columns, { offset, ...(dtype !== undefined && { dtype }) });
        expect(shown(found)).toEqual([dtype ?? 'int64', [kept.map(([r]) => r), kept.map(([, c]) => c)]]);
      }
  });
  it('triangles of bools, and refusals', () => {
    expect(nn.tril(nn.ones([2, 2], { dtype: 'bool' })).toArraySync()).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(() => nn.tril(nn.ones([2]))).toThrow('[tril] takes matrices, got shape (2,)');
    expect(() => nn.triu(nn.ones([2, 2]), { diagonal: 0.5 })).toThrow('[triu] diagonal is 0.5');
  });
});

describe('windows', () => {
  const cosines = (n: number, periodic: boolean, weights: readonly number[]): number[] =>
    Array.from({ length: n }, (_, i) =>
      weights.reduce((s, w, k) => s + w * Math.cos((2 * Math.PI * k * i) / (periodic ? n : n - 1)), 0),
    );
  it.each([true, false])('are sums of cosines, periodic: %s', (periodic) => {
    const check = (x: Tensor, weights: readonly number[]): void =>
      x.dataSync().forEach((v, i) => {
        expect(v).toBeCloseTo(cosines(7, periodic, weights)[i]!, 12);
      });
    check(nn.hannWindow(7, { periodic, dtype: 'float64' }), [0.5, -0.5]);
    check(nn.hammingWindow(7, { periodic, dtype: 'float64' }), [0.54, -0.46]);
    check(nn.hammingWindow(7, { periodic, dtype: 'float64', alpha: 0.6, beta: 0.2 }), [0.6, -0.2]);
    check(nn.blackmanWindow(7, { periodic, dtype: 'float64' }), [0.42, -0.5, 0.08]);
  });
  it('of one value is 1, of none empty', () => {
    expect(
      [nn.hannWindow(1), nn.blackmanWindow(1, { periodic: false }), nn.hammingWindow(0)].map((t) => t.toArraySync()),
    ).toEqual([[1], [1], []]);
    expect(() => nn.hannWindow(3, { dtype: 'int64' })).toThrow(
      "[hannWindow] a window has fractions, so it can't be int64",
    );
    expect(() => nn.hannWindow(-1)).toThrow('[hannWindow] -1 is not a length');
  });
});

it('takes one kernel a tensor, whatever the numbers', () => {
  const backend = nullBackend();
  nn.full([2], 1, { backend });
  nn.arange(0, 10, 2, { backend });
  nn.eye(3, 3, { backend });
  const { programs, total } = backend.counts;
  nn.full([7], 5, { backend });
  nn.arange(5, 50, 3, { backend });
  nn.eye(4, 9, { backend });
  expect([backend.counts.programs, backend.counts.total]).toEqual([programs, 2 * total]);
});
