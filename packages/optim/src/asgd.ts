/** Averaged stochastic gradient descent (Polyak & Juditsky 1992), with the rates of Xu 2011. */
import { add, equal, mul, same, select, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { checkWithin } from './schedulers/check.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface ASGDOptions {
  /** Learning rate; 1e-2. */
  readonly lr: number;
  /** Decay of the parameters by each step's rate; 1e-4. */
  readonly lambd: number;
  /** The rate after step t is lr / (1 + lambd · lr · t)^alpha; 0.75. */
  readonly alpha: number;
  /** The step from which on parameters are averaged; 1e6. */
  readonly t0: number;
  /** L2 penalty; 0. */
  readonly weightDecay: number;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const averages: readonly string[] = ['ax'];

/** Scalars: rate, 1 − λ · rate, share of this step in the average, weight decay. Operands: parameter, gradient, average. */
const updateFor = updateOps('ASGD', 4, (element, decays, maximize) => {
  const { x, s } = element;
  const g = penalized(element, decays!, maximize!, 3);
  const p = sub(mul(x(0), s(1)), mul(s(0), g));
  const average = select(equal(s(2), same(1, s(2))), p, add(x(2), mul(sub(p, x(2)), s(2))));
  return [p, average];
});

/**
 * Gradient descent that keeps the average of its parameters, `ax` in the state; PyTorch: `torch.optim.ASGD`. One launch a parameter and step.
 * @throws ValueError for a negative `lr` or `weightDecay`, or what is no number
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { ASGD } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new ASGD([w], { lr: 0.125, t0: 0 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log((await w.item()).toFixed(3)); // prints: 1.500
 * ```
 */
export class ASGD extends Optimizer<ASGDOptions> {
  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<ASGDOptions>>, options: Partial<ASGDOptions> = {}) {
    super(params, { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false }, options);
  }

  protected override check(options: ASGDOptions): void {
    checkAtLeast('ASGD', 'lr', options.lr, 0);
    checkAtLeast('ASGD', 'weightDecay', options.weightDecay, 0);
    for (const name of ['lambd', 'alpha', 't0'] as const) checkWithin('ASGD', name, options[name]);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<ASGDOptions>): void {
    const { lr, lambd, alpha, t0, weightDecay, maximize } = group;
    state['step'] ??= 0;
    state['eta'] ??= lr;
    state['mu'] ??= 1;
    const [eta, mu] = [state['eta'] as number, state['mu'] as number];
    const scalars = [eta, 1 - lambd * eta, mu, weightDecay];
    runUpdate(updateFor(weightDecay !== 0, maximize), p, g, state, averages, scalars);
    const step = (state['step'] as number) + 1;
    state['step'] = step;
    state['eta'] = lr / (1 + lambd * lr * step) ** alpha;
    state['mu'] = 1 / Math.max(1, step - t0);
  }
}
