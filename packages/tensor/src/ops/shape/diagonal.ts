/** Diagonals read (views) and made (fresh tensors with zeros elsewhere). */
import { ShapeError, ValueError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { filled } from '../../core/fill.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { place } from './place.ts';
import * as views from './views.ts';

/** Which diagonal, in which plane. */
export interface PlaneOptions {
  /** 0 is the main diagonal, positive ones lie above it; 0. */
  readonly offset?: number | undefined;
  /** The rows of the plane; 0, of `diagEmbed` -2. */
  readonly dim1?: number | undefined;
  /** The columns of the plane; 1, of `diagEmbed` -1. */
  readonly dim2?: number | undefined;
}

function checkOffset(op: string, offset: number): void {
  if (!Number.isInteger(offset)) throw new ValueError(op, `the diagonal is given by a whole number, got ${offset}`);
}

/** The two dimensions of a plane. */
function plane(op: string, options: PlaneOptions, defaults: readonly [number, number], rank: number): [number, number] {
  const [first, second] = [options.dim1 ?? defaults[0], options.dim2 ?? defaults[1]];
  const [i, j] = [dimension(op, first, rank), dimension(op, second, rank)];
  if (i === j)
    throw new ShapeError(op, `dim1 ${first} and dim2 ${second} are the same dimension; a diagonal needs two`);
  return [i, j];
}

/** The view of a diagonal: its dimension comes last. */
export function diagonalView(x: Tensor, op: string, offset: number, i: number, j: number): Tensor {
  const { shape } = x.layout;
  const length = Math.max(Math.min(shape[i]! + Math.min(offset, 0), shape[j]! - Math.max(offset, 0)), 0);
  const others = (list: readonly number[]): number[] => list.filter((_, d) => d !== i && d !== j);
  return views.derivedView(x, op, [...others(shape), length], (strides) => ({
    strides: [...others(strides), strides[i]! + strides[j]!],
    offset: length === 0 ? 0 : offset >= 0 ? offset * strides[j]! : -offset * strides[i]!,
  }));
}

/**
 * A diagonal of the plane of two dimensions, as a view: its elements lie along a new last dimension. PyTorch: `torch.diagonal`.
 * @example
 * ```ts
 * import { tensor, diagonal } from '@nn/tensor';
 * console.log(await diagonal(tensor([[1, 2], [3, 4]])).toArray()); // prints: [ 1, 4 ]
 * ```
 */
export function diagonal<A extends Tensor>(x: A, options: PlaneOptions = {}): Tensor<Shape, A['dtype']> {
  const { offset = 0 } = checkNamed('diagonal', options);
  checkOffset('diagonal', offset);
  if (x.layout.shape.length < 2)
    throw new ShapeError('diagonal', `expected 2 dimensions at least, got ${shapeText(x.layout.shape)}`);
  return diagonalView(x, 'diagonal', offset, ...plane('diagonal', options, [0, 1], x.layout.shape.length)) as never;
}

/** The last dimension of `x` as a diagonal of a plane of zeros. */
function embedded(op: string, x: Tensor, offset: number, i: number, j: number): Tensor {
  const size = x.layout.shape.at(-1)! + Math.abs(offset);
  const rest = x.layout.shape.slice(0, -1);
  const shape = Array.from({ length: rest.length + 2 }, (_, d) => (d === i || d === j ? size : rest.shift()!));
  const room = filled(x.layout.device, x.dtype, shape, 0);
  place(op, room, x, (r) => diagonalView(r, op, offset, i, j));
  return room;
}

/**
 * The last dimension as the diagonal of square matrices of zeros, in the plane of `dim1` (-2) and `dim2` (-1) of the result. PyTorch: `torch.diag_embed`.
 * @example
 * ```ts
 * import { tensor, diagEmbed } from '@nn/tensor';
 * console.log(await diagEmbed(tensor([1, 2])).toArray()); // prints: [ [ 1, 0 ], [ 0, 2 ] ]
 * ```
 */
export function diagEmbed<A extends Tensor>(x: A, options: PlaneOptions = {}): Tensor<Shape, A['dtype']> {
  const { offset = 0 } = checkNamed('diagEmbed', options);
  checkOffset('diagEmbed', offset);
  if (x.layout.shape.length === 0)
    throw new ShapeError('diagEmbed', 'a tensor without dimensions is no diagonal; unsqueeze it first');
  return embedded('diagEmbed', x, offset, ...plane('diagEmbed', options, [-2, -1], x.layout.shape.length + 1)) as never;
}

/**
 * The square matrix with a vector on its diagonal, or the diagonal of a matrix (a copy); PyTorch: `torch.diag`.
 * @param options `diagonal`: which one, as `offset` of `diagonal`; 0
 */
export function diag<A extends Tensor>(
  x: A,
  options: { readonly diagonal?: number | undefined } = {},
): Tensor<Shape, A['dtype']> {
  const offset = checkNamed('diag', options).diagonal ?? 0;
  checkOffset('diag', offset);
  const { length } = x.layout.shape;
  if (length === 1) return embedded('diag', x, offset, 0, 1) as never;
  if (length !== 2)
    throw new ShapeError(
      'diag',
      `expected a vector or a matrix, got ${shapeText(x.layout.shape)}; use diagonal or diagEmbed for batches`,
    );
  const line = diagonalView(x, 'diag', offset, 0, 1);
  return views.finish(views.clone(line), x, line) as never;
}

/** The square matrix with all elements, flattened, on its diagonal; PyTorch: `torch.diagflat`. */
export function diagflat<A extends Tensor>(
  x: A,
  options: { readonly offset?: number | undefined } = {},
): Tensor<Shape, A['dtype']> {
  const { offset = 0 } = checkNamed('diagflat', options);
  checkOffset('diagflat', offset);
  const flat = views.reshape(x, [-1]);
  return views.finish(embedded('diagflat', flat, offset, 0, 1), x, flat) as never;
}
