/** Gradients of products whose batch joins the rows, and of those whose batch must not: against finite differences, first and second order, and where sizes are 0. */
import '@nn/tensor/methods';
import { gradcheck, gradgradcheck } from '@nn/autograd';
import type { Tensor } from '@nn/tensor';
import * as nn from '@nn/tensor';
import { describe, expect, it } from 'vitest';

const values = (...shape: number[]): Tensor =>
  nn.tensor(
    Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => Math.sin(5 * i + shape.length)),
    { dtype: 'float64', shape } as never,
  ) as Tensor;

const matmul = nn.matmul as (left: Tensor, right: Tensor) => Tensor;
const linear = nn.linear as (x: Tensor, weight: Tensor, bias?: Tensor) => Tensor;

const cases: [string, (...operands: Tensor[]) => Tensor, Tensor[]][] = [
  ['a batch times one matrix', (a, b) => matmul(a!, b!), [values(3, 2, 4), values(4, 2)]],
  ['a batch of one', (a, b) => matmul(a!, b!), [values(1, 2, 4), values(4, 2)]],
  ['a right batch of one', (a, b) => matmul(a!, b!), [values(3, 2, 4), values(1, 4, 2)]],
  ['a right batch stretched inside', (a, b) => matmul(a!, b!), [values(2, 3, 2, 2), values(2, 1, 2, 2)]],
  ['one left matrix, many right', (a, b) => matmul(a!, b!), [values(2, 4), values(3, 4, 2)]],
  ['a left batch seen transposed', (a, b) => matmul(a!.transpose(1, 2), b!), [values(3, 4, 2), values(4, 2)]],
  ['a left batch whose order is turned', (a, b) => matmul(a!.transpose(0, 1), b!), [values(2, 3, 4), values(4, 2)]],
  ['one left row stretched to a batch', (a, b) => matmul(a!.expand([3, 2, 4]), b!), [values(1, 1, 4), values(4, 2)]],
  ['a right matrix seen transposed', (a, b) => matmul(a!, b!.T), [values(3, 2, 4), values(2, 4)]],
  ['linear with bias', (x, w, b) => linear(x!, w!, b), [values(3, 2, 4), values(2, 4), values(2)]],
  ['linear of one batch with bias', (x, w, b) => linear(x!, w!, b), [values(1, 2, 4), values(2, 4), values(2)]],
  ['linear of batches of batches', (x, w) => linear(x!, w!), [values(2, 2, 2, 3), values(2, 3)]],
];

describe('products of batches', () => {
  it.each(cases)('%s', async (_, run, operands) => {
    const leaves = (): Tensor[] => operands.map((t) => t.clone().requiresGrad_() as Tensor);
    expect(await gradcheck(run as never, leaves())).toBe(true);
    expect(await gradgradcheck(run as never, leaves())).toBe(true);
  });

  it.each([
    ['no features', [2, 3, 0], [4, 0]],
    ['no outputs', [2, 3, 5], [0, 5]],
    ['no rows', [2, 0, 5], [4, 5]],
    ['no batch', [0, 3, 5], [4, 5]],
  ])('linear with %s has gradients of its operands’ shapes, which are 0', async (_, ofX, ofWeight) => {
    const [x, weight] = [ofX, ofWeight].map((shape) => nn.ones(shape, { requiresGrad: true }) as Tensor) as [Tensor, Tensor]; // biome-ignore format: a pair
    linear(x, weight).sum().backward();
    for (const t of [x, weight]) {
      expect(t.grad!.shape).toEqual(t.shape);
      expect([...(await t.grad!.data())].every((each) => Number(each) === 0)).toBe(true);
    }
  });
});
