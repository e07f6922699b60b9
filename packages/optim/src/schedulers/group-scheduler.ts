/**
 * Schedules that say what the rate of a group is at a step, from its rate before, from the one it started with, or both. Those that go from the rate before are chainable: others may change
 * rates in between.
 */
import { ValueError } from '@nn/backend';
import { checkNamed } from '@nn/tensor/internal';
import { checkCount } from './check.ts';
import {
  checkEntry,
  checkNumbers,
  LRScheduler,
  type LRSchedulerState,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerValue,
} from './scheduler.ts';

export interface LRSchedulerOptions {
  /**
   * The epoch after which a schedule goes on that was not saved; −1, from the start. The optimiser's groups must have their `initialLr`, as they do after `loadStateDict`.
   */
  readonly lastEpoch?: number;
}

/** Where a rate is asked for. */
export interface RatePoint {
  /** The step, 0 at construction. */
  readonly epoch: number;
  /** The group's rate before it. */
  readonly lr: number;
  /** The rate that the group started with. */
  readonly baseLr: number;
  /** Which group. */
  readonly index: number;
  /** Whether it is the step that construction takes. */
  readonly isFirst: boolean;
}

const isFunction = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(isFunction) : typeof value === 'function';

/** Settings with lists of their own. */
const copied = <Settings extends object>(settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  ) as Settings;

/**
 * A schedule with a rate for each group; extend it to write one. PyTorch: a subclass of `LRScheduler`, whose `get_lr` is `rate` of all groups. A group that is added to the optimiser
 * later joins with the rate that it has then.
 * @example
 * ```ts
 * import { GroupScheduler, type RatePoint, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * class HalvingLR extends GroupScheduler<{ readonly every: number }> {
 *   protected override rate({ epoch, lr }: RatePoint): number {
 *     return epoch > 0 && epoch % this.settings.every === 0 ? lr / 2 : lr;
 *   }
 * }
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 0.8 });
 * const scheduler = new HalvingLR(optimizer, { every: 2 });
 * for (let epoch = 0; epoch < 4; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // prints: [ 0.2 ]
 * ```
 */
export abstract class GroupScheduler<Settings extends object = object> extends LRScheduler {
  /** What the schedule goes by. All but functions is saved. */
  protected readonly settings: Settings;
  #baseLrs: number[] = [];
  /** Fractional if somebody steps by fractions of an epoch. */
  #epoch: number;

  /** Sets the first rates. A subclass can't have fields of its own by then: what `rate` needs is in `settings`. */
  constructor(optimizer: ScheduledOptimizer, settings: Settings, options: LRSchedulerOptions = {}) {
    super(optimizer);
    const op = this.constructor.name;
    const { lastEpoch = -1 } = checkNamed(op, options);
    checkCount(op, 'lastEpoch', lastEpoch, -1);
    this.settings = copied(settings);
    this.#epoch = lastEpoch;
    if (lastEpoch > -1) this.#baseLrs = optimizer.paramGroups.map((group, i) => initialLrOf(op, lastEpoch, group, i));
    this.check(this.settings);
    this['~begin']();
  }

  /** Throws a `ValueError` for settings that make no sense, or don't fit the optimiser's groups. */
  protected check(_settings: Settings): void {}

  /** The rate of a group. */
  protected abstract rate(point: RatePoint): number;

  /** Takes in a group that the schedule meets for the first time; the result is the rate that it starts with. */
  protected start(group: ScheduledGroup, _index: number): number {
    group.initialLr ??= group.lr;
    return group.initialLr;
  }

  override get lastEpoch(): number {
    return Math.floor(this.#epoch);
  }

  override step(): void {
    this.advance(this.#epoch + 1, false);
  }

  /** Sets the rates of a step. One that throws changes nothing and may be tried again. */
  protected advance(epoch: number, isFirst: boolean): void {
    const op = this.constructor.name;
    const { paramGroups } = this.optimizer;
    if (paramGroups.length > this.#baseLrs.length) {
      this.check(this.settings);
      for (let i = this.#baseLrs.length; i < paramGroups.length; i++)
        this.#baseLrs.push(this.start(paramGroups[i]!, i));
    }
    const rates = paramGroups.map(({ lr }, index) => {
      const rate = this.rate({ epoch, lr, baseLr: this.#baseLrs[index]!, index, isFirst });
      if (typeof rate === 'number' && !Number.isNaN(rate)) return rate;
      throw new ValueError(
        op,
        `the rate of group ${index} would be ${String(rate)} at epoch ${epoch}, which is no number`,
      );
    });
    paramGroups.forEach((group, i) => {
      group.lr = rates[i]!;
    });
    this.#epoch = epoch;
    this.lastLr = rates;
  }

  override stateDict(): LRSchedulerState {
    const saved: Record<string, SchedulerValue> = {};
    for (const [name, value] of Object.entries(copied(this.settings)))
      if (value !== undefined && !isFunction(value)) saved[name] = value;
    return { lastEpoch: this.#epoch, lastLr: this.getLastLr(), baseLrs: [...this.#baseLrs], ...saved };
  }

  override '~fit'(state: LRSchedulerState): () => void {
    const op = `${this.constructor.name}.loadStateDict`;
    for (const name of ['lastEpoch', 'lastLr', 'baseLrs']) checkEntry(op, state, name);
    const { lastEpoch, lastLr, baseLrs } = state;
    if (!(typeof lastEpoch === 'number' && lastEpoch >= -1 && lastEpoch < Number.POSITIVE_INFINITY))
      throw new ValueError(op, `lastEpoch must be a number of at least -1, got ${String(lastEpoch)}`);
    checkNumbers(op, 'lastLr', lastLr);
    checkNumbers(op, 'baseLrs', baseLrs);
    const initial = [...(baseLrs as readonly number[])];
    const { length } = this.optimizer.paramGroups;
    if (initial.length !== length)
      throw new ValueError(op, `the state is of ${initial.length} groups, the optimiser has ${length}`);
    const settings: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(this.settings)) {
      if (value === undefined || isFunction(value)) continue;
      checkEntry(op, state, name);
      const own = state[name];
      settings[name] = Array.isArray(own) ? [...own] : own;
    }
    this.check({ ...this.settings, ...settings });
    return () => {
      Object.assign(this.settings, settings);
      this.#epoch = lastEpoch;
      this.#baseLrs = initial;
      this.lastLr = [...lastLr];
    };
  }

  override '~begin'(): void {
    this.advance(this.#epoch + 1, true);
  }

  override '~undo'(): void {
    this.#epoch -= 1;
  }

  override '~restart'(): void {
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = this.#baseLrs[i] ?? group.lr;
    });
    this.advance(0, false);
  }
}

function initialLrOf(op: string, lastEpoch: number, { initialLr }: ScheduledGroup, i: number): number {
  if (initialLr !== undefined) return initialLr;
  throw new ValueError(
    op,
    `lastEpoch is ${lastEpoch}, but group ${i} has no initialLr to go on from: load the optimiser's state first, or give its groups an initialLr`,
  );
}
