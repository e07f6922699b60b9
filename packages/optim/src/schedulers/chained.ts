/** Schedules at once. */
import { checkParts, fitParts, statesOf } from './composite.ts';
import { LRScheduler, type LRSchedulerState } from './scheduler.ts';

/**
 * Steps several schedules of one optimiser, in order: each changes the rates that the one before left; PyTorch: `torch.optim.lr_scheduler.ChainedScheduler`. Those that go by the initial rate
 * alone (`LambdaLR`, `CosineAnnealingWarmRestarts`, `CyclicLR`, `OneCycleLR`) forget what was before them.
 * @example
 * ```ts
 * import { ChainedScheduler, ConstantLR, ExponentialLR, SGD } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const warmUp = new ConstantLR(optimizer, { factor: 0.25, totalIters: 2 });
 * const scheduler = new ChainedScheduler([warmUp, new ExponentialLR(optimizer, 0.5)]);
 * const rates = scheduler.getLastLr();
 * for (let epoch = 0; epoch < 3; epoch++) {
 *   scheduler.step();
 *   rates.push(...scheduler.getLastLr());
 * }
 * console.log(rates); // prints: [ 0.25, 0.125, 0.25, 0.125 ]
 * ```
 */
export class ChainedScheduler extends LRScheduler {
  readonly #schedulers: readonly LRScheduler[];

  constructor(schedulers: readonly LRScheduler[]) {
    checkParts('ChainedScheduler', schedulers);
    super(schedulers[0]!.optimizer);
    this.#schedulers = [...schedulers];
  }

  override get lastEpoch(): number {
    return this.#schedulers[0]!.lastEpoch;
  }

  override step(): void {
    this.#each((scheduler) => scheduler.step());
  }

  #each(go: (scheduler: LRScheduler, i: number) => void): void {
    this.#schedulers.forEach(go);
    this.lastLr = this.currentLr();
  }

  override stateDict(): LRSchedulerState {
    return { lastEpoch: this.lastEpoch, lastLr: this.getLastLr(), schedulers: statesOf(this.#schedulers) };
  }

  override '~fit'(state: LRSchedulerState): () => void {
    const take = fitParts('ChainedScheduler.loadStateDict', state, this.#schedulers);
    return () => {
      take();
      this.lastLr = [...state.lastLr];
    };
  }

  override '~begin'(): void {
    this.#each((scheduler) => scheduler['~begin']());
  }

  override '~undo'(): void {
    for (const scheduler of this.#schedulers) scheduler['~undo']();
  }

  // The first sets the rates anew, the others go on from there.
  override '~restart'(): void {
    this.#each((scheduler, i) => scheduler[i === 0 ? '~restart' : '~begin']());
  }
}
