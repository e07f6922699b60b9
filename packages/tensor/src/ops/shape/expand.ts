/** Broadcasting by name: sizes of 1 stretched without a copy, and the sum that undoes it. */
import { ShapeError } from '@nn/backend';
import { checkList, broadcastShapes as common, shapeText } from '../../core/collapse.ts';
import { sameNumbers } from '../../core/layout.ts';
import type { Tensor } from '../../tensor.ts';
import type { CanExpand, Checked, Expand, Shape, ShapeOf, ShapeOr } from '../../types/index.ts';
import { checkSizes } from '../creation/options.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { sum } from '../reduce/sum.ts';
import { checkTensors } from './place.ts';
import * as views from './views.ts';

/**
 * Dimensions of size 1 (and new leading ones) repeated without a copy; -1 keeps a size. PyTorch: `Tensor.expand`.
 * @throws ShapeError if a size other than 1 would change
 * @example
 * ```ts
 * import { tensor, expand, stride } from '@nn/tensor';
 * const x = expand(tensor([1, 2, 3]), [2, 3]);
 * console.log(stride(x)); // prints: [ 0, 1 ]
 * ```
 */
export const expand: <A extends Tensor, const T extends Shape>(
  x: A,
  shape: Checked<CanExpand<ShapeOf<A>, T>, T>,
) => Tensor<ShapeOr<Expand<ShapeOf<A>, T>>, A['dtype']> = ((x: Tensor, shape: readonly number[]) =>
  views.expand(x, shape)) as never;

/** Expanded to the shape of another tensor; PyTorch: `Tensor.expand_as`. */
export const expandAs = <A extends Tensor, B extends Tensor>(x: A, other: B): Tensor<B['~shape'], A['dtype']> =>
  views.expand(x, sizesOf('expandAs', other), 'expandAs') as never;

/** `expand` by NumPy's name; PyTorch: `torch.broadcast_to`. */
export const broadcastTo: typeof expand = ((x: Tensor, shape: readonly number[]) =>
  views.expand(x, shape, 'broadcastTo')) as never;

/**
 * The shape that these broadcast to; PyTorch: `torch.broadcast_shapes`.
 * @throws ShapeError if two sizes differ and neither is 1
 * @example
 * ```ts
 * import { broadcastShapes } from '@nn/tensor';
 * console.log(broadcastShapes([[2, 1], [3]])); // prints: [ 2, 3 ]
 * ```
 */
export const broadcastShapes = (shapes: readonly (readonly number[])[]): number[] => {
  checkList('broadcastShapes', shapes);
  for (const shape of shapes) checkSizes('broadcastShapes', shape);
  return common('broadcastShapes', shapes);
};

/** Tensors expanded to their common shape; PyTorch: `torch.broadcast_tensors`. */
export function broadcastTensors(tensors: readonly Tensor[]): Tensor[] {
  checkTensors('broadcastTensors', tensors);
  const shape = common(
    'broadcastTensors',
    tensors.map((x) => x.layout.shape),
  );
  return tensors.map((x) => views.expand(x, shape));
}

/**
 * Sums away what broadcasting stretched: leading dimensions that `shape` lacks, and those where it has size 1. PyTorch: `Tensor.sum_to_size`.
 * @throws ShapeError if `shape` doesn't broadcast to that of `x`
 */
export function sumToSize<A extends Tensor, const T extends Shape>(x: A, shape: T): Tensor<[...T], A['dtype']> {
  const own = sizesOf('sumToSize', x);
  checkList('sumToSize', shape);
  const lead = own.length - shape.length;
  if (lead < 0 || shape.some((n, d) => n !== own[d + lead] && n !== 1))
    throw new ShapeError(
      'sumToSize',
      `${shapeText(own)} can't be summed to ${shapeText(shape)}: sizes must be equal, or 1 in the target`,
    );
  if (sameNumbers(own, shape)) return x as never;
  const dims = own.map((_, d) => d).filter((d) => d < lead || (shape[d - lead] === 1 && own[d] !== 1));
  if (dims.length === 0) return views.reshape(x, shape) as never;
  const total = sum(x as Tensor, { dim: dims, dtype: x.dtype });
  return views.finish(views.reshape(total, shape), x, total) as never;
}
