/** Gradients of running sums where elements are masked by -∞. */
import { logcumsumexp, narrow, sum, type Tensor, tensor } from '@nn/tensor';
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
