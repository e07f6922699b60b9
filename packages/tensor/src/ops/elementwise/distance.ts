/** Distances and similarities of vectors, and vectors made of length 1: compositions of norms. */
import { add, cast, clampMin, coordinate, type DType, DTypeError, div, type Expression, isFloat, less, lessEqual, mul, OutOfMemoryError, ShapeError, same, scalar, select, shiftLeft, shiftRight, sqrt, sub, ValueError } from '@nn/backend'; // biome-ignore format: a list
import { broadcastShapes, dimension, shapeText } from '../../core/collapse.ts';
import { dispatchCreate, dispatchMany } from '../../core/dispatch.ts';
import { layoutOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { resultType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { gatherOps } from '../index/index-op.ts';
import { reduction } from '../reduce/build.ts';
import { ofOrder } from '../reduce/norm.ts';
import { toDType } from '../shape/convert.ts';
import { expand, reshape } from '../shape/views.ts';
import { binaryParametric } from './build.ts';
import { sizesOf } from './operand.ts';
import { pairsOf } from './pairs.ts';

/** The dtype in which two operands are measured; integers have no norms. */
function floatsOf(op: string, x: Tensor, y: Tensor): DType {
  for (const t of [x, y]) sizesOf(op, t);
  const dtype = resultType([x.layout, y.layout]);
  if (!isFloat(dtype))
    throw new DTypeError(
      op,
      `takes floats, got ${x.layout.dtype} and ${y.layout.dtype}; convert with .to('float32') first`,
    );
  return dtype;
}

function checkOrder(op: string, p: number): void {
  if (!(p >= 0)) throw new ValueError(op, `p is ${p}; it must be a number from 0 to Infinity`);
}

/** Options of dist and cdist. */
export interface DistanceOptions {
  /** The order of the norm, from 0 to Infinity; 2. */
  readonly p?: number | undefined;
}

const distanceOf = ofOrder('dist', (x, y) => sub(x!, y!));

/**
 * The p-norm of x − y, which broadcast: a tensor without dimensions. Its gradient where they are equal is 0. PyTorch: `torch.dist`.
 * @example
 * ```ts
 * import { dist, tensor } from '@nn/tensor';
 * console.log(await dist(tensor([0, 0]), tensor([3, 4])).item()); // prints: 5
 * ```
 */
export function dist<A extends Tensor>(x: A, y: Tensor, options: DistanceOptions = {}): Tensor<[], A['dtype']> {
  const dtype = floatsOf('dist', x, y);
  const p = checkNamed('dist', options).p ?? 2;
  checkOrder('dist', p);
  // The first operand says which dimensions there are.
  const [wide, other] = x.layout.shape.length >= y.layout.shape.length ? [x, y] : [y, x];
  return distanceOf(wide, p, { dtype }, other) as never;
}

/**
 * Distances between all pairs of rows: of x (…, P, M) and y (…, R, M) the tensor (…, P, R) of the p-norms of their differences.
 * The dimensions before broadcast. Distances are never taken from products; the Euclidean gradient of many pairs is, as in PyTorch. For rows a thousandth of their spread apart it is off by
 * 1e-4 of its size in float32 (PyTorch's by half), at a hundred-thousandth by 1e-2. PyTorch: `torch.cdist`.
 * @example
 * ```ts
 * import { cdist, tensor } from '@nn/tensor';
 * console.log(await cdist(tensor([[0, 0], [3, 4]]), tensor([[0, 0]])).toArray()); // prints: [ [ 0 ], [ 5 ] ]
 * ```
 */
export function cdist<A extends Tensor>(x: A, y: Tensor, options: DistanceOptions = {}): Tensor<Shape, A['dtype']> {
  const [a, b] = [x.layout.shape, y.layout.shape];
  if (a.length < 2 || b.length < 2)
    throw new ShapeError(
      'cdist',
      `takes matrices of rows, got shapes ${shapeText(a)} and ${shapeText(b)}; add a dimension with unsqueeze(0)`,
    );
  const width = a.at(-1)!;
  if (b.at(-1) !== width)
    throw new ShapeError(
      'cdist',
      `rows of ${width} and of ${b.at(-1)} elements have no distance: shapes ${shapeText(a)} and ${shapeText(b)} must end alike`,
    );
  const dtype = floatsOf('cdist', x, y);
  const p = checkNamed('cdist', options).p ?? 2;
  checkOrder('cdist', p);
  return pairsOf(x, y, p, dtype) as never;
}

const chosen = gatherOps('pdist')([0], 0);

/** Rows of which 32 bits hold the places below. */
const mostRows = 16384;

/** Where, in a matrix of all pairs of n rows, the pairs lie of which the first comes first. Scalars: n and 2n - 1. */
const placesOp = new Op('map', 'pdist', {
  inPlace: false,
  build: () => {
    const [n, odd] = [scalar(0, 'i32'), scalar(1, 'i32')];
    const one = same(1, n);
    const twice = shiftLeft(coordinate, one);
    /** Twice the number of pairs before those of row i. */
    const before = (i: Expression): Expression => mul(i, sub(odd, i));
    // i(2n - 1 - i) = 2k solved for i: rounding leaves it beside the right one at most.
    const rest = cast(sub(mul(odd, odd), shiftLeft(coordinate, same(3, n))), 'f32');
    const guess = cast(mul(same(0.5, rest), sub(cast(odd, 'f32'), sqrt(rest))), 'i32');
    const high = select(less(twice, before(guess)), sub(guess, one), guess);
    const i = select(lessEqual(before(add(high, one)), twice), add(high, one), high);
    const j = add(add(i, one), sub(coordinate, shiftRight(before(i), one)));
    return { outputs: [{ dtype: 'int64', expression: add(mul(i, n), j) }], scalars: 2 };
  },
});

/**
 * Distances between the rows of x (N, M), each pair once: the N (N - 1) / 2 p-norms of the differences of rows 0 and 1, 0 and 2, … PyTorch: `F.pdist`.
 * @throws ShapeError unless x is a matrix; DTypeError unless it is of floats; ValueError for a `p` below 0
 * @example
 * ```ts
 * import { pdist, tensor } from '@nn/tensor';
 * console.log(await pdist(tensor([[0, 0], [3, 4], [0, 1]])).data()); // prints: Float32Array(3) [ 5, 1, 4.242640495300293 ]
 * ```
 */
export function pdist<A extends Tensor>(x: A, options: DistanceOptions = {}): Tensor<[number], A['dtype']> {
  const shape = sizesOf('pdist', x);
  if (shape.length !== 2)
    throw new ShapeError('pdist', `takes a matrix of rows, got shape ${shapeText(shape)}; cdist takes batches`);
  const dtype = floatsOf('pdist', x, x);
  const p = checkNamed('pdist', options).p ?? 2;
  checkOrder('pdist', p);
  const n = shape[0]!;
  if (n > mostRows)
    throw new OutOfMemoryError('pdist', `the pairs of ${n} rows don't fit in memory; take ${mostRows} at most`);
  const distances = pairsOf(x, x, p, dtype);
  const line = reshape(distances, [n * n]);
  const places = dispatchCreate(placesOp, layoutOf(x.layout.device, 'int64', [(n * Math.max(n - 1, 0)) / 2]), [
    n,
    2 * n - 1,
  ]);
  const out = dispatchMany(chosen, [line, places])[0]!;
  for (const t of [distances, line, places]) t.dispose();
  return out as never;
}

/** Options of pairwiseDistance. */
export interface PairwiseDistanceOptions {
  /** The order of the norm; 2. */
  readonly p?: number | undefined;
  /** Added to every difference, so that the gradient of equal vectors is defined; 1e-6. */
  readonly eps?: number | undefined;
  /** Keep the last dimension with size 1; false. */
  readonly keepdim?: boolean | undefined;
}

const offset = binaryParametric('pairwiseDistance', 1, 'promote', (x, y, eps) => add(sub(x!, y!), eps!), 'float');
const lengthOf = ofOrder('pairwiseDistance');

/** The p-norm of x − y + eps over the last dimension. PyTorch: `F.pairwise_distance`. */
export function pairwiseDistance<A extends Tensor>(
  x: A,
  y: Tensor,
  options: PairwiseDistanceOptions = {},
): Tensor<Shape, A['dtype']> {
  const difference = offset(x, y, [checkNamed('pairwiseDistance', options).eps ?? 1e-6]);
  const out = lengthOf(difference, options.p ?? 2, { dim: -1, keepdim: options.keepdim });
  difference.dispose();
  return out as never;
}

/** Options of normalize. */
export interface NormalizeOptions {
  /** The order of the norm; 2. */
  readonly p?: number | undefined;
  /** The dimension along which vectors lie; 1. */
  readonly dim?: number | undefined;
  /** The smallest divisor; 1e-12. */
  readonly eps?: number | undefined;
}

const normOf = ofOrder('normalize');
const shortened = binaryParametric(
  'normalize',
  1,
  'promote',
  (x, length, eps) => div(x!, clampMin(length!, eps!)),
  'float',
);

/** x / max(length, eps). */
function unit(x: Tensor, p: number, dim: number, eps: number): Tensor {
  const length = normOf(x, p, { dim, keepdim: true });
  const out = shortened(x, length, [eps]);
  length.dispose();
  return out;
}

/**
 * The vectors along a dimension, divided by their p-norms (or by eps, where those are smaller). PyTorch: `F.normalize`.
 * @example
 * ```ts
 * import { normalize, tensor } from '@nn/tensor';
 * console.log(await normalize(tensor([[0, 2], [0, 0]])).toArray()); // prints: [ [ 0, 1 ], [ 0, 0 ] ]
 * ```
 */
export function normalize<A extends Tensor>(x: A, options: NormalizeOptions = {}): Tensor<A['~shape'], A['dtype']> {
  return unit(x, checkNamed('normalize', options).p ?? 2, options.dim ?? 1, options.eps ?? 1e-12) as never;
}

/** Options of cosineSimilarity. */
export interface CosineSimilarityOptions {
  /** The dimension along which vectors lie; 1. */
  readonly dim?: number | undefined;
  /** The smallest length that counts; 1e-8. */
  readonly eps?: number | undefined;
}

const dot = reduction('cosineSimilarity', {
  combine: 'sum',
  dtype: (dtype) => dtype,
  body: ([x, y]) => mul(x!, y!),
});

/**
 * The cosine of the angle between vectors along a dimension of x and y, which broadcast; lengths below eps count as eps. PyTorch: `F.cosine_similarity`.
 * @example
 * ```ts
 * import { cosineSimilarity, tensor } from '@nn/tensor';
 * console.log(await cosineSimilarity(tensor([[3, 0], [0, 1]]), tensor([[1, 0], [0, -2]])).toArray()); // prints: [ 1, -1 ]
 * ```
 */
export function cosineSimilarity<A extends Tensor>(
  x: A,
  y: Tensor,
  options: CosineSimilarityOptions = {},
): Tensor<Shape, A['dtype']> {
  const dtype = floatsOf('cosineSimilarity', x, y);
  const shape = broadcastShapes('cosineSimilarity', [x.layout.shape, y.layout.shape]);
  const dim = dimension('cosineSimilarity', checkNamed('cosineSimilarity', options).dim ?? 1, shape.length);
  const directions = [x, y].map((vectors) => {
    const whole = expand(toDType(vectors, dtype), shape);
    const direction = unit(whole, 2, dim, options.eps ?? 1e-8);
    whole.dispose();
    return direction;
  });
  const out = dot(directions[0]!, { dim }, undefined, directions[1]!);
  for (const direction of directions) direction.dispose();
  return out as never;
}
