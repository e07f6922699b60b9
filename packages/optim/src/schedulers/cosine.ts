/** Cosine annealing (Loshchilov & Hutter 2017, "SGDR"), with and without restarts. */
import { checkNamed } from '@nn/tensor/internal';
import { checkCount, checkWithin } from './check.ts';
import { GroupScheduler, type LRSchedulerOptions, type RatePoint } from './group-scheduler.ts';
import type { ScheduledOptimizer } from './scheduler.ts';

export interface CosineAnnealingLROptions extends LRSchedulerOptions {
  /** The least rate; 0. */
  readonly etaMin?: number;
}

interface CosineSettings {
  readonly tMax: number;
  readonly etaMin: number;
}

/** η_min + (η_max − η_min) (1 + cos π t) / 2. */
const annealed = (most: number, least: number, t: number): number =>
  least + ((most - least) * (1 + Math.cos(Math.PI * t))) / 2;

/**
 * Half a cosine down from the initial rate to `etaMin` (0) in `tMax` steps, up again in as many, and so on; PyTorch: `torch.optim.lr_scheduler.CosineAnnealingLR`.
 * @example
 * ```ts
 * import { CosineAnnealingLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new CosineAnnealingLR(optimizer, 10, { etaMin: 0.01 });
 * for (let epoch = 0; epoch < 10; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // prints: [ 0.01 ]
 * ```
 */
export class CosineAnnealingLR extends GroupScheduler<CosineSettings> {
  constructor(optimizer: ScheduledOptimizer, tMax: number, options: CosineAnnealingLROptions = {}) {
    const { etaMin = 0 } = checkNamed('CosineAnnealingLR', options);
    super(optimizer, { tMax, etaMin }, options);
  }

  protected override check({ tMax, etaMin }: CosineSettings): void {
    checkCount('CosineAnnealingLR', 'tMax', tMax, 1);
    checkWithin('CosineAnnealingLR', 'etaMin', etaMin);
  }

  protected override rate({ epoch, lr, baseLr, isFirst }: RatePoint): number {
    const { tMax, etaMin } = this.settings;
    if (epoch === 0) return lr;
    if (isFirst) return annealed(baseLr, etaMin, epoch / tMax);
    // Behind the lowest point the rate before it tells nothing about the next.
    if ((epoch - 1 - tMax) % (2 * tMax) === 0) return lr + ((baseLr - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    const [now, before] = [epoch, epoch - 1].map((e) => 1 + Math.cos((Math.PI * e) / tMax)) as [number, number];
    return (now / before) * (lr - etaMin) + etaMin;
  }
}

export interface CosineAnnealingWarmRestartsOptions extends LRSchedulerOptions {
  /** How many times longer each cycle is than the one before; a whole number; 1. */
  readonly tMult?: number;
  /** The least rate; 0. */
  readonly etaMin?: number;
}

interface WarmRestartsSettings {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;
}

/**
 * Half a cosine down from the initial rate towards `etaMin` in `t0` steps, then from the top again, in `tMult` times as many steps as before; PyTorch:
 * `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`.
 * @example
 * ```ts
 * import { CosineAnnealingWarmRestarts, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new CosineAnnealingWarmRestarts(optimizer, 2, { tMult: 2 });
 * const batches = 2;
 * const rates: string[] = [];
 * for (let epoch = 0; epoch < 3; epoch++)
 *   for (let batch = 0; batch < batches; batch++) {
 *     scheduler.step(epoch + batch / batches);
 *     rates.push(scheduler.getLastLr()[0]!.toFixed(2));
 *   }
 * console.log(rates.join(' ')); // prints: 1.00 0.85 0.50 0.15 1.00 0.96
 * ```
 */
export class CosineAnnealingWarmRestarts extends GroupScheduler<WarmRestartsSettings> {
  constructor(optimizer: ScheduledOptimizer, t0: number, options: CosineAnnealingWarmRestartsOptions = {}) {
    const { tMult = 1, etaMin = 0 } = checkNamed('CosineAnnealingWarmRestarts', options);
    super(optimizer, { t0, tMult, etaMin }, options);
  }

  protected override check({ t0, tMult, etaMin }: WarmRestartsSettings): void {
    checkCount('CosineAnnealingWarmRestarts', 't0', t0, 1);
    checkCount('CosineAnnealingWarmRestarts', 'tMult', tMult, 1);
    checkWithin('CosineAnnealingWarmRestarts', 'etaMin', etaMin);
  }

  /** Goes to the next epoch, or to a given one, which may be a fraction: `epoch + batch / batches`. */
  override step(epoch?: number): void {
    if (epoch === undefined) super.step();
    else {
      checkWithin('CosineAnnealingWarmRestarts.step', 'epoch', epoch, 0);
      this.advance(epoch, false);
    }
  }

  protected override rate({ epoch, baseLr }: RatePoint): number {
    const { t0, tMult, etaMin } = this.settings;
    let [into, length] = [epoch, t0];
    if (tMult === 1) into %= t0;
    else
      while (into >= length) {
        into -= length;
        length *= tMult;
      }
    return annealed(baseLr, etaMin, into / length);
  }
}
