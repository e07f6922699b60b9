/** Rates by a function of the epoch: times the initial rate, or times the rate before. */
import { ValueError } from '@nn/backend';
import { checkLength, valueFor } from './check.ts';
import { GroupScheduler, type LRSchedulerOptions, type RatePoint } from './group-scheduler.ts';
import type { ScheduledOptimizer } from './scheduler.ts';

/** A factor for an epoch, which counts from 0. */
export type LRLambda = (epoch: number) => number;

interface Settings {
  readonly lrLambda: LRLambda | readonly LRLambda[];
}

function checkLambdas(op: string, { lrLambda }: Settings, groups: number): void {
  checkLength(op, 'lrLambda', lrLambda, groups);
  for (const own of [lrLambda].flat())
    if (typeof own !== 'function')
      throw new ValueError(op, `lrLambda must be a function of the epoch, or one for each group, got ${String(own)}`);
}

/**
 * The initial rate times a function of the epoch; PyTorch: `torch.optim.lr_scheduler.LambdaLR`. Give one function for all groups, or a list with one for each. Functions aren't saved.
 * @example
 * ```ts
 * import { LambdaLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new LambdaLR(optimizer, (epoch) => 1 / (1 + epoch));
 * scheduler.step();
 * console.log(scheduler.getLastLr()); // prints: [ 0.5 ]
 * ```
 */
export class LambdaLR extends GroupScheduler<Settings> {
  constructor(
    optimizer: ScheduledOptimizer,
    lrLambda: LRLambda | readonly LRLambda[],
    options: LRSchedulerOptions = {},
  ) {
    super(optimizer, { lrLambda }, options);
  }

  protected override check(settings: Settings): void {
    checkLambdas('LambdaLR', settings, this.optimizer.paramGroups.length);
  }

  protected override rate({ epoch, baseLr, index }: RatePoint): number {
    return baseLr * valueFor(this.settings.lrLambda, index)(epoch);
  }
}

/**
 * Multiplies the rate at every step by a function of the epoch; PyTorch: `torch.optim.lr_scheduler.MultiplicativeLR`. Give one function for all groups, or a list with one for each. Functions
 * aren't saved.
 * @example
 * ```ts
 * import { MultiplicativeLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new MultiplicativeLR(optimizer, (epoch) => (epoch < 3 ? 0.5 : 1));
 * for (let epoch = 0; epoch < 10; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // prints: [ 0.25 ]
 * ```
 */
export class MultiplicativeLR extends GroupScheduler<Settings> {
  constructor(
    optimizer: ScheduledOptimizer,
    lrLambda: LRLambda | readonly LRLambda[],
    options: LRSchedulerOptions = {},
  ) {
    super(optimizer, { lrLambda }, options);
  }

  protected override check(settings: Settings): void {
    checkLambdas('MultiplicativeLR', settings, this.optimizer.paramGroups.length);
  }

  protected override rate({ epoch, lr, index }: RatePoint): number {
    return epoch > 0 ? lr * valueFor(this.settings.lrLambda, index)(epoch) : lr;
  }

  // As in PyTorch: it has no rate of its own to begin with, and goes on from where the schedule before it ended.
  override '~restart'(): void {
    this.advance(0, false);
  }
}
