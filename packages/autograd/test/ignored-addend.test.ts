/** `beta: 0` ignores the values of the addend, which still gets a gradient: zeros of its shape, as in PyTorch. */
import { ShapeError } from '@nn/backend';
import { addbmm, addmm, addmv, addr, baddbmm, full, ones, type Tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import '../src/index.ts';

type Sizes = readonly number[];
type Product = (addend: Tensor, left: Tensor, right: Tensor, options: { beta: number; alpha?: number }) => Tensor;

describe.each<readonly [string, Product, Sizes, Sizes, Sizes]>([
  ['addmm', addmm, [2, 4], [2, 3], [3, 4]],
  ['addmm with a row', addmm, [4], [2, 3], [3, 4]],
  ['addmv', addmv, [2], [2, 3], [3]],
  ['addmv with a number', addmv, [1], [2, 3], [3]],
  ['addr', addr, [2, 3], [2], [3]],
  ['baddbmm', baddbmm, [5, 2, 4], [5, 2, 3], [5, 3, 4]],
  ['addbmm', addbmm, [2, 4], [5, 2, 3], [5, 3, 4]],
])('%s', (_, product, addendShape, leftShape, rightShape) => {
  const leaf = (shape: Sizes, value: number): Tensor =>
    full(shape as number[], value, { requiresGrad: true }) as Tensor;

  it('has gradients of all operands', async () => {
    const [addend, left, right] = [leaf(addendShape, Number.NaN), leaf(leftShape, 1), leaf(rightShape, 2)];
    const out = product(addend, left, right, { beta: 0, alpha: 3 });
    const plain = product(full(addendShape as number[], 0) as Tensor, left.detach(), right.detach(), {
      beta: 1,
      alpha: 3,
    });
    expect(await out.toArray()).toEqual(await plain.toArray());
    out.sum().backward();
    expect(await addend.grad!.toArray()).toEqual(await full(addendShape as number[], 0).toArray());
    expect(left.grad!.shape).toEqual(leftShape);
    expect(right.grad!.shape).toEqual(rightShape);
  });

  it('is tracked where the addend alone is', async () => {
    const addend = leaf(addendShape, 1);
    product(addend, ones(leftShape as number[]), ones(rightShape as number[]), { beta: 0 })
      .sum()
      .backward();
    expect(await addend.grad!.sum().item()).toBe(0);
  });

  it('refuses an addend that does not fit', () => {
    const wrong = ones([7, 7]);
    expect(() => product(wrong, ones(leftShape as number[]), ones(rightShape as number[]), { beta: 0 })).toThrow(
      ShapeError,
    );
  });
});
