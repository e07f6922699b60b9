/** Rates that change over a given number of steps, mostly the first, and then stay: warm-up and its kin. Written as factors of the rate before, so that they chain. */
import { checkNamed } from '@nn/tensor/internal';
import { checkCount, checkPositive, checkWithin } from './check.ts';
import { GroupScheduler, type LRSchedulerOptions, type RatePoint } from './group-scheduler.ts';
import type { ScheduledOptimizer } from './scheduler.ts';

export interface ConstantLROptions extends LRSchedulerOptions {
  /** What the rate is multiplied by until then; greater than 0, 1 at most; 1/3. */
  readonly factor?: number;
  /** After how many steps the rate is whole; 5. */
  readonly totalIters?: number;
}

type ConstantSettings = Required<Omit<ConstantLROptions, 'lastEpoch'>>;

/**
 * Multiplies the rate by a `factor` for `totalIters` steps; PyTorch: `torch.optim.lr_scheduler.ConstantLR`. A factor of 0, which nothing leads back from, is refused.
 * @example
 * ```ts
 * import { ConstantLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new ConstantLR(optimizer, { factor: 0.25, totalIters: 2 });
 * const rates = scheduler.getLastLr();
 * for (let epoch = 0; epoch < 3; epoch++) {
 *   scheduler.step();
 *   rates.push(...scheduler.getLastLr());
 * }
 * console.log(rates); // prints: [ 0.25, 0.25, 1, 1 ]
 * ```
 */
export class ConstantLR extends GroupScheduler<ConstantSettings> {
  constructor(optimizer: ScheduledOptimizer, options: ConstantLROptions = {}) {
    const { factor = 1 / 3, totalIters = 5 } = checkNamed('ConstantLR', options);
    super(optimizer, { factor, totalIters }, options);
  }

  protected override check({ factor, totalIters }: ConstantSettings): void {
    checkPositive('ConstantLR', 'factor', factor, 1);
    checkCount('ConstantLR', 'totalIters', totalIters, 1);
  }

  protected override rate({ epoch, lr }: RatePoint): number {
    const { factor, totalIters } = this.settings;
    if (epoch === 0) return lr * factor;
    return epoch === totalIters ? lr * (1 / factor) : lr;
  }
}

export interface LinearLROptions extends LRSchedulerOptions {
  /** The first factor; greater than 0, 1 at most; 1/3. */
  readonly startFactor?: number;
  /** The last factor; from 0 to 1; 1. */
  readonly endFactor?: number;
  /** After how many steps the last factor is reached; 5. */
  readonly totalIters?: number;
}

type LinearSettings = Required<Omit<LinearLROptions, 'lastEpoch'>>;

/**
 * Multiplies the rate by a factor that goes from `startFactor` to `endFactor` in a straight line; PyTorch: `torch.optim.lr_scheduler.LinearLR`.
 * @example
 * ```ts
 * import { LinearLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * const rates = scheduler.getLastLr();
 * for (let epoch = 0; epoch < 3; epoch++) {
 *   scheduler.step();
 *   rates.push(...scheduler.getLastLr());
 * }
 * console.log(rates); // prints: [ 0.5, 0.75, 1, 1 ]
 * ```
 */
export class LinearLR extends GroupScheduler<LinearSettings> {
  constructor(optimizer: ScheduledOptimizer, options: LinearLROptions = {}) {
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = checkNamed('LinearLR', options);
    super(optimizer, { startFactor, endFactor, totalIters }, options);
  }

  protected override check({ startFactor, endFactor, totalIters }: LinearSettings): void {
    checkPositive('LinearLR', 'startFactor', startFactor, 1);
    checkWithin('LinearLR', 'endFactor', endFactor, 0, 1);
    checkCount('LinearLR', 'totalIters', totalIters, 1);
  }

  // fₑ / fₑ₋₁, where fₑ = start + (end − start) e / total.
  protected override rate({ epoch, lr }: RatePoint): number {
    const { startFactor, endFactor, totalIters } = this.settings;
    if (epoch === 0) return lr * startFactor;
    if (epoch > totalIters) return lr;
    const change = endFactor - startFactor;
    // Rounding must not lead below an end of 0.
    return lr * Math.max(0, 1 + change / (totalIters * startFactor + (epoch - 1) * change));
  }
}

export interface PolynomialLROptions extends LRSchedulerOptions {
  /** After how many steps the rate is 0; 5. */
  readonly totalIters?: number;
  /** The polynomial's degree, 0 or more; 1. */
  readonly power?: number;
}

type PolynomialSettings = Required<Omit<PolynomialLROptions, 'lastEpoch'>>;

/**
 * The initial rate times (1 − epoch / totalIters)^power, then 0; PyTorch: `torch.optim.lr_scheduler.PolynomialLR`.
 * @example
 * ```ts
 * import { PolynomialLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new PolynomialLR(optimizer, { totalIters: 4, power: 2 });
 * scheduler.step();
 * scheduler.step();
 * console.log(scheduler.getLastLr()[0]!.toFixed(3)); // prints: 0.250
 * ```
 */
export class PolynomialLR extends GroupScheduler<PolynomialSettings> {
  constructor(optimizer: ScheduledOptimizer, options: PolynomialLROptions = {}) {
    const { totalIters = 5, power = 1 } = checkNamed('PolynomialLR', options);
    super(optimizer, { totalIters, power }, options);
  }

  protected override check({ totalIters, power }: PolynomialSettings): void {
    checkCount('PolynomialLR', 'totalIters', totalIters, 1);
    checkWithin('PolynomialLR', 'power', power, 0);
  }

  protected override rate({ epoch, lr }: RatePoint): number {
    const { totalIters, power } = this.settings;
    if (epoch === 0 || epoch > totalIters) return lr;
    return lr * ((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters)) ** power;
  }
}
