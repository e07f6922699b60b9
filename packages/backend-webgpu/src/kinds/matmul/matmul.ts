/** The `matmul` kind: the product of matrices that lie by strides. Its forms are those of `product/`. */
import { type Geometry, type MatmulKernel, product } from '@nn/backend';
import type { Kind } from '../kind.ts';
import { formOf, isSlim, productVariant } from '../product/plan.ts';
import { digitsOf, type Entry, type Factor, type Problem, type Side } from '../product/problem.ts';
import type { Source } from '../source.ts';

export const matmulKind: Kind<MatmulKernel> = {
  aligns: true,
  variant: (kernel, geometry, _facts, aligned) => {
    const problem = matmulProblem(kernel, geometry, aligned);
    return problem.m * problem.n * problem.entries === 0 ? { passes: [] } : productVariant(problem, formOf(problem));
  },
};

export function matmulProblem(kernel: MatmulKernel, { sizes, strides }: Geometry, aligned: boolean): Problem {
  const { rank, dtype, extras, epilogue } = kernel;
  const [m, n, k] = sizes.slice(rank) as [number, number, number];
  // Bytes are converted one by one; the slim form goes along k alone.
  const wide = !aligned || dtype === 'uint8' ? 'none' : isSlim({ m, n }) ? 'k' : 'all';
  const problem: Problem = {
    dtype,
    m,
    n,
    k,
    entries: product(sizes.slice(0, rank)),
    left: sideOf(sizes, strides[1]!, rank, [m, k], 'k', wide),
    right: sideOf(sizes, strides[2]!, rank, [k, n], 'row', wide),
    operands: [1, 2],
    wideOutput: wide === 'all' && byFours(sizes, strides[0]!, rank, [m, n], 1),
    extras: extras.map((extra, i) => ({ from: { operand: 3 + i }, dtype: extra.dtype, writes: false })),
    epilogue,
    words: [...sizes, ...strides.slice(0, 3 + extras.length).flat()],
    enter: (source, first, entry) => entryOf(source, kernel, problem, first, entry),
  };
  return problem;
}

/** Whether neighbours along dimension `d` (0 or 1) of an operand's matrices can be loaded by fours: all steps but that one are whole fours. */
function byFours(
  sizes: readonly number[],
  strides: readonly number[],
  rank: number,
  shape: readonly number[],
  d: 0 | 1,
): boolean {
  const all = [...sizes.slice(0, rank), ...shape];
  return (
    strides[rank + d] === 1 &&
    shape[d]! % 4 === 0 &&
    strides.every((stride, i) => i === rank + d || all[i] === 1 || stride % 4 === 0)
  );
}

/** How a factor is read. `last`: what its last dimension is, of k and its rows. */
function sideOf(
  sizes: readonly number[],
  strides: readonly number[],
  rank: number,
  shape: readonly number[],
  last: Side['dense'],
  wide: 'none' | 'k' | 'all',
): Side {
  const other = last === 'k' ? 'row' : 'k';
  for (const [dense, d] of [
    [last, 1],
    [other, 0],
  ] as const)
    if (wide !== 'none' && (wide === 'all' || dense === 'k') && byFours(sizes, strides, rank, shape, d))
      return { dense, wide: true };
  const [outer, inner] = strides.slice(rank).map(Math.abs) as [number, number];
  return { dense: inner <= outer ? last : other, wide: false };
}

function entryOf(
  source: Source,
  { rank }: MatmulKernel,
  { left, right }: Problem,
  first: number,
  entry: string,
): Entry {
  const word = (i: number): string => source.word(first + i);
  const sizes = Array.from({ length: rank }, (_, d) => word(d));
  const [m, n, k] = [rank, rank + 1, rank + 2].map(word) as [string, string, string];
  const at = rank === 0 ? [] : digitsOf(source, entry, sizes.slice(1));
  /** Stride of an operand along a dimension. */
  const stride = (operand: number, d: number): string => word(rank + 3 + operand * (rank + 2) + d);
  const base = (operand: number, binding: number): string =>
    [source.start(binding), ...at.map((coordinate, d) => `${coordinate} * ${stride(operand, d)}`)].join(' + ');
  const factor = (operand: 1 | 2, side: Side, ofRow: string, ofMember: string): Factor => {
    const start = source.let(base(operand, operand), 'a');
    return {
      ...side,
      row: (i) => [
        source.let(side.wide && side.dense === 'row' ? `${start} + ${i}` : `${start} + ${i} * ${ofRow}`, 'a'),
      ],
      at: ([row], member) => {
        const index = side.wide && side.dense === 'k' ? `${row} + ${member.k}` : `${row} + ${member.k} * ${ofMember}`;
        return { index: side.wide ? `(${index}) / 4u` : index };
      },
    };
  };
  const address = (operand: number, binding: number, i: string, j: string): string =>
    `${base(operand, binding)} + ${i} * ${stride(operand, rank)} + ${j} * ${stride(operand, rank + 1)}`;
  return {
    terms: () => ({
      k,
      digits: [],
      fields: () => [],
      left: factor(1, left, stride(1, rank), stride(1, rank + 1)),
      right: factor(2, right, stride(2, rank + 1), stride(2, rank)),
    }),
    place: (i, j) => ({
      output: address(0, 0, i, j),
      coordinate: () => `((${entry} * ${m} + ${i}) * ${n} + ${j})`,
      extra: (e, binding) => address(3 + e, binding, i, j),
    }),
  };
}
