/** Adam (Kingma & Ba 2015), AMSGrad (Reddi et al. 2018) and AdamW (Loshchilov & Hutter 2019). */
import { add, div, max, mul, sqrt, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkAtLeast, checkBetas } from './check.ts';
import { type Group, Optimizer, type ParameterGroup, type ParameterState } from './optimizer.ts';
import { penalized, runUpdate, updateOps } from './update.ts';

export interface AdamOptions {
  /** Learning rate; 1e-3. */
  readonly lr: number;
  /** Decay of the means of gradient and squared gradient; [0.9, 0.999]. */
  readonly betas: readonly [number, number];
  /** Keeps the denominator from zero; 1e-8. */
  readonly eps: number;
  /** L2 penalty (Adam; 0) or decoupled decay (AdamW; 1e-2). */
  readonly weightDecay: number;
  /** Divide by the largest mean square so far; false. */
  readonly amsgrad: boolean;
  /** Climb instead of descend; false. */
  readonly maximize: boolean;
}

const means: readonly string[] = ['expAvg', 'expAvgSq'];
const amsgradMeans: readonly string[] = [...means, 'maxExpAvgSq'];

/**
 * Scalars: lr / (1 − β₁ᵗ), β₁, 1 − β₁, β₂, 1 − β₂, √(1 − β₂ᵗ), ε, weight decay (Adam) or 1 − lr · weight decay (AdamW). Operands: parameter, gradient, mean, mean square, largest
 * mean square.
 */
const updatesOf = (name: string, decoupled: boolean): ReturnType<typeof updateOps> =>
  updateOps(name, 8, (element, decays, maximize, amsgrad) => {
    const { x, s } = element;
    const g = penalized(element, decays! && !decoupled, maximize!, 7);
    const p = decays && decoupled ? mul(x(0), s(7)) : x(0);
    const mean = add(mul(x(2), s(1)), mul(g, s(2)));
    const square = add(mul(x(3), s(3)), mul(mul(g, s(4)), g));
    const largest = amsgrad ? max(x(4), square) : square;
    const denominator = add(div(sqrt(largest), s(5)), s(6));
    const next = sub(p, mul(s(0), div(mean, denominator)));
    return amsgrad ? [next, mean, square, largest] : [next, mean, square];
  });

const adam = updatesOf('Adam', false);
const adamW = updatesOf('AdamW', true);

abstract class AdamFamily extends Optimizer<AdamOptions> {
  protected abstract readonly decoupled: boolean;

  protected override check(options: AdamOptions): void {
    const name = this.constructor.name;
    checkAtLeast(name, 'lr', options.lr, 0);
    checkAtLeast(name, 'eps', options.eps, 0);
    checkAtLeast(name, 'weightDecay', options.weightDecay, 0);
    checkBetas(name, options.betas);
  }

  protected override update(p: Tensor, g: Tensor, state: ParameterState, group: Group<AdamOptions>): void {
    const { lr, eps, weightDecay, amsgrad, maximize } = group;
    const [b1, b2] = group.betas;
    state['step'] ??= 0;
    const step = (state['step'] as number) + 1;
    const names = amsgrad ? amsgradMeans : means;
    const decay = this.decoupled ? 1 - lr * weightDecay : weightDecay;
    const scalars = [lr / (1 - b1 ** step), b1, 1 - b1, b2, 1 - b2, Math.sqrt(1 - b2 ** step), eps, decay];
    const op = (this.decoupled ? adamW : adam)(weightDecay !== 0, maximize, amsgrad);
    runUpdate(op, p, g, state, names, scalars);
    // Counted when it is done: one that throws may be tried again.
    state['step'] = step;
  }
}

/**
 * Adam; PyTorch: `torch.optim.Adam`. One launch a parameter and step.
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { Adam } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([2], { requiresGrad: true });
 * const optimizer = new Adam([w], { lr: 0.5 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * console.log((await w.item()).toFixed(3)); // prints: 1.500
 * ```
 */
export class Adam extends AdamFamily {
  protected override readonly decoupled: boolean = false;
  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<AdamOptions>>, options: Partial<AdamOptions> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        amsgrad: false,
        maximize: false,
      },
      options,
    );
  }
}

/** Adam with weight decay apart from the gradient; PyTorch: `torch.optim.AdamW`. One launch a parameter and step. */
export class AdamW extends AdamFamily {
  protected override readonly decoupled: boolean = true;
  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<AdamOptions>>, options: Partial<AdamOptions> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 1e-2,
        amsgrad: false,
        maximize: false,
      },
      options,
    );
  }
}
