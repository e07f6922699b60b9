/** The number by which people know how well a kind of model does, from means over samples. */
import { percent } from '../terminal/format.ts';

/** Mean loss of samples, and the share of them that were told rightly. */
export interface Means {
  readonly loss: number;
  readonly accuracy: number;
}

export interface Score {
  /** In a sentence. */
  readonly word: string;
  /** In a narrow column. */
  readonly short: string;
  readonly value: (means: Means) => number;
  readonly text: (means: Means) => string;
  /** Whether it is a share, drawn in per cent. */
  readonly isShare: boolean;
}

export const accuracy: Score = {
  word: 'accuracy',
  short: 'acc',
  value: (means) => means.accuracy,
  text: (means) => percent(means.accuracy),
  isShare: true,
};

/** Among how many equally likely characters the model is left to guess: e to the loss. */
export const perplexity: Score = {
  word: 'perplexity',
  short: 'ppl',
  value: ({ loss }) => Math.exp(loss),
  text({ loss }) {
    const value = Math.exp(loss);
    return value < 1000 ? value.toFixed(2) : value < 1e6 ? value.toFixed(0) : value.toExponential(0);
  },
  isShare: false,
};
