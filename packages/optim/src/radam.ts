/** RAdam: Adam that waits for its mean square to be worth something (Liu et al. 2020). */
import { add, div, equal, mul, same, select, sqrt, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast, checkBetas } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface RAdamOptions {
  /** Learning rate; 1e-3. */
  readonly lr: number;
  /** Decay of the means of gradient and squared gradient; [0.9, 0.999]. */
  readonly betas: readonly [number, number];
  /** Keeps the denominator from zero; 1e-8. */
  readonly eps: number;
  /** L2 penalty, or decoupled decay; 0. */
  readonly weightDecay: number;
  /** Decay apart from the gradient, as in AdamW; false. */
  readonly decoupledWeightDecay: boolean;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const means: readonly string[] = ['expAvg', 'expAvgSq'];

/**
 * Scalars: lr / (1 − β₁ᵗ), rectification (0 in the first steps, which don't divide), β₁, 1 − β₁, β₂, 1 − β₂, ε, weight decay (if decoupled, 1 − lr · weight decay).
 * Operands: parameter, gradient, mean, mean square.
 */
const updateFor = updateOps('RAdam', 8, (element, decays, maximize, decoupled) => {
  const { x, s } = element;
  const g = penalized(element, decays! && !decoupled, maximize!, 7);
  const p = decays && decoupled ? mul(x(0), s(7)) : x(0);
  const mean = add(mul(x(2), s(2)), mul(g, s(3)));
  const square = add(mul(x(3), s(4)), mul(mul(g, s(5)), g));
  const rate = select(equal(s(1), same(0, s(1))), same(1, s(1)), div(s(1), add(sqrt(square), s(6))));
  return [sub(p, mul(mul(s(0), mean), rate)), mean, square];
});

/** √(1 − β₂ᵗ) · r of the paper's equation 4, or 0 where its variance can't be computed (5 as PyTorch has it, not 4). */
function rectification(b2: number, step: number): number {
  const power = b2 ** step;
  const longest = 2 / (1 - b2) - 1;
  const length = longest - (2 * step * power) / (1 - power);
  if (!(length > 5)) return 0;
  const r = Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length));
  return r * Math.sqrt(1 - power);
}

/**
 * Rectified Adam; PyTorch: `torch.optim.RAdam`. One launch a parameter and step.
 * @throws ValueError for a negative `lr`, `eps` or `weightDecay`, or betas outside [0, 1)
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { RAdam } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new RAdam([w], { lr: 0.125 });
 * w.mul(w).sum().backward();
 * optimizer.step(); // the first steps are the mean's alone
 * console.log((await w.item()).toFixed(3)); // prints: 1.500
 * ```
 */
export class RAdam extends Optimizer<RAdamOptions> {
  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<RAdamOptions>>, options: Partial<RAdamOptions> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        decoupledWeightDecay: false,
        maximize: false,
      },
      options,
    );
  }

  protected override check({ lr, betas, eps, weightDecay }: RAdamOptions): void {
    checkAtLeast('RAdam', 'lr', lr, 0);
    checkAtLeast('RAdam', 'eps', eps, 0);
    checkAtLeast('RAdam', 'weightDecay', weightDecay, 0);
    checkBetas('RAdam', betas);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<RAdamOptions>): void {
    const { lr, eps, weightDecay, decoupledWeightDecay, maximize } = group;
    const [b1, b2] = group.betas;
    state['step'] ??= 0;
    const step = (state['step'] as number) + 1;
    const decay = decoupledWeightDecay ? 1 - lr * weightDecay : weightDecay;
    const scalars = [lr / (1 - b1 ** step), rectification(b2, step), b1, 1 - b1, b2, 1 - b2, eps, decay];
    runUpdate(updateFor(weightDecay !== 0, maximize, decoupledWeightDecay), p, g, state, means, scalars);
    state['step'] = step;
  }
}
