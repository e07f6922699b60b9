/** Memory seen as it is: strides, offsets, views by both. */
import { ShapeError, ValueError } from '@nn/backend';
import { checkList, dimension, shapeText } from '../../core/collapse.ts';
import { sizeOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import * as views from './views.ts';

/** Elements from the first to the last, by strides. */
const span = (shape: readonly number[], strides: readonly number[]): number =>
  sizeOf(shape) === 0 ? 0 : shape.reduce((p, n, d) => p + (n - 1) * Math.abs(strides[d]!), 1);

/** The tensor whose memory this is. */
const rootOf = (x: Tensor): Tensor => x.base ?? x;

/** Steps in memory from one position to the next, in elements, for each dimension or for one; PyTorch: `Tensor.stride`. */
export function stride(x: Tensor): number[];
export function stride(x: Tensor, dim: number): number;
export function stride(x: Tensor, dim?: number): number | number[] {
  const { strides } = x.layout;
  return dim === undefined ? [...strides] : (strides[dimension('stride', dim, strides.length)] ?? 0);
}

/** Where the tensor starts in its memory, in elements; PyTorch: `Tensor.storage_offset`. */
export const storageOffset = (x: Tensor): number => x.start;

/** Elements of the memory that the tensor and its views share, of which it may see only some; PyTorch: `Tensor.untyped_storage().size()`, there in bytes. */
export function storageSize(x: Tensor): number {
  const { start, layout } = rootOf(x);
  return start + span(layout.shape, layout.strides);
}

/** Whether the elements lie dense in row-major order; PyTorch: `Tensor.is_contiguous`. */
export const isContiguous = (x: Tensor): boolean => x.layout.contiguous;

/** Where an `asStrided` view starts. */
export interface StridedOptions {
  /** In elements from the start of the memory; where `x` starts if absent. */
  readonly storageOffset?: number | undefined;
}

/**
 * Any view of the memory of `x`: sizes, the step of each dimension in elements, where it starts. Elements may lie under several indices; their gradients
 * add up. PyTorch: `torch.as_strided`.
 * @throws ShapeError if the view leaves the memory
 * @example
 * ```ts
 * import { tensor, asStrided } from '@nn/tensor';
 * const x = tensor([1, 2, 3, 4]);
 * console.log(await asStrided(x, [3, 2], [1, 1]).toArray()); // prints: [ [ 1, 2 ], [ 2, 3 ], [ 3, 4 ] ]
 * ```
 */
export function asStrided<A extends Tensor, const T extends readonly number[]>(
  x: A,
  size: T,
  strides: readonly number[],
  options: StridedOptions = {},
): Tensor<[...T], A['dtype']> {
  const start = checkNamed('asStrided', options).storageOffset ?? x.start;
  checkList('asStrided', size);
  checkList('asStrided', strides);
  if (size.length !== strides.length)
    throw new ShapeError('asStrided', `${size.length} sizes and ${strides.length} strides; give as many of both`);
  const given = [...size, ...strides, start];
  const bad = given.findIndex((n) => !Number.isInteger(n) || n < 0);
  if (bad >= 0) throw new ValueError('asStrided', `sizes, strides and offset are whole numbers ≥ 0, got ${given[bad]}`);
  const root = rootOf(x);
  const [first, end] = [root.start, storageSize(x)];
  const last = start + span(size, strides);
  if (sizeOf(size) > 0 && (start < first || last > end))
    throw new ShapeError(
      'asStrided',
      `${shapeText(size)} with strides ${shapeText(strides)} from ${start} on covers elements ${start} to ${last - 1}, the memory has ${first} to ${end - 1}`,
    );
  if (sizeOf(size) === 0) return views.stridedView(x, size, strides, 0, 'asStrided') as never;
  // What reaches beyond the tensor's own elements is a view of the tensor that has them.
  const isWithin = start >= x.start && last <= x.start + span(x.layout.shape, x.layout.strides);
  const source = isWithin ? x : root;
  return views.stridedView(source, size, strides, start - source.start, 'asStrided') as never;
}
