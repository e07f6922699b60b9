/** Determinants, inverses, solutions and Cholesky factors against what defines them, and at their edges. Gradients: test/linalg-gradients.test.ts. */
import '../../methods.ts';
import { type DType, reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';
import { memory, type Tensor } from '../../index.ts';

type Matrix = readonly (readonly number[])[];

const tensorOf = (values: unknown, dtype: DType = 'float64'): Tensor => nn.tensor(values as never, { dtype }) as Tensor;
const numbers = (t: Tensor): number[] => [...(t.contiguous() as Tensor).dataSync()].map(Number);

/** Some matrix whose pivots are never the first rows in order. */
const some = (n: number, seed: number): Matrix =>
  Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => Math.sin(7 * i + 3 * j + seed) + (i + j === n - 1 ? 2 : 0)),
  );

/** By expansion along the first row. */
const expansion = (a: Matrix): number =>
  a.length === 0
    ? 1
    : a[0]!.reduce(
        (total, x, j) =>
          total + (j % 2 === 0 ? x : -x) * expansion(a.slice(1).map((row) => row.filter((_, k) => k !== j))),
        0,
      );

/** How far a product is from what it should be. */
function expectNear(actual: Tensor, wanted: readonly number[], within = 1e-12): void {
  const values = numbers(actual);
  expect(values.length).toBe(wanted.length);
  values.forEach((x, i) => {
    if (!(Math.abs(x - wanted[i]!) <= within)) expect.fail(`element ${i} is ${x} instead of ${wanted[i]}`);
  });
}

describe.each([1, 2, 3, 4, 6])('matrices of size %i', (n) => {
  const batch = [0, 1, 2, 3, 4, 5].map((seed) => some(n, seed));
  const a = tensorOf(batch).reshape([2, 3, n, n]) as Tensor;
  const determinants = batch.map(expansion);

  it('det, slogdet and logdet', () => {
    const { sign, logabsdet } = nn.slogdet(a);
    expect(nn.det(a).shape).toEqual([2, 3]);
    expectNear(nn.det(a), determinants);
    expectNear(sign, determinants.map(Math.sign));
    expectNear(
      logabsdet,
      determinants.map((d) => Math.log(Math.abs(d))),
    );
    const logs = numbers(nn.logdet(a));
    determinants.forEach((d, i) => {
      if (d < 0) expect(logs[i]).toBeNaN();
      else expect(logs[i]).toBeCloseTo(Math.log(d), 10);
    });
  });

  it('inv from either side, and the powers below 0', () => {
    const inverse = nn.inv(a) as Tensor;
    const identity = numbers(nn.eye(n).expand([2, 3, n, n]) as Tensor);
    expectNear(inverse.matmul(a) as Tensor, identity);
    expectNear(a.matmul(inverse) as Tensor, identity);
    expectNear(nn.matrixPower(a, -2), numbers(inverse.matmul(inverse) as Tensor));
    expectNear(nn.matrixPower(a, -1), numbers(inverse));
  });

  it('solve for matrices, vectors, one right side for all, one matrix for all', () => {
    const values = nn.arange(6 * n * 2, { dtype: 'float64' }).sin() as Tensor;
    const wide = values.reshape([2, 3, n, 2]) as Tensor;
    expectNear(a.matmul(nn.solve(a, wide)) as Tensor, numbers(wide));
    const vectors = wide.select(-1, 0) as Tensor;
    const found = nn.solve(a, vectors) as Tensor;
    expect(found.shape).toEqual([2, 3, n]);
    expectNear((a.matmul(found.unsqueeze(-1)) as Tensor).squeeze(-1) as Tensor, numbers(vectors));
    const one = wide.at(0, 0) as Tensor;
    expectNear(a.matmul(nn.solve(a, one)) as Tensor, numbers(one.expand([2, 3, n, 2]) as Tensor));
    const first = a.at(0, 0) as Tensor;
    expectNear(first.matmul(nn.solve(first, wide)) as Tensor, numbers(wide));
    const rows = wide.transpose(-1, -2) as Tensor;
    expectNear(nn.solve(a, rows, { left: false }).matmul(a as never) as Tensor, numbers(rows));
  });

  it('cholesky, of which the other triangle is not read', () => {
    const positive = (a.matmul(a.transpose(-1, -2)) as Tensor).add(nn.eye(n, n, { dtype: 'float64' })) as Tensor;
    const below = nn.tril(positive).add(nn.triu(nn.full([n, n], 99, { dtype: 'float64' }), { diagonal: 1 })) as Tensor;
    const lower = nn.cholesky(below) as Tensor;
    expectNear(lower.matmul(lower.transpose(-1, -2)) as Tensor, numbers(positive), 1e-10);
    expectNear(nn.cholesky(positive, { upper: true }), numbers(lower.transpose(-1, -2) as Tensor));
    expectNear(nn.tril(lower), numbers(lower), 0);
  });

  it('the same of a matrix seen transposed', () => {
    const dense = a.transpose(-1, -2).contiguous() as Tensor;
    for (const f of [nn.det, nn.inv, (x: Tensor) => nn.solve(x, dense)] as ((x: Tensor) => Tensor)[])
      expectNear(f(a.transpose(-1, -2) as Tensor), numbers(f(dense)), 0);
  });
});

describe('edges', () => {
  const singular = tensorOf([
    [4, 8, 4],
    [2, 4, 2],
    [1, 1, 3],
  ]);

  it('singular matrices', () => {
    expect(numbers(nn.det(singular))).toEqual([0]);
    const { sign, logabsdet } = nn.slogdet(singular);
    expect([...numbers(sign), ...numbers(logabsdet), ...numbers(nn.logdet(singular))]).toEqual([
      0,
      -Infinity,
      -Infinity,
    ]);
    expect(numbers(nn.inv(singular)).some(Number.isFinite)).toBe(false);
    expect(numbers(nn.det(nn.zeros([3, 3])))).toEqual([0]);
    // A matrix beside it is left alone.
    const both = nn.stack([singular, nn.eye(3, 3, { dtype: 'float64' }) as Tensor]) as Tensor;
    expect(numbers((nn.inv(both) as Tensor).at(1) as Tensor)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('a column of zeros is no pivot, a row below one is', () => {
    expect(
      numbers(
        nn.det(
          tensorOf([
            [0, 1],
            [1, 0],
          ]),
        ),
      ),
    ).toEqual([-1]);
    expect(
      numbers(
        nn.inv(
          tensorOf([
            [0, 0, 1],
            [1, 0, 0],
            [0, 1, 0],
          ]),
        ),
      ),
    ).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0]);
  });

  it('NaN stays where it is from', () => {
    expect(
      numbers(
        nn.det(
          tensorOf([
            [
              [Number.NaN, 1],
              [1, 2],
            ],
            [
              [2, 0],
              [0, 3],
            ],
          ]),
        ),
      ),
    ).toEqual([Number.NaN, 6]);
  });

  it('what is not positive definite has no Cholesky factor from there on', () => {
    const [first, ...rest] = numbers(
      nn.cholesky(
        tensorOf([
          [4, 2],
          [2, 0.5],
        ]),
      ),
    );
    expect([first, rest[2]]).toEqual([2, Number.NaN]);
  });

  it('no matrices, and matrices without elements', () => {
    const none = nn.zeros([0, 3, 3]) as Tensor;
    expect([nn.det(none).shape, nn.inv(none).shape, nn.cholesky(none).shape]).toEqual([[0], [0, 3, 3], [0, 3, 3]]);
    expect(nn.solve(none, nn.zeros([0, 3, 2]) as Tensor).shape).toEqual([0, 3, 2]);
    const empty = nn.zeros([2, 0, 0]) as Tensor;
    expect(numbers(nn.det(empty))).toEqual([1, 1]);
    expect(numbers(nn.logdet(empty))).toEqual([0, 0]);
    expect([nn.inv(empty).shape, nn.cholesky(empty).shape]).toEqual([
      [2, 0, 0],
      [2, 0, 0],
    ]);
    expect(nn.solve(nn.eye(2) as Tensor, nn.zeros([2, 0]) as Tensor).shape).toEqual([2, 0]);
  });

  it('one matrix of one number in a batch, and a vector for it', () => {
    const found = nn.solve(tensorOf([[[2]]]), tensorOf([4])) as Tensor;
    expect([found.shape, numbers(found)]).toEqual([[1, 1], [2]]);
  });

  it('results are no views, and share no memory with operands', () => {
    const b = tensorOf([
      [4, 2],
      [2, 10],
    ]);
    for (const left of [true, false]) expect((nn.solve(b, b, { left }) as Tensor).base).toBe(null);
    expect((nn.solve(b, tensorOf([1, 2])) as Tensor).base).toBe(null);
    const batch = nn.stack([b, b]) as Tensor;
    for (const t of [
      nn.det(batch),
      nn.slogdet(batch).sign,
      nn.slogdet(batch).logabsdet,
      nn.inv(batch),
      nn.cholesky(batch),
    ])
      expect((t as Tensor).base).toBe(null);
    const power = nn.matrixPower(b, 1);
    power.zero_();
    expect(numbers(b)).toEqual([4, 2, 2, 10]);
    const taken = (): number => memory().live - memory().free;
    for (const n of [1, -1, 7, -7]) {
      nn.matrixPower(b, n).dispose();
      const before = taken();
      nn.matrixPower(b, n).dispose();
      expect(taken()).toBe(before);
    }
  });

  it('operands on two backends', () => {
    const there = nn.ones([3], { dtype: 'float64', backend: reference() }) as Tensor;
    expect(() => nn.solve(singular, there)).toThrow(/^\[solve\] operands live on/);
  });

  it('float16 is computed in float32 and rounded once', () => {
    const a = tensorOf(
      [
        [3, 1],
        [1, 2],
      ],
      'float16',
    );
    expect([nn.inv(a).dtype, nn.solve(a, tensorOf([1, 0], 'float16')).dtype]).toEqual(['float16', 'float16']);
    expect(numbers(nn.det(a))).toEqual([5]);
    expectNear(
      nn.inv(a),
      [0.4, -0.2, -0.2, 0.6].map((x) => Math.fround(x)),
      2e-4,
    );
  });

  it('a method each', () => {
    const a = tensorOf([
      [4, 2],
      [2, 10],
    ]);
    expectNear(a.det(), [36]);
    expectNear(a.logdet(), [Math.log(36)]);
    expectNear(a.slogdet().sign, [1]);
    expectNear(a.inverse(), numbers(nn.inv(a)), 0);
    expectNear(a.cholesky(), [2, 0, 1, 3]);
  });

  it.each<[string, () => unknown]>([
    ['[det] needs square matrices (…, n, n), got (2, 3)', () => nn.det(nn.ones([2, 3]))],
    ['[inv] needs square matrices (…, n, n), got (3,)', () => nn.inv(nn.ones([3]))],
    [
      "[cholesky] takes floats, got int64; convert with .to('float32')",
      () => nn.cholesky(nn.ones([2, 2], { dtype: 'int64' })),
    ],
    ['[logdet] needs square matrices (…, n, n), got (1, 2)', () => nn.logdet(nn.ones([1, 2]))],
    [
      '[slogdet] an operand is an array, neither a tensor nor a number; make a tensor of it with tensor(…)',
      () => nn.slogdet([[1]] as never),
    ],
    [
      "[solve] dtypes differ: float64 and float32; convert one with .to('float64')",
      () => nn.solve(singular, nn.ones([3])),
    ],
    [
      "[solve] matrices (3, 3) and right sides (2, 1) don't fit; expected (…, 3, r), or a vector of 3 for each matrix",
      () => nn.solve(singular, tensorOf([[1], [2]])),
    ],
    [
      '[solve] left: false takes matrices for right sides, got (3,); unsqueeze them',
      () => nn.solve(singular, tensorOf([1, 2, 3]), { left: false }),
    ],
    [
      '[solve] got false where options belong, which have names: give { name: value }',
      () => nn.solve(singular, singular, false as never),
    ],
    [
      '[cholesky] got null where options belong, which have names: give { name: value }',
      () => nn.cholesky(singular, null as never),
    ],
    ['[matrixPower] the power must be a whole number, got 0.5', () => nn.matrixPower(singular, 0.5)],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});

it('gives back all but the result', () => {
  const a = tensorOf([some(5, 1), some(5, 2)], 'float32');
  const positive = a.matmul(a.transpose(1, 2)) as Tensor;
  const taken = (): number => memory().live - memory().free;
  const run = (): void => {
    const { sign, logabsdet } = nn.slogdet(a);
    for (const t of [sign, logabsdet, nn.det(a), nn.logdet(a), nn.inv(a), nn.solve(a, a), nn.cholesky(positive)])
      (t as Tensor).dispose();
    nn.solve(a, a, { left: false }).dispose();
    nn.matrixPower(a, -3).dispose();
  };
  run();
  const before = taken();
  for (let i = 0; i < 20; i++) run();
  expect(taken()).toBe(before);
});
