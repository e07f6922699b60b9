/** Functions with a gradient of their own, and modules. */

import { Function as DifferentiableFunction, type FunctionContext } from '@nn/autograd';
import { Linear } from '@nn/nn';
import { ones, type Tensor } from '@nn/tensor';
import { RunningAverage } from '../example-modules.ts';
import { collectPrograms, type Programs, type Translation } from '../program.ts';

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

export const classPrograms: Programs<Translation> = collectPrograms<Translation>(
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
