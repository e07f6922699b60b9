import { type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { evaluateArithmetic } from './arithmetic.ts';

const x = tensor([1, 2, 3]);

describe('evaluateArithmetic', () => {
  it.each([
    ['x', [1, 2, 3]],
    ['2*x + 1', [3, 5, 7]],
    ['-x^2', [-1, -4, -9]],
    ['x ** -1 * 6', [6, 3, 2]],
    ['2 - x - 1', [0, -1, -2]],
    ['(x - [1,2,4])^2 * [1, 10, 3]', [0, 0, 3]],
    ['x.mul(2).neg()', [-2, -4, -6]],
    ['log_softmax(0 * x, 0).exp() * 3', [1, 1, 1]],
  ])('evaluates %s', async (text, expected) => {
    const values = Array.from(
      await (evaluateArithmetic(text, x) as Tensor).data(),
      (value) => Math.round(value * 1e6) / 1e6,
    );
    expect(values).toEqual(expected);
  });

  it('evaluates sums, products of vectors and numbers alone', async () => {
    expect(await (evaluateArithmetic('sum(x^3)/3 + prod(x)', x) as Tensor).item()).toBe(18);
    expect(await (evaluateArithmetic('x @ x', x) as Tensor).item()).toBe(14);
    expect(evaluateArithmetic('2^3^2 - 1/2', x)).toBe(511.5);
  });

  it.each(['x +', 'y', 'x x', '(x', 'x; x', 'x.sum', '[1 2]', '* x'])('refuses %s', (text) => {
    expect(() => evaluateArithmetic(text, x)).toThrow();
  });
});
