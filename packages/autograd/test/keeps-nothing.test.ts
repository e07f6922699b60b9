/** Custom functions whose backward keeps nothing: their gradients are handed over instead of being shared, and given back when they have been used. */
import { nullBackend } from '@nn/backend';
import { ones, type Tensor, tensor } from '@nn/tensor';
import { expect, it } from 'vitest';
import { Function as CustomFunction, type FunctionContext } from '../src/index.ts';

class Twice extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(_ctx: FunctionContext, x: Tensor): Tensor {
    return x.mul(2) as Tensor;
  }

  static override backward(_ctx: FunctionContext, g: Tensor): Tensor {
    return g.mul(2) as Tensor;
  }
}

class TwiceShared extends Twice {
  static override readonly keepsNothing: boolean = false;
}

/** Both arguments get one and the same tensor: the incoming gradient, or one of its own. */
class Sum extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(ctx: FunctionContext, x: Tensor, y: Tensor, passes: boolean): Tensor {
    ctx.values['passes'] = passes;
    return x.add(y) as Tensor;
  }

  static override backward(ctx: FunctionContext, g: Tensor): readonly Tensor[] {
    const answer = ctx.values['passes'] === true ? g : (g.clone() as Tensor);
    return [answer, answer];
  }
}

it.each([
  [Twice, 1],
  [TwiceShared, 2],
])('%o hands its gradient over, or has it copied', (twice, launches) => {
  const backend = nullBackend();
  const x = ones([3], { backend, requiresGrad: true }) as Tensor;
  const out = twice.apply(x);
  const gradient = ones([3], { backend }) as Tensor;
  const before = backend.counts.total;
  out.backward(gradient);
  expect(backend.counts.total - before).toBe(launches);
});

it('the gradient that the caller gave stays', async () => {
  const x = tensor([1, 2], { requiresGrad: true }) as Tensor;
  const gradient = tensor([3, 4]) as Tensor;
  const out = Twice.apply(x);
  out.backward(gradient, { retainGraph: true });
  out.backward(gradient);
  expect(await gradient.toArray()).toEqual([3, 4]);
  expect(await x.grad!.toArray()).toEqual([12, 16]);
});

it.each([true, false])('one tensor for two arguments (the incoming one: %s)', async (passes) => {
  const [x, y] = [tensor([1], { requiresGrad: true }) as Tensor, tensor([1], { requiresGrad: true }) as Tensor];
  Sum.apply(Twice.apply(x), y, passes).mul(5).sum().backward();
  expect([await x.grad!.toArray(), await y.grad!.toArray()]).toEqual([[10], [5]]);
  x.grad!.add_(1);
  expect(await y.grad!.toArray()).toEqual([5]);
  const z = tensor([1], { dtype: 'float64', requiresGrad: true }) as Tensor;
  Sum.apply(z, y, passes).sum().backward();
  expect([z.grad!.dtype, await z.grad!.item(), await y.grad!.item()]).toEqual(['float64', 1, 6]);
});
