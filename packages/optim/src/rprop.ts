/** Resilient propagation (Riedmiller & Braun 1993), in the form without backtracking that PyTorch has. */
import { less, max, min, mul, neg, same, select, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast, checkBoolean, checkPair } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface RpropOptions {
  /** Size of the first step; 1e-2. */
  readonly lr: number;
  /** What steps shrink and grow by; [0.5, 1.2]. */
  readonly etas: readonly [number, number];
  /** The smallest and the largest step; [1e-6, 50]. */
  readonly stepSizes: readonly [number, number];
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const states: readonly string[] = ['prev', 'stepSize'];

/** Scalars: η−, η+, smallest and largest step. Operands: parameter, gradient, the gradient before, step. */
const updateFor = updateOps('Rprop', 4, (element, maximize) => {
  const { x, s } = element;
  const g = penalized(element, false, maximize!, 0);
  const zero = same(0, g);
  const agreement = mul(g, x(2));
  const turned = less(agreement, zero);
  // A gradient that is no number has no sign: it changes nothing.
  const factor = select(less(zero, agreement), s(1), select(turned, s(0), same(1, g)));
  const step = min(max(mul(x(3), factor), s(2)), s(3));
  // After a turn the gradient counts as none, now and in the next comparison.
  const kept = select(turned, zero, g);
  const signed = select(less(zero, kept), step, select(less(kept, zero), neg(step), zero));
  return [sub(x(0), signed), kept, step];
});

/**
 * Steps by the gradient's sign alone, each element with a step of its own that grows while the sign stays; for gradients over all data at once. PyTorch:
 * `torch.optim.Rprop`. One launch a parameter and step.
 * @throws ValueError for a negative `lr`, or etas other than 0 < η− < 1 < η+
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { Rprop } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new Rprop([w], { lr: 0.5 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log(await w.item()); // prints: 1.5
 * ```
 */
export class Rprop extends Optimizer<RpropOptions> {
  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<RpropOptions>>, options: Partial<RpropOptions> = {}) {
    super(params, { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false }, options);
  }

  protected override check({ lr, etas, stepSizes }: RpropOptions): void {
    checkAtLeast('Rprop', 'lr', lr, 0);
    checkPair('Rprop', 'etas', etas);
    checkPair('Rprop', 'stepSizes', stepSizes);
    const [smaller, larger] = etas;
    checkBoolean(
      'Rprop',
      smaller > 0 && smaller < 1 && larger > 1,
      `etas must be a number between 0 and 1 and one above 1, got ${smaller} and ${larger}`,
    );
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<RpropOptions>): void {
    const { lr, etas, stepSizes, maximize } = group;
    state['step'] ??= 0;
    runUpdate(updateFor(maximize), p, g, state, states, [...etas, ...stepSizes], [0, lr]);
    (state['step'] as number)++;
  }
}
