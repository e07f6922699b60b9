/** The same elements in other dimensions: reshape, view, flatten, unflatten. Knows nothing of what the elements are. */
import { ShapeError } from '@nn/backend';
import { checkList, dimension, shapeText } from '../../core/collapse.ts';
import { sameNumbers } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type {
  CanExpect,
  CanReshape,
  Checked,
  Flatten,
  InRange,
  Reshape,
  Shape,
  ShapeOf,
  ShapeOr,
} from '../../types/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from './views.ts';

/**
 * The same elements in another shape: a view of the same memory where the strides allow it, else a copy. One size may be -1: it is what the others leave.
 * PyTorch: `torch.reshape`.
 * @param shape sizes ≥ 0 with the same product as those of `x`
 * @throws ShapeError if the element counts differ, or a -1 has no or several answers
 * @example
 * ```ts
 * import { tensor, reshape } from '@nn/tensor';
 * const x = tensor([1, 2, 3, 4, 5, 6]);
 * console.log(await reshape(x, [2, -1]).toArray()); // prints: [ [ 1, 2, 3 ], [ 4, 5, 6 ] ]
 * ```
 */
export const reshape: <A extends Tensor, const T extends Shape>(
  x: A,
  shape: Checked<CanReshape<'reshape', ShapeOf<A>, T>, T>,
) => Tensor<ShapeOr<Reshape<ShapeOf<A>, T>>, A['dtype']> = views.reshape as never;

/**
 * As `reshape`, but always a view of the same memory; PyTorch: `Tensor.view`.
 * @throws ShapeError if the element counts differ, or the strides would need a copy
 */
export const view: <A extends Tensor, const T extends Shape>(
  x: A,
  shape: Checked<CanReshape<'view', ShapeOf<A>, T>, T>,
) => Tensor<ShapeOr<Reshape<ShapeOf<A>, T>>, A['dtype']> = views.strictView as never;

/** A view in the shape of another tensor; PyTorch: `Tensor.view_as`. */
export const viewAs = <A extends Tensor, B extends Tensor>(x: A, other: B): Tensor<B['~shape'], A['dtype']> =>
  views.strictView(x, sizesOf('viewAs', other)) as never;

/** In the shape of another tensor, a copy if it must be; PyTorch: `Tensor.reshape_as`. */
export const reshapeAs = <A extends Tensor, B extends Tensor>(x: A, other: B): Tensor<B['~shape'], A['dtype']> =>
  views.reshape(x, sizesOf('reshapeAs', other)) as never;

/** All dimensions made one, dense: a copy if `x` is not; a scalar becomes a vector of one element; PyTorch: `torch.ravel`. */
export const ravel = <A extends Tensor>(x: A): Tensor<ShapeOr<Flatten<'ravel', ShapeOf<A>, 0, -1>>, A['dtype']> =>
  (x.layout.contiguous ? views.reshape : views.copyAs)(x, [x.layout.size]) as never;

function flattenDims(x: Tensor, options: { startDim?: number; endDim?: number } = {}): Tensor {
  const shape = sizesOf('flatten', x);
  const { startDim = 0, endDim = -1 } = checkNamed('flatten', options);
  const first = dimension('flatten', startDim, shape.length);
  const last = dimension('flatten', endDim, shape.length);
  if (first > last)
    throw new ShapeError('flatten', `startDim ${startDim} comes after endDim ${endDim} in ${shapeText(shape)}`);
  if (shape.length === 0) return views.reshape(x, [1]);
  const joined = shape.slice(first, last + 1).reduce((p, n) => p * n, 1);
  return views.reshape(x, [...shape.slice(0, first), joined, ...shape.slice(last + 1)]);
}

/**
 * Dimensions `startDim` (0) to `endDim` (-1), both included, made one; PyTorch: `torch.flatten`.
 * @throws IndexError for dimensions out of range; ShapeError if the first comes after the last
 * @example
 * ```ts
 * import { tensor, flatten } from '@nn/tensor';
 * const x = tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]);
 * console.log(flatten(x, { startDim: 1 }).shape); // prints: [ 2, 4 ]
 * ```
 */
export const flatten: <A extends Tensor, I extends number = 0, J extends number = -1>(
  x: A,
  options?: {
    readonly startDim?: Checked<InRange<'flatten', ShapeOf<A>, I>, I>;
    readonly endDim?: Checked<Flatten<'flatten', ShapeOf<A>, I, J>, J>;
  },
) => Tensor<ShapeOr<Flatten<'flatten', ShapeOf<A>, I, J>>, A['dtype']> = flattenDims as never;

/**
 * One dimension split into several, whose sizes (one may be -1) have its size as product; PyTorch: `torch.unflatten`.
 * @example
 * ```ts
 * import { tensor, unflatten } from '@nn/tensor';
 * console.log(unflatten(tensor([1, 2, 3, 4, 5, 6]), 0, [2, -1]).shape); // prints: [ 2, 3 ]
 * ```
 */
export function unflatten<A extends Tensor>(x: A, dim: number, sizes: readonly number[]): Tensor<Shape, A['dtype']> {
  const shape = sizesOf('unflatten', x);
  if (shape.length === 0)
    throw new ShapeError('unflatten', 'a tensor without dimensions has none to split; use reshape');
  const d = dimension('unflatten', dim, shape.length);
  checkList('unflatten', sizes);
  if (sizes.length === 0) throw new ShapeError('unflatten', `no sizes given for dimension ${d} of size ${shape[d]}`);
  const inner = views.resolveShape('unflatten', [shape[d]!], sizes);
  return views.reshape(x, [...shape.slice(0, d), ...inner, ...shape.slice(d + 1)]) as never;
}

function checkShape(x: Tensor, shape: readonly number[]): Tensor {
  const own = sizesOf('expect', x);
  checkList('expect', shape);
  if (own.length !== shape.length)
    throw new ShapeError(
      'expect',
      `rank ${own.length} is not ${shape.length}: ${shapeText(own)}, expected ${shapeText(shape)}`,
    );
  const d = own.findIndex((n, i) => n !== shape[i]);
  if (!sameNumbers(own, shape))
    throw new ShapeError(
      'expect',
      `size ${own[d]} of dimension ${d} is not ${shape[d]}: ${shapeText(own)}, expected ${shapeText(shape)}`,
    );
  return x;
}

/**
 * The tensor itself, after a check of its shape at run time that the compiler believes: it takes a size that was `number` to a literal.
 * @throws ShapeError if the shape is another
 * @example
 * ```ts
 * import { tensor, type Tensor, expectShape } from '@nn/tensor';
 * const rows: Tensor = tensor([[1, 2], [3, 4]]);
 * const x = expectShape(rows, [2, 2]); // Tensor<[2, 2]>
 * console.log(x.shape); // prints: [ 2, 2 ]
 * ```
 */
export const expectShape: <A extends Tensor, const T extends Shape>(
  x: A,
  shape: Checked<CanExpect<ShapeOf<A>, T>, T>,
) => Tensor<[...T], A['dtype']> = checkShape as never;
