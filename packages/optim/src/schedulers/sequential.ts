/** Schedules one after another. */
import { ValueError } from '@nn/backend';
import { checkCount } from './check.ts';
import { checkParts, fitParts, statesOf } from './composite.ts';
import { checkEntry, checkNumbers, LRScheduler, type LRSchedulerState, type ScheduledOptimizer } from './scheduler.ts';

function checkMilestones(op: string, milestones: readonly number[], parts: number): void {
  checkNumbers(op, 'milestones', milestones);
  if (milestones.length !== parts - 1)
    throw new ValueError(
      op,
      `got ${milestones.length} milestones for ${parts} schedules; there is one between each two, ${parts - 1}`,
    );
  milestones.forEach((milestone, i) => {
    checkCount(op, `milestones[${i}]`, milestone, i === 0 ? 0 : milestones[i - 1]!);
  });
}

/**
 * Schedules one after another: at a milestone the next one begins, from its own start; PyTorch: `torch.optim.lr_scheduler.SequentialLR`. Its parts are other schedules of the same optimiser,
 * these and `ChainedScheduler` among them, and are stepped by it alone. Each multiplies the initial rate of the groups.
 * @example
 * ```ts
 * import { ConstantLR, ExponentialLR, SequentialLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const warmUp = new ConstantLR(optimizer, { factor: 0.25, totalIters: 2 });
 * const scheduler = new SequentialLR(optimizer, [warmUp, new ExponentialLR(optimizer, 0.5)], [2]);
 * const rates = scheduler.getLastLr();
 * for (let epoch = 0; epoch < 4; epoch++) {
 *   scheduler.step();
 *   rates.push(...scheduler.getLastLr());
 * }
 * console.log(rates); // prints: [ 0.25, 0.25, 1, 0.5, 0.25 ]
 * ```
 */
export class SequentialLR extends LRScheduler {
  readonly #schedulers: readonly LRScheduler[];
  #milestones: readonly number[];
  #epoch = -1;

  constructor(optimizer: ScheduledOptimizer, schedulers: readonly LRScheduler[], milestones: readonly number[]) {
    super(optimizer);
    checkParts('SequentialLR', schedulers, optimizer);
    checkMilestones('SequentialLR', milestones, schedulers.length);
    this.#schedulers = [...schedulers];
    this.#milestones = [...milestones];
    // All have taken their first step when they were made.
    for (const group of optimizer.paramGroups) group.lr = group.initialLr ?? group.lr;
    for (const scheduler of this.#schedulers) scheduler['~undo']();
    this['~begin']();
  }

  override get lastEpoch(): number {
    return this.#epoch;
  }

  override step(): void {
    this.#enter((scheduler) => scheduler.step());
  }

  #enter(go: (scheduler: LRScheduler) => void): void {
    const epoch = this.#epoch + 1;
    const { scheduler, from } = this.#at(epoch);
    if (from === epoch) scheduler['~restart']();
    else go(scheduler);
    this.#epoch = epoch;
    this.lastLr = scheduler.getLastLr();
  }

  /** Whose turn it is, and since when. */
  #at(epoch: number): { readonly scheduler: LRScheduler; readonly from: number | undefined } {
    const passed = this.#milestones.filter((milestone) => milestone <= epoch);
    return { scheduler: this.#schedulers[passed.length]!, from: passed.at(-1) };
  }

  override stateDict(): LRSchedulerState {
    return {
      lastEpoch: this.#epoch,
      lastLr: this.getLastLr(),
      milestones: [...this.#milestones],
      schedulers: statesOf(this.#schedulers),
    };
  }

  override '~fit'(state: LRSchedulerState): () => void {
    const op = 'SequentialLR.loadStateDict';
    const take = fitParts(op, state, this.#schedulers);
    checkEntry(op, state, 'milestones');
    const milestones = state['milestones'] as readonly number[];
    checkMilestones(op, milestones, this.#schedulers.length);
    checkCount(op, 'lastEpoch', state.lastEpoch, -1);
    return () => {
      take();
      this.#milestones = [...milestones];
      this.#epoch = state.lastEpoch;
      this.lastLr = [...state.lastLr];
    };
  }

  override '~begin'(): void {
    this.#enter((scheduler) => scheduler['~begin']());
  }

  override '~undo'(): void {
    this.#at(this.#epoch).scheduler['~undo']();
    this.#epoch -= 1;
  }

  override '~restart'(): void {
    this.#epoch = -1;
    this.#enter((scheduler) => scheduler['~restart']());
  }
}
