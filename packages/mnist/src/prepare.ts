/**
 * From bytes to the numbers and shapes that a network takes. The last step before tensors are made; knows nothing of them.
 */
import { ValueError } from '@nn/backend';
import type { LabelledImages } from './labelled-images.ts';
import type { ImageSets } from './load.ts';
import { normalize, type PixelStatistics, pixelStatistics } from './normalize.ts';

/** How images become numbers. */
export interface PrepareOptions {
  /**
   * `true`: subtract the mean of the training pixels and divide by their standard deviation. Two numbers: use those. `false`:
   * leave grey values in 0…1. Default `true`, except for uint8, which can't be normalized.
   */
  normalize?: boolean | PixelStatistics;
  /** `true`: images of shape (784); `false`: (1, 28, 28), as convolutions take them. Default `true`. */
  flatten?: boolean;
  /** Kind of the images. `'uint8'` leaves the bytes as they are, 0 to 255. Default `'float32'`. */
  dtype?: 'float32' | 'float64' | 'uint8';
}

/** Images and labels ready to be made tensors of. */
export interface PreparedSet {
  readonly x: Float32Array | Float64Array | Uint8Array;
  readonly xShape: readonly number[];
  /** Labels, for dtype int64. */
  readonly y: Int32Array;
}

/** Prepares both parts of a set with the statistics of the training part. */
export function prepare(
  op: string,
  { train, valid }: ImageSets,
  { dtype = 'float32', normalize: wanted = dtype !== 'uint8', flatten = true }: PrepareOptions,
): { train: PreparedSet; valid: PreparedSet } & PixelStatistics {
  if (dtype === 'uint8' && wanted !== false) {
    throw new ValueError(op, "uint8 holds no normalized pixels; use dtype: 'float32', or leave normalize out");
  }
  const statistics = typeof wanted === 'object' ? wanted : wanted ? pixelStatistics(train.images) : { mean: 0, std: 1 };
  const part = ({ images, labels, shape: [count] }: LabelledImages): PreparedSet => ({
    x: dtype === 'uint8' ? images : normalize(images, { ...statistics, dtype }),
    xShape: flatten ? [count, 784] : [count, 1, 28, 28],
    y: Int32Array.from(labels),
  });
  return { train: part(train), valid: part(valid), mean: statistics.mean, std: statistics.std };
}
