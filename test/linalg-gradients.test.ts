/** Gradients of determinants, inverses, solutions and Cholesky factors: against finite differences of first and second order, and at singular matrices. */
import { grad, gradcheck, gradgradcheck } from '@nn/autograd';
import type { Tensor } from '@nn/tensor';
import * as nn from '@nn/tensor';
import { describe, expect, it } from 'vitest';

const values = (...shape: number[]): Tensor =>
  nn.tensor(
    Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => Math.sin(5 * i * i + shape.length)),
    { dtype: 'float64', shape } as never,
  ) as Tensor;

const symmetric = (x: Tensor): Tensor => {
  const { shape } = x;
  const n = shape[shape.length - 1]!;
  const squares = nn.matmul(x, nn.transpose(x, -2, -1) as never) as Tensor;
  return squares.add(nn.eye(n, n, { dtype: 'float64' })) as Tensor;
};

const cases: [string, (...operands: Tensor[]) => Tensor | readonly Tensor[], Tensor[]][] = [
  ['det', (a) => nn.det(a!), [values(2, 3, 3)]],
  ['det of 1 × 1', (a) => nn.det(a!), [values(2, 1, 1)]],
  ['slogdet', (a) => nn.slogdet(a!).logabsdet, [values(3, 3)]],
  ['the sign', (a) => nn.slogdet(a!).sign.mul(nn.sum(a!)) as Tensor, [values(3, 3)]],
  ['logdet', (a) => nn.logdet(symmetric(a!)), [values(2, 3, 3)]],
  ['inv', (a) => nn.inv(a!), [values(2, 3, 3)]],
  ['a power below 0', (a) => nn.matrixPower(a!, -2), [values(3, 3)]],
  ['solve', (a, b) => nn.solve(a!, b!), [values(2, 3, 3), values(2, 3, 2)]],
  ['solve for a vector', (a, b) => nn.solve(a!, b!), [values(3, 3), values(3)]],
  ['solve, one matrix for many', (a, b) => nn.solve(a!, b!), [values(3, 3), values(2, 3, 1)]],
  ['solve from the right', (a, b) => nn.solve(a!, b!, { left: false }), [values(3, 3), values(2, 3)]],
  ['cholesky', (a) => nn.cholesky(symmetric(a!)), [values(2, 3, 3)]],
  ['cholesky of the upper triangle', (a) => nn.cholesky(symmetric(a!), { upper: true }), [values(3, 3)]],
];

describe('finite differences', () => {
  it.each(cases)('%s', async (_, run, operands) => {
    const leaves = (): Tensor[] => operands.map((t) => t.clone().requiresGrad_() as Tensor);
    expect(await gradcheck(run as never, leaves())).toBe(true);
    expect(await gradgradcheck(run as never, leaves())).toBe(true);
  });
});

/** Determinants without row i and column j, with their signs. */
const cofactors = (a: readonly (readonly number[])[]): number[] => {
  const det = (m: readonly (readonly number[])[]): number =>
    m.length === 0 ? 1 : m[0]!.reduce((total, x, j) => total + (-1) ** j * x * det(minor(m, 0, j)), 0);
  const minor = (m: readonly (readonly number[])[], i: number, j: number): number[][] =>
    m.filter((_, k) => k !== i).map((row) => row.filter((_, k) => k !== j));
  return a.flatMap((row, i) => row.map((_, j) => (-1) ** (i + j) * det(minor(a, i, j))));
};

describe.each(['float32', 'float64'] as const)('det where it is 0, %s', (dtype) => {
  it.each<[string, number[][]]>([
    [
      'rows that depend on each other',
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    ],
    [
      'a column of zeros',
      [
        [0, 1, 2],
        [0, 3, 4],
        [0, 5, 7],
      ],
    ],
    [
      'a row of zeros',
      [
        [1, 2, 3],
        [0, 0, 0],
        [2, 5, 7],
      ],
    ],
    [
      'a pivot of 0 before the last',
      [
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ],
    ],
    [
      'rank 1',
      [
        [1, 2, 3],
        [2, 4, 6],
        [3, 6, 9],
      ],
    ],
    [
      'zeros',
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    ],
    [
      'small numbers',
      [
        [1e-6, 2e-6],
        [2e-6, 4e-6],
      ],
    ],
    ['one number', [[0]]],
  ])('%s', (_, matrix) => {
    const a = nn.tensor(matrix, { dtype, requiresGrad: true } as never) as Tensor;
    const gradient = grad(nn.det(a), [a])[0]!;
    const wanted = cofactors(matrix);
    const scale = (Math.max(...matrix.flat().map(Math.abs)) || 1) ** (matrix.length - 1);
    [...gradient.dataSync()].forEach((x, i) => {
      const distance = Math.abs(Number(x) - wanted[i]!) / scale;
      if (!(distance <= (dtype === 'float32' ? 2e-6 : 1e-13))) expect.fail(`element ${i} is ${x}, not ${wanted[i]}`);
    });
  });
});

it('gradients keep nothing', () => {
  const a = values(2, 4, 4).requiresGrad_() as Tensor;
  const b = values(2, 4, 1).requiresGrad_() as Tensor;
  const taken = (): number => nn.memory().live - nn.memory().free;
  const run = (): void =>
    nn.scope(() => {
      for (const t of [nn.det(a), nn.slogdet(a).logabsdet, nn.inv(a), nn.solve(a, b), nn.cholesky(symmetric(a))])
        (nn.sum(t as Tensor) as Tensor).backward();
      for (const t of [a, b]) t.zeroGrad();
    });
  run();
  run();
  const before = taken();
  for (let i = 0; i < 20; i++) run();
  expect(taken()).toBe(before);
});
