/**
 * What every schedule is: something that sets the rates of an optimiser's groups at each `step()`, and can be saved. A rate is a run-time number of the optimiser's update,
 * so a new one compiles nothing. How rates are computed is left to others: `group-scheduler.ts` by groups, `sequential.ts` and `chained.ts` by schedules.
 */
import { ValueError } from '@nn/backend';
import type { Group, Optimizer } from '../optimizer.ts';

/** Any optimiser with a learning rate. */
export type ScheduledOptimizer = Optimizer<{ readonly lr: number }>;

/** A group of parameters, as schedules see it. */
export type ScheduledGroup = Group<{ readonly lr: number }>;

/** What a schedule remembers: numbers, words and lists, which JSON holds exactly. Functions are no state: the schedule that loads it has its own. */
export interface LRSchedulerState {
  readonly lastEpoch: number;
  readonly lastLr: readonly number[];
  readonly [name: string]: SchedulerValue;
}

/** An entry of a schedule's state. */
export type SchedulerValue = number | string | boolean | null | readonly number[] | readonly LRSchedulerState[];

/** Refuses what is no optimiser. */
export function checkOptimizer(op: string, optimizer: ScheduledOptimizer): void {
  if (!Array.isArray((optimizer as ScheduledOptimizer | null | undefined)?.paramGroups))
    throw new ValueError(op, `got ${String(optimizer)} where the optimiser belongs: give it first`);
}

/** Refuses a saved state that lacks an entry. */
export function checkEntry(op: string, state: LRSchedulerState, name: string): void {
  if (typeof state !== 'object' || state === null)
    throw new ValueError(op, `got ${String(state)} where a state belongs`);
  if (!(name in state))
    throw new ValueError(
      op,
      `the state has no ${name} but ${Object.keys(state).join(', ')}: is it another schedule's?`,
    );
}

/** Refuses a list that isn't one of numbers. */
export function checkNumbers(op: string, name: string, value: unknown): void {
  if (!(Array.isArray(value) && value.every((entry) => typeof entry === 'number' && !Number.isNaN(entry))))
    throw new ValueError(op, `${name} must be a list of numbers, got ${String(value)}`);
}

/**
 * A schedule of learning rates, stepped without arguments; PyTorch: `torch.optim.lr_scheduler.LRScheduler`. To write one, extend `GroupScheduler`.
 */
export abstract class LRScheduler {
  readonly optimizer: ScheduledOptimizer;
  protected lastLr: readonly number[];

  constructor(optimizer: ScheduledOptimizer) {
    checkOptimizer(this.constructor.name, optimizer);
    this.optimizer = optimizer;
    this.lastLr = this.currentLr();
  }

  /** How many steps were taken, the one at construction aside. PyTorch: `last_epoch`. */
  abstract get lastEpoch(): number;

  /** Sets the rates of the next epoch, or batch: call it after `optimizer.step()`. */
  abstract step(): void;

  /** The rates that this schedule set last, one a group. PyTorch: `get_last_lr()`. */
  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** What it needs to go on. The groups' rates are in the optimiser's state dict: save both. PyTorch: `state_dict()`. */
  abstract stateDict(): LRSchedulerState;

  /**
   * Takes over a saved state; throws a `ValueError`, and changes nothing, if it doesn't fit. Making a schedule sets rates, so load the optimiser's state after that.
   * PyTorch: `load_state_dict()`.
   */
  loadStateDict(state: LRSchedulerState): void {
    this['~fit'](state)();
  }

  /** @internal Checks a state; what it returns takes it over. */
  abstract '~fit'(state: LRSchedulerState): () => void;
  /** @internal The first step, from the groups' rates as they are. */
  abstract '~begin'(): void;
  /** @internal Takes back the step that construction took, but for the rates. */
  abstract '~undo'(): void;
  /** @internal The rates of the start, whatever the groups' rates are. */
  abstract '~restart'(): void;

  protected currentLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }
}
