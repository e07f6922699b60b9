/** Rates that shrink by a factor: at every step, every so many steps, or at given ones. */
import { checkNamed } from '@nn/tensor/internal';
import { checkCount, checkWithin } from './check.ts';
import { GroupScheduler, type LRSchedulerOptions, type RatePoint } from './group-scheduler.ts';
import { checkNumbers, type ScheduledOptimizer } from './scheduler.ts';

export interface DecayOptions extends LRSchedulerOptions {
  /** The factor; 0.1. */
  readonly gamma?: number;
}

interface StepSettings {
  readonly stepSize: number;
  readonly gamma: number;
}

/**
 * Multiplies the rate by `gamma` (0.1) every `stepSize` steps; PyTorch: `torch.optim.lr_scheduler.StepLR`.
 * @example
 * ```ts
 * import { SGD, StepLR } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new StepLR(optimizer, 2, { gamma: 0.5 });
 * for (let epoch = 0; epoch < 4; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // prints: [ 0.25 ]
 * ```
 */
export class StepLR extends GroupScheduler<StepSettings> {
  constructor(optimizer: ScheduledOptimizer, stepSize: number, options: DecayOptions = {}) {
    const { gamma = 0.1 } = checkNamed('StepLR', options);
    super(optimizer, { stepSize, gamma }, options);
  }

  protected override check({ stepSize, gamma }: StepSettings): void {
    checkCount('StepLR', 'stepSize', stepSize, 1);
    checkWithin('StepLR', 'gamma', gamma);
  }

  protected override rate({ epoch, lr }: RatePoint): number {
    const { stepSize, gamma } = this.settings;
    return epoch > 0 && epoch % stepSize === 0 ? lr * gamma : lr;
  }
}

interface MultiStepSettings {
  readonly milestones: readonly number[];
  readonly gamma: number;
}

/**
 * Multiplies the rate by `gamma` (0.1) at each of the `milestones`, twice at one that is given twice; PyTorch: `torch.optim.lr_scheduler.MultiStepLR`.
 * @example
 * ```ts
 * import { MultiStepLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new MultiStepLR(optimizer, [1, 5], { gamma: 0.5 });
 * for (let epoch = 0; epoch < 4; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // prints: [ 0.5 ]
 * ```
 */
export class MultiStepLR extends GroupScheduler<MultiStepSettings> {
  constructor(optimizer: ScheduledOptimizer, milestones: readonly number[], options: DecayOptions = {}) {
    const { gamma = 0.1 } = checkNamed('MultiStepLR', options);
    super(optimizer, { milestones, gamma }, options);
  }

  protected override check({ milestones, gamma }: MultiStepSettings): void {
    checkNumbers('MultiStepLR', 'milestones', milestones);
    milestones.forEach((milestone, i) => {
      checkCount('MultiStepLR', `milestones[${i}]`, milestone, 0);
    });
    checkWithin('MultiStepLR', 'gamma', gamma);
  }

  protected override rate({ epoch, lr }: RatePoint): number {
    const { milestones, gamma } = this.settings;
    return lr * gamma ** milestones.filter((milestone) => milestone === epoch).length;
  }
}

interface ExponentialSettings {
  readonly gamma: number;
}

/**
 * Multiplies the rate by `gamma` at every step; PyTorch: `torch.optim.lr_scheduler.ExponentialLR`.
 * @example
 * ```ts
 * import { ExponentialLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new ExponentialLR(optimizer, 0.5);
 * for (let epoch = 0; epoch < 3; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // prints: [ 0.125 ]
 * ```
 */
export class ExponentialLR extends GroupScheduler<ExponentialSettings> {
  constructor(optimizer: ScheduledOptimizer, gamma: number, options: LRSchedulerOptions = {}) {
    super(optimizer, { gamma }, options);
  }

  protected override check({ gamma }: ExponentialSettings): void {
    checkWithin('ExponentialLR', 'gamma', gamma);
  }

  protected override rate({ epoch, lr }: RatePoint): number {
    return epoch > 0 ? lr * this.settings.gamma : lr;
  }
}
