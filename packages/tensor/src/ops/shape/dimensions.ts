/** Dimensions inserted, removed and put in another order. Always views. */
import { IndexError, ShapeError } from '@nn/backend';
import { checkList, dimension, dimensions, numberText, shapeText } from '../../core/collapse.ts';
import type { Tensor } from '../../tensor.ts';
import type {
  Checked,
  Dims,
  InRange,
  InResultRange,
  Permute,
  Shape,
  ShapeOf,
  ShapeOr,
  Squeeze,
  Transpose,
  TransposeMatrix,
  Unsqueeze,
} from '../../types/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from './views.ts';

/** A dimension of a result that has one more than `rank`. */
export function resultDimension(op: string, dim: number, rank: number): number {
  if (!Number.isInteger(dim) || dim < -rank - 1 || dim > rank)
    throw new IndexError(
      op,
      `dimension ${numberText(dim)} is out of range for a result of rank ${rank + 1}; it must lie between ${-rank - 1} and ${rank}`,
    );
  return dim < 0 ? dim + rank + 1 : dim;
}

const unsqueezed = (x: Tensor, dim: number): Tensor =>
  views.insertDim(x, resultDimension('unsqueeze', dim, x.layout.shape.length));

/**
 * A new dimension of size 1 before dimension `dim` of the result; PyTorch: `torch.unsqueeze`.
 * @throws IndexError for a dimension out of range
 */
export const unsqueeze: <A extends Tensor, I extends number>(
  x: A,
  dim: Checked<InResultRange<'unsqueeze', ShapeOf<A>, I>, I>,
) => Tensor<ShapeOr<Unsqueeze<ShapeOf<A>, I>>, A['dtype']> = unsqueezed as never;

function squeezed(x: Tensor, dim?: number | readonly number[] | null): Tensor {
  const { shape, strides } = x.layout;
  const none = Array.isArray(dim) && dim.length === 0;
  const asked = none ? [] : dimensions('squeeze', dim, shape.length);
  const kept = <T>(list: readonly T[]): T[] => list.filter((_, d) => shape[d] !== 1 || !asked.includes(d));
  return views.regroup(x, 'squeeze', kept(shape), kept(strides));
}

/**
 * Without dimensions of size 1: all of them, or those among `dim` (a number or a list; others than of size 1 stay). PyTorch: `torch.squeeze`.
 * @example
 * ```ts
 * import { tensor, squeeze } from '@nn/tensor';
 * console.log(squeeze(tensor([[[1], [2]]])).shape); // prints: [ 2 ]
 * console.log(squeeze(tensor([[[1], [2]]]), 0).shape); // prints: [ 2, 1 ]
 * ```
 */
export const squeeze: <A extends Tensor, const I extends Dims = undefined>(
  x: A,
  dim?: Checked<InRange<'squeeze', ShapeOf<A>, I>, I>,
) => Tensor<ShapeOr<Squeeze<ShapeOf<A>, I>>, A['dtype']> = squeezed as never;

/**
 * Dimensions in another order: dimension i of the result is dimension `dims[i]` of `x`. PyTorch: `torch.permute`.
 * @throws ShapeError unless each dimension is named once
 */
export const permute: <A extends Tensor, const P extends Shape>(
  x: A,
  dims: Checked<Permute<ShapeOf<A>, P>, P>,
) => Tensor<ShapeOr<Permute<ShapeOf<A>, P>>, A['dtype']> = views.permute as never;

/** Two dimensions exchanged; PyTorch: `torch.transpose`, `torch.swapaxes`, `torch.swapdims`. */
export const transpose: <A extends Tensor, I extends number, J extends number>(
  x: A,
  dim0: Checked<InRange<'transpose', ShapeOf<A>, I>, I>,
  dim1: Checked<InRange<'transpose', ShapeOf<A>, J>, J>,
) => Tensor<ShapeOr<Transpose<ShapeOf<A>, I, J>>, A['dtype']> = ((x: Tensor, i: number, j: number) =>
  views.transpose(x, i, j)) as never;

/** `transpose` by NumPy's name; PyTorch: `torch.swapaxes`. */
export const swapaxes: typeof transpose = transpose;
/** `transpose` by its other name; PyTorch: `torch.swapdims`. */
export const swapdims: typeof transpose = transpose;

function transposeMatrix(x: Tensor): Tensor {
  const { length } = x.layout.shape;
  if (length > 2)
    throw new ShapeError(
      't',
      `expected at most 2 dimensions, got ${length}: ${shapeText(x.layout.shape)}; use mT for batches of matrices, or permute`,
    );
  return length === 2
    ? views.transpose(x, 0, 1, 't')
    : views.reorder(
        x,
        't',
        x.layout.shape.map((_, d) => d),
      );
}

/** A matrix transposed; vectors and scalars stay as they are; PyTorch: `torch.t`. */
export const t: <A extends Tensor>(x: A) => Tensor<ShapeOr<TransposeMatrix<ShapeOf<A>>>, A['dtype']> =
  transposeMatrix as never;

/** All dimensions in reverse order; PyTorch: `Tensor.T`. */
export const reverseDims = (x: Tensor): Tensor =>
  views.reorder(
    x,
    'permute',
    x.layout.shape.map((_, d) => x.layout.shape.length - 1 - d),
  );

/** The last two dimensions exchanged; PyTorch: `Tensor.mT`. */
export function transposeMatrices(x: Tensor): Tensor {
  if (x.layout.shape.length < 2)
    throw new ShapeError('mT', `a matrix has 2 dimensions at least, this has shape ${shapeText(x.layout.shape)}`);
  return views.transpose(x, -2, -1);
}

function asList(dims: number | readonly number[]): readonly number[] {
  if (typeof dims === 'number') return [dims];
  checkList('movedim', dims);
  return dims;
}

/**
 * Dimensions moved to new places, the others keeping their order; PyTorch: `torch.movedim`.
 * @throws ShapeError if the two lists differ in length or repeat a dimension
 * @example
 * ```ts
 * import { zeros, movedim } from '@nn/tensor';
 * console.log(movedim(zeros([2, 3, 4]), 0, -1).shape); // prints: [ 3, 4, 2 ]
 * ```
 */
export function movedim<A extends Tensor>(
  x: A,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor<Shape, A['dtype']> {
  const rank = sizesOf('movedim', x).length;
  const find = (dims: number | readonly number[]): number[] => asList(dims).map((d) => dimension('movedim', d, rank));
  const [from, to] = [find(source), find(destination)];
  if (from.length !== to.length)
    throw new ShapeError(
      'movedim',
      `${from.length} dimensions can't move to ${to.length} places; give as many of both`,
    );
  for (const list of [from, to]) {
    const twice = list.find((d, i) => list.indexOf(d) !== i);
    if (twice !== undefined)
      throw new ShapeError('movedim', `dimension ${twice} appears twice in (${list.join(', ')})`);
  }
  const rest = x.layout.shape.map((_, d) => d).filter((d) => !from.includes(d));
  const order = x.layout.shape.map((_, d) => (to.includes(d) ? from[to.indexOf(d)]! : rest.shift()!));
  return views.reorder(x, 'permute', order) as never;
}

/** A scalar as a vector of one element, others as they are; PyTorch: `torch.atleast_1d`. */
export const atleast1d = <A extends Tensor>(x: A): Tensor<Shape, A['dtype']> =>
  (x.layout.shape.length > 0 ? x : views.reshape(x, [1])) as never;

/** At least a matrix: scalars and vectors become one row; PyTorch: `torch.atleast_2d`. */
export const atleast2d = <A extends Tensor>(x: A): Tensor<Shape, A['dtype']> =>
  (x.layout.shape.length > 1 ? x : views.reshape(x, [1, x.layout.size])) as never;

/** At least three dimensions: [n] becomes [1, n, 1] and [m, n] becomes [m, n, 1]; PyTorch: `torch.atleast_3d`. */
export function atleast3d<A extends Tensor>(x: A): Tensor<Shape, A['dtype']> {
  const { shape } = x.layout;
  if (shape.length > 2) return x as never;
  return views.reshape(x, shape.length === 2 ? [...shape, 1] : [1, x.layout.size, 1]) as never;
}
