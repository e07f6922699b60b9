/** A dimension taken apart: pieces, positions, windows. All results are views of the same memory. */
import { type DType, IndexError, ShapeError, ValueError } from '@nn/backend';
import { checkList, dimension, shapeText } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from './views.ts';

/** Which dimension is taken apart. */
export interface DimOption {
  /** The dimension; 0. */
  readonly dim?: number | undefined;
}

/** A dimension that exists: scalars have none to take apart. */
function ownDimension(op: string, x: Tensor, dim: number): number {
  const shape = sizesOf(op, x);
  if (shape.length === 0)
    throw new ShapeError(op, 'a tensor without dimensions has none to take apart; unsqueeze it first');
  return dimension(op, dim, shape.length);
}

const count = (op: string, what: string, n: number, least: number): void => {
  if (!Number.isInteger(n) || n < least)
    throw new ValueError(op, `${what} must be a whole number ≥ ${least}, got ${n}`);
};

/** Pieces of the given sizes, one after the other. */
function pieces(x: Tensor, dim: number, sizes: readonly number[]): Tensor[] {
  let start = 0;
  return sizes.map((size) => {
    const piece = views.sliceView(x, dim, start, size, 1, 'split');
    start += size;
    return piece;
  });
}

/** Sizes of pieces of `size`, the last one smaller if it must be; one empty piece of nothing. */
const evenSizes = (total: number, size: number): number[] => {
  const n = Math.max(Math.ceil(total / Math.max(size, 1)), 1);
  return Array.from({ length: n }, (_, i) => Math.min(size, total - i * size));
};

/** As many pieces as there are sizes in a list. */
export type Pieces<S, D extends DType> = S extends readonly number[]
  ? { -readonly [K in keyof S]: Tensor<Shape, D> }
  : Tensor<Shape, D>[];

/**
 * Pieces of `sizes` elements along a dimension (the last one may be smaller), or of the sizes in a list, as views. PyTorch: `torch.split`.
 * @throws ShapeError if the sizes in a list don't add up to the dimension's
 * @example
 * ```ts
 * import { tensor, split } from '@nn/tensor';
 * const x = tensor([1, 2, 3, 4, 5]);
 * console.log(split(x, 2).map((piece) => piece.shape)); // prints: [ [ 2 ], [ 2 ], [ 1 ] ]
 * console.log(split(x, [1, 4]).map((piece) => piece.shape)); // prints: [ [ 1 ], [ 4 ] ]
 * ```
 */
export function split<A extends Tensor, const S extends number | readonly number[]>(
  x: A,
  sizes: S,
  options: DimOption = {},
): Pieces<S, A['dtype']> {
  return cut(x, sizes, options) as never;
}

function cut(x: Tensor, sizes: number | readonly number[], options: DimOption): Tensor[] {
  const dim = ownDimension('split', x, checkNamed('split', options).dim ?? 0);
  const total = x.layout.shape[dim]!;
  if (typeof sizes === 'number') {
    count('split', 'the size of a piece', sizes, total === 0 ? 0 : 1);
    return pieces(x, dim, evenSizes(total, sizes));
  }
  checkList('split', sizes);
  for (const size of sizes) count('split', 'the size of a piece', size, 0);
  const sum = sizes.reduce((p, n) => p + n, 0);
  if (sum !== total)
    throw new ShapeError(
      'split',
      `sizes (${sizes.join(', ')}) add up to ${sum}, dimension ${dim} of ${shapeText(x.layout.shape)} has ${total}`,
    );
  return pieces(x, dim, sizes);
}

/**
 * At most `chunks` pieces of equal size (the last one may be smaller), as views; fewer where the size doesn't reach. PyTorch: `torch.chunk`.
 * @example
 * ```ts
 * import { tensor, chunk } from '@nn/tensor';
 * console.log(chunk(tensor([1, 2, 3, 4, 5]), 3).map((piece) => piece.shape)); // prints: [ [ 2 ], [ 2 ], [ 1 ] ]
 * ```
 */
export function chunk<A extends Tensor>(x: A, chunks: number, options: DimOption = {}): Tensor<Shape, A['dtype']>[] {
  count('chunk', 'the number of chunks', chunks, 1);
  const dim = ownDimension('chunk', x, checkNamed('chunk', options).dim ?? 0);
  const total = x.layout.shape[dim]!;
  const sizes = total === 0 ? new Array<number>(chunks).fill(0) : evenSizes(total, Math.ceil(total / chunks));
  return pieces(x, dim, sizes) as never;
}

/**
 * Exactly `sections` pieces whose sizes differ by one at most, the larger ones first; or pieces that end before the indices in a list. Views.
 * PyTorch: `torch.tensor_split`.
 * @example
 * ```ts
 * import { tensor, tensorSplit } from '@nn/tensor';
 * const x = tensor([1, 2, 3, 4, 5, 6, 7]);
 * console.log(tensorSplit(x, 3).map((piece) => piece.shape)); // prints: [ [ 3 ], [ 2 ], [ 2 ] ]
 * console.log(tensorSplit(x, [1, 5]).map((piece) => piece.shape)); // prints: [ [ 1 ], [ 4 ], [ 2 ] ]
 * ```
 */
export function tensorSplit<A extends Tensor>(
  x: A,
  sections: number | readonly number[],
  options: DimOption = {},
): Tensor<Shape, A['dtype']>[] {
  const dim = ownDimension('tensorSplit', x, checkNamed('tensorSplit', options).dim ?? 0);
  const total = x.layout.shape[dim]!;
  if (typeof sections === 'number') {
    count('tensorSplit', 'the number of sections', sections, 1);
    const sizes = Array.from(
      { length: sections },
      (_, i) => Math.floor(total / sections) + Number(i < total % sections),
    );
    return pieces(x, dim, sizes) as never;
  }
  checkList('tensorSplit', sections);
  const bad = sections.findIndex((i) => !Number.isInteger(i));
  if (bad >= 0) throw new ValueError('tensorSplit', `sections end at whole numbers, got ${sections[bad]}`);
  // As Python's slices: bounds count from the end if negative, and stop at both ends.
  const bound = (i: number): number => Math.min(Math.max(i < 0 ? i + total : i, 0), total);
  const bounds = [0, ...sections.map(bound), total];
  return bounds
    .slice(1)
    .map((stop, i) => views.sliceView(x, dim, bounds[i]!, Math.max(stop - bounds[i]!, 0), 1, 'tensorSplit')) as never;
}

/**
 * All positions of a dimension, each without it, as views; PyTorch: `torch.unbind`.
 * @example
 * ```ts
 * import { tensor, unbind } from '@nn/tensor';
 * const [a, b] = unbind(tensor([[1, 2], [3, 4]]), { dim: 1 });
 * console.log(await a!.toArray(), await b!.toArray()); // prints: [ 1, 3 ] [ 2, 4 ]
 * ```
 */
export function unbind<A extends Tensor>(x: A, options: DimOption = {}): Tensor<Shape, A['dtype']>[] {
  const dim = ownDimension('unbind', x, checkNamed('unbind', options).dim ?? 0);
  return Array.from({ length: x.layout.shape[dim]! }, (_, i) => views.selectView(x, dim, i, 'unbind')) as never;
}

/**
 * `length` positions of a dimension from `start` on (negative: from the end), as a view; PyTorch: `torch.narrow`.
 * @throws IndexError if they don't lie within the dimension
 */
export function narrow<A extends Tensor>(x: A, dim: number, start: number, length: number): Tensor<Shape, A['dtype']> {
  const d = ownDimension('narrow', x, dim);
  const size = x.layout.shape[d]!;
  const first = start < 0 ? start + size : start;
  if (!Number.isInteger(start) || !Number.isInteger(length) || length < 0 || first < 0 || first + length > size)
    throw new IndexError('narrow', `start ${start} and length ${length} leave dimension ${d} with size ${size}`);
  return views.sliceView(x, d, first, length) as never;
}

/**
 * One position of a dimension (negative: from the end), without that dimension, as a view; PyTorch: `torch.select`.
 * @throws IndexError for an index out of bounds
 */
export function select<A extends Tensor>(x: A, dim: number, index: number): Tensor<Shape, A['dtype']> {
  const d = ownDimension('select', x, dim);
  return views.selectView(x, d, position('select', index, d, x.layout.shape[d]!)) as never;
}

/** An index given by the user, counted from 0. */
export function position(op: string, index: number, dim: number, size: number): number {
  if (!Number.isInteger(index))
    throw new IndexError(op, `${index} is not an index of dimension ${dim}; indices are whole numbers`);
  if (index < -size || index >= size)
    throw new IndexError(op, `index ${index} is out of bounds for dimension ${dim} with size ${size}`);
  return index < 0 ? index + size : index;
}

/**
 * All windows of `size` elements along a dimension, `step` apart, as a view: the windows run along that dimension, their elements along a new last one.
 * PyTorch: `Tensor.unfold`.
 * @throws ShapeError if a window is larger than the dimension
 * @example
 * ```ts
 * import '@nn/tensor/methods';
 * import { tensor } from '@nn/tensor';
 * console.log(await tensor([1, 2, 3, 4]).unfold(0, 2, 1).toArray()); // prints: [ [ 1, 2 ], [ 2, 3 ], [ 3, 4 ] ]
 * ```
 */
export function windows<A extends Tensor>(
  x: A,
  dimensionOf: number,
  size: number,
  step: number,
): Tensor<Shape, A['dtype']> {
  const { shape } = x.layout;
  const d = dimension('unfold', dimensionOf, shape.length);
  count('unfold', 'the size of a window', size, 0);
  count('unfold', 'the step', step, 1);
  const total = shape[d] ?? 1;
  if (size > total)
    throw new ShapeError('unfold', `a window of ${size} does not fit dimension ${d} with size ${total}`);
  if (shape.length === 0) return views.stridedView(x, [size], [1], 0, 'unfold') as never;
  const sizes = [...shape.map((n, i) => (i === d ? Math.floor((n - size) / step) + 1 : n)), size];
  return views.derivedView(x, 'unfold', sizes, (strides) => ({
    strides: [...strides.map((s, i) => (i === d ? s * step : s)), strides[d]!],
    offset: 0,
  })) as never;
}
