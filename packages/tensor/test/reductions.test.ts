/** Reductions against the slow, obvious version: all shapes, dimensions, dtypes, and operands that don't lie densely. */
import { type DType, dtypes } from '@nn/backend';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../src/index.ts';
import * as nn from '../src/index.ts';
import type { Grid } from './naive.ts';
import { naiveReduce } from './naive-reduce.ts';

type Reduce = (x: Tensor, options?: { dim?: readonly number[]; keepdim?: boolean }) => Tensor;

const sum = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);
const mean = (v: readonly number[]): number => sum(v) / v.length;
const variance = (v: readonly number[]): number => sum(v.map((x) => (x - mean(v)) ** 2)) / Math.max(0, v.length - 1);
const logsumexp = (v: readonly number[]): number => Math.log(sum(v.map(Math.exp)));
const power = (p: number) => (v: readonly number[]) => sum(v.map((x) => Math.abs(x) ** p)) ** (1 / p);
const sameFloat = (dtype: DType): DType => dtype;
const floatOf = (dtype: DType): DType => (dtype.startsWith('float') ? dtype : 'float32');
const totalOf = (dtype: DType): DType => (dtype.startsWith('float') ? dtype : 'int64');
const truth = (dtype: DType): DType => (dtype === 'uint8' ? 'uint8' : 'bool');

interface Case {
  readonly run: Reduce;
  readonly naive: (values: number[]) => number;
  readonly dtype: (from: DType) => DType;
  readonly floatsOnly?: boolean;
  /** Whether nothing can be reduced. */
  readonly empty?: boolean;
}

const as = (f: unknown): Reduce => f as Reduce;
const withOptions =
  (f: unknown, extra: object): Reduce =>
  (x, options) =>
    as(f)(x, { ...options, ...extra });

const cases: Record<string, Case> = {
  sum: { run: as(nn.sum), naive: sum, dtype: totalOf, empty: true },
  nansum: { run: as(nn.nansum), naive: sum, dtype: totalOf, empty: true },
  mean: { run: as(nn.mean), naive: mean, dtype: sameFloat, floatsOnly: true, empty: true },
  nanmean: { run: as(nn.nanmean), naive: mean, dtype: sameFloat, floatsOnly: true, empty: true },
  prod: { run: as(nn.prod), naive: (v) => v.reduce((a, b) => a * b, 1), dtype: totalOf, empty: true },
  amax: { run: as(nn.amax), naive: (v) => Math.max(...v), dtype: sameFloat },
  amin: { run: as(nn.amin), naive: (v) => Math.min(...v), dtype: sameFloat },
  all: { run: as(nn.all), naive: (v) => Number(v.every((x) => x !== 0)), dtype: truth, empty: true },
  any: { run: as(nn.any), naive: (v) => Number(v.some((x) => x !== 0)), dtype: truth, empty: true },
  variance: { run: as(nn.variance), naive: variance, dtype: sameFloat, floatsOnly: true, empty: true },
  std: { run: as(nn.std), naive: (v) => Math.sqrt(variance(v)), dtype: sameFloat, floatsOnly: true, empty: true },
  logsumexp: { run: as(nn.logsumexp), naive: logsumexp, dtype: floatOf, empty: true },
  norm: { run: as(nn.norm), naive: power(2), dtype: sameFloat, floatsOnly: true, empty: true },
  'norm 3': { run: withOptions(nn.norm, { p: 3 }), naive: power(3), dtype: sameFloat, floatsOnly: true, empty: true },
  'norm 1': { run: withOptions(nn.norm, { p: 1 }), naive: power(1), dtype: sameFloat, floatsOnly: true, empty: true },
  'norm 0': {
    run: withOptions(nn.norm, { p: 0 }),
    naive: (v) => v.filter((x) => x !== 0).length,
    dtype: sameFloat,
    floatsOnly: true,
    empty: true,
  },
  'norm ∞': {
    run: withOptions(nn.norm, { p: Number.POSITIVE_INFINITY }),
    naive: (v) => Math.max(...v.map(Math.abs)),
    dtype: sameFloat,
    floatsOnly: true,
  },
  'norm -∞': {
    run: withOptions(nn.vectorNorm, { ord: Number.NEGATIVE_INFINITY }),
    naive: (v) => Math.min(...v.map(Math.abs)),
    dtype: sameFloat,
    floatsOnly: true,
  },
};

const dtypeNames = Object.keys(dtypes) as DType[];

interface Operand {
  readonly grid: Grid;
  readonly x: Tensor;
}

/** A grid of small whole numbers, as a dense tensor or as a permuted, sliced, or stretched view of one. */
export function operands(dtype: DType, least: number): fc.Arbitrary<Operand> {
  const [low, high] = dtype === 'bool' ? [0, 1] : dtype === 'uint8' ? [0, 3] : [-3, 3];
  return fc.array(fc.integer({ min: least, max: 4 }), { maxLength: 4 }).chain((shape) => {
    const size = shape.reduce((p, n) => p * n, 1);
    const data = fc.array(fc.integer({ min: low, max: high }), { minLength: size, maxLength: size });
    return fc.tuple(data, fc.constantFrom('dense', 'permuted', 'sliced')).map(([values, form]): Operand => {
      const grid = { shape, data: values };
      const dense = nn.tensor(values, { dtype, shape });
      if (form === 'permuted' && shape.length > 1) {
        const order = shape.map((_, d) => shape.length - 1 - d);
        return { grid, x: nn.permute(nn.permute(dense, order).clone() as Tensor, order) as Tensor };
      }
      if (form === 'sliced' && shape.length > 0) {
        const wide = nn.cat([dense, dense], { dim: 0 }) as Tensor;
        return { grid, x: nn.narrow(wide, 0, shape[0]!, shape[0]!) as Tensor };
      }
      return { grid, x: dense };
    });
  });
}

const dimsOf = (rank: number): fc.Arbitrary<number[]> =>
  fc.subarray(
    Array.from({ length: rank }, (_, d) => d),
    { minLength: Math.min(rank, 1) },
  );

/** Of float16 the nearest one, or one beside it where float32 and the naive sum round a tie apart. */
function expectClose(actual: Tensor, expected: readonly number[]): void {
  const found = Array.from(actual.dataSync());
  expect(found.length).toBe(expected.length);
  const isHalf = actual.dtype === 'float16';
  const nearest = isHalf ? nn.tensor([...expected], { dtype: 'float16' }).dataSync() : expected;
  found.forEach((value, i) => {
    const wanted = nearest[i]!;
    if (isHalf && Math.abs(value - wanted) <= 2 ** -10 * Math.abs(wanted)) return;
    if (!Object.is(value, wanted) && value !== wanted) expect(value).toBeCloseTo(wanted, 4);
  });
}

describe.each(Object.entries(cases))('%s', (_, { run, naive, dtype, floatsOnly, empty }) => {
  it.each(dtypeNames.filter((d) => !floatsOnly || d.startsWith('float')))('of %s', (from) => {
    const example = operands(from, empty ? 0 : 1).chain((operand) =>
      fc.tuple(fc.constant(operand), dimsOf(operand.grid.shape.length), fc.boolean(), fc.boolean()),
    );
    fc.assert(
      fc.property(example, ([{ grid, x }, dims, keepdim, negative]) => {
        const rank = grid.shape.length;
        const result = run(x, { dim: dims.map((d) => (negative ? d - rank : d)), keepdim });
        const wanted = naiveReduce(grid, dims, naive);
        expect(result.dtype).toBe(dtype(from));
        expect([...result.shape]).toEqual(
          keepdim ? grid.shape.map((n, d) => (dims.includes(d) ? 1 : n)) : wanted.shape,
        );
        expectClose(result, wanted.data);
      }),
      { numRuns: 40 },
    );
  });
});

describe('over everything', () => {
  it.each(Object.entries(cases))('%s without a dimension', (_, { run, naive, floatsOnly }) => {
    const values = [2, 1, 0, 3, 2, 1];
    const x = nn.tensor(values, { dtype: floatsOnly ? 'float64' : 'int32', shape: [2, 3] }) as Tensor;
    expect(run(x).shape).toEqual([]);
    expect(run(x, { keepdim: true }).shape).toEqual([1, 1]);
    expectClose(run(x), [naive(values)]);
  });
});

it('countNonzero', () => {
  fc.assert(
    fc.property(
      operands('float32', 0).chain((operand) => fc.tuple(fc.constant(operand), dimsOf(operand.grid.shape.length))),
      ([{ grid, x }, dims]) => {
        const result = nn.countNonzero(x, { dim: dims }) as Tensor;
        const wanted = naiveReduce(grid, dims, (v) => v.filter((e) => e !== 0).length);
        expect([result.dtype, [...result.shape], Array.from(result.dataSync())]).toEqual([
          'int64',
          wanted.shape,
          wanted.data,
        ]);
      },
    ),
  );
});
