/** Sums over the samples that were seen, from which means follow. Plain numbers, so that a checkpoint can hold them. */
import type { Means } from './score.ts';

export interface TallyState {
  readonly samples: number;
  /** Sum of the samples' losses. */
  readonly loss: number;
  /** Samples that were classified rightly. */
  readonly correct: number;
}

export const nothingSeen: TallyState = { samples: 0, loss: 0, correct: 0 };

/** The tally after a batch of a mean loss. */
export const tallied = (t: TallyState, samples: number, meanLoss: number, correct: number): TallyState => ({
  samples: t.samples + samples,
  loss: t.loss + meanLoss * samples,
  correct: t.correct + correct,
});

/** Mean loss and share of right answers. */
export const meansOf = ({ samples, loss, correct }: TallyState): Means => ({
  loss: loss / samples,
  accuracy: correct / samples,
});
