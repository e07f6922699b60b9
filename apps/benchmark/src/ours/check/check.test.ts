import { reference } from '@nn/backend';
import { setBackend, type Tensor, tensor } from '@nn/tensor';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MatmulSpec, Spec } from '../../cases/spec.ts';
import { matmulResult, matrixResult, vectorResult } from '../operations.ts';
import { checkerFor } from './check.ts';
import { difference, differenceInScale } from './compare.ts';
import { passInPlainLoops, trainDense } from './dense.ts';
import { checkMatmul, checkMatrix, checkVector } from './operations.ts';

const backend = reference();
beforeAll(() => setBackend(backend));

const [m, k, n] = [3, 7, 5];

describe('what is right passes', () => {
  const specs: readonly Spec[] = [
    { kind: 'matmul', m, k, n },
    { kind: 'matmul', m, k, n, transposeA: true },
    { kind: 'matmul', m, k, n, transposeB: true },
    ...(['loops', 'rows', 'broadcast', 'einsum', 'matmul'] as const).map(
      (rung) => ({ kind: 'ladder', rung, m, k, n }) as const,
    ),
    { kind: 'exp', size: 100 },
    { kind: 'sum', size: 1000 },
    { kind: 'softmax', rows: 3, columns: 17 },
    { kind: 'broadcastAdd', rows: 3, columns: 4 },
    { kind: 'transposeCopy', rows: 3, columns: 4 },
    { kind: 'tinyAdd', size: 4 },
    { kind: 'chain', op: 'add', length: 10, size: 4 },
    { kind: 'chain', op: 'mul', length: 10, size: 4 },
    { kind: 'mlp', sizes: [12, 7, 3], batch: 5, optimizer: 'sgd' },
    { kind: 'mlp', sizes: [12, 7, 6, 3], batch: 5, optimizer: 'adam' },
    { kind: 'fullBatch', rows: 9, inputs: 6, hidden: 4 },
    { kind: 'cnn', batch: 1 },
    { kind: 'gpt', vocabulary: 5, block: 4, batch: 2, layers: 1, heads: 2, width: 8 },
  ];
  test.each(specs)('%j', async (spec) => {
    expect(await checkerFor(backend)(spec)).toBeNull();
  });
});

describe('what is wrong does not', () => {
  const spec: MatmulSpec = { kind: 'matmul', m, k, n };

  test('a product with one wrong element', async () => {
    const values = await matmulResult(spec)().data();
    values[4]! += 1e-3;
    expect(await checkMatmul(spec, tensor(values).reshape([m, n]))).toMatch(/^product\[4\] is /);
  });

  test('a product of the other order, and one of another size', async () => {
    const product = matmulResult(spec)();
    expect(await checkMatmul(spec, product.transpose(0, 1))).toMatch(/^product/);
    expect(await checkMatmul(spec, product.at(':2') as Tensor)).toMatch(/10 elements instead of 15/);
  });

  test('a product in which one of 1024 terms is missing', async () => {
    const large: MatmulSpec = { kind: 'matmul', m: 2, k: 1024, n: 2 };
    const shorter = matmulResult({ ...large, k: 1023 })();
    expect(await checkMatmul(large, shorter)).toMatch(/^product/);
  });

  test('a sum without one number, an exp that is off by 1e-5, a copy that is none', async () => {
    const sum = vectorResult({ kind: 'sum', size: 1000 })().sub(0.1);
    expect(await checkVector({ kind: 'sum', size: 1000 }, sum)).toMatch(/^sum\[0\]/);
    const exp = vectorResult({ kind: 'exp', size: 10 })().mul(1 + 1e-5);
    expect(await checkVector({ kind: 'exp', size: 10 }, exp)).toMatch(/^exp/);
    const spec = { kind: 'transposeCopy', rows: 2, columns: 3 } as const;
    expect(await checkMatrix(spec, matrixResult({ ...spec, rows: 3, columns: 2 })())).toMatch(/^copy/);
  });

  test('NaN', () => {
    expect(difference('x', [Number.NaN], [0], () => 1e9)).toMatch(/^x\[0\] is NaN/);
    expect(difference('x', [0, 1, 9], [0, 1.1, 2], () => 0.5)).toMatch(/^x\[2\] is 9, should be 2/);
    expect(differenceInScale('x', [1, 0.02], [1, 0], 1e-2)).toMatch(/^x\[1\]/);
    expect(differenceInScale('x', [1, 0.009], [1, 0], 1e-2)).toBeNull();
    expect(differenceInScale('x', [0, 0], [0, 0], 1e-2)).toBeNull();
  });
});

describe('the plain loops', () => {
  // Losses that PyTorch 1.13 reports for these numbers.
  test.each([
    [{ kind: 'mlp', sizes: [784, 50, 10], batch: 64, optimizer: 'sgd' } as const, [2.305725, 2.295223]],
    [{ kind: 'mlp', sizes: [784, 50, 10], batch: 37, optimizer: 'sgd' } as const, [2.296905, 2.527665]],
  ])('train %j as PyTorch does', (spec, losses) => {
    for (const [i, loss] of trainDense(spec).losses.entries()) expect(loss).toBeCloseTo(losses[i]!, 5);
  });

  test('have the loss and the gradients that PyTorch has', () => {
    const { loss, w1, w2 } = passInPlainLoops({ kind: 'fullBatch', rows: 9, inputs: 6, hidden: 8 });
    const expected = [0.1832687258720398, 0.0015490351943299174, 0.0047673871740698814];
    expect([w1.length, w2.length]).toEqual([48, 8]);
    for (const [i, value] of [loss, w1[0]!, w2[0]!].entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });
});
