/** Hooks on tensors and modules, and changes in place. */

import '@nn/nn/hooks';
import '@nn/tensor/methods';
import { noGrad } from '@nn/autograd';
import { Linear } from '@nn/nn';
import type { Tensor } from '@nn/tensor';
import { collectPrograms, type Programs, type Translation } from '../program.ts';

const hooks = collectPrograms<Translation>(
  [
    `
x.requires_grad_()
a = x.exp()
a.retain_grad()
(a * y).sum().backward()`,
    (x: Tensor, y: Tensor) => {
      x.requiresGrad_();
      const a = x.exp();
      a.retainGrad();
      a.mul(y).sum().backward();
      return { 'a.grad': a.grad, 'x.grad': x.grad, 'y.requires_grad': y.requiresGrad };
    },
  ],
  [
    `
x.requires_grad_()
a = x * x
a.register_hook(lambda g: g * 2)
a.sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const a = x.mul(x);
      a.registerHook((g) => g.mul(2));
      a.sum().backward();
      return { 'x.grad': x.grad };
    },
  ],
  [
    `
x.requires_grad_()
seen = []
x.register_hook(lambda g: seen.append(g.clone()))
(x * y).sum().backward()`,
    (x: Tensor, y: Tensor) => {
      x.requiresGrad_();
      const seen: Tensor[] = [];
      x.registerHook((g) => {
        seen.push(g.clone());
      });
      x.mul(y).sum().backward();
      return { 'seen[0]': seen[0], 'len(seen)': seen.length, 'x.grad': x.grad };
    },
  ],
  [
    `
m = nn.Linear(3, 2)
m.weight.data.copy_(w); m.bias.data.zero_()
log = []
h1 = m.register_forward_pre_hook(lambda mod, inp: (inp[0] * 2,))
h2 = m.register_forward_hook(lambda mod, inp, out: out + 1)
a = m(x)
h1.remove(); h2.remove()
b = m(x)`,
    (x: Tensor, w: Tensor) => {
      const m = linearWith(w, true);
      const before = m.registerForwardPreHook((_, [input]) => [(input as Tensor).mul(2)]);
      const after = m.registerForwardHook((_, __, output) => (output as Tensor).add(1));
      const a = m.forward(x);
      before.remove();
      after.remove();
      return { a, b: m.forward(x) };
    },
  ],
  [
    `
m = nn.Linear(3, 2)
m.weight.data.copy_(w)
seen = []
m.register_full_backward_hook(lambda mod, gi, go: seen.append((gi[0], go[0])))
x.requires_grad_()
m(x.view(1, -1)).sum().backward()`,
    (x: Tensor, w: Tensor) => {
      const m = linearWith(w, false);
      const seen: (Tensor | null | undefined)[][] = [];
      m.registerFullBackwardHook((_, gradInput, gradOutput) => {
        seen.push([gradInput[0], gradOutput[0]]);
      });
      x.requiresGrad_();
      m.forward(x.view([1, -1]))
        .sum()
        .backward();
      return { 'seen[0][0]': seen[0]?.[0], 'seen[0][1]': seen[0]?.[1], 'x.grad': x.grad };
    },
  ],
);

function linearWith(weight: Tensor, clearBias: boolean): Linear {
  const layer = new Linear(3, 2);
  noGrad(() => {
    layer.weight.copy_(weight);
    if (clearBias) layer.bias?.zero_();
  });
  return layer;
}

const inPlace = collectPrograms<Translation>(
  [
    `
x.requires_grad_()
a = x * 2
a.mul_(3)
a.add_(x)
a.sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const a = x.mul(2);
      a.mul_(3);
      a.add_(x);
      a.sum().backward();
      return { 'x.grad': x.grad, a };
    },
  ],
  [
    `
x.requires_grad_()
a = x * 1
a[1:].mul_(4)
a.pow(2).sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      const a = x.mul(1);
      a.at('1:').mul_(4);
      a.pow(2).sum().backward();
      return { 'x.grad': x.grad, a };
    },
  ],
  [
    `
v = x[1:]
v.add_(10)
w = x.view(-1, 1)
w[0] = 5`,
    (x: Tensor) => {
      const v = x.at('1:');
      v.add_(10);
      const w = x.view([-1, 1]);
      w.setAt([0], 5);
      return { x };
    },
  ],
);

export const hookPrograms: Programs<Translation> = new Map([...hooks, ...inPlace]);
