/** Cross entropy of logits and negative log-likelihood of log-probabilities, with classes or class probabilities as targets. */

import { isGradEnabled } from '@nn/autograd';
import { AutogradError, add, DTypeError, isFloat, mul, neg, ValueError } from '@nn/backend';
import { type CanCompare, type Checked, type CrossEntropyShape, logSoftmax, mul as product, type ShapeOf, type ShapeOr, sum as sumOf, type Tensor } from '@nn/tensor'; // biome-ignore format: a list
import { checkNamed, reshape, sameNumbers, shapeText, sizesOf } from '@nn/tensor/internal';
import { reduceSamples } from './class-loss.ts';
import { type ClassLayout, checkWeight, classLayout, indexOf, pick } from './classes.ts';
import {
  checkReduction,
  elementwiseLoss,
  type LossShape,
  present,
  type Reduction,
  type ReductionOptions,
} from './loss.ts';
import { ownScores } from './own-score.ts';

export interface ClassOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** (C): how much each class counts; all the same. */
  readonly weight?: Tensor | null | undefined;
  /** Targets of this class don't count; -100. */
  readonly ignoreIndex?: number | undefined;
}

export interface CrossEntropyOptions<R extends Reduction = Reduction> extends ClassOptions<R> {
  /** The share of the target that is spread over all classes (Szegedy et al. 2015); 0. */
  readonly labelSmoothing?: number | undefined;
}

/** The class weights along the class dimension of scores. */
const alongClasses = (weight: Tensor, rank: number, dim: number): Tensor =>
  reshape(weight, [weight.layout.size, ...new Array<number>(rank - dim - 1).fill(1)]);

/** Σ over the classes of (weighted) log-probabilities. */
function sumOverClasses(logProbabilities: Tensor, dim: number, weight: Tensor | null): Tensor {
  if (weight === null) return sumOf(logProbabilities, { dim } as never) as Tensor;
  const wide = alongClasses(weight, logProbabilities.layout.shape.length, dim);
  const weighted = product(logProbabilities, wide as never) as Tensor;
  const out = sumOf(weighted, { dim } as never) as Tensor;
  wide.dispose();
  weighted.dispose();
  return out;
}

/** The loss of log-probabilities and classes. */
function ofClasses(op: string, x: Tensor, target: Tensor, layout: ClassLayout, options: CrossEntropyOptions): Tensor {
  const { ignoreIndex = -100, labelSmoothing = 0, reduction = 'mean' } = options;
  const weight = options.weight ?? null;
  if (weight?.requiresGrad === true && isGradEnabled())
    throw new AutogradError(op, 'class weights have no gradient; pass weight.detach()');
  const { dim, classes, shape } = layout;
  const flat = [target.layout.size];
  const aligned = reshape(
    target,
    x.layout.shape.map((n, d) => (d === dim ? 1 : n)),
  );
  const index = indexOf(op, aligned, ignoreIndex);
  const picked = pick(op, x, dim, index);
  const flatIndex = weight === null ? null : reshape(index, flat);
  const wideSum = labelSmoothing === 0 ? null : sumOverClasses(x, dim, weight);
  const samples = {
    logProbability: reshape(picked, flat),
    target: reshape(target, flat),
    weight: weight === null ? null : pick(op, weight, 0, flatIndex!),
    sum: wideSum === null ? null : reshape(wideSum, flat),
  };
  const loss = reduceSamples(
    samples,
    { ignoreIndex, share: 1 - labelSmoothing, rest: labelSmoothing / classes },
    reduction,
  );
  const out = reduction === 'none' ? reshape(loss, shape) : loss;
  for (const t of [
    aligned,
    index,
    picked,
    flatIndex,
    wideSum,
    ...Object.values(samples),
    ...(out === loss ? [] : [loss]),
  ])
    t?.dispose();
  return out;
}

const ofProbabilities = {
  plain: elementwiseLoss('crossEntropy', ([x, t], [share, rest]) => neg(mul(x!, add(mul(t!, share!), rest!))), 2),
  weighted: elementwiseLoss(
    'crossEntropy',
    ([x, t, w], [share, rest]) => neg(mul(mul(x!, add(mul(t!, share!), rest!)), w!)),
    2,
  ),
};

/** The loss of log-probabilities and class probabilities. */
function ofDistributions(x: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { labelSmoothing = 0, ignoreIndex = -100, reduction } = options;
  const { shape } = x.layout;
  const dim = shape.length === 1 ? 0 : 1;
  const weight = options.weight ?? null;
  if (ignoreIndex >= 0)
    throw new ValueError(
      'crossEntropy',
      `ignoreIndex ${ignoreIndex} is a class, but the targets are probabilities; give rows that don't count probabilities of 0`,
    );
  if (weight !== null) checkWeight('crossEntropy', weight, shape[dim]!, x);
  const wide = weight === null ? null : alongClasses(weight, shape.length, dim);
  const loss = weight === null ? ofProbabilities.plain : ofProbabilities.weighted;
  const out = loss(present(x, target, wide), {
    reduction,
    numbers: [1 - labelSmoothing, labelSmoothing / shape[dim]!],
    along: dim,
  });
  wide?.dispose();
  return out;
}

/** The loss of rows of logits and their classes, all counting the same. */
function ofRows(
  logits: Tensor,
  target: Tensor,
  { ignoreIndex = -100, reduction = 'mean' }: CrossEntropyOptions,
): Tensor {
  const logProbability = ownScores(logits, target, ignoreIndex);
  const samples = { logProbability, target, weight: null, sum: null };
  const loss = reduceSamples(samples, { ignoreIndex, share: 1, rest: 0 }, reduction);
  logProbability.dispose();
  return loss;
}

function crossEntropyOf(logits: Tensor, target: Tensor, given?: CrossEntropyOptions): Tensor {
  const op = 'crossEntropy';
  const options: CrossEntropyOptions = given === undefined ? {} : checkNamed(op, given);
  const { labelSmoothing = 0 } = options;
  checkReduction(op, options.reduction ?? 'mean');
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new ValueError(op, `labelSmoothing is ${labelSmoothing}; it must lie between 0 and 1`);
  const shape = sizesOf(op, logits);
  const isDistribution = shape.length > 0 && sameNumbers(shape, sizesOf(op, target));
  if (isDistribution && !isFloat(target.dtype))
    throw new DTypeError(
      op,
      `targets of the logits' shape ${shapeText(shape)} are class probabilities, but these are ${target.dtype}; convert with .to('float32')`,
    );
  const layout = isDistribution ? null : classLayout(op, logits, target, options.weight ?? null);
  if (layout !== null && shape.length === 2 && labelSmoothing === 0 && (options.weight ?? null) === null)
    return ofRows(logits, target, options);
  const logProbabilities = logSoftmax(logits, (shape.length === 1 ? 0 : 1) as never) as Tensor;
  const loss =
    layout === null
      ? ofDistributions(logProbabilities, target, options)
      : ofClasses(op, logProbabilities, target, layout, options);
  logProbabilities.dispose();
  return loss;
}

/**
 * The cross entropy of logits (N, C), (N, C, d1, …) or (C) and targets: classes (N), (N, d1, …) or () as integers, or class probabilities of the logits' shape. 'mean' is
 * over the targets that count, by their weights; of probabilities, over all. PyTorch: `F.cross_entropy`.
 * @throws ShapeError if the shapes don't fit, IndexError (at the latest when the result is read) for a class out of range
 * @example
 * ```ts
 * import { crossEntropy } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const logits = tensor([[2, 0, 0], [0, 0, 1000]]);
 * const classes = tensor([0n, 2n]);
 * console.log((await crossEntropy(logits, classes).item()).toFixed(4)); // prints: 0.1198
 * console.log(await crossEntropy(logits, classes, { reduction: 'sum', ignoreIndex: 2 }).item() > 0.2); // prints: true
 * ```
 */
export const crossEntropy: <A extends Tensor, B extends Tensor, R extends Reduction = 'mean'>(
  logits: A,
  target: Checked<CanCompare<ShapeOf<A>, ShapeOf<B>>, B>,
  options?: CrossEntropyOptions<R>,
) => Tensor<ShapeOr<CrossEntropyShape<ShapeOf<A>, R>>, A['dtype']> = crossEntropyOf as never;

/**
 * `crossEntropy` of log-probabilities, as `logSoftmax` gives them: -x[class], for classes only. PyTorch: `F.nll_loss`.
 * @throws ShapeError if the shapes don't fit, IndexError (at the latest when the result is read) for a class out of range
 */
export function nllLoss<A extends Tensor, R extends Reduction = 'mean'>(
  input: A,
  target: Tensor,
  options: ClassOptions<R> = {},
): Tensor<LossShape<R>, A['dtype']> {
  checkReduction('nllLoss', checkNamed('nllLoss', options).reduction ?? 'mean');
  const layout = classLayout('nllLoss', input, target, options.weight ?? null);
  return ofClasses('nllLoss', input, target, layout, { ...options, labelSmoothing: 0 }) as never;
}
