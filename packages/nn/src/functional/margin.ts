/** Losses that ask for a margin between what is right and what isn't. */
import { add, castTo, constant, div, dtypes, type Expression, equal, less, logSigmoid, mul, neg, notEqual, input as operand, ShapeError, same, select, sqrt, sub, ValueError } from '@nn/backend'; // biome-ignore format: a list
import { arange, minimum, pairwiseDistance, type Shape, type Tensor } from '@nn/tensor';
import { checkNamed, dispatch, Op, reshape, shapeText, sizesOf } from '@nn/tensor/internal';
import { classLayout, indexOf, pick } from './classes.ts';
import {
  checkSameShape,
  elementwiseLoss,
  type LossCall,
  type LossShape,
  lossType,
  type PairLoss,
  type Reduction,
  type ReductionOptions,
} from './loss.ts';
import { productSum } from './product-sum.ts';

export interface MarginOptions {
  /** How far apart what is right and wrong should be. */
  readonly margin?: number | undefined;
}

/** x, NaN too, or 0 where it is negative; the gradient passes at 0, as through PyTorch's clamp. */
const positivePart = (x: Expression): Expression => select(less(x, same(0, x)), same(0, x), x);

/** `yes` where the label is 1 plus `no` where it is -1; other labels count as both. */
function byLabel(label: Expression, yes: Expression, no: Expression): Expression {
  return add(
    select(notEqual(label, same(-1, label)), yes, same(0, yes)),
    select(notEqual(label, same(1, label)), no, same(0, no)),
  );
}

/** What a loss is called with, for a margin. */
const withMargin = (op: string, options: ReductionOptions & MarginOptions, otherwise: number): LossCall => ({
  reduction: checkNamed(op, options).reduction,
  numbers: [options.margin ?? otherwise],
});

const hinge = elementwiseLoss(
  'hingeEmbeddingLoss',
  ([x, y], [margin]) => byLabel(y!, x!, positivePart(sub(margin!, x!))),
  1,
);

/** Distances x where the target is 1, max(0, margin - x) where it is -1; margin is 1. PyTorch: `F.hinge_embedding_loss`. */
export const hingeEmbeddingLoss: PairLoss<MarginOptions> = ((
  x: Tensor,
  y: Tensor,
  options: ReductionOptions & MarginOptions = {},
) => hinge([x, y], withMargin('hingeEmbeddingLoss', options, 1))) as never;

const ranking = elementwiseLoss(
  'marginRankingLoss',
  ([a, b, y], [margin]) => positivePart(add(neg(mul(y!, sub(a!, b!))), margin!)),
  1,
);

/**
 * max(0, margin - y (x1 - x2)): the first input should be larger where the target y is 1, the second where it is -1; margin is 0. PyTorch:
 * `F.margin_ranking_loss`.
 * @throws ShapeError if the ranks differ
 */
export function marginRankingLoss<A extends Tensor, R extends Reduction = 'mean'>(
  input1: A,
  input2: Tensor,
  target: Tensor,
  options: ReductionOptions<R> & MarginOptions = {},
): Tensor<LossShape<R>, A['dtype']> {
  const shapes = [input1, input2, target].map((t) => sizesOf('marginRankingLoss', t));
  if (shapes.some((shape) => shape.length !== shapes[0]!.length))
    throw new ShapeError(
      'marginRankingLoss',
      `inputs and target have shapes ${shapes.map(shapeText).join(', ')}; they must have as many dimensions`,
    );
  return ranking([input1, input2, target], withMargin('marginRankingLoss', options, 0)) as never;
}

const soft = elementwiseLoss('softMarginLoss', ([x, y]) => neg(logSigmoid(mul(y!, x!))));

/**
 * log(1 + exp(-y x)) for targets y of 1 and -1. PyTorch: `F.soft_margin_loss`.
 * @throws ShapeError if the shapes differ
 */
export const softMarginLoss: PairLoss = ((x: Tensor, y: Tensor, options: ReductionOptions = {}) => {
  checkSameShape('softMarginLoss', x, y);
  return soft([x, y], options);
}) as never;

const cosineOp = new Op('map', 'cosineEmbeddingLoss', {
  inPlace: false,
  build: (layouts) => {
    const dtype = lossType('cosineEmbeddingLoss', layouts);
    const { scalar: type } = dtypes[dtype];
    const [xy, xx, yy] = layouts.map((layout, i) => castTo(operand(i, dtypes[layout.dtype].scalar), dtype));
    const length = (square: Expression): Expression => add(square, constant(1e-12, type));
    return { outputs: [{ dtype, expression: div(xy!, sqrt(mul(length(xx!), length(yy!)))) }], scalars: 0 };
  },
});

const cosine = elementwiseLoss(
  'cosineEmbeddingLoss',
  ([c, y], [margin]) =>
    add(
      select(equal(y!, same(1, y!)), sub(same(1, c!), c!), same(0, c!)),
      select(equal(y!, same(-1, y!)), positivePart(sub(c!, margin!)), same(0, c!)),
    ),
  1,
);

/**
 * 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1, for inputs (N, D) and targets (N), or (D) and (); margin is 0. PyTorch:
 * `F.cosine_embedding_loss`.
 * @throws ShapeError if the shapes don't fit
 */
export function cosineEmbeddingLoss<A extends Tensor, R extends Reduction = 'mean'>(
  input1: A,
  input2: Tensor,
  target: Tensor,
  options: ReductionOptions<R> & MarginOptions = {},
): Tensor<LossShape<R>, A['dtype']> {
  const op = 'cosineEmbeddingLoss';
  const shapes = [input1, input2, target].map((t) => sizesOf(op, t)) as [Shape, Shape, Shape];
  const rank = shapes[2].length;
  if (rank > 1 || shapes[0].length !== rank + 1 || shapes[1].length !== rank + 1)
    throw new ShapeError(
      op,
      `inputs ${shapeText(shapes[0])} and ${shapeText(shapes[1])} and targets ${shapeText(shapes[2])}; expected (N, D), (N, D) and (N), or (D), (D) and ()`,
    );
  const parts = [productSum(input1, input2), productSum(input1, input1), productSum(input2, input2)] as const;
  const angle = dispatch(cosineOp, ...parts);
  const loss = cosine([angle, target], withMargin(op, options, 0));
  for (const t of [...parts, angle]) t.dispose();
  return loss as never;
}

export interface TripletOptions extends MarginOptions {
  /** The order of the norm; 2. */
  readonly p?: number | undefined;
  /** Added to every difference; 1e-6. */
  readonly eps?: number | undefined;
  /** Use the distance from positive to negative where it is smaller (Balntas et al. 2016); false. */
  readonly swap?: boolean | undefined;
}

const triplet = elementwiseLoss(
  'tripletMarginLoss',
  ([near, far], [margin]) => positivePart(sub(add(margin!, near!), far!)),
  1,
);

/**
 * max(0, margin + |a - p| - |a - n|): an anchor should be nearer to the positive than to the negative, by a margin of 1. Vectors lie in the last dimension. PyTorch:
 * `F.triplet_margin_loss`.
 * @throws ShapeError if the ranks differ
 */
export function tripletMarginLoss<A extends Tensor, R extends Reduction = 'mean'>(
  anchor: A,
  positive: Tensor,
  negative: Tensor,
  options: ReductionOptions<R> & TripletOptions = {},
): Tensor<LossShape<R>, A['dtype']> {
  const shapes = [anchor, positive, negative].map((t) => sizesOf('tripletMarginLoss', t));
  if (shapes.some((shape) => shape.length !== shapes[0]!.length))
    throw new ShapeError(
      'tripletMarginLoss',
      `anchor, positive and negative have shapes ${shapes.map(shapeText).join(', ')}; they must have as many dimensions`,
    );
  const norm = { p: checkNamed('tripletMarginLoss', options).p ?? 2, eps: options.eps ?? 1e-6 };
  return tripletOf((x, y) => pairwiseDistance(x, y, norm), true, anchor, positive, negative, options) as never;
}

/** The loss of a triplet by a distance; its results are given back where nobody else can hold them. */
function tripletOf(
  distance: Distance,
  isOurs: boolean,
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: ReductionOptions & Omit<TripletOptions, 'p' | 'eps'>,
): Tensor {
  const near = distance(anchor, positive);
  const own = distance(anchor, negative);
  const other = options.swap === true ? distance(positive, negative) : null;
  const far = other === null ? own : (minimum(own, other as never) as Tensor);
  const loss = triplet([near, far], { reduction: options.reduction, numbers: [options.margin ?? 1] });
  if (far !== own) far.dispose();
  if (isOurs) for (const t of [near, own, other]) t?.dispose();
  return loss;
}

/** How far two tensors are from each other, one number for each pair. */
export type Distance = (x: Tensor, y: Tensor) => Tensor;

export interface TripletDistanceOptions extends MarginOptions {
  /** Any differentiable function of two tensors; `pairwiseDistance`. */
  readonly distanceFunction?: Distance | null | undefined;
  /** Use the distance from positive to negative where it is smaller; false. */
  readonly swap?: boolean | undefined;
}

/**
 * max(0, margin + d(a, p) - d(a, n)) for a distance of one's own; margin is 1. PyTorch: `F.triplet_margin_with_distance_loss`.
 * @throws ValueError for a distance that is no function
 * @example
 * ```ts
 * import { tripletMarginWithDistanceLoss } from '@nn/nn';
 * import { type Tensor, tensor } from '@nn/tensor';
 * const distanceFunction = (x: Tensor, y: Tensor) => x.sub(y).abs().sum({ dim: 1 });
 * const [anchor, positive, negative] = [tensor([[0, 0]]), tensor([[1, 1]]), tensor([[2, 0.5]])];
 * console.log(await tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction }).item()); // prints: 0.5
 * ```
 */
export function tripletMarginWithDistanceLoss<A extends Tensor, R extends Reduction = 'mean'>(
  anchor: A,
  positive: Tensor,
  negative: Tensor,
  options: ReductionOptions<R> & TripletDistanceOptions = {},
): Tensor<LossShape<R>, A['dtype']> {
  const given = checkNamed('tripletMarginWithDistanceLoss', options).distanceFunction ?? null;
  if (given !== null && typeof given !== 'function')
    throw new ValueError(
      'tripletMarginWithDistanceLoss',
      `distanceFunction is ${String(given)}; it must be a function of two tensors`,
    );
  const distance: Distance = given ?? ((x, y) => pairwiseDistance(x, y));
  return tripletOf(distance, given === null, anchor, positive, negative, options) as never;
}

export interface MultiMarginOptions extends MarginOptions {
  /** 1, or 2 for squares; 1. */
  readonly p?: 1 | 2 | undefined;
  /** (C): multiplies the losses of rows by their class. */
  readonly weight?: Tensor | null | undefined;
}

/** Over scores, the right one's score, the class of each column, the right class and its weight. */
const beside = (power: 1 | 2, weighted: boolean) =>
  elementwiseLoss(
    'multiMarginLoss',
    ([x, right, column, target, weight], [margin]) => {
      const excess = add(sub(margin!, right!), x!);
      const counts = less(same(0, excess), excess);
      const loss = select(counts, power === 1 ? excess : mul(excess, excess), same(0, excess));
      const other = select(equal(column!, target!), same(0, loss), loss);
      return weighted ? mul(other, weight!) : other;
    },
    1,
  );
const multi = {
  1: { plain: beside(1, false), weighted: beside(1, true) },
  2: { plain: beside(2, false), weighted: beside(2, true) },
};

/**
 * Σ over other classes j of max(0, margin - x[right] + x[j])ᵖ / C for scores (N, C) and classes (N), or (C) and (); margin is 1. PyTorch: `F.multi_margin_loss`.
 * @throws ShapeError if the shapes don't fit, IndexError for a class out of range
 */
export function multiMarginLoss<A extends Tensor, R extends Reduction = 'mean'>(
  input: A,
  target: Tensor,
  options: ReductionOptions<R> & MultiMarginOptions = {},
): Tensor<LossShape<R>, A['dtype']> {
  const op = 'multiMarginLoss';
  const { p = 1, margin = 1, reduction } = checkNamed(op, options);
  const weight = options.weight ?? null;
  if (p !== 1 && p !== 2) throw new ValueError(op, `p is ${String(p)}; it must be 1 or 2`);
  const rank = sizesOf(op, input).length;
  if (rank !== 1 && rank !== 2)
    throw new ShapeError(op, `scores of shape ${shapeText(input.layout.shape)}; expected (N, C) or (C)`);
  const { classes, shape } = classLayout(op, input, target, weight);
  const own = reshape(target, [...shape, 1]);
  const index = indexOf(op, own);
  const right = pick(op, input, rank - 1, index);
  const flat = reshape(index, [index.layout.size]);
  const columns = arange(classes, { dtype: 'int64', backend: input.backend }) as Tensor;
  const weights = weight === null ? null : pick(op, weight, 0, flat);
  const rowWeights = weights === null ? null : reshape(weights, [...shape, 1]);
  const loss = multi[p][weight === null ? 'plain' : 'weighted'](
    [input, right, columns, index, ...(rowWeights === null ? [] : [rowWeights])],
    { reduction, numbers: [margin], along: rank - 1, divisor: classes },
  );
  for (const t of [own, index, flat, right, columns, weights, rowWeights]) t?.dispose();
  return loss as never;
}
