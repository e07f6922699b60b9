/** Convolutions that halve a square image, then one dense layer. */
import { Conv2d, Dropout, Flatten, Linear, MaxPool2d, type Module, ReLU, Sequential, Unflatten } from '@nn/nn';
import { Failure } from '../failure.ts';
import { areSizes, dropoutDetails, isChance, isSize, type ModelKind } from './model-kind.ts';

export interface CnnDescription {
  readonly kind: 'cnn';
  /** Rows and columns of an image. */
  readonly side: number;
  /** Channels after each convolution. */
  readonly channels: readonly number[];
  readonly outputs: number;
  readonly dropout: number;
}

const kernel = 3;
const modulesALayer = 3;

/** Rows and columns after all layers. */
const lastSide = ({ side, channels }: Pick<CnnDescription, 'side' | 'channels'>): number =>
  channels.reduce((n) => Math.floor(n / 2), side);

/** What the dense layer takes. */
const features = (description: Pick<CnnDescription, 'side' | 'channels'>): number =>
  (description.channels.at(-1) ?? 1) * lastSide(description) ** 2;

export const cnn: ModelKind<CnnDescription> = {
  describe({ channels, dropout }, { inputs, outputs }) {
    const side = Math.sqrt(inputs);
    if (lastSide({ side, channels }) === 0)
      throw new Failure(`--channels ${channels.join(',')}: an image of ${side} × ${side} can't be halved that often`);
    return { kind: 'cnn', side, channels, outputs, dropout };
  },

  accepts: ({ side, channels, outputs, dropout }) =>
    isSize(side) &&
    areSizes(channels) &&
    isSize(outputs) &&
    isChance(dropout) &&
    lastSide({ side: side as number, channels: channels as number[] }) > 0,

  /** Images arrive as rows of pixels. Conv2d, ReLU, MaxPool2d for each layer; then Flatten, dropout if any, Linear. */
  build(description) {
    const { side, channels, outputs, dropout } = description;
    const layers = channels.flatMap((size, i): Module[] => [
      new Conv2d(channels[i - 1] ?? 1, size, kernel, { padding: 1 }),
      new ReLU(),
      new MaxPool2d(2),
    ]);
    return new Sequential<readonly Module[]>(
      new Unflatten(1, [1, side, side]),
      ...layers,
      new Flatten(),
      ...(dropout > 0 ? [new Dropout({ p: dropout })] : []),
      new Linear(features(description), outputs),
    );
  },

  shapes(description) {
    const { channels, outputs, dropout } = description;
    const last = 1 + channels.length * modulesALayer + (dropout > 0 ? 2 : 1);
    return new Map([
      ...channels.flatMap((size, i): [string, readonly number[]][] => [
        [`${1 + i * modulesALayer}.weight`, [size, channels[i - 1] ?? 1, kernel, kernel]],
        [`${1 + i * modulesALayer}.bias`, [size]],
      ]),
      [`${last}.weight`, [outputs, features(description)]],
      [`${last}.bias`, [outputs]],
    ]);
  },

  title: ({ channels, outputs }) => `cnn ${[...channels, outputs].join('-')}`,

  details: ({ dropout }) => dropoutDetails(dropout),
};
