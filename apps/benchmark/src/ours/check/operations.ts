/** Single operations against plain loops in float64. */
import { type Tensor, tensor } from '@nn/tensor';
import { hash, seeds, uniform } from '../../cases/numbers.ts';
import type { LadderSpec, MatmulSpec, MatrixSpec, TinySpec, VectorSpec } from '../../cases/spec.ts';
import { difference, half, type Values } from './compare.ts';

const numbers = (seed: number, size: number): Float32Array => uniform(size, seed, -1, 1);

/** Products beyond this many multiplications are checked at so many places. */
const fewMacs = 2e7;
const places = 2000;

/**
 * A result (m, n) against dot products. n − 1 roundings of a sum can move it by no more than (n − 1) · 2⁻²⁴ of the sum of the absolute values, whatever the order
 * (Higham 2002, §3.1).
 */
export function checkProduct(
  actual: Values,
  { m, k, n, transposeA, transposeB }: Omit<MatmulSpec, 'kind'>,
): string | null {
  const [a, b] = [numbers(seeds.left, m * k), numbers(seeds.right, k * n)];
  if (actual.length !== m * n) return `the product has ${actual.length} elements instead of ${m * n}`;
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1];
  const [bColumn, bStep] = transposeB ? [k, 1] : [1, n];
  const every = m * n * k <= fewMacs;
  const count = every ? m * n : places;
  const found = new Float64Array(count);
  const expected = new Float64Array(count);
  const bounds = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    const at = every ? p : hash(seeds.label, p) % (m * n);
    const [i, j] = [Math.floor(at / n), at % n];
    let [sum, size] = [0, 0];
    for (let l = 0; l < k; l++) {
      const term = a[i * aRow + l * aStep]! * b[l * bStep + j * bColumn]!;
      sum += term;
      size += Math.abs(term);
    }
    found[p] = actual[at]!;
    expected[p] = sum;
    bounds[p] = (k + 1) * half * size;
  }
  return difference('product', found, expected, (i) => bounds[i]!);
}

export const checkMatmul = async (spec: MatmulSpec, result: Tensor): Promise<string | null> =>
  checkProduct(await result.data(), spec);

export const checkLadder = async (spec: LadderSpec, result: Tensor): Promise<string | null> =>
  checkProduct(await result.data(), { ...spec, transposeA: false, transposeB: false });

/** exp within 4 units in the last place, a sum within Higham's bound. */
export async function checkVector({ kind, size }: VectorSpec, result: Tensor): Promise<string | null> {
  const x = numbers(seeds.left, size);
  const actual = await result.data();
  if (kind === 'exp') {
    const expected = Float64Array.from(x, Math.exp);
    return difference('exp', actual, expected, (i) => 8 * half * expected[i]!);
  }
  let [sum, absolute] = [0, 0];
  for (const value of x) {
    sum += value;
    absolute += Math.abs(value);
  }
  // Roundings go either way, so that sums in any sensible order stay far below this; leaving out one number is, on average, more.
  return difference('sum', actual, [sum], () => 16 * half * absolute);
}

export async function checkMatrix({ kind, rows, columns }: MatrixSpec, result: Tensor): Promise<string | null> {
  const x = numbers(seeds.left, rows * columns);
  const actual = await result.data();
  const expected = new Float64Array(rows * columns);
  switch (kind) {
    case 'softmax':
      for (let i = 0; i < rows; i++) {
        const row = Float64Array.from(x.subarray(i * columns, (i + 1) * columns), Math.exp);
        const total = row.reduce((sum, value) => sum + value, 0);
        for (let j = 0; j < columns; j++) expected[i * columns + j] = row[j]! / total;
      }
      return difference('softmax', actual, expected, (i) => 64 * half * expected[i]!);
    case 'broadcastAdd': {
      const row = numbers(seeds.right, columns);
      for (let i = 0; i < expected.length; i++) expected[i] = Math.fround(x[i]! + row[i % columns]!);
      return difference('sum', actual, expected, () => Number.MIN_VALUE);
    }
    case 'transposeCopy':
      for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) expected[j * rows + i] = x[i * columns + j]!;
      return difference('copy', actual, expected, () => Number.MIN_VALUE);
  }
}

export async function checkTiny({ size }: TinySpec): Promise<string | null> {
  const [a, b] = [numbers(seeds.left, size), numbers(seeds.right, size)];
  const expected = a.map((value, i) => value + b[i]!);
  return difference('sum', await tensor(a).add(tensor(b)).data(), expected, () => Number.MIN_VALUE);
}
