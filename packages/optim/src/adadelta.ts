/** Adadelta (Zeiler 2012). */
import { add, div, mul, sqrt, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast, checkBoolean } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface AdadeltaOptions {
  /** What steps are multiplied by; 1. */
  readonly lr: number;
  /** Decay of the means of squares; 0.9. */
  readonly rho: number;
  /** Keeps the roots from zero; 1e-6. */
  readonly eps: number;
  /** L2 penalty; 0. */
  readonly weightDecay: number;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const means: readonly string[] = ['squareAvg', 'accDelta'];

/** Scalars: lr, ρ, 1 − ρ, ε, weight decay. Operands: parameter, gradient, mean squares of gradient and of step. */
const updateFor = updateOps('Adadelta', 5, (element, decays, maximize) => {
  const { x, s } = element;
  const g = penalized(element, decays!, maximize!, 4);
  const square = add(mul(x(2), s(1)), mul(mul(g, s(2)), g));
  const delta = mul(div(sqrt(add(x(3), s(3))), sqrt(add(square, s(3)))), g);
  const steps = add(mul(x(3), s(1)), mul(mul(delta, s(2)), delta));
  return [sub(x(0), mul(s(0), delta)), square, steps];
});

/**
 * Steps as large as those before in relation to the gradients; PyTorch: `torch.optim.Adadelta`. One launch a parameter and step.
 * @throws ValueError for a negative `lr`, `eps` or `weightDecay`, or a `rho` outside [0, 1]
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { Adadelta } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new Adadelta([w], { eps: 1e-2 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log((await w.item()).toFixed(3)); // prints: 1.685
 * ```
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParameterGroup<AdadeltaOptions>>,
    options: Partial<AdadeltaOptions> = {},
  ) {
    super(params, { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false }, options);
  }

  protected override check({ lr, rho, eps, weightDecay }: AdadeltaOptions): void {
    checkAtLeast('Adadelta', 'lr', lr, 0);
    checkBoolean('Adadelta', typeof rho === 'number' && rho >= 0 && rho <= 1, `rho must lie in [0, 1], got ${rho}`);
    checkAtLeast('Adadelta', 'eps', eps, 0);
    checkAtLeast('Adadelta', 'weightDecay', weightDecay, 0);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<AdadeltaOptions>): void {
    const { lr, rho, eps, weightDecay, maximize } = group;
    state['step'] ??= 0;
    runUpdate(updateFor(weightDecay !== 0, maximize), p, g, state, means, [lr, rho, 1 - rho, eps, weightDecay]);
    (state['step'] as number)++;
  }
}
