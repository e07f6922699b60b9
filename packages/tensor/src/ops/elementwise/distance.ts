/** Distances and similarities of vectors, and vectors made of length 1: compositions of norms. */
import { add, clampMin, type DType, DTypeError, div, isFloat, mul, ShapeError, sub, ValueError } from '@nn/backend';
import { broadcastShapes, dimension, shapeText } from '../../core/collapse.ts';
import { dispatchMany } from '../../core/dispatch.ts';
import { checkNamed } from '../../core/named.ts';
import { resultType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { triuIndices } from '../creation/triangles.ts';
import { gatherOps } from '../index/index-op.ts';
import { reduction } from '../reduce/build.ts';
import { ofOrder } from '../reduce/norm.ts';
import { toDType } from '../shape/convert.ts';
import { expand, reshape, sliceView } from '../shape/views.ts';
import { binaryParametric } from './build.ts';
import { sizesOf } from './operand.ts';

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

const pairsOf = ofOrder('cdist', (x, y) => sub(x!, y!));

/**
 * Distances between all pairs of rows: of x (…, P, M) and y (…, R, M) the tensor (…, P, R) of the p-norms of their differences, in one launch.
 * The dimensions before broadcast. PyTorch: `torch.cdist`.
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
  const lead = Math.max(a.length, b.length) - 2;
  const padded = (shape: readonly number[]): number[] => [
    ...new Array<number>(lead + 2 - shape.length).fill(1),
    ...shape.slice(0, -2),
  ];
  const rows = reshape(x, [...padded(a), a.at(-2)!, 1, width]);
  const columns = reshape(y, [...padded(b), 1, b.at(-2)!, width]);
  // Of rows without elements every distance is 0, also the largest.
  const out = pairsOf(rows, width === 0 ? 1 : p, { dim: -1, dtype }, columns);
  rows.dispose();
  columns.dispose();
  return out as never;
}

const chosen = gatherOps('pdist');

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
  const [n, width] = shape as readonly [number, number];
  const rows = reshape(x, [n, 1, width]);
  const columns = reshape(x, [1, n, width]);
  // Of rows without elements every distance is 0, also the largest.
  const distances = pairsOf(rows, width === 0 ? 1 : p, { dim: -1, dtype }, columns);
  const pairs = triuIndices(n, n, { offset: 1, backend: x.backend }) as Tensor;
  const [first, second] = [sliceView(pairs, 0, 0, 1), sliceView(pairs, 0, 1, 1)];
  const [i, j] = [reshape(first, [-1]), reshape(second, [-1])];
  const out = dispatchMany(chosen([0, 1], 0), [distances, i, j])[0]!;
  for (const t of [rows, columns, distances, pairs, first, second, i, j]) t.dispose();
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
