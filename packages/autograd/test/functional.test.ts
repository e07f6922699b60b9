/** Derivatives of functions whose output depends on no input; PyTorch's `torch.autograd.functional` with `strict=False`. */
import { type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { hessian, hvp, jacobian, jvp, vjp } from '../src/index.ts';

const x: Tensor = tensor([1, 2]);
const y: Tensor = tensor([[3]]);
const zero = [
  [0, 0],
  [0, 0],
];

describe.each([
  ['a constant', tensor([5, 6])],
  ['whole numbers', tensor([5, 6], { dtype: 'int64' })],
  ['what others track', tensor([5, 6], { requiresGrad: true }).mul(2)],
])('a function that returns %s', (_, c) => {
  const single = c.sum();
  it('has a jacobian of zeros', async () => {
    expect(await jacobian(() => c, x).toArray()).toEqual(zero);
    const [jx, jy] = jacobian(() => c, [x, y]) as [Tensor, Tensor];
    expect([await jx.toArray(), jy.shape, jy.dtype]).toEqual([zero, [2, 1, 1], 'float32']);
    expect(await jacobian(() => c, x, { createGraph: true }).toArray()).toEqual(zero);
  });

  it('has a hessian of zeros', async () => {
    expect(await hessian(() => single, x).toArray()).toEqual(zero);
    const blocks = hessian(() => single, [x, y]) as Tensor[][];
    expect(blocks.map((row) => row.map((h) => h.shape))).toEqual([
      [
        [2, 2],
        [2, 1, 1],
      ],
      [
        [1, 1, 2],
        [1, 1, 1, 1],
      ],
    ]);
  });

  it('has products of zeros', async () => {
    const [out, g] = vjp(() => c, x, tensor([1, 1]));
    expect([await out.toArray(), out.requiresGrad, await g.toArray()]).toEqual([await c.toArray(), false, [0, 0]]);
    expect(await vjp(() => single, x)[1].toArray()).toEqual([0, 0]);
    const [value, product] = jvp(() => c, x, tensor([1, 1]));
    expect([await value.toArray(), value.requiresGrad]).toEqual([await c.toArray(), false]);
    expect(await product.toArray()).toEqual([0, 0]);
    expect(await hvp(() => single, x, tensor([1, 1]))[1].toArray()).toEqual([0, 0]);
  });

  it('takes no vector of another shape', () => {
    const other = tensor([1, 1, 1]);
    expect(() => vjp(() => c, x)).toThrow(/\[vjp\].*reduce it or pass v/);
    expect(() => vjp(() => c, x, other)).toThrow(/\[vjp\] the gradient is/);
    expect(() => jvp(() => c, x, other)).toThrow(/\[jvp\] the gradient is/);
    expect(() => hvp(() => single, x, other)).toThrow(/\[hvp\] the gradient is/);
  });
});

it('an output or input without elements has a jacobian without elements', () => {
  const none = tensor([]);
  expect(jacobian((t: Tensor) => t.mul(2) as Tensor, none).shape).toEqual([0, 0]);
  expect(jacobian(() => none, x).shape).toEqual([0, 2]);
  expect(jacobian((t: Tensor) => t.sum(), none).shape).toEqual([0]);
});
