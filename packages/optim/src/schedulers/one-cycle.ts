/** One cycle: up to a high rate and down to almost nothing (Smith & Topin 2018, "Super-Convergence"). */
import { ValueError } from '@nn/backend';
import { checkNamed } from '@nn/tensor/internal';
import { checkCount, checkPerGroup, checkPositive, checkWithin, checkWord, type PerGroup, valueFor } from './check.ts';
import { GroupScheduler, type LRSchedulerOptions, type RatePoint } from './group-scheduler.ts';
import { checkMomentum, type MomentumSettings, setMomentum } from './momentum.ts';
import type { ScheduledGroup, ScheduledOptimizer } from './scheduler.ts';

export interface OneCycleLROptions extends LRSchedulerOptions {
  /** Steps of the whole cycle; `epochs · stepsPerEpoch`: give this one or those two. */
  readonly totalSteps?: number;
  /** Epochs, if `totalSteps` isn't given. */
  readonly epochs?: number;
  /** Batches of an epoch, if `totalSteps` isn't given. */
  readonly stepsPerEpoch?: number;
  /** The part of the steps on which the rate rises; from 0 to 1; 0.3. */
  readonly pctStart?: number;
  /** The form of the curve; 'cos'. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** Turn the momentum (or the first of betas) against the rate; true. */
  readonly cycleMomentum?: boolean;
  /** The momentum at the highest rate, for all groups or each; 0.85. */
  readonly baseMomentum?: PerGroup;
  /** The momentum at the ends, for all groups or each; 0.95. */
  readonly maxMomentum?: PerGroup;
  /** The first rate is `maxLr / divFactor`; 25. */
  readonly divFactor?: number;
  /** The last rate is the first one divided by this; 1e4. */
  readonly finalDivFactor?: number;
  /** Go down to the first rate as fast as up, and from there to the last one; false: down to the last one at once. */
  readonly threePhase?: boolean;
}

interface OneCycleSettings extends MomentumSettings {
  readonly maxLr: PerGroup;
  readonly totalSteps: number;
  readonly pctStart: number;
  readonly annealStrategy: 'cos' | 'linear';
  readonly divFactor: number;
  readonly finalDivFactor: number;
  readonly threePhase: boolean;
}

/** Rates and momenta between which a step lies. */
type Level = 'first' | 'highest' | 'last';

interface Phase {
  readonly end: number;
  readonly from: Level;
  readonly to: Level;
}

const anneal = {
  cos: (from: number, to: number, part: number): number => to + ((from - to) / 2) * (Math.cos(Math.PI * part) + 1),
  linear: (from: number, to: number, part: number): number => (to - from) * part + from,
} as const;

/**
 * From `maxLr / divFactor` up to `maxLr` and down to almost nothing, stepped after every batch, `totalSteps` times at most: a further step throws a `ValueError`. PyTorch:
 * `torch.optim.lr_scheduler.OneCycleLR`. `maxLr` is one for all groups or a list with one for each. The rate after the last step, which no update sees any more, is the last of the curve;
 * PyTorch's goes on beyond it, with 'linear' below zero.
 * @example
 * ```ts
 * import { OneCycleLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { momentum: 0.9 });
 * const scheduler = new OneCycleLR(optimizer, 1, { totalSteps: 5, pctStart: 0.6, annealStrategy: 'linear' });
 * const rates = [scheduler.getLastLr()[0]!.toFixed(2)];
 * for (let batch = 0; batch < 4; batch++) {
 *   scheduler.step();
 *   rates.push(scheduler.getLastLr()[0]!.toFixed(2));
 * }
 * console.log(rates.join(' ')); // prints: 0.04 0.52 1.00 0.50 0.00
 * ```
 */
export class OneCycleLR extends GroupScheduler<OneCycleSettings> {
  constructor(optimizer: ScheduledOptimizer, maxLr: PerGroup, options: OneCycleLROptions = {}) {
    const named = checkNamed('OneCycleLR', options);
    const { pctStart = 0.3, annealStrategy = 'cos', threePhase = false } = named;
    const { divFactor = 25, finalDivFactor = 1e4 } = named;
    const { cycleMomentum = true, baseMomentum = 0.85, maxMomentum = 0.95 } = named;
    const form = { pctStart, annealStrategy, divFactor, finalDivFactor, threePhase };
    super(
      optimizer,
      { maxLr, totalSteps: stepsOf(options), ...form, cycleMomentum, baseMomentum, maxMomentum },
      options,
    );
  }

  protected override check(settings: OneCycleSettings): void {
    const op = 'OneCycleLR';
    checkPerGroup(op, 'maxLr', settings.maxLr, this.optimizer.paramGroups.length, 0);
    checkCount(op, 'totalSteps', settings.totalSteps, 1);
    checkWithin(op, 'pctStart', settings.pctStart, 0, 1);
    checkWord(op, 'annealStrategy', settings.annealStrategy, Object.keys(anneal));
    checkPositive(op, 'divFactor', settings.divFactor);
    checkPositive(op, 'finalDivFactor', settings.finalDivFactor);
    checkMomentum(op, settings, this.optimizer);
  }

  protected override start(group: ScheduledGroup, index: number): number {
    group.initialLr = valueFor(this.settings.maxLr, index) / this.settings.divFactor;
    return group.initialLr;
  }

  protected override rate({ epoch, baseLr, index }: RatePoint): number {
    const { maxLr, totalSteps, finalDivFactor } = this.settings;
    if (epoch > totalSteps)
      throw new ValueError(
        'OneCycleLR.step',
        `the cycle has ${totalSteps} steps, this is step ${epoch}; give totalSteps, or epochs and stepsPerEpoch, for all of them`,
      );
    return this.between(epoch, { first: baseLr, highest: valueFor(maxLr, index), last: baseLr / finalDivFactor });
  }

  protected override advance(epoch: number, isFirst: boolean): void {
    super.advance(epoch, isFirst);
    const { cycleMomentum, baseMomentum, maxMomentum } = this.settings;
    if (!cycleMomentum) return;
    this.optimizer.paramGroups.forEach((group, i) => {
      const most = valueFor(maxMomentum, i);
      setMomentum(group, this.between(epoch, { first: most, highest: valueFor(baseMomentum, i), last: most }));
    });
  }

  /** The value at a step on the way between levels. */
  protected between(epoch: number, levels: Readonly<Record<Level, number>>): number {
    const { totalSteps, pctStart, annealStrategy, threePhase } = this.settings;
    const last = totalSteps - 1;
    const top: Phase = { end: pctStart * totalSteps - 1, from: 'first', to: 'highest' };
    const phases: readonly Phase[] = threePhase
      ? [
          top,
          { end: 2 * pctStart * totalSteps - 2, from: 'highest', to: 'first' },
          { end: last, from: 'first', to: 'last' },
        ]
      : [top, { end: last, from: 'highest', to: 'last' }];
    const found = phases.findIndex(({ end }) => epoch <= end);
    const now = found < 0 ? phases.length - 1 : found;
    const { end, from, to } = phases[now]!;
    const begin = now === 0 ? 0 : phases[now - 1]!.end;
    // A phase of no length is at its end; so is the step after the last.
    const part = end > begin ? Math.min(1, (epoch - begin) / (end - begin)) : 1;
    return anneal[annealStrategy](levels[from], levels[to], part);
  }
}

function stepsOf({ totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  if (totalSteps !== undefined) return totalSteps;
  if (epochs === undefined || stepsPerEpoch === undefined)
    throw new ValueError('OneCycleLR', 'give totalSteps, or both epochs and stepsPerEpoch: how long is the cycle?');
  checkCount('OneCycleLR', 'epochs', epochs, 1);
  checkCount('OneCycleLR', 'stepsPerEpoch', stepsPerEpoch, 1);
  return epochs * stepsPerEpoch;
}
