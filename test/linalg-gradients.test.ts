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

/** With a diagonal far from 0. */
const dominant = (x: Tensor): Tensor => {
  const n = x.shape[x.shape.length - 1]!;
  return x.add(nn.eye(n, n, { dtype: 'float64' }).mul(4)) as Tensor;
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
  ['cholesky of several blocks', (a) => nn.cholesky(symmetric(a!)), [values(18, 18)]],
  ...[false, true].flatMap((upper) =>
    [true, false].flatMap((left) =>
      [false, true].map((unitriangular): (typeof cases)[number] => [
        `solveTriangular, upper: ${upper}, left: ${left}, unitriangular: ${unitriangular}`,
        (a, b) => nn.solveTriangular(dominant(a!), b!, { upper, left, unitriangular }),
        [values(2, 3, 3), left ? values(3, 2) : values(2, 3)],
      ]),
    ),
  ),
  [
    'solveTriangular of several blocks',
    (a, b) => nn.solveTriangular(dominant(a!), b!, { upper: false }),
    [values(18, 18), values(18, 1)],
  ],
  ['choleskySolve', (a, b) => nn.choleskySolve(b!, dominant(a!)), [values(2, 3, 3), values(3, 2)]],
  [
    'choleskySolve of the upper triangle',
    (a, b) => nn.choleskySolve(b!, dominant(a!), { upper: true }),
    [values(3, 3), values(2, 3, 1)],
  ],
  ['cov', (a) => nn.cov(a!), [values(3, 5)]],
  [
    'cov with weights',
    (a, b) =>
      nn.cov(a!, {
        aweights: nn.square(b!) as Tensor,
        fweights: nn.tensor([1, 0, 2, 3, 1], { dtype: 'int64' }) as Tensor,
      }),
    [values(3, 5), values(5)],
  ],
  [
    'cov of one variable, weighted, plain',
    (a, b) => nn.cov(a!, { aweights: nn.square(b!) as Tensor, correction: 0 }),
    [values(5), values(5)],
  ],
  ['corrcoef', (a) => nn.corrcoef(a!), [values(3, 5)]],
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

describe('triangles', () => {
  const list = (t: Tensor): number[] => [...(t.contiguous() as Tensor).dataSync()].map(Number);
  const expectNear = (actual: Tensor, wanted: readonly number[]): void =>
    list(actual).forEach((x, i) => {
      if (!(Math.abs(x - wanted[i]!) <= 1e-9)) expect.fail(`element ${i} is ${x}, not ${wanted[i]}`);
    });
  const matrix = [
    [2, -1, 3],
    [0.5, 4, -2],
    [1, 0.25, -1.5],
  ];
  const weights = nn.tensor(
    [
      [1, -2],
      [0.5, 3],
      [2, 1],
    ],
    { dtype: 'float64' },
  ) as Tensor;
  const given = (upper: boolean, diagonalToo: boolean): Tensor =>
    nn.tensor(
      matrix.map((row, i) => row.map((x, j) => ((upper ? j < i : j > i) || (diagonalToo && i === j) ? Number.NaN : x))),
      { dtype: 'float64', requiresGrad: true } as never,
    ) as Tensor;
  const sides = nn.tensor(
    [
      [1, 2],
      [-3, 0.5],
      [4, -1],
    ],
    { dtype: 'float64' },
  ) as Tensor;

  // What PyTorch 1.13 gives for the whole matrix, of which it reads a triangle.
  it.each<[boolean, boolean, number[]]>([
    [
      false,
      false,
      [0.307291666667, 0, 0, -0.895833333333, 0.169270833333, 0, 1.33333333333, -1.08333333333, -2.40277777778],
    ],
    [false, true, [0, 0, 0, -5.5, 0, 0, -4, 7.5, 0]],
    [true, false, [-1.5, 1.5, 2, 0, 0.291666666667, 0.333333333333, 0, 0, 0.444444444444]],
    [true, true, [0, -8, -6, 0, 0, -5, 0, 0, 0]],
  ])(
    'solveTriangular as PyTorch, NaN where nothing is read; upper: %s, unitriangular: %s',
    (upper, unitriangular, wanted) => {
      const a = given(upper, unitriangular);
      const x = nn.solveTriangular(a, sides, { upper, unitriangular });
      expectNear(grad(nn.sum(x.mul(weights) as Tensor) as Tensor, [a])[0]!, wanted);
    },
  );

  it.each<[boolean, number[]]>([
    [false, [2.15364583333, 0, 0, 0.0520833333333, -0.05029296875, 0, -2.83333333333, 1.2109375, 1.14626736111]],
    [
      true,
      [5.96614583333, -2.06770833333, -4.16666666667, 0, -0.00173611111111, 0.0277777777778, 0, 0, -8.88888888889],
    ],
  ])('choleskySolve as PyTorch for a factor without the other triangle, NaN there; upper: %s', (upper, wanted) => {
    const a = given(upper, false);
    const x = nn.choleskySolve(sides, a, { upper });
    expectNear(grad(nn.sum(x.mul(weights) as Tensor) as Tensor, [a])[0]!, wanted);
  });
});

it('gradients keep nothing', () => {
  const a = values(2, 4, 4).requiresGrad_() as Tensor;
  const b = values(2, 4, 1).requiresGrad_() as Tensor;
  const taken = (): number => nn.memory().live - nn.memory().free;
  const run = (): void =>
    nn.scope(() => {
      for (const t of [
        nn.det(a),
        nn.slogdet(a).logabsdet,
        nn.inv(a),
        nn.solve(a, b),
        nn.cholesky(symmetric(a)),
        nn.choleskySolve(b, a),
      ])
        (nn.sum(t as Tensor) as Tensor).backward();
      // Of one operand alone, of two that are tracked.
      for (const t of [a, b]) {
        grad(nn.sum(nn.solve(a, b)) as Tensor, [t])[0]!.dispose();
        grad(nn.sum(nn.choleskySolve(b, a)) as Tensor, [t])[0]!.dispose();
      }
      for (const t of [a, b]) t.zeroGrad();
    });
  run();
  run();
  const before = taken();
  for (let i = 0; i < 20; i++) run();
  expect(taken()).toBe(before);
});
