/** How gradients accumulate and pass, and what is tracked. */

import '@nn/tensor/methods';
import { grad, noGrad } from '@nn/autograd';
import { arange, onesLike, type Tensor, zeros } from '@nn/tensor';
import { collectPrograms, type Programs, type Translation } from '../program.ts';

const accumulation = collectPrograms<Translation>(
  [
    `
x.requires_grad_()
(x * x).sum().backward()
(x * 3).sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      x.mul(x).sum().backward();
      x.mul(3).sum().backward();
      return { 'x.grad': x.grad };
    },
  ],
  [
    `
x.requires_grad_()
z = (x ** 3).sum()
z.backward(retain_graph=True)
z.backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const z = x.pow(3).sum();
      z.backward(undefined, { retainGraph: true });
      z.backward();
      return { 'x.grad': x.grad };
    },
  ],
  [
    `
x.requires_grad_()
a = x * 2
b = a.sin()
c = a * b
(c + a).sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const a = x.mul(2);
      const c = a.mul(a.sin());
      c.add(a).sum().backward();
      return { 'x.grad': x.grad, c };
    },
  ],
  [
    `
x.requires_grad_()
s = torch.zeros(())
for k in range(5): s = s * x[k % 3] + x[0]
s.backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      let s: Tensor = zeros([]);
      for (let k = 0; k < 5; k += 1) s = s.mul(x.at(k % 3)).add(x.at(0));
      s.backward();
      return { 'x.grad': x.grad, s };
    },
  ],
  [
    `
x.requires_grad_(); y.requires_grad_()
g = torch.autograd.grad((x * 2).sum(), [x, y], allow_unused=True)`,
    (x: Tensor, y: Tensor) => {
      x.requiresGrad_();
      y.requiresGrad_();
      const g = grad([x.mul(2).sum()], [x, y], { allowUnused: true });
      return { 'g[0]': g[0], 'g[1] is None': g[1] === null };
    },
  ],
  [
    `
x.requires_grad_()
g = torch.autograd.grad([x * 2, x.sin()], [x], [torch.ones_like(x), y])`,
    (x: Tensor, y: Tensor) => {
      x.requiresGrad_();
      const g = grad([x.mul(2), x.sin()], [x], { gradOutputs: [onesLike(x), y] });
      return { 'g[0]': g[0] };
    },
  ],
  [
    `
x.requires_grad_()
(x.expand(2, -1) * torch.arange(1., 3.).view(-1, 1)).sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const rows = arange(1, 3, 1, { dtype: 'float32' }).view([-1, 1]);
      x.expand([2, -1]).mul(rows).sum().backward();
      return { 'x.grad': x.grad };
    },
  ],
  [
    `
x.requires_grad_()
v, i = x.view(-1, 1).repeat(1, 2).max(1)
v.sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const { values, indices } = x.view([-1, 1]).repeat([1, 2]).max({ dim: 1 });
      values.sum().backward();
      return { 'x.grad': x.grad, i: indices };
    },
  ],
);

const tracking = collectPrograms<Translation>(
  [
    `
x.requires_grad_()
a = x * x
(a.detach() * x + a).sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const a = x.mul(x);
      a.detach().mul(x).add(a).sum().backward();
      return {
        'x.grad': x.grad,
        'a.detach().requires_grad': a.detach().requiresGrad,
        'a.requires_grad': a.requiresGrad,
      };
    },
  ],
  [
    `
x.requires_grad_()
with torch.no_grad():
    a = x * 2
b = x * 3
(a * b).sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const a = noGrad(() => x.mul(2));
      const b = x.mul(3);
      a.mul(b).sum().backward();
      return {
        'x.grad': x.grad,
        'a.requires_grad': a.requiresGrad,
        'b.requires_grad': b.requiresGrad,
        'a.is_leaf': a.isLeaf,
        'b.is_leaf': b.isLeaf,
      };
    },
  ],
  [
    `
x.requires_grad_()
a = x + 1`,
    (x: Tensor) => {
      x.requiresGrad_();
      const a = x.add(1);
      return {
        'x.is_leaf': x.isLeaf,
        'a.is_leaf': a.isLeaf,
        'a.grad is None': a.grad === null,
        'x.requires_grad': x.requiresGrad,
        'a.requires_grad': a.requiresGrad,
        'x.detach().is_leaf': x.detach().isLeaf,
        'type(a.grad_fn).__name__': a.gradFn?.name,
      };
    },
  ],
  [
    `
x.requires_grad_()
(x + (x.round() - x).detach()).mul(y).sum().backward()`,
    (x: Tensor, y: Tensor) => {
      x.requiresGrad_();
      x.add(x.round().sub(x).detach()).mul(y).sum().backward();
      return { 'x.grad': x.grad };
    },
  ],
);

export const gradientPrograms: Programs<Translation> = new Map([...accumulation, ...tracking]);
