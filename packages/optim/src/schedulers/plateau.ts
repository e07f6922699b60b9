/** Rates that fall when a metric, mostly the validation loss, has stopped to improve. */
import { ValueError } from '@nn/backend';
import { checkNamed } from '@nn/tensor/internal';
import { checkCount, checkPerGroup, checkWithin, checkWord, type PerGroup, valueFor } from './check.ts';
import {
  checkEntry,
  checkNumbers,
  checkOptimizer,
  type LRSchedulerState,
  type ScheduledOptimizer,
} from './scheduler.ts';

export interface ReduceLROnPlateauOptions {
  /** Whether the metric is to fall or to rise; 'min'. */
  readonly mode?: 'min' | 'max';
  /** What rates are multiplied by; from 0, less than 1; 0.1. */
  readonly factor?: number;
  /** How many steps without improvement are borne; 10. */
  readonly patience?: number;
  /** How much better counts as better; 1e-4. */
  readonly threshold?: number;
  /** `threshold` as a part of the best metric so far, or in its units; 'rel'. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** Steps after a reduction that don't count; 0. */
  readonly cooldown?: number;
  /** The least rate, for all groups or each; 0. */
  readonly minLr?: PerGroup;
  /** A smaller change of a rate is left out; 1e-8. */
  readonly eps?: number;
}

type Settings = Required<ReduceLROnPlateauOptions>;

function check({ paramGroups }: ScheduledOptimizer, settings: Settings): void {
  const op = 'ReduceLROnPlateau';
  checkWord(op, 'mode', settings.mode, ['min', 'max']);
  checkWord(op, 'thresholdMode', settings.thresholdMode, ['rel', 'abs']);
  checkWithin(op, 'factor', settings.factor, 0, 1);
  if (settings.factor === 1) throw new ValueError(op, 'factor must be less than 1, got 1');
  checkCount(op, 'patience', settings.patience, 0);
  checkWithin(op, 'threshold', settings.threshold);
  checkCount(op, 'cooldown', settings.cooldown, 0);
  checkPerGroup(op, 'minLr', settings.minLr, paramGroups.length, 0);
  checkWithin(op, 'eps', settings.eps, 0);
}

/**
 * Multiplies the rates by `factor` when a metric hasn't improved for more than `patience` steps; PyTorch: `torch.optim.lr_scheduler.ReduceLROnPlateau`. The metric is a number:
 * `scheduler.step(await loss.item())`.
 * @example
 * ```ts
 * import { ReduceLROnPlateau, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 1 });
 * for (const loss of [3, 2, 2.5, 2.4]) scheduler.step(loss);
 * console.log(scheduler.getLastLr()); // prints: [ 0.5 ]
 * ```
 */
export class ReduceLROnPlateau {
  readonly optimizer: ScheduledOptimizer;
  #settings: Settings;
  #best: number;
  #badEpochs = 0;
  #cooling = 0;
  #epoch = 0;
  #lastLr: readonly number[];

  constructor(optimizer: ScheduledOptimizer, options: ReduceLROnPlateauOptions = {}) {
    const op = 'ReduceLROnPlateau';
    checkOptimizer(op, optimizer);
    const { mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4 } = checkNamed(op, options);
    const { thresholdMode = 'rel', cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    this.optimizer = optimizer;
    this.#settings = { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps };
    check(optimizer, this.#settings);
    this.#best = this.#worst();
    this.#lastLr = this.#rates();
  }

  /** How many steps were taken. */
  get lastEpoch(): number {
    return this.#epoch;
  }

  /** The best metric so far; ∞, or −∞ for 'max', before the first. */
  get best(): number {
    return this.#best;
  }

  /** Steps without improvement since the best one, or since the last reduction. PyTorch: `num_bad_epochs`. */
  get numBadEpochs(): number {
    return this.#badEpochs;
  }

  /** Looks at a metric, and reduces the rates if it is time. NaN counts as no improvement. Throws a `ValueError` for what is no number. */
  step(metric: number): void {
    if (typeof metric !== 'number') {
      const isTensor = typeof metric === 'object' && metric !== null && 'layout' in metric;
      throw new ValueError(
        'ReduceLROnPlateau.step',
        `got ${isTensor ? 'a tensor' : String(metric)} where the metric, a number, belongs: give await loss.item()`,
      );
    }
    const { patience, cooldown, minLr } = this.#settings;
    checkPerGroup('ReduceLROnPlateau', 'minLr', minLr, this.optimizer.paramGroups.length);
    this.#epoch += 1;
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#badEpochs = 0;
    } else this.#badEpochs += 1;
    if (this.#cooling > 0) {
      this.#cooling -= 1;
      this.#badEpochs = 0;
    }
    if (this.#badEpochs > patience) {
      this.#reduce();
      this.#cooling = cooldown;
      this.#badEpochs = 0;
    }
    this.#lastLr = this.#rates();
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#settings;
    const sign = mode === 'min' ? -1 : 1;
    const bound = thresholdMode === 'rel' ? this.#best * (1 + sign * threshold) : this.#best + sign * threshold;
    return mode === 'min' ? metric < bound : metric > bound;
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#settings;
    this.optimizer.paramGroups.forEach((group, i) => {
      const reduced = Math.max(group.lr * factor, valueFor(minLr, i));
      if (group.lr - reduced > eps) group.lr = reduced;
    });
  }

  #worst(): number {
    return this.#settings.mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  #rates(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** The rates after the last step. PyTorch: `get_last_lr()`. */
  getLastLr(): number[] {
    return [...this.#lastLr];
  }

  /** What it needs to go on; `best` is null before the first metric, for JSON has no infinity. Save the optimiser's state too: the rates are there. PyTorch: `state_dict()`. */
  stateDict(): LRSchedulerState {
    const { minLr, ...settings } = this.#settings;
    return {
      lastEpoch: this.#epoch,
      lastLr: this.getLastLr(),
      best: this.#best === this.#worst() ? null : this.#best,
      numBadEpochs: this.#badEpochs,
      cooldownCounter: this.#cooling,
      minLr: typeof minLr === 'number' ? minLr : [...minLr],
      ...settings,
    };
  }

  /** Takes over a saved state; throws a `ValueError`, and changes nothing, if it doesn't fit. PyTorch: `load_state_dict()`. */
  loadStateDict(state: LRSchedulerState): void {
    const op = 'ReduceLROnPlateau.loadStateDict';
    for (const name of Object.keys(this.stateDict())) checkEntry(op, state, name);
    const names = Object.keys(this.#settings);
    const entries = names.map((name) => [name, Array.isArray(state[name]) ? [...state[name]] : state[name]]);
    const settings = Object.fromEntries(entries) as Settings;
    check(this.optimizer, settings);
    const { lastEpoch, lastLr, best, numBadEpochs, cooldownCounter } = state;
    for (const [name, value] of Object.entries({ lastEpoch, numBadEpochs, cooldownCounter }))
      checkCount(op, name, value as number, 0);
    checkNumbers(op, 'lastLr', lastLr);
    if (best !== null) checkWithin(op, 'best', best as number);
    this.#settings = settings;
    this.#epoch = lastEpoch;
    this.#lastLr = [...lastLr];
    this.#best = best === null ? this.#worst() : (best as number);
    this.#badEpochs = numBadEpochs as number;
    this.#cooling = cooldownCounter as number;
  }
}
