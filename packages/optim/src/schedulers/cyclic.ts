/** Rates that go up and down between two bounds (Smith 2017, "Cyclical Learning Rates for Training Neural Networks"). */
import { ValueError } from '@nn/backend';
import { checkNamed } from '@nn/tensor/internal';
import { checkPerGroup, checkPositive, checkWithin, checkWord, type PerGroup, valueFor } from './check.ts';
import { GroupScheduler, type LRSchedulerOptions, type RatePoint } from './group-scheduler.ts';
import { checkMomentum, type MomentumSettings, setMomentum } from './momentum.ts';
import type { ScheduledGroup, ScheduledOptimizer } from './scheduler.ts';

export interface CyclicLROptions extends LRSchedulerOptions {
  /** Steps from the lower bound to the upper; 2000. */
  readonly stepSizeUp?: number;
  /** Steps back; as many as up. */
  readonly stepSizeDown?: number;
  /** What becomes of the height: it stays, halves each cycle, or shrinks by `gamma` each step; 'triangular'. */
  readonly mode?: 'triangular' | 'triangular2' | 'exp_range';
  /** For 'exp_range'; 1. */
  readonly gamma?: number;
  /** The height's factor by a function of one's own, instead of `mode`; none. It isn't saved. */
  readonly scaleFn?: (x: number) => number;
  /** What `scaleFn` is given: the cycle, which counts from 1, or the step; 'cycle'. */
  readonly scaleMode?: 'cycle' | 'iterations';
  /** Turn the momentum (or the first of betas) against the rate; true. */
  readonly cycleMomentum?: boolean;
  /** The momentum at the highest rate, for all groups or each; 0.8. */
  readonly baseMomentum?: PerGroup;
  /** The momentum at the lowest rate, for all groups or each; 0.9. */
  readonly maxMomentum?: PerGroup;
}

interface CyclicSettings extends MomentumSettings {
  readonly baseLr: PerGroup;
  readonly maxLr: PerGroup;
  readonly stepSizeUp: number;
  readonly stepSizeDown: number;
  readonly mode: 'triangular' | 'triangular2' | 'exp_range';
  readonly gamma: number;
  readonly scaleFn: ((x: number) => number) | undefined;
  readonly scaleMode: 'cycle' | 'iterations';
}

const modes = ['triangular', 'triangular2', 'exp_range'] as const;

/**
 * From `baseLr` up to `maxLr` and back in straight lines, again and again, stepped after every batch; PyTorch: `torch.optim.lr_scheduler.CyclicLR`. Bounds are one for all groups or a list
 * with one for each. What PyTorch does not: the first of Adam's betas is turned too (as in its later versions), and the first rate is `baseLr` also where another schedule was before.
 * @example
 * ```ts
 * import { CyclicLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { momentum: 0.9 });
 * const scheduler = new CyclicLR(optimizer, 0.25, 0.75, { stepSizeUp: 2 });
 * const rates = scheduler.getLastLr();
 * for (let batch = 0; batch < 4; batch++) {
 *   scheduler.step();
 *   rates.push(...scheduler.getLastLr());
 * }
 * console.log(rates); // prints: [ 0.25, 0.5, 0.75, 0.5, 0.25 ]
 * ```
 */
export class CyclicLR extends GroupScheduler<CyclicSettings> {
  constructor(optimizer: ScheduledOptimizer, baseLr: PerGroup, maxLr: PerGroup, options: CyclicLROptions = {}) {
    const named = checkNamed('CyclicLR', options);
    const { stepSizeUp = 2000, stepSizeDown = stepSizeUp, mode = 'triangular', gamma = 1, scaleFn } = named;
    const { scaleMode = 'cycle', cycleMomentum = true, baseMomentum = 0.8, maxMomentum = 0.9 } = named;
    const steps = { stepSizeUp, stepSizeDown, mode, gamma, scaleFn, scaleMode };
    super(optimizer, { baseLr, maxLr, ...steps, cycleMomentum, baseMomentum, maxMomentum }, options);
  }

  protected override check(settings: CyclicSettings): void {
    const op = 'CyclicLR';
    const { paramGroups } = this.optimizer;
    checkPerGroup(op, 'baseLr', settings.baseLr, paramGroups.length, 0);
    checkPerGroup(op, 'maxLr', settings.maxLr, paramGroups.length, 0);
    checkPositive(op, 'stepSizeUp', settings.stepSizeUp);
    checkWithin(op, 'stepSizeDown', settings.stepSizeDown, 0);
    checkWord(op, 'mode', settings.mode, modes);
    checkWithin(op, 'gamma', settings.gamma);
    checkWord(op, 'scaleMode', settings.scaleMode, ['cycle', 'iterations']);
    if (settings.scaleFn !== undefined && typeof settings.scaleFn !== 'function')
      throw new ValueError(op, `scaleFn must be a function, got ${String(settings.scaleFn)}`);
    checkMomentum(op, settings, this.optimizer);
  }

  protected override start(group: ScheduledGroup, index: number): number {
    group.lr = valueFor(this.settings.baseLr, index);
    return super.start(group, index);
  }

  protected override rate({ epoch, index }: RatePoint): number {
    const [least, most] = [valueFor(this.settings.baseLr, index), valueFor(this.settings.maxLr, index)];
    return least + (most - least) * this.height(epoch);
  }

  protected override advance(epoch: number, isFirst: boolean): void {
    super.advance(epoch, isFirst);
    const { cycleMomentum, baseMomentum, maxMomentum } = this.settings;
    if (!cycleMomentum) return;
    const height = this.height(epoch);
    this.optimizer.paramGroups.forEach((group, i) => {
      const [least, most] = [valueFor(baseMomentum, i), valueFor(maxMomentum, i)];
      setMomentum(group, most - (most - least) * height);
    });
  }

  /** How far from the lower bound to the upper one a step is, scaled. */
  protected height(epoch: number): number {
    const { stepSizeUp, stepSizeDown, mode, gamma, scaleFn, scaleMode } = this.settings;
    const whole = stepSizeUp + stepSizeDown;
    const peak = stepSizeUp / whole;
    const cycle = Math.floor(1 + epoch / whole);
    const x = 1 + epoch / whole - cycle;
    const height = x <= peak ? x / peak : (x - 1) / (peak - 1);
    if (scaleFn !== undefined) return height * scaleFn(scaleMode === 'cycle' ? cycle : epoch);
    if (mode === 'triangular') return height;
    return height * (mode === 'triangular2' ? 2 ** (1 - cycle) : gamma ** epoch);
  }
}
