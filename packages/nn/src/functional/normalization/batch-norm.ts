/** Batch normalization: statistics of each channel over the batch and all positions. */
import { ShapeError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed, reshape, shapeText, sizeOf, withTracking } from '@nn/tensor/internal';
import { type Grouping, normalize, normalizeByOwn, type Statistics } from './channel-norm.ts';
import { checkChannels, checkFloats, checkOperand, checkPair } from './check.ts';
import { inverseDeviation, momentsOver } from './moments.ts';
import { inShape, release, resultIn } from './regroup.ts';
import { follow } from './running.ts';

export interface BatchNormOptions {
  /** A factor for each channel; none. */
  readonly weight?: Tensor | null | undefined;
  /** What is added then, for each channel; none. */
  readonly bias?: Tensor | null | undefined;
  /** Normalize by the batch's own statistics, and let the running ones follow them, instead of by the running ones; false. */
  readonly training?: boolean | undefined;
  /** How fast the running statistics follow: new = (1 - momentum) · old + momentum · the batch's; 0.1. A tensor counts batches, this one included: the running statistics are the mean over all of them. */
  readonly momentum?: number | Tensor | undefined;
  /** Added to the variance; 1e-5. */
  readonly eps?: number | undefined;
}

export type BatchNormFunction = <A extends Tensor>(
  input: A,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options?: BatchNormOptions,
) => Tensor<A['~shape'], A['dtype']>;

/** The input is (N, C, positions): what weight and bias sum over is what the statistics are taken over. */
const grouping: Grouping = { statistics: [0, 2], inner: [0, 2], batch: [], group: [] };

/** Normalizes each channel by mean and variance that are given. */
function byGiven(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
): Tensor {
  const deviation = inverseDeviation(variance, eps);
  const column = [1, deviation.layout.size, 1];
  const statistics = [reshape(mean, column), reshape(deviation, column)] as const;
  const out = normalize(x, statistics, weight, bias);
  for (const t of [...statistics, deviation]) t.dispose();
  return out;
}

/**
 * Normalizes each channel of (N, C, …): (x - mean) / √(variance + eps) · weight + bias. In training, mean and variance are those over the batch and all positions, and the running ones follow (with the
 * unbiased variance), in place; else they are the running ones. Ioffe & Szegedy, "Batch normalization", 2015. PyTorch: `F.batch_norm`.
 * @param runningMean one number for each channel, or null; so `runningVar`
 * @param options `weight`, `bias` (none), `training` (false), `momentum` (0.1), `eps` (1e-5)
 * @throws ValueError in training, if a channel has one value alone; ShapeError, DTypeError for operands that don't fit
 * @example
 * ```ts
 * import { batchNorm } from '@nn/nn';
 * import { ones, tensor, zeros } from '@nn/tensor';
 * const x = tensor([[1, 10], [3, 10]]);
 * const [mean, variance] = [zeros([2]), ones([2])];
 * console.log(await batchNorm(x, mean, variance, { training: true, eps: 0.5625 }).toArray()); // prints: [ [ -0.800000011920929, 0 ], [ 0.800000011920929, 0 ] ]
 * console.log(await mean.toArray()); // prints: [ 0.20000000298023224, 1 ]
 * ```
 */
export const batchNorm: BatchNormFunction = (x, runningMean = null, runningVar = null, options = {}) => {
  const op = 'batchNorm';
  const { weight = null, bias = null, training = false, momentum = 0.1, eps = 1e-5 } = checkNamed('batchNorm', options);
  checkChannels(op, x);
  const { shape } = x.layout;
  checkFloats(op, x);
  const channels = [shape[1]!];
  for (const [name, t] of Object.entries({ runningMean, runningVar, weight, bias }))
    checkOperand(op, name, t, x, channels);
  checkPair(op, runningMean, runningVar);
  const hasRunning = runningMean !== null && runningVar !== null;
  if (!training && !hasRunning)
    throw new ValueError(op, 'runningMean and runningVar are needed where training is false; give them, or train');
  const wide = inShape(x, [shape[0]!, shape[1]!, sizeOf(shape.slice(2))]);
  const column = [1, shape[1]!, 1];
  const [w, b] = [weight, bias].map((t) => (t === null ? null : reshape(t, column))) as [Tensor | null, Tensor | null];
  const n = shape[0]! * wide.layout.shape[2]!;
  if (training && n === 1)
    throw new ShapeError(
      op,
      `Expected more than 1 value per channel when training, got input size ${shapeText(shape)}; give a larger batch, or evaluate`,
    );
  const measure = (): Statistics => {
    const [mean, variance] = momentsOver(wide, [0, 2]);
    const deviation =
      hasRunning && n > 0
        ? resultIn(follow({ mean: runningMean, variance: runningVar, momentum }, mean, variance, n, eps), column)
        : inverseDeviation(variance, eps);
    variance.dispose();
    return [mean, deviation];
  };
  const own = (): Tensor => normalizeByOwn(wide, w, b, eps, grouping, () => withTracking(false, measure));
  const out = training ? own() : byGiven(wide, runningMean!, runningVar!, w, b, eps);
  release(wide, x);
  for (const t of [w, b]) t?.dispose();
  return resultIn(out, shape) as never;
};
