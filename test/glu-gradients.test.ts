/** Both halves' gradients of glu: against what defines it, of first and second order, in one launch and without zeros around them. */
import { grad, gradcheck, gradgradcheck } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { glu, ones, randn, type Tensor } from '@nn/tensor';
import { expect, it } from 'vitest';

it.each<[readonly number[], number]>([
  [[6], 0],
  [[4, 3], 0],
  [[3, 4], -1],
  [[2, 6, 3], 1],
])('%j over dimension %d', async (shape, dim) => {
  const x = randn(shape, { dtype: 'float64', requiresGrad: true }) as Tensor;
  const half = shape.at(dim)! / 2;
  const plain = (t: Tensor): Tensor => {
    const [value, gate] = t.split(half, { dim: dim < 0 ? shape.length + dim : dim }) as unknown as [Tensor, Tensor];
    return value.mul(gate.sigmoid()) as Tensor;
  };
  const g = randn(plain(x).shape, { dtype: 'float64' }) as Tensor;
  const [found, expected] = [(t: Tensor) => glu(t, { dim }), plain].map((of) => {
    const [first] = grad(of(x), [x], { gradOutputs: [g] }) as [Tensor];
    const [tracked] = grad(of(x), [x], { gradOutputs: [g], createGraph: true }) as [Tensor];
    return [of(x), first, tracked, ...(grad(tracked.square().sum(), [x]) as Tensor[])];
  });
  for (const [k, t] of found!.entries()) {
    expect(t.shape).toEqual(expected![k]!.shape);
    expect(await t.sub(expected![k]!).abs().max().item()).toBeLessThan(1e-13);
  }
  expect(await gradcheck((t) => glu(t, { dim }), [x])).toBe(true);
  expect(await gradgradcheck((t) => glu(t, { dim }), [x])).toBe(true);
});

it('takes a launch each way', () => {
  const backend = nullBackend();
  const x = ones([64, 32], { backend, requiresGrad: true }) as Tensor;
  const g = ones([64, 16], { backend }) as Tensor;
  backend.reset();
  const y = glu(x);
  expect(backend.counts.total).toBe(1);
  y.backward(g);
  expect(backend.counts.total).toBe(2);
});
