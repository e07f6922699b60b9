/** Triangular systems against PyTorch's results, against what defines them, and at their edges. Gradients: test/linalg-gradients.test.ts. */
import '../../methods.ts';
import { type DType, reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';
import { memory, type Tensor, type TriangularOptions } from '../../index.ts';

const tensorOf = (values: unknown, dtype: DType = 'float64'): Tensor => nn.tensor(values as never, { dtype }) as Tensor;
const numbers = (t: Tensor): number[] => [...(t.contiguous() as Tensor).dataSync()].map(Number);

function expectNear(actual: Tensor, wanted: readonly number[], within: number): void {
  const values = numbers(actual);
  expect(values.length).toBe(wanted.length);
  values.forEach((x, i) => {
    if (!(Math.abs(x - wanted[i]!) <= within)) expect.fail(`element ${i} is ${x} instead of ${wanted[i]}`);
  });
}

const pair = tensorOf([
  [
    [2, -1, 3],
    [0.5, 4, -2],
    [1, 0.25, -1.5],
  ],
  [
    [-1, 2, 0.5],
    [3, 0.5, 1],
    [-2, 1, 2.5],
  ],
]);
const sides = tensorOf([
  [1, 2],
  [-3, 0.5],
  [4, -1],
]);

// What torch.linalg.solve_triangular and torch.cholesky_solve of PyTorch 1.13 give for these; from the right for the sides transposed.
it.each<[TriangularOptions, number[]]>([
  [{ upper: false }, [0.5, 1, -0.8125, 0, -2.46875, 4 / 3, -1, -2, 0, 13, 0.8, -7.2]],
  [{ upper: false, unitriangular: true }, [1, 2, -3.5, -0.5, 3.875, -2.875, 1, 2, -6, -5.5, 12, 8.5]],
  [
    { upper: true },
    [3.45833333333, 0.229166666667, -2.08333333333, 0.458333333333, -8 / 3, 2 / 3, -18.6, 1.4, -9.2, 1.8, 1.6, -0.4],
  ],
  [{ upper: true, unitriangular: true }, [-6, 3.5, 5, -1.5, 4, -1, 13, -0.5, -7, 1.5, 4, -1]],
  [
    { upper: false, left: false },
    [1.97916666667, -0.583333333333, -8 / 3, 0.645833333333, 1 / 12, 2 / 3, -31.8, -9.2, 1.6, 4.2, 1.8, -0.4],
  ],
  [{ upper: false, left: false, unitriangular: true }, [-1, -4, 4, 2.625, 0.75, -1, 30, -7, 4, -4.5, 1.5, -1]],
  [{ upper: true, left: false }, [0.5, -0.625, -5 / 6, 1, 0.375, 2.16666666667, -1, -2, 2.6, -2, 9, -3.6]],
  [{ upper: true, left: false, unitriangular: true }, [1, -2, -3, 2, 2.5, -2, 1, -5, 8.5, 2, -3.5, 1.5]],
])('solveTriangular as PyTorch, %o', (options, wanted) => {
  const right = options.left === false ? (sides.t() as Tensor) : sides;
  expectNear(nn.solveTriangular(pair, right, options), wanted, 1e-10);
});

it.each<[boolean, number[]]>([
  [
    false,
    [
      -0.496419270833, 0.930555555556, -0.305989583333, 0.0555555555556, 1.64583333333, -0.888888888889, -1.56, 103.04,
      -0.64, 31.76, 0.32, -2.88,
    ],
  ],
  [
    true,
    [
      -0.522569444444, 2.35243055556, 0.121527777778, -0.628472222222, 0.555555555556, -1.44444444444, -10.64, 43.04,
      -6.08, 20.88, 1.04, -1.44,
    ],
  ],
])('choleskySolve as PyTorch, upper: %s', (upper, wanted) => {
  expectNear(nn.choleskySolve(sides, pair, { upper }), wanted, 1e-10);
});

let state = 1;
const next = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
};
const random = (dtype: DType, ...shape: number[]): Tensor =>
  tensorOf(Array.from({ length: shape.reduce((p, n) => p * n, 1) }, next), dtype).reshape(shape) as Tensor;

/** Well conditioned triangles [2, n, n]; and how they are given: NaN where nothing may be read. */
function triangles(n: number, dtype: DType, upper: boolean, unitriangular: boolean): [clean: Tensor, given: Tensor] {
  const identity = nn.eye(n, n, { dtype }) as Tensor;
  const scaled = random(dtype, 2, n, n).div(Math.sqrt(n)) as Tensor;
  const [keep, other] = upper ? [nn.triu, nn.tril] : [nn.tril, nn.triu];
  const inside = keep(scaled, { diagonal: upper ? 1 : -1 }) as Tensor;
  const clean = inside.add(unitriangular ? identity : identity.mul(1.5)) as Tensor;
  const unread = other(nn.ones([n, n]), { diagonal: unitriangular ? 0 : upper ? -1 : 1 }).bool() as Tensor;
  return [clean, nn.where(unread, Number.NaN, clean) as Tensor];
}

describe.each([1, 2, 7, 16, 17, 33, 64, 100, 130])('triangles of size %i', (n) => {
  const forms = [false, true].flatMap((upper) =>
    [true, false].flatMap((left) => [false, true].map((unitriangular) => ({ upper, left, unitriangular }))),
  );
  it.each(forms)('%o', ({ upper, left, unitriangular }) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [clean, given] = triangles(n, dtype, upper, unitriangular);
      const right = random(dtype, 3, 1, ...(left ? [n, 5] : [5, n]));
      const x = nn.solveTriangular(given, right, { upper, left, unitriangular });
      expect(x.shape).toEqual([3, 2, ...right.shape.slice(2)]);
      const product = (left ? clean.matmul(x as never) : x.matmul(clean as never)) as Tensor;
      expectNear(
        product,
        numbers(right.expand(x.shape) as Tensor),
        (dtype === 'float32' ? 2e-6 : 4e-15) * Math.sqrt(n),
      );
    }
  });

  it.each([false, true])('choleskySolve, upper: %s', (upper) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [clean, given] = triangles(n, dtype, upper, false);
      const right = random(dtype, 2, n, 3);
      const turned = clean.transpose(1, 2) as Tensor;
      const matrix = (upper ? turned.matmul(clean as never) : clean.matmul(turned as never)) as Tensor;
      const x = nn.choleskySolve(right, given, { upper });
      expectNear(
        matrix.matmul(x as never) as Tensor,
        numbers(right),
        (dtype === 'float32' ? 2e-5 : 2e-14) * Math.sqrt(n),
      );
    }
  });

  it('one matrix has the bits that it has in a batch, and so have operands that are not dense', () => {
    const [, given] = triangles(n, 'float64', false, false);
    const right = random('float64', 2, n, 4);
    const wanted = numbers(nn.solveTriangular(given, right, { upper: false }));
    const alone = [0, 1].flatMap((i) =>
      numbers(nn.solveTriangular(given.at(i) as Tensor, right.at(i) as Tensor, { upper: false })),
    );
    expect(alone).toEqual(wanted);
    const seen = given.transpose(1, 2).contiguous().transpose(1, 2) as Tensor;
    const within = nn.pad(right, [1, 1, 2, 2]).narrow(1, 2, n).narrow(2, 1, 4) as Tensor;
    expect(numbers(nn.solveTriangular(seen, within, { upper: false }))).toEqual(wanted);
  });
});

describe('edges', () => {
  const lower = tensorOf([
    [2, 9],
    [1, 4],
  ]);
  const column = tensorOf([[4], [10]]);

  it('is substitution, not a product with an inverse', () => {
    const graded = tensorOf([
      [1e-8, 0],
      [1, 1e-8],
    ]);
    expectNear(nn.solveTriangular(graded, tensorOf([[1e-8], [1]]), { upper: false }), [1, 0], 0);
  });

  it('a zero on the diagonal gives infinities and NaN', () => {
    expect(numbers(nn.solveTriangular(nn.zeros([2, 2]), nn.ones([2, 1]), { upper: false }))).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('no matrices, and matrices without elements', () => {
    const upper = false;
    expect(nn.solveTriangular(nn.ones([0, 3, 3]), nn.ones([3, 2]), { upper }).shape).toEqual([0, 3, 2]);
    expect(nn.solveTriangular(nn.ones([3, 0, 0]), nn.ones([0, 4]), { upper }).shape).toEqual([3, 0, 4]);
    expect(nn.solveTriangular(nn.ones([3, 3]), nn.ones([0, 3]), { upper, left: false }).shape).toEqual([0, 3]);
    expect(nn.choleskySolve(nn.ones([3, 0]), nn.ones([3, 3])).shape).toEqual([3, 0]);
  });

  it('float16 is computed in float32 and rounded once', () => {
    const half = nn.solveTriangular(lower.to('float16'), column.to('float16'), { upper: false });
    expect([half.dtype, numbers(half)]).toEqual(['float16', [2, 2]]);
    expect(nn.choleskySolve(column.to('float16'), lower.to('float16')).dtype).toBe('float16');
  });

  it('results are no views, and all but them is given back', () => {
    const batch = random('float32', 2, 20, 20).add(nn.eye(20).mul(4) as Tensor) as Tensor;
    const taken = (): number => memory().live - memory().free;
    const run = (): void => {
      for (const t of [
        nn.solveTriangular(batch, batch, { upper: true }),
        nn.solveTriangular(batch, batch, { upper: false, left: false }),
        nn.choleskySolve(batch, batch),
        nn.choleskySolve(batch, batch, { upper: true }),
      ]) {
        expect(t.base).toBe(null);
        t.dispose();
      }
    };
    run();
    const before = taken();
    for (let i = 0; i < 10; i++) run();
    expect(taken()).toBe(before);
  });

  it.each<[string, () => unknown]>([
    [
      "[solveTriangular] matrices (2, 2) and right sides (2,) don't fit; expected (…, 2, r): unsqueeze a vector",
      () => nn.solveTriangular(lower, tensorOf([1, 2]), { upper: false }),
    ],
    [
      "[solveTriangular] matrices (2, 2) and right sides (2, 1) don't fit; expected (…, r, 2)",
      () => nn.solveTriangular(lower, column, { upper: false, left: false }),
    ],
    [
      '[solveTriangular] needs square matrices (…, n, n), got (2, 1)',
      () => nn.solveTriangular(column, column, { upper: false }),
    ],
    [
      "[solveTriangular] dtypes differ: float64 and float32; convert one with .to('float64')",
      () => nn.solveTriangular(lower, nn.ones([2, 1]), { upper: false }),
    ],
    [
      "[solveTriangular] takes floats, got int64; convert with .to('float32')",
      () => nn.solveTriangular(nn.ones([2, 2], { dtype: 'int64' }), column, { upper: false }),
    ],
    [
      '[solveTriangular] upper is undefined; give { upper: true } or { upper: false }',
      () => nn.solveTriangular(lower, column, {} as never),
    ],
    [
      '[solveTriangular] got undefined where options belong, which have names: give { name: value }',
      () => nn.solveTriangular(lower, column, undefined as never),
    ],
    [
      '[solveTriangular] operands live on',
      () => nn.solveTriangular(lower, nn.ones([2, 1], { dtype: 'float64', backend: reference() }), { upper: false }),
    ],
    [
      "[choleskySolve] matrices (2, 2) and right sides (2,) don't fit; expected (…, 2, r): unsqueeze a vector",
      () => nn.choleskySolve(tensorOf([1, 2]), lower),
    ],
    [
      '[choleskySolve] got true where options belong, which have names: give { name: value }',
      () => nn.choleskySolve(column, lower, true as never),
    ],
    [
      '[solveTriangular] an operand is an array, neither a tensor nor a number; make a tensor of it with tensor(…)',
      () => nn.solveTriangular(lower, [[1], [2]] as never, { upper: false }),
    ],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});
