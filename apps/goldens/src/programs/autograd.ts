/** Programs about autograd: how gradients accumulate, hooks, in-place changes, custom functions. */

import { Function as DifferentiableFunction, type FunctionContext, grad, noGrad } from '@nn/autograd';
import { Linear } from '@nn/nn';
import { arange, ones, onesLike, type Tensor, zeros } from '@nn/tensor';
import { RunningAverage } from './example-modules.ts';
import { collectPrograms, type Programs, type Translation } from './program.ts';

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

/** A square whose gradient is given as 5 x, to see that it is this one that runs. */
class WrongSquare extends DifferentiableFunction {
  static override forward(context: FunctionContext, x: Tensor): Tensor {
    context.saveForBackward(x);
    return x.mul(x);
  }

  static override backward(context: FunctionContext, gradient: Tensor): Tensor {
    return gradient.mul(5).mul(context.savedTensors[0] as Tensor);
  }
}

const classes = collectPrograms<Translation>(
  [
    `
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        ctx.save_for_backward(i)
        return i * i
    @staticmethod
    def backward(ctx, g):
        (i,) = ctx.saved_tensors
        return g * 5 * i
x.requires_grad_()
Sq.apply(x).sum().backward()`,
    (x: Tensor) => {
      x.requiresGrad_();
      WrongSquare.apply(x).sum().backward();
      return { 'x.grad': x.grad };
    },
  ],
  [
    `
m = nn.Linear(2, 1)
m(torch.ones(1, 2)).backward()
a = m.weight.grad is None
m.zero_grad(set_to_none=True)
b = m.weight.grad is None
m(torch.ones(1, 2)).backward()
m.zero_grad(set_to_none=False)
c = m.weight.grad.clone()`,
    () => {
      const m = new Linear(2, 1);
      m.forward(ones([1, 2])).backward();
      const a = m.weight.grad === null;
      m.zeroGrad({ setToNull: true });
      const b = m.weight.grad === null;
      m.forward(ones([1, 2])).backward();
      m.zeroGrad({ setToNull: false });
      return { a, b, c: m.weight.grad?.clone() };
    },
  ],
  [
    `
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer('avg', torch.zeros(1)); self.register_buffer('n', torch.zeros(1))
    def forward(self, v):
        self.n += 1
        self.avg = self.avg.mul(self.n - 1).add(v).div(self.n)
        return v
m = M()
for v in [4, 7, 1, 3]: m(v)`,
    () => {
      const m = new RunningAverage('avg', 'n');
      for (const value of [4, 7, 1, 3]) m.forward(value);
      return {
        'm.avg': m.currentAverage,
        'm.n': m.currentCount,
        'len(list(m.parameters()))': [...m.parameters()].length,
        'list(m.state_dict())': Object.keys(m.stateDict()),
      };
    },
  ],
);

export const autogradPrograms: Programs<Translation> = new Map([
  ...accumulation,
  ...tracking,
  ...hooks,
  ...inPlace,
  ...classes,
]);
