/** NAdam: Adam with Nesterov's momentum (Dozat 2016). */
import { add, div, mul, sqrt, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast, checkBetas } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface NAdamOptions {
  /** Learning rate; 2e-3. */
  readonly lr: number;
  /** Decay of the means of gradient and squared gradient; [0.9, 0.999]. */
  readonly betas: readonly [number, number];
  /** Keeps the denominator from zero; 1e-8. */
  readonly eps: number;
  /** L2 penalty, or decoupled decay; 0. */
  readonly weightDecay: number;
  /** How fast momentum grows towards β₁; 4e-3. */
  readonly momentumDecay: number;
  /** Decay apart from the gradient, as in AdamW; false. */
  readonly decoupledWeightDecay: boolean;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const means: readonly string[] = ['expAvg', 'expAvgSq'];

/**
 * Scalars: shares of gradient and of mean in the step, β₁, 1 − β₁, β₂, 1 − β₂, 1 − β₂ᵗ, ε, weight decay (if decoupled, 1 − lr · weight decay). Operands: parameter,
 * gradient, mean, mean square.
 */
const updateFor = updateOps('NAdam', 9, (element, decays, maximize, decoupled) => {
  const { x, s } = element;
  const g = penalized(element, decays! && !decoupled, maximize!, 8);
  const p = decays && decoupled ? mul(x(0), s(8)) : x(0);
  const mean = add(mul(x(2), s(2)), mul(g, s(3)));
  const square = add(mul(x(3), s(4)), mul(mul(g, s(5)), g));
  const denominator = add(sqrt(div(square, s(6))), s(7));
  return [sub(sub(p, mul(s(0), div(g, denominator))), mul(s(1), div(mean, denominator))), mean, square];
});

/**
 * Adam that looks a step ahead; PyTorch: `torch.optim.NAdam`, with the numbers of 1.13: later versions have one factor less in the momentum's product. One launch a parameter and step.
 * @throws ValueError for a negative `lr`, `eps`, `weightDecay` or `momentumDecay`, or betas outside [0, 1)
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { NAdam } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new NAdam([w], { lr: 0.5 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log((await w.item()).toFixed(3)); // prints: 1.475
 * ```
 */
export class NAdam extends Optimizer<NAdamOptions> {
  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<NAdamOptions>>, options: Partial<NAdamOptions> = {}) {
    super(
      params,
      {
        lr: 2e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        momentumDecay: 4e-3,
        decoupledWeightDecay: false,
        maximize: false,
      },
      options,
    );
  }

  protected override check(options: NAdamOptions): void {
    checkAtLeast('NAdam', 'lr', options.lr, 0);
    checkAtLeast('NAdam', 'eps', options.eps, 0);
    checkAtLeast('NAdam', 'weightDecay', options.weightDecay, 0);
    checkAtLeast('NAdam', 'momentumDecay', options.momentumDecay, 0);
    checkBetas('NAdam', options.betas);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<NAdamOptions>): void {
    const { lr, eps, weightDecay, momentumDecay, decoupledWeightDecay, maximize } = group;
    const [b1, b2] = group.betas;
    state['step'] ??= 0;
    state['muProduct'] ??= 1;
    const step = (state['step'] as number) + 1;
    const momentum = (t: number): number => b1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const [mu, next] = [momentum(step), momentum(step + 1)];
    // The second product is PyTorch 1.13's, which has μ of this step twice.
    const product = (state['muProduct'] as number) * mu;
    const decay = decoupledWeightDecay ? 1 - lr * weightDecay : weightDecay;
    const [ofGradient, ofMean] = [(lr * (1 - mu)) / (1 - product), (lr * next) / (1 - product * mu * next)];
    const scalars = [ofGradient, ofMean, b1, 1 - b1, b2, 1 - b2, 1 - b2 ** step, eps, decay];
    runUpdate(updateFor(weightDecay !== 0, maximize, decoupledWeightDecay), p, g, state, means, scalars);
    state['step'] = step;
    state['muProduct'] = product;
  }
}
