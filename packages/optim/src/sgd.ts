/** Stochastic gradient descent with momentum (Sutskever et al. 2013, as PyTorch writes it). */
import { add, mul, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast, checkBoolean } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface SGDOptions {
  /** Learning rate; 1e-3. */
  readonly lr: number;
  /** Share of the last step's direction that is kept; 0. */
  readonly momentum: number;
  /** Share of the gradient that momentum leaves out; 0. */
  readonly dampening: number;
  /** L2 penalty; 0. */
  readonly weightDecay: number;
  /** Nesterov's look-ahead; needs momentum and no dampening; false. */
  readonly nesterov: boolean;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const none: readonly string[] = [];
const buffers: readonly string[] = ['momentumBuffer'];

/** Scalars: lr, momentum, share of the buffer that stays, share of the gradient that enters it, weight decay. Operands: parameter, gradient, momentum buffer. */
const updateFor = updateOps('SGD', 5, (element, decays, maximize, hasMomentum, nesterov) => {
  const { x, s } = element;
  const g = penalized(element, decays!, maximize!, 4);
  if (!hasMomentum) return [sub(x(0), mul(s(0), g))];
  const buffer = add(mul(s(2), x(2)), mul(s(3), g));
  const direction = nesterov ? add(g, mul(s(1), buffer)) : buffer;
  return [sub(x(0), mul(s(0), direction)), buffer];
});

/**
 * Stochastic gradient descent; PyTorch: `torch.optim.SGD`. One launch a parameter and step.
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { SGD } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([1, 2], { requiresGrad: true });
 * const optimizer = new SGD([w], { lr: 0.1 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log(await w.toArray()); // prints: [ 0.800000011920929, 1.600000023841858 ]
 * ```
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<SGDOptions>>, options: Partial<SGDOptions> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        momentum: 0,
        dampening: 0,
        weightDecay: 0,
        nesterov: false,
        maximize: false,
      },
      options,
    );
  }

  protected override check(options: SGDOptions): void {
    checkAtLeast('SGD', 'lr', options.lr, 0);
    checkAtLeast('SGD', 'momentum', options.momentum, 0);
    checkAtLeast('SGD', 'dampening', options.dampening, Number.NEGATIVE_INFINITY);
    checkAtLeast('SGD', 'weightDecay', options.weightDecay, 0);
    checkBoolean(
      'SGD',
      !options.nesterov || (options.momentum > 0 && options.dampening === 0),
      `nesterov needs momentum > 0 and dampening 0, got ${options.momentum} and ${options.dampening}`,
    );
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<SGDOptions>): void {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = group;
    const hasMomentum = momentum !== 0;
    // The first gradient enters the buffer (of zeros) whole, as in PyTorch: by other numbers, not by another kernel.
    const isFirst = hasMomentum && state['momentumBuffer'] === undefined;
    const [stays, enters] = isFirst ? [0, 1] : [momentum, 1 - dampening];
    const op = updateFor(weightDecay !== 0, maximize, hasMomentum, nesterov);
    runUpdate(op, p, g, state, hasMomentum ? buffers : none, [lr, momentum, stays, enters, weightDecay]);
  }
}
