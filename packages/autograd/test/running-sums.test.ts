/** Gradients of running sums: where elements are masked by -∞, and in place. */
import { cumprod_, cumsum_, logcumsumexp, narrow, sum, type Tensor, tensor } from '@nn/tensor';
import { expect, it } from 'vitest';
import '../src/index.ts';

const minus = Number.NEGATIVE_INFINITY;

it('of logcumsumexp are 0 for -∞ beside numbers, and those of PyTorch for the numbers', () => {
  const x = tensor([minus, minus, 1, minus, minus, 2, minus], { dtype: 'float64', requiresGrad: true }) as Tensor;
  sum(narrow(logcumsumexp(x, 0) as Tensor, 0, 2, 5)).backward();
  // From e / (e + e²) and its complement.
  const first = 1 / (1 + Math.E);
  const wanted = [0, 0, 3 + 2 * first, 0, 0, 2 * (1 - first), 0];
  x.grad!.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 12);
  });
});

it.each([
  ['CumsumBackward0', cumsum_, [1, 2, 3], [6, 4, 2]],
  ['CumprodBackward0', cumprod_, [1, 0, 3], [2, 28, 0]],
] as const)("in place are PyTorch's: %s", (name, run, values, wanted) => {
  const w = tensor(values, { requiresGrad: true }) as Tensor;
  expect(() => run(w, 0)).toThrow('a leaf tensor that requires grad is changed in place');
  const y = w.mul(2) as Tensor;
  run(y, 0);
  expect(y.gradFn!.name).toBe(name);
  y.sum().backward();
  expect([...w.grad!.dataSync()]).toEqual(wanted);
});
