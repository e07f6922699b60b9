/** Reading along indices: gather, take, indexSelect and their kin. Every one is a single `gather`, whose gradient adds up what was read. */
import { ShapeError } from '@nn/backend';
import { broadcastShapes, dimension, shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from '../shape/views.ts';
import { gatherOps } from './index-op.ts';
import { nothingOf } from './value.ts';

const gatherAlong = gatherOps('gather', { form: 'aligned' });
const selectAlong = gatherOps('indexSelect');
const takeFrom = gatherOps('take');
const embedFrom = gatherOps('embedding');

/**
 * `out[i][j] = x[i][index[i][j]]` and likewise for other `dim`: one index for each element of the result, which has the shape of `index`. PyTorch: `torch.gather`.
 * @param index int64 or int32, of the rank of `x`, no larger in the other dimensions (one without elements may have any shape); negative ones count from the end
 * @throws IndexError for an index out of bounds (at the next read, where the backend can't see it at once)
 * @example
 * ```ts
 * import { tensor, gather } from '@nn/tensor';
 * const x = tensor([[1, 2], [3, 4]]);
 * const index = tensor([[0, 0], [1, 0]], { dtype: 'int64' });
 * console.log(await gather(x, 1, index).toArray()); // prints: [ [ 1, 1 ], [ 4, 3 ] ]
 * ```
 */
export function gather<A extends Tensor, I extends Tensor>(
  x: A,
  dim: number,
  index: I,
): Tensor<I['~shape'], A['dtype']> {
  const d = dimension('gather', dim, x.layout.shape.length);
  if (sizesOf('gather', index).includes(0)) {
    // As in PyTorch, whatever the other sizes are.
    const none = nothingOf(x, index.layout.shape);
    return views.finish(views.clone(none), x, none) as never;
  }
  return dispatch(gatherAlong([d], 0), x, index) as never;
}

/**
 * `gather` whose index broadcasts against `x` in the other dimensions; without `dim` both are flattened. PyTorch: `torch.take_along_dim`.
 */
export function takeAlongDim<A extends Tensor>(
  x: A,
  indices: Tensor,
  options: { readonly dim?: number | null | undefined } = {},
): Tensor<Shape, A['dtype']> {
  const { dim } = checkNamed('takeAlongDim', options);
  if (dim === undefined || dim === null) {
    const [flat, places] = [views.reshape(x, [-1]), views.reshape(indices, [-1])];
    return views.finish(gather(flat, 0, places), x, flat, places) as never;
  }
  const { shape } = x.layout;
  const own = indices.layout.shape;
  if (shape.length !== own.length)
    throw new ShapeError(
      'takeAlongDim',
      `the indices of shape ${shapeText(own)} must have as many dimensions as ${shapeText(shape)}`,
    );
  const d = dimension('takeAlongDim', dim, shape.length);
  const others = (list: readonly number[]): number[] => list.map((n, i) => (i === d ? 1 : n));
  const common = broadcastShapes('takeAlongDim', [others(shape), others(own)]);
  const at = (n: number): number[] => common.map((m, i) => (i === d ? n : m));
  const source = views.expand(x, at(shape[d] ?? 1).slice(0, shape.length));
  const places = views.expand(indices, at(own[d] ?? 1).slice(0, own.length));
  return views.finish(dispatch(gatherAlong([d], 0), source, places), x, source, places) as never;
}

/**
 * Whole slices along `dim` by a vector of indices, repeats allowed; a copy. PyTorch: `torch.index_select`.
 * @param index int64 or int32 vector (a scalar counts as one index)
 */
export function indexSelect<A extends Tensor>(x: A, dim: number, index: Tensor): Tensor<Shape, A['dtype']> {
  const d = dimension('indexSelect', dim, x.layout.shape.length);
  checkVector('indexSelect', index);
  if (x.layout.shape.length === 0) {
    if (index.layout.size !== 1)
      throw new ShapeError('indexSelect', `a tensor without dimensions takes one index, got ${index.layout.size}`);
    const line = views.reshape(x, [1]);
    const out = dispatch(selectAlong([0], 0), line, index);
    return views.finish(views.reshape(out, []), x, line, out) as never;
  }
  const line = index.layout.shape.length === 1 ? index : views.reshape(index, [1]);
  return views.finish(dispatch(selectAlong([d], d), x, line), index, line) as never;
}

/** A vector of indices, or a scalar for one. */
export function checkVector(op: string, index: Tensor): void {
  if (sizesOf(op, index).length > 1)
    throw new ShapeError(op, `the index must be a vector, got shape ${shapeText(index.layout.shape)}`);
}

/**
 * Elements by their row-major position, in the shape of the index; PyTorch: `torch.take`.
 * @example
 * ```ts
 * import { tensor, take } from '@nn/tensor';
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await take(x, tensor([0, 3], { dtype: 'int64' })).toArray()); // prints: [ 1, 4 ]
 * ```
 */
export function take<A extends Tensor, I extends Tensor>(x: A, index: I): Tensor<I['~shape'], A['dtype']> {
  const flat = views.reshape(x, [-1]);
  return views.finish(dispatch(takeFrom([0], 0), flat, index), x, flat) as never;
}

/**
 * Rows of a matrix by indices of any shape: `[n, d]` and `[...]` give `[..., d]`. What an embedding layer is made of. PyTorch: `torch.embedding`.
 * @throws IndexError for an index out of bounds; ShapeError unless `weight` is a matrix
 */
export function embeddingLookup<A extends Tensor>(weight: A, indices: Tensor): Tensor<Shape, A['dtype']> {
  if (weight.layout.shape.length !== 2)
    throw new ShapeError('embedding', `the weight must be a matrix, got shape ${shapeText(weight.layout.shape)}`);
  return dispatch(embedFrom([0], 0), weight, indices) as never;
}
