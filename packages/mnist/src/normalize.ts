/**
 * Grey bytes to numbers that networks like: one mean and one standard deviation for a whole set, taken from its training
 * images. Knows nothing of tensors.
 */
import { ValueError } from '@nn/backend';

/** Mean and standard deviation of grey values in 0…1. */
export interface PixelStatistics {
  readonly mean: number;
  readonly std: number;
}

/**
 * Mean and (population) standard deviation of all pixels, each divided by 255. The sums are exact integers, so the order
 * of the images doesn't matter. MNIST's 60,000 training images give 0.1307 and 0.3081.
 *
 * PyTorch: `(x / 255).mean(), (x / 255).std(correction=0)`.
 *
 * @param images - grey values 0 to 255
 * @throws ValueError when there is no pixel, or when all are equal, so that nothing could be divided by `std`
 *
 * @example
 * ```ts
 * import { pixelStatistics } from '@nn/mnist';
 *
 * console.log(pixelStatistics(Uint8Array.of(0, 255))); // { mean: 0.5, std: 0.5 }
 * ```
 */
export function pixelStatistics(images: Uint8Array): PixelStatistics {
  if (images.length === 0) throw new ValueError('pixelStatistics', 'there are no pixels');
  const counts = new Float64Array(256);
  for (let i = 0; i < images.length; i++) counts[images[i]!]!++;
  const count = images.length;
  const sum = counts.reduce((total, times, value) => total + times * value, 0);
  const squares = counts.reduce((total, times, value) => total + times * value * value, 0);
  const mean = sum / count / 255;
  const std = Math.sqrt(squares / count - (sum / count) ** 2) / 255;
  if (!(std > 0)) throw new ValueError('pixelStatistics', `all ${count} pixels are ${images[0]}, so std is 0`);
  return { mean, std };
}

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** What is subtracted. Default 0. */
  mean?: number;
  /** What it is then divided by. Default 1. */
  std?: number;
  /** Kind of the result. Default `'float32'`. */
  dtype?: 'float32' | 'float64';
}

/**
 * `(pixel / 255 − mean) / std` for each pixel; without options just `pixel / 255`.
 *
 * PyTorch: `transforms.Compose([ToTensor(), Normalize((mean,), (std,))])`.
 *
 * @param images - grey values 0 to 255
 * @returns a new array of the same length
 * @throws ValueError when `std` isn't positive or a number isn't finite
 *
 * @example
 * ```ts
 * import { normalize, pixelStatistics } from '@nn/mnist';
 *
 * const images = Uint8Array.of(0, 255, 255, 0);
 * console.log(normalize(images, pixelStatistics(images)).join(' ')); // -1 1 1 -1
 * ```
 */
export function normalize(images: Uint8Array, options: NormalizeOptions & { dtype: 'float64' }): Float64Array;
export function normalize(images: Uint8Array, options?: NormalizeOptions & { dtype?: 'float32' }): Float32Array;
export function normalize(images: Uint8Array, options?: NormalizeOptions): Float32Array | Float64Array;
export function normalize(
  images: Uint8Array,
  { mean = 0, std = 1, dtype = 'float32' }: NormalizeOptions = {},
): Float32Array | Float64Array {
  if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0)) {
    throw new ValueError('normalize', `mean must be finite and std positive, got mean ${mean} and std ${std}`);
  }
  // 256 values are all there are: computed once, in double precision, and rounded once.
  const values = Float64Array.from({ length: 256 }, (_, pixel) => (pixel / 255 - mean) / std);
  const result = dtype === 'float64' ? new Float64Array(images.length) : new Float32Array(images.length);
  for (let i = 0; i < images.length; i++) result[i] = values[images[i]!]!;
  return result;
}
