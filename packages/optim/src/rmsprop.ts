/** RMSprop (Tieleman & Hinton 2012), centred as in Graves 2013. */
import { add, div, less, mul, same, select, sqrt, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface RMSpropOptions {
  /** Learning rate; 1e-2. */
  readonly lr: number;
  /** Decay of the means; 0.99. */
  readonly alpha: number;
  /** Keeps the denominator from zero; 1e-8. */
  readonly eps: number;
  /** L2 penalty; 0. */
  readonly weightDecay: number;
  /** Share of the last step's direction that is kept; 0. */
  readonly momentum: number;
  /** Divide by the standard deviation of the gradient instead of its mean square's root; false. */
  readonly centered: boolean;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

/** By centred (1) and with momentum (2). */
const states: readonly (readonly string[])[] = [
  ['squareAvg'],
  ['squareAvg', 'gradAvg'],
  ['squareAvg', 'momentumBuffer'],
  ['squareAvg', 'gradAvg', 'momentumBuffer'],
];

/** Scalars: lr, α, 1 − α, ε, weight decay, momentum. Operands: parameter, gradient, mean square, mean if centred, momentum buffer if there is momentum. */
const updateFor = updateOps('RMSprop', 6, (element, decays, maximize, centered, hasMomentum) => {
  const { x, s } = element;
  const g = penalized(element, decays!, maximize!, 4);
  const square = add(mul(x(2), s(1)), mul(mul(g, s(2)), g));
  const mean = centered ? add(mul(x(3), s(1)), mul(g, s(2))) : null;
  // Where the square overflows the mean's may too; their difference would be NaN.
  const variance =
    mean === null
      ? square
      : select(less(square, same(Number.POSITIVE_INFINITY, square)), sub(square, mul(mean, mean)), square);
  const deviation = add(sqrt(variance), s(3));
  const remembered = mean === null ? [square] : [square, mean];
  const scaled = div(g, deviation);
  if (!hasMomentum) return [sub(x(0), mul(s(0), scaled)), ...remembered];
  const buffer = add(mul(s(5), x(2 + remembered.length)), scaled);
  return [sub(x(0), mul(s(0), buffer)), ...remembered, buffer];
});

/**
 * Steps divided by a running root mean square of the gradient; PyTorch: `torch.optim.RMSprop`. One launch a parameter and step.
 * @throws ValueError for a negative `lr`, `alpha`, `eps`, `weightDecay` or `momentum`
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { RMSprop } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new RMSprop([w], { lr: 0.05, momentum: 0.9 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log((await w.item()).toFixed(3)); // prints: 1.500
 * ```
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(
    params: Iterable<Tensor> | Iterable<ParameterGroup<RMSpropOptions>>,
    options: Partial<RMSpropOptions> = {},
  ) {
    super(
      params,
      {
        lr: 1e-2,
        alpha: 0.99,
        eps: 1e-8,
        weightDecay: 0,
        momentum: 0,
        centered: false,
        maximize: false,
      },
      options,
    );
  }

  protected override check({ lr, alpha, eps, weightDecay, momentum }: RMSpropOptions): void {
    checkAtLeast('RMSprop', 'lr', lr, 0);
    checkAtLeast('RMSprop', 'alpha', alpha, 0);
    checkAtLeast('RMSprop', 'eps', eps, 0);
    checkAtLeast('RMSprop', 'weightDecay', weightDecay, 0);
    checkAtLeast('RMSprop', 'momentum', momentum, 0);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<RMSpropOptions>): void {
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = group;
    state['step'] ??= 0;
    const names = states[(centered ? 1 : 0) + (momentum > 0 ? 2 : 0)]!;
    const op = updateFor(weightDecay !== 0, maximize, centered, momentum > 0);
    runUpdate(op, p, g, state, names, [lr, alpha, 1 - alpha, eps, weightDecay, momentum]);
    (state['step'] as number)++;
  }
}
