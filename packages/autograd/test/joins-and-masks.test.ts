/** Gradients of what is put together of parts, and of what a mask takes out, where some parts are tracked and where the mask repeats. */
import '@nn/tensor/methods';
import { cat, expand, maskedSelect, maskedSelectAsync, stack, type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import '../src/index.ts';

const square = (first: number): Tensor =>
  tensor([
    [first, first + 1],
    [first + 2, first + 3],
  ]) as Tensor;

it.each([0, 1])('parts of which some are tracked have the elements that they have else: dimension %i', (dim) => {
  const turned = (square(10).transpose(0, 1) as Tensor).clone().transpose(0, 1).detach() as Tensor;
  const none = zeros(dim === 0 ? [0, 2] : [2, 0]) as Tensor;
  const parts = [square(0), turned, square(20), none];
  const join = (): Tensor[] => [cat(parts, { dim }), stack(parts.slice(0, 3), { dim })] as Tensor[];
  const plain = join();
  expect(plain.map((out) => out.requiresGrad)).toEqual([false, false]);
  for (const i of [1, 3]) parts[i]!.requiresGrad_();
  const outs = join();
  expect(outs.map((out) => out.toArraySync())).toEqual(plain.map((out) => out.toArraySync()));
  for (const out of outs) out.pow(2).sum().backward();
  // Of 2 · Σ w².
  expect(turned.grad!.toArraySync()).toEqual([
    [40, 44],
    [48, 52],
  ]);
  expect(none.grad!.shape).toEqual(none.shape);
  expect(parts[0]!.grad).toBe(null);
});

describe('maskedSelect', () => {
  it.each([
    [[2, 3], [3]],
    [
      [2, 3],
      [2, 1],
    ],
    [
      [2, 3, 2],
      [2, 1, 2],
    ],
    [[4], []],
  ])('of %j by a mask %j: each element gets the gradient of what was taken of it', async (own, masked) => {
    const x = zeros(own, { requiresGrad: true }) as Tensor;
    const count = masked.reduce((p, n) => p * n, 1);
    const mask = tensor(
      Array.from({ length: count }, (_, i) => i % 2 === 0),
      { shape: masked },
    ) as Tensor;
    const holds = Array.from((expand(mask, own) as Tensor).dataSync());
    let next = 1;
    const wanted = holds.map((h) => (h === 1 ? next++ : 0));
    for (const out of [maskedSelect(x, mask), await maskedSelectAsync(x, mask)] as Tensor[]) {
      expect([out.isLeaf, out.shape, out.gradFn?.name]).toEqual([false, [next - 1], 'MaskedSelectBackward0']);
      x.zeroGrad();
      out
        .mul(tensor(wanted.filter((w) => w > 0)))
        .sum()
        .backward();
      expect(Array.from(x.grad!.dataSync())).toEqual(wanted);
    }
  });

  it('adds up the gradients of a tensor that repeats', () => {
    const x = tensor([[1], [2]], { requiresGrad: true }) as Tensor;
    maskedSelect(x, tensor([true, false, true]))
      .mul(tensor([1, 10, 100, 1000]))
      .sum()
      .backward();
    expect(x.grad!.toArraySync()).toEqual([[11], [1100]]);
  });
});
