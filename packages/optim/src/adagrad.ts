/** Adagrad (Duchi, Hazan & Singer 2011). */
import { add, div, mul, sqrt, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface AdagradOptions {
  /** Learning rate; 1e-2. */
  readonly lr: number;
  /** The rate of step t (from 0) is lr / (1 + t · lrDecay); 0. */
  readonly lrDecay: number;
  /** L2 penalty; 0. */
  readonly weightDecay: number;
  /** What the sums of squares start from; 0. */
  readonly initialAccumulatorValue: number;
  /** Keeps the denominator from zero; 1e-10. */
  readonly eps: number;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const sums: readonly string[] = ['sum'];

/** Scalars: rate, ε, weight decay. Operands: parameter, gradient, sum of squares. */
const updateFor = updateOps('Adagrad', 3, (element, decays, maximize) => {
  const { x, s } = element;
  const g = penalized(element, decays!, maximize!, 2);
  const sum = add(x(2), mul(g, g));
  return [sub(x(0), mul(s(0), div(g, add(sqrt(sum), s(1))))), sum];
});

/**
 * Steps divided by the root of all squared gradients so far; PyTorch: `torch.optim.Adagrad`. One launch a parameter and step.
 * @throws ValueError for a negative `lr`, `lrDecay`, `weightDecay`, `initialAccumulatorValue` or `eps`
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { Adagrad } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new Adagrad([w], { lr: 0.5 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log((await w.item()).toFixed(3)); // prints: 1.500
 * ```
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParameterGroup<AdagradOptions>>,
    options: Partial<AdagradOptions> = {},
  ) {
    super(
      params,
      {
        lr: 1e-2,
        lrDecay: 0,
        weightDecay: 0,
        initialAccumulatorValue: 0,
        eps: 1e-10,
        maximize: false,
      },
      options,
    );
  }

  protected override check(options: AdagradOptions): void {
    checkAtLeast('Adagrad', 'lr', options.lr, 0);
    checkAtLeast('Adagrad', 'lrDecay', options.lrDecay, 0);
    checkAtLeast('Adagrad', 'weightDecay', options.weightDecay, 0);
    checkAtLeast('Adagrad', 'initialAccumulatorValue', options.initialAccumulatorValue, 0);
    checkAtLeast('Adagrad', 'eps', options.eps, 0);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<AdagradOptions>): void {
    const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize } = group;
    state['step'] ??= 0;
    const step = state['step'] as number;
    const scalars = [lr / (1 + step * lrDecay), eps, weightDecay];
    runUpdate(updateFor(weightDecay !== 0, maximize), p, g, state, sums, scalars, [initialAccumulatorValue]);
    state['step'] = step + 1;
  }
}
