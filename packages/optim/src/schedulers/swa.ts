/** The rate of stochastic weight averaging (Izmailov et al. 2018): from where it is to one that stays. */
import { checkNamed } from '@nn/tensor/internal';
import { checkCount, checkPerGroup, checkWord, type PerGroup, valueFor } from './check.ts';
import { GroupScheduler, type RatePoint } from './group-scheduler.ts';
import type { ScheduledOptimizer } from './scheduler.ts';

export interface SWALROptions {
  /** After how many steps the rate is `swaLr`; 10. */
  readonly annealEpochs?: number;
  /** The way there: half a cosine, or a straight line; 'cos'. */
  readonly annealStrategy?: 'cos' | 'linear';
}

type SWASettings = Required<SWALROptions> & { readonly swaLr: PerGroup };

/** How much of `swaLr` is in the rate after a step. */
const shareOf = (epoch: number, { annealEpochs, annealStrategy }: SWASettings): number => {
  const t = Math.max(0, Math.min(1, epoch / Math.max(1, annealEpochs)));
  return annealStrategy === 'cos' ? (1 - Math.cos(Math.PI * t)) / 2 : t;
};

/**
 * From the rate as it is to `swaLr`, where it stays: for the last part of a training whose weights are averaged (`AveragedModel` of `@nn/nn`). `swaLr` is one for all groups or a list with one for
 * each. Other schedules may go before: the annealing begins at this one's first step. PyTorch: `torch.optim.swa_utils.SWALR`, whose `last_epoch` changes no rate and isn't here.
 * @example
 * ```ts
 * import { SGD, SWALR } from '@nn/optim';
 * import { zeros } from '@nn/tensor';
 * const optimizer = new SGD([zeros([2], { requiresGrad: true })], { lr: 1 });
 * const scheduler = new SWALR(optimizer, 0.5, { annealEpochs: 4, annealStrategy: 'linear' });
 * const rates = scheduler.getLastLr();
 * for (let epoch = 0; epoch < 5; epoch++) {
 *   scheduler.step();
 *   rates.push(...scheduler.getLastLr());
 * }
 * console.log(rates); // prints: [ 1, 0.875, 0.75, 0.625, 0.5, 0.5 ]
 * ```
 */
export class SWALR extends GroupScheduler<SWASettings> {
  constructor(optimizer: ScheduledOptimizer, swaLr: PerGroup, options: SWALROptions = {}) {
    const { annealEpochs = 10, annealStrategy = 'cos' } = checkNamed('SWALR', options);
    super(optimizer, { swaLr, annealEpochs, annealStrategy });
  }

  protected override check({ swaLr, annealEpochs, annealStrategy }: SWASettings): void {
    checkPerGroup('SWALR', 'swaLr', swaLr, this.optimizer.paramGroups.length);
    checkCount('SWALR', 'annealEpochs', annealEpochs, 0);
    checkWord('SWALR', 'annealStrategy', annealStrategy, ['cos', 'linear']);
  }

  // The rate before says from where the way began, so that others may have changed it until then.
  protected override rate({ epoch, lr, index }: RatePoint): number {
    const { annealEpochs } = this.settings;
    const step = annealEpochs === 0 ? Math.max(1, epoch) : epoch;
    const [before, share] = [shareOf(step - 1, this.settings), shareOf(step, this.settings)];
    const swaLr = valueFor(this.settings.swaLr, index);
    const from = before === 1 ? swaLr : (lr - before * swaLr) / (1 - before);
    return swaLr * share + from * (1 - share);
  }

  // As in PyTorch: behind another schedule it goes on from that one's last rate, one step on its way at once.
  override '~undo'(): void {}

  override '~restart'(): void {
    this.step();
  }
}
