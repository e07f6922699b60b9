/** Losses of numbers: how far a prediction is from what it should be. */
import { abs, add, div, type Expression, exp, less, log, mul, neg, ShapeError, same, select, sub, ValueError } from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import { alias, checkNamed, reshape, sameNumbers, shapeText, sizesOf } from '@nn/tensor/internal';
import {
  checkSameShape,
  elementwiseLoss,
  type LossShape,
  type PairLoss,
  type Reduction,
  type ReductionOptions,
} from './loss.ts';

const half = (x: Expression): Expression => mul(same(0.5, x), x);

let warned = false;

/** The operands. They broadcast, but seldom on purpose: predictions (N, 1) and targets (N) give all pairs. Told once, as in PyTorch. */
function paired(op: string, x: Tensor, y: Tensor): [Tensor, Tensor] {
  if (!warned && !sameNumbers(sizesOf(op, x), sizesOf(op, y))) {
    warned = true;
    console.warn(
      `[${op}] shapes ${shapeText(x.layout.shape)} and ${shapeText(y.layout.shape)} broadcast; reshape one, unless that is meant`,
    );
  }
  return [x, y];
}

/**
 * u² / 2 up to a bound, beyond it bound (|u| - bound / 2): c (u - c / 2), where c is u held between -bound and bound. What has no slope is chosen to have none, not multiplied by 0:
 * the gradient of infinite differences is the bound.
 */
function bounded(u: Expression, bound: Expression): Expression {
  const c = select(less(bound, u), bound, select(less(u, neg(bound)), neg(bound), u));
  return mul(c, sub(u, mul(same(0.5, c), c)));
}

const squared = elementwiseLoss('mseLoss', ([x, y]) => {
  const d = sub(x!, y!);
  return mul(d, d);
});

/**
 * The mean of (x - y)², which broadcast. PyTorch: `F.mse_loss`.
 * @example
 * ```ts
 * import { mseLoss } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await mseLoss(tensor([1, 2]), tensor([1, 4])).item()); // prints: 2
 * console.log(await mseLoss(tensor([1, 2]), tensor([1, 4]), { reduction: 'none' }).toArray()); // prints: [ 0, 4 ]
 * ```
 */
export const mseLoss: PairLoss = ((x: Tensor, y: Tensor, options: ReductionOptions = {}) =>
  squared(paired('mseLoss', x, y), options)) as never;

const absolute = elementwiseLoss('l1Loss', ([x, y]) => abs(sub(x!, y!)));

/** The mean of |x - y|, which broadcast; the gradient where they are equal is 0. PyTorch: `F.l1_loss`. */
export const l1Loss: PairLoss = ((x: Tensor, y: Tensor, options: ReductionOptions = {}) =>
  absolute(paired('l1Loss', x, y), options)) as never;

export interface SmoothL1Options {
  /** Up to which distance the loss is quadratic; 1. 0 gives `l1Loss`. */
  readonly beta?: number | undefined;
}

const smooth = elementwiseLoss('smoothL1Loss', ([x, y], [beta]) => div(bounded(sub(x!, y!), beta!), beta!), 1);

/** The mean of d² / (2 beta) where d = |x - y| is below beta, else d - beta / 2. PyTorch: `F.smooth_l1_loss`. */
export const smoothL1Loss: PairLoss<SmoothL1Options> = ((
  x: Tensor,
  y: Tensor,
  options: ReductionOptions & SmoothL1Options = {},
) => {
  const { beta = 1 } = checkNamed('smoothL1Loss', options);
  if (!(beta >= 0)) throw new ValueError('smoothL1Loss', `beta is ${beta}; it must not be negative`);
  const pair = paired('smoothL1Loss', x, y);
  return beta === 0 ? absolute(pair, options) : smooth(pair, { ...options, numbers: [beta] });
}) as never;

export interface HuberOptions {
  /** Up to which distance the loss is quadratic; 1. */
  readonly delta?: number | undefined;
}

const huber = elementwiseLoss('huberLoss', ([x, y], [delta]) => bounded(sub(x!, y!), delta!), 1);

/** The mean of d² / 2 where d = |x - y| is below delta, else delta (d - delta / 2) (Huber 1964). PyTorch: `F.huber_loss`. */
export const huberLoss: PairLoss<HuberOptions> = ((
  x: Tensor,
  y: Tensor,
  options: ReductionOptions & HuberOptions = {},
) => {
  const { delta = 1 } = checkNamed('huberLoss', options);
  if (!(delta > 0)) throw new ValueError('huberLoss', `delta is ${delta}; it must be above 0`);
  return huber(paired('huberLoss', x, y), { ...options, numbers: [delta] });
}) as never;

export interface PoissonOptions {
  /** Whether the input is the logarithm of the rate; true. */
  readonly logInput?: boolean | undefined;
  /** Add Stirling's approximation of log(target!), which doesn't depend on the input; false. */
  readonly full?: boolean | undefined;
  /** Added to the rate before its logarithm, where `logInput` is false; 1e-8. */
  readonly eps?: number | undefined;
}

/** t log t - t + log(2πt)/2 for t > 1, else 0. */
function stirling(t: Expression): Expression {
  const counts = less(same(1, t), t);
  const safe = select(counts, t, same(1, t));
  const value = add(sub(mul(safe, log(safe)), safe), half(log(mul(same(2 * Math.PI, t), safe))));
  return select(counts, value, same(0, t));
}

const ofLogRate = (x: Expression, t: Expression): Expression => sub(exp(x), mul(t, x));
const ofRate = (x: Expression, t: Expression, eps: Expression): Expression => sub(x, mul(t, log(add(x, eps))));

const poisson = {
  logRate: elementwiseLoss('poissonNllLoss', ([x, t]) => ofLogRate(x!, t!)),
  fullLogRate: elementwiseLoss('poissonNllLoss', ([x, t]) => add(ofLogRate(x!, t!), stirling(t!))),
  rate: elementwiseLoss('poissonNllLoss', ([x, t], [eps]) => ofRate(x!, t!, eps!), 1),
  fullRate: elementwiseLoss('poissonNllLoss', ([x, t], [eps]) => add(ofRate(x!, t!, eps!), stirling(t!)), 1),
};

/** The negative logarithm of the Poisson probability of counts, up to what doesn't depend on the input. PyTorch: `F.poisson_nll_loss`. */
export const poissonNllLoss: PairLoss<PoissonOptions> = ((
  x: Tensor,
  target: Tensor,
  options: ReductionOptions & PoissonOptions = {},
) => {
  const { logInput = true, full = false, eps = 1e-8 } = checkNamed('poissonNllLoss', options);
  if (logInput) return (full ? poisson.fullLogRate : poisson.logRate)([x, target], options);
  return (full ? poisson.fullRate : poisson.rate)([x, target], { ...options, numbers: [eps] });
}) as never;

export interface GaussianOptions {
  /** Add log(2π)/2, which depends on nothing; false. */
  readonly full?: boolean | undefined;
  /** What smaller variances count as; 1e-6. */
  readonly eps?: number | undefined;
}

/** The variance, held at eps; its gradient passes as if it weren't held. The last operand is the variance again, untracked. */
function heldVariance(variance: Expression, untracked: Expression, eps: Expression): Expression {
  return select(less(untracked, eps), add(eps, sub(variance, untracked)), variance);
}

const gaussian = (rest: number) =>
  elementwiseLoss(
    'gaussianNllLoss',
    ([x, t, variance, untracked], [eps]) => {
      const v = heldVariance(variance!, untracked!, eps!);
      const d = sub(x!, t!);
      return add(half(add(log(v), div(mul(d, d), v))), same(rest, v));
    },
    1,
  );
const gaussianLoss = { full: gaussian(Math.log(2 * Math.PI) / 2), short: gaussian(0) };

/**
 * The negative logarithm of the normal density of targets around `input` with variance `variance`: (log v + (x - t)² / v) / 2. The variance has the
 * input's shape, lacks its last dimension, or has size 1 there. PyTorch: `F.gaussian_nll_loss`.
 * @throws ShapeError for a variance of another shape
 */
export function gaussianNllLoss<A extends Tensor, R extends Reduction = 'mean'>(
  input: A,
  target: Tensor,
  variance: Tensor,
  options: ReductionOptions<R> & GaussianOptions = {},
): Tensor<LossShape<R>, A['dtype']> {
  const { full = false, eps = 1e-6 } = checkNamed('gaussianNllLoss', options);
  const own = sizesOf('gaussianNllLoss', input);
  const given = sizesOf('gaussianNllLoss', variance);
  const lacksLast = sameNumbers(own.slice(0, -1), given);
  if (
    !sameNumbers(own, given) &&
    !lacksLast &&
    !(given.length === own.length && given.at(-1) === 1 && sameNumbers(own.slice(0, -1), given.slice(0, -1)))
  )
    throw new ShapeError(
      'gaussianNllLoss',
      `the variance has shape ${shapeText(given)} for an input of ${shapeText(own)}; it must have that shape, or 1 or nothing for its last size`,
    );
  checkSameShape('gaussianNllLoss', input, target);
  const aligned = lacksLast && !sameNumbers(own, given) ? reshape(variance, [...given, 1]) : variance;
  const untracked = alias(aligned, aligned.layout.shape, aligned.layout.strides, aligned.start);
  const loss = (full ? gaussianLoss.full : gaussianLoss.short)([input, target, aligned, untracked], {
    ...options,
    numbers: [eps],
  });
  untracked.dispose();
  if (aligned !== variance) aligned.dispose();
  return loss as never;
}
