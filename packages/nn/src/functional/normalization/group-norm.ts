/** Group and instance normalization: statistics of each sample over groups of channels, or over each channel. */
import { ShapeError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed, reshape, shapeText, sizeOf, withTracking } from '@nn/tensor/internal';
import { batchNorm } from './batch-norm.ts';
import { type Grouping, normalizeByOwn } from './channel-norm.ts';
import { checkChannels, checkFloats, checkOperand, checkPair } from './check.ts';
import { rowStatistics } from './moments.ts';
import { inShape, release, resultIn } from './regroup.ts';
import { followSamples } from './running.ts';

interface AffineOptions {
  /** A factor for each channel; none. */
  readonly weight?: Tensor | null | undefined;
  /** What is added then, for each channel; none. */
  readonly bias?: Tensor | null | undefined;
  /** Added to the variance; 1e-5. */
  readonly eps?: number | undefined;
}

export type GroupNormOptions = AffineOptions;

export interface InstanceNormOptions extends AffineOptions {
  /** Statistics that follow those of the samples; none. */
  readonly runningMean?: Tensor | null | undefined;
  readonly runningVar?: Tensor | null | undefined;
  /** Normalize by each sample's own statistics instead of by the running ones; true. */
  readonly useInputStats?: boolean | undefined;
  /** How fast the running statistics follow; 0.1. */
  readonly momentum?: number | undefined;
}

export type GroupNormFunction = <A extends Tensor>(
  input: A,
  numGroups: number,
  options?: GroupNormOptions,
) => Tensor<A['~shape'], A['dtype']>;

export type InstanceNormFunction = <A extends Tensor>(
  input: A,
  options?: InstanceNormOptions,
) => Tensor<A['~shape'], A['dtype']>;

/** The input is (N, groups, channels of a group, positions). */
const grouping: Grouping = { statistics: [2, 3], inner: [3], batch: [0], group: [2] };

/** Sees mean and variance of each sample and group. */
type Observer = (means: Tensor, variances: Tensor, n: number) => void;

function grouped(x: Tensor, groups: number, options: AffineOptions, observe: Observer | null): Tensor {
  const { weight = null, bias = null, eps = 1e-5 } = options;
  const { shape } = x.layout;
  const [batch, channels, positions] = [shape[0]!, shape[1]!, sizeOf(shape.slice(2))];
  const each = groups === 0 ? 0 : channels / groups;
  const wide = inShape(x, [batch, groups, each, positions]);
  const [w, b] = [weight, bias].map((t) => (t === null ? null : reshape(t, [1, groups, each, 1]))) as [
    Tensor | null,
    Tensor | null,
  ];
  const measure = (): readonly [Tensor, Tensor] => {
    const rows = reshape(wide, [batch * groups, each * positions]);
    const [mean, deviation, variance] = rowStatistics(rows, eps);
    rows.dispose();
    observe?.(mean, variance, each * positions);
    variance.dispose();
    const column = [batch, groups, 1, 1];
    return [resultIn(mean, column), resultIn(deviation, column)];
  };
  const out = normalizeByOwn(wide, w, b, eps, grouping, () => withTracking(false, measure));
  release(wide, x);
  for (const t of [w, b]) t?.dispose();
  return resultIn(out, shape);
}

/**
 * Normalizes groups of channels of each sample of (N, C, …): (x - mean) / √(variance + eps) · weight + bias, with mean and variance (over n) over a group's channels and positions. Wu & He, "Group
 * normalization", 2018. PyTorch: `F.group_norm`.
 * @param numGroups how many groups; must divide the number of channels
 * @param options `weight`, `bias` for each channel (none), `eps` (1e-5)
 * @example
 * ```ts
 * import { groupNorm } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[1, 3, 10, 10]]);
 * console.log(await groupNorm(x, 2, { eps: 0.5625 }).toArray()); // prints: [ [ -0.800000011920929, 0.800000011920929, 0, 0 ] ]
 * ```
 */
export const groupNorm: GroupNormFunction = (x, numGroups, options = {}) => {
  const op = 'groupNorm';
  checkChannels(op, x);
  checkFloats(op, x);
  const channels = x.layout.shape[1]!;
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0)
    throw new ShapeError(
      op,
      `the ${channels} channels of ${shapeText(x.layout.shape)} can't be divided into ${numGroups} groups; numGroups must divide them`,
    );
  checkNamed(op, options);
  for (const name of ['weight', 'bias'] as const) checkOperand(op, name, options[name], x, [channels]);
  return grouped(x, numGroups, options, null) as never;
};

/**
 * Normalizes each channel of each sample of (N, C, …) by its mean and variance over all positions; running statistics, if given, follow their means over the batch, in place. With
 * `useInputStats: false` it is `batchNorm` by the running statistics. Ulyanov, Vedaldi & Lempitsky, "Instance normalization", 2016. PyTorch: `F.instance_norm`.
 * @param options `runningMean`, `runningVar`, `weight`, `bias` for each channel (none), `useInputStats` (true), `momentum` (0.1), `eps` (1e-5)
 * @throws ValueError if a channel has one position alone
 * @example
 * ```ts
 * import { instanceNorm } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[1, 3], [10, 10]]]);
 * console.log(await instanceNorm(x, { eps: 0.5625 }).toArray()); // prints: [ [ [ -0.800000011920929, 0.800000011920929 ], [ 0, 0 ] ] ]
 * ```
 */
export const instanceNorm: InstanceNormFunction = (x, options = {}) => {
  const op = 'instanceNorm';
  const {
    runningMean = null,
    runningVar = null,
    useInputStats = true,
    momentum = 0.1,
  } = checkNamed('instanceNorm', options);
  checkChannels(op, x);
  checkFloats(op, x);
  const { shape } = x.layout;
  const channels = shape[1]!;
  for (const name of ['weight', 'bias', 'runningMean', 'runningVar'] as const)
    checkOperand(op, name, options[name], x, [channels]);
  checkPair(op, runningMean, runningVar);
  const hasRunning = runningMean !== null && runningVar !== null;
  if (!useInputStats) {
    if (!hasRunning)
      throw new ValueError(op, 'runningMean and runningVar are needed where useInputStats is false; give them');
    return batchNorm(x, runningMean, runningVar, { ...options, training: false });
  }
  if (sizeOf(shape.slice(2)) === 1)
    throw new ValueError(
      op,
      `Expected more than 1 spatial element when training, got input size ${shapeText(shape)}; use another normalization`,
    );
  const observe: Observer | null =
    hasRunning && x.layout.size > 0
      ? (means, variances, n) => {
          const [m, v] = [means, variances].map((t) => reshape(t, [shape[0]!, channels])) as [Tensor, Tensor];
          followSamples({ mean: runningMean, variance: runningVar, momentum }, m, v, n);
          m.dispose();
          v.dispose();
        }
      : null;
  return grouped(x, channels, options, observe) as never;
};
