/** Running statistics: buffers that follow the batches' means and variances, changed in place, outside of any graph. */
import { add, cast, div, dtypes, type Expression, input, mul, same, scalar, sub, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchUpdate, fresh, type Layout, layoutOf, Op, sizesOf, withTracking } from '@nn/tensor/internal';
import { inverse, meanOver, wideType } from './moments.ts';
import { inShape, release } from './regroup.ts';

/** Buffers, and how fast they follow: by a factor, or as the mean over so many batches as a tensor counts. */
export interface Running {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly momentum: number | Tensor;
}

/**
 * Outputs: 1 / √(variance + eps), the running mean, the running variance. Operands: those, then mean, variance, and the number of batches if it
 * is a tensor. Scalars: eps, n / (n - 1), the factor.
 */
const updateOp = (counted: boolean): Op<'map'> =>
  new Op('map', 'runningStatistics', {
    inPlace: true,
    build: (layouts: readonly Layout[]) => {
      const { dtype } = layouts[0]!;
      const type = dtypes[dtype].scalar;
      const at = (i: number): Expression => input(i, type);
      const count = layouts[5];
      const factor =
        counted && count !== undefined
          ? div(same(1, at(0)), cast(input(5, dtypes[count.dtype].scalar), type))
          : scalar(2, type);
      const moved = (old: Expression, value: Expression): Expression =>
        add(mul(old, sub(same(1, old), factor)), mul(value, factor));
      return {
        outputs: [inverse(at(4), scalar(0, type)), moved(at(1), at(3)), moved(at(2), mul(at(4), scalar(1, type)))].map(
          (expression, j) => ({ dtype: layouts[j]!.dtype, expression }),
        ),
        scalars: 3,
      };
    },
  });
const updateOps = [updateOp(false), updateOp(true)];

/**
 * Moves the buffers towards a mean and a variance (over n), which it makes unbiased, and returns 1 / √(variance + eps), all in one launch. Every tensor holds one number a
 * channel.
 */
export function follow(running: Running, mean: Tensor, variance: Tensor, n: number, eps: number): Tensor {
  const shape = sizesOf('batchNorm', running.mean);
  sizesOf('batchNorm', running.variance);
  if (running.mean === running.variance || running.mean.requiresGrad || running.variance.requiresGrad)
    throw new ValueError('batchNorm', 'the running mean and variance must be two tensors that require no grad');
  if (typeof running.momentum !== 'number' && running.momentum?.layout === undefined)
    throw new ValueError(
      'batchNorm',
      `momentum must be a number, or a tensor that counts batches, got ${typeof running.momentum}`,
    );
  const [m, v] = [inShape(mean, shape), inShape(variance, shape)];
  const { device, dtype } = running.mean.layout;
  const deviation = fresh(layoutOf(device, wideType(dtype), shape), 'batchNorm');
  const { momentum } = running;
  const counted = typeof momentum !== 'number';
  dispatchUpdate(
    updateOps[Number(counted)]!,
    [deviation, running.mean, running.variance, m, v, ...(counted ? [momentum] : [])],
    [0, 1, 2],
    [eps, n / (n - 1), counted ? 0 : momentum],
  );
  release(m, mean);
  release(v, variance);
  return deviation;
}

/** The same for a mean and a variance of each sample (N, C): the buffers follow their means. */
export function followSamples(running: Running, means: Tensor, variances: Tensor, n: number): void {
  withTracking(false, () => {
    const [mean, variance] = [meanOver(means, [0]), meanOver(variances, [0])];
    for (const t of [mean, variance, follow(running, mean, variance, n, 0)]) t.dispose();
  });
}
