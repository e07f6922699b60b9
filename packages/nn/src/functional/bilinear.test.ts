/** What a write through a view of the result does to gradients; values are compared with PyTorch's in apps/goldens. */
import { grad } from '@nn/autograd';
import { ones, randn, type Tensor } from '@nn/tensor';
import { expect, it } from 'vitest';
import { bilinear } from '../index.ts';

it.each([[[5]], [[5, 2]], [[]]])(
  'with a bias the result has a gradient after a write through a view of it (%j)',
  async (leading) => {
    const [a, b] = [randn([...leading, 3]), randn([...leading, 4])] as [Tensor, Tensor];
    const bias = ones([2], { requiresGrad: true }) as Tensor;
    const out = bilinear(a, b, randn([2, 3, 4]) as Tensor, bias);
    const first = out.at(0);
    first.mul_(3 as never);
    const [g, gb] = grad(first.sum() as Tensor, [out, bias]);
    expect(g!.shape).toEqual([...leading, 2]);
    const rest = leading.length === 0 ? 1 : 2 * (leading[1] ?? 1);
    expect(await (g!.sum() as Tensor).item()).toBe(rest);
    expect(await (gb!.sum() as Tensor).item()).toBe(3 * rest);
  },
);
