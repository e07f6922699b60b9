/** Adamax: Adam with the largest gradient in place of the mean square (Kingma & Ba 2015, section 7). */
import { abs, add, div, max, mul, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast, checkBetas } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface AdamaxOptions {
  /** Learning rate; 2e-3. */
  readonly lr: number;
  /** Decay of the mean and of the largest gradient; [0.9, 0.999]. */
  readonly betas: readonly [number, number];
  /** Added to the gradient's magnitude; 1e-8. */
  readonly eps: number;
  /** L2 penalty; 0. */
  readonly weightDecay: number;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const moments: readonly string[] = ['expAvg', 'expInf'];

/** Scalars: lr / (1 − β₁ᵗ), β₁, 1 − β₁, β₂, ε, weight decay. Operands: parameter, gradient, mean, decaying maximum. */
const updateFor = updateOps('Adamax', 6, (element, decays, maximize) => {
  const { x, s } = element;
  const g = penalized(element, decays!, maximize!, 5);
  const mean = add(mul(x(2), s(1)), mul(g, s(2)));
  const largest = max(mul(x(3), s(3)), add(abs(g), s(4)));
  return [sub(x(0), mul(s(0), div(mean, largest))), mean, largest];
});

/**
 * Adam by the infinity norm; PyTorch: `torch.optim.Adamax`. One launch a parameter and step.
 * @throws ValueError for a negative `lr`, `eps` or `weightDecay`, or betas outside [0, 1)
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { Adamax } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new Adamax([w], { lr: 0.5 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log((await w.item()).toFixed(3)); // prints: 1.500
 * ```
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParameterGroup<AdamaxOptions>>,
    options: Partial<AdamaxOptions> = {},
  ) {
    super(params, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false }, options);
  }

  protected override check({ lr, betas, eps, weightDecay }: AdamaxOptions): void {
    checkAtLeast('Adamax', 'lr', lr, 0);
    checkAtLeast('Adamax', 'eps', eps, 0);
    checkAtLeast('Adamax', 'weightDecay', weightDecay, 0);
    checkBetas('Adamax', betas);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<AdamaxOptions>): void {
    const { lr, eps, weightDecay, maximize } = group;
    const [b1, b2] = group.betas;
    state['step'] ??= 0;
    const step = (state['step'] as number) + 1;
    const scalars = [lr / (1 - b1 ** step), b1, 1 - b1, b2, eps, weightDecay];
    runUpdate(updateFor(weightDecay !== 0, maximize), p, g, state, moments, scalars);
    state['step'] = step;
  }
}
