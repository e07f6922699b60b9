
import { expect, test } from 'vitest';
import { grad, Function, noGrad, type FunctionContext } from './index.ts';
import { add, mul, tensor, sum, matmul, transpose, exp, type Tensor, reshape, expand, mean, mul_, add_, div } from '@nn/tensor';
import { assign, slice } from '@nn/tensor/internal';
const arr = (t: Tensor | null) => t!.toArray();
test('basics', async () => {
  const x = tensor([1.8614, 0.4258, -1.5441], { requiresGrad: true });
  sum(mul(x, x)).backward();
  sum(mul(x, 3)).backward();
  expect(await arr(x.grad)).toEqual([6.722799777984619, 3.851600170135498, -0.08820009231567383].map((v) => expect.closeTo(v, 5)));
});
test('matmul', async () => {
  const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
  const w = tensor([[1, 0], [0, 2]], { requiresGrad: true });
  const b = tensor([1, 1], { requiresGrad: true });
  sum(mul(add(matmul(x, transpose(w, 0, 1)), b), tensor([[1, 2], [3, 4]]))).backward();
  console.log(await arr(x.grad), await arr(w.grad), await arr(b.grad));
});
test('inplace view', async () => {
  const x = tensor([1.8614, 0.4258, -1.5441], { requiresGrad: true });
  const a = mul(x, 1);
  mul_(slice(a, 0, 1, 2), 4);
  sum(mul(a, a)).backward();
  expect(await arr(x.grad)).toEqual([3.7228, 13.6256, -49.4112].map((v) => expect.closeTo(v, 4)));
  expect(await arr(a)).toEqual([1.8614, 1.7032, -6.1764].map((v) => expect.closeTo(v, 4)));
});
test('inplace', async () => {
  const x = tensor([1, 2, 3], { requiresGrad: true });
  const a = mul(x, 2); mul_(a, 3); add_(a, x); sum(a).backward();
  expect(await arr(x.grad)).toEqual([7, 7, 7]);
  const y = tensor([1, 2, 3], { requiresGrad: true });
  const q = mul(y, 1);
  mul_(q, q);
  sum(q).backward();
  expect(await arr(y.grad)).toEqual([2, 4, 6]);
});
test('second order', async () => {
  const f = (x: Tensor) => sum(exp(mul(x, x)));
  const h = grad((x: Tensor) => sum(grad(f)(x)));
  const v = 0.7;
  console.log(await h(tensor([v])).item(), (2 + 4 * v * v) * Math.exp(v * v));
  expect(() => tensor([1]).requiresGrad_().mul(1).backward(tensor([1, 2]))).toThrow('[backward]');
});
test('version', async () => {
  const x = tensor([1, 2, 3], { requiresGrad: true });
  const a = exp(x);
  const b = sum(mul(a, a));
  add_(a, 1);
  expect(() => b.backward()).toThrow('changed in place');
  expect(() => add_(x, 1)).toThrow('leaf');
  noGrad(() => add_(x, 1));
  const c = sum(mul(x, x)); c.backward();
  expect(() => c.backward()).toThrow('freed');
});
test('custom', async () => {
  class Sq extends Function {
    static override forward(ctx: FunctionContext, i: Tensor): Tensor { ctx.saveForBackward(i); return mul(i, i); }
    static override backward(ctx: FunctionContext, g: Tensor): Tensor { return mul(mul(g, 5), ctx.savedTensors[0]!); }
  }
  const x = tensor([1, 2, 3], { requiresGrad: true });
  sum(Sq.apply(x)).backward();
  expect(await arr(x.grad)).toEqual([5, 10, 15]);
});
test('cat-like', async () => {
  const x = tensor([1, 2], { requiresGrad: true });
  const out = tensor([0, 0, 0, 0]);
  assign(slice(out, 0, 0, 2), x, { fresh: true });
  assign(slice(out, 0, 2, 2), mul(x, 2), { fresh: true });
  expect(out.requiresGrad).toBe(true);
  sum(mul(out, tensor([1, 2, 3, 4]))).backward();
  expect(await arr(x.grad)).toEqual([7, 10]);
  const m = mean(div(expand(reshape(x, [2, 1]), [2, 3]), 2));
  m.backward();
  expect(await arr(x.grad)).toEqual([7.25, 10.25]);
});
