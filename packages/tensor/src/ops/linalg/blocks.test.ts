/** Decompositions of matrices that take several blocks, or just not: against what defines them, and against plain loops. */
import '../../methods.ts';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../index.ts';
import * as nn from '../../index.ts';

const tensorOf = (values: readonly number[]): Tensor => nn.tensor(values, { dtype: 'float64' }) as Tensor;
const numbers = (t: Tensor): number[] => [...(t.contiguous() as Tensor).dataSync()].map(Number);

/** How far a product is from what it should be. */
function expectNear(actual: Tensor, wanted: readonly number[], within = 1e-12): void {
  const values = numbers(actual);
  expect(values.length).toBe(wanted.length);
  values.forEach((x, i) => {
    if (!(Math.abs(x - wanted[i]!) <= within)) expect.fail(`element ${i} is ${x} instead of ${wanted[i]}`);
  });
}

/** Sign and logarithm of the determinant, by elimination in plain loops. */
function eliminated(values: readonly number[], n: number): [number, number] {
  const rows = Array.from({ length: n }, (_, i) => values.slice(i * n, (i + 1) * n));
  let [sign, log] = [1, 0];
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[p]![k]!)) p = i;
    [rows[k], rows[p]] = [rows[p]!, rows[k]!];
    const pivot = rows[k]![k]!;
    sign *= (p === k ? 1 : -1) * Math.sign(pivot);
    log += Math.log(Math.abs(pivot));
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / pivot;
      for (let j = k; j < n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  return [sign, log];
}

describe.each([15, 16, 17, 40, 130])('matrices of several blocks, of size %i', (n) => {
  let state = n;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const lists = [0, 1].map(() => Array.from({ length: n * n }, next));
  const pair = lists.map((list) => tensorOf(list).reshape([n, n]) as Tensor);
  const a = nn.stack(pair) as Tensor;
  const identity = nn.eye(n, n, { dtype: 'float64' }) as Tensor;
  const largest = (x: Tensor): number => Math.max(...numbers(x.abs() as Tensor));

  it('solve, inv and cholesky give back what they take', () => {
    const sides = pair[0]!.narrow(1, 0, 3) as Tensor;
    const x = nn.solve(a, sides.add(1) as Tensor) as Tensor;
    expectNear(a.matmul(x) as Tensor, numbers(sides.add(1).expand([2, n, 3]) as Tensor), 1e-14 * n * largest(x));
    const inverse = nn.inv(a) as Tensor;
    expectNear(
      a.matmul(inverse) as Tensor,
      numbers(identity.expand([2, n, n]) as Tensor),
      1e-14 * n * largest(inverse),
    );
    const positive = (a.matmul(a.transpose(1, 2)) as Tensor).add(identity) as Tensor;
    const lower = nn.cholesky(positive) as Tensor;
    expectNear(lower.matmul(lower.transpose(1, 2)) as Tensor, numbers(positive), 1e-14 * n);
    expectNear(nn.tril(lower), numbers(lower), 0);
    expectNear(nn.cholesky(nn.tril(positive)), numbers(lower), 0);
  });

  it('determinants', () => {
    const { sign, logabsdet } = nn.slogdet(a);
    const wanted = lists.map((list) => eliminated(list, n));
    expectNear(
      sign,
      wanted.map(([s]) => s),
      0,
    );
    expectNear(
      logabsdet,
      wanted.map(([, l]) => l),
      1e-11,
    );
    expectNear(
      nn.det(a).div(nn.det(a).abs()),
      wanted.map(([s]) => s),
      0,
    );
  });

  it('one matrix has the bits that it has in a batch', () => {
    const check = (f: (x: Tensor) => Tensor): void =>
      expect(numbers(f(a))).toEqual(pair.flatMap((one) => numbers(f(one))));
    check((x) => nn.inv(x) as Tensor);
    check((x) => nn.solve(x, pair[0]!) as Tensor);
    check((x) => nn.cholesky((x.matmul(x.transpose(-1, -2)) as Tensor).add(identity) as Tensor) as Tensor);
    check(nn.det);
    check((x) => nn.slogdet(x).logabsdet);
  });

  it('exchanged rows, and a column of zeros', () => {
    const order = Array.from({ length: n }, (_, i) => (i * 7 + 3) % n);
    const inversions = order.reduce((sum, x, i) => sum + order.slice(i).filter((y) => y < x).length, 0);
    const exchanged = identity.indexSelect(0, nn.tensor(order, { dtype: 'int64' })) as Tensor;
    expect(numbers(nn.det(exchanged))).toEqual([inversions % 2 === 0 ? 1 : -1]);
    expect(numbers(nn.inv(exchanged))).toEqual(numbers(exchanged.transpose(0, 1) as Tensor));
    const [first, second] = pair as [Tensor, Tensor];
    const mask = tensorOf(Array.from({ length: n }, (_, j) => (j === n - 2 ? 0 : 1)));
    const singular = nn.stack([first.mul(mask) as Tensor, second]) as Tensor;
    expect(Math.abs(numbers(nn.det(singular))[0]!)).toBe(0);
    expect(numbers(nn.slogdet(singular).logabsdet)[0]).toBe(-Infinity);
    expect(numbers((nn.inv(singular) as Tensor).at(1) as Tensor)).toEqual(numbers(nn.inv(second) as Tensor));
  });
});
