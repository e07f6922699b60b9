/** Positions in another order: flipped, rotated, rolled. Copies, as in PyTorch: strides stay positive. */
import { ShapeError, ValueError } from '@nn/backend';
import { checkList, dimension, dimensions, shapeText } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { joined } from './join.ts';
import * as views from './views.ts';

function flipped(x: Tensor, dims: readonly number[]): Tensor {
  const turned = views.flipView(x, dims);
  return views.finish(views.clone(turned), x, turned);
}

/**
 * The order along each of `dims` reversed; PyTorch: `torch.flip`.
 * @example
 * ```ts
 * import { tensor, flip } from '@nn/tensor';
 * console.log(await flip(tensor([1, 2, 3]), [0]).toArray()); // prints: [ 3, 2, 1 ]
 * ```
 */
export const flip = <A extends Tensor>(x: A, dims: number | readonly number[]): Tensor<A['~shape'], A['dtype']> =>
  flipped(x, Array.isArray(dims) && dims.length === 0 ? [] : dimensions('flip', dims, x.layout.shape.length)) as never;

/** The second dimension reversed; PyTorch: `torch.fliplr`. */
export function fliplr<A extends Tensor>(x: A): Tensor<A['~shape'], A['dtype']> {
  if (x.layout.shape.length < 2)
    throw new ShapeError('fliplr', `expected 2 dimensions at least, got ${shapeText(x.layout.shape)}`);
  return flipped(x, [1]) as never;
}

/** The first dimension reversed; PyTorch: `torch.flipud`. */
export function flipud<A extends Tensor>(x: A): Tensor<A['~shape'], A['dtype']> {
  if (x.layout.shape.length < 1) throw new ShapeError('flipud', 'expected 1 dimension at least, got ()');
  return flipped(x, [0]) as never;
}

/** How `rot90` turns. */
export interface RotationOptions {
  /** Quarter turns, from the first dimension towards the second; negative ones the other way; 1. */
  readonly k?: number | undefined;
  /** The plane; [0, 1]. */
  readonly dims?: readonly [number, number] | readonly number[] | undefined;
}

/** Turned by k quarters in the plane of two dimensions; PyTorch: `torch.rot90`. */
export function rot90<A extends Tensor>(x: A, options: RotationOptions = {}): Tensor<Shape, A['dtype']> {
  const { k = 1, dims = [0, 1] } = checkNamed('rot90', options);
  const { shape } = x.layout;
  if (!Number.isInteger(k)) throw new ValueError('rot90', `k must be a whole number, got ${k}`);
  checkList('rot90', dims);
  if (dims.length !== 2 || shape.length < 2)
    throw new ShapeError('rot90', `a plane has 2 dimensions, got (${dims.join(', ')}) for ${shapeText(shape)}`);
  const [i, j] = dims.map((d) => dimension('rot90', d, shape.length)) as [number, number];
  if (i === j) throw new ShapeError('rot90', `dimension ${i} appears twice in (${dims.join(', ')})`);
  const turns = ((k % 4) + 4) % 4;
  if (turns % 2 === 0) return (turns === 0 ? views.clone(x) : flipped(x, [i, j])) as never;
  const turned = views.flipView(x, [turns === 1 ? j : i]);
  const exchanged = views.transpose(turned, i, j, 'rot90');
  return views.finish(views.clone(exchanged), x, turned, exchanged) as never;
}

/** Where `roll` rolls. */
export interface RollOptions {
  /** A dimension for each shift; without them the tensor is rolled as if it were flat. */
  readonly dims?: number | readonly number[] | undefined;
}

function asList(n: number | readonly number[] = []): readonly number[] {
  if (typeof n === 'number') return [n];
  checkList('roll', n);
  return n;
}

function rolled(x: Tensor, shift: number, dim: number): Tensor {
  const size = x.layout.shape[dim]!;
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return views.clone(x);
  const [tail, head] = [views.sliceView(x, dim, size - by, by), views.sliceView(x, dim, 0, size - by)];
  return views.finish(joined('roll', [tail, head], dim), x, tail, head);
}

/**
 * Elements moved by `shifts` positions along `dims`, those that leave coming in at the other end; PyTorch: `torch.roll`.
 * @example
 * ```ts
 * import { tensor, roll } from '@nn/tensor';
 * console.log(await roll(tensor([1, 2, 3, 4]), 1, { dims: 0 }).toArray()); // prints: [ 4, 1, 2, 3 ]
 * ```
 */
export function roll<A extends Tensor>(
  x: A,
  shifts: number | readonly number[],
  options: RollOptions = {},
): Tensor<A['~shape'], A['dtype']> {
  const [by, dims] = [asList(shifts), asList(checkNamed('roll', options).dims)];
  if (by.length === 0 || !by.every(Number.isInteger))
    throw new ValueError('roll', `shifts must be whole numbers, got (${by.join(', ')})`);
  if (dims.length === 0 && by.length === 1) {
    const flat = views.reshape(x, [-1]);
    const out = rolled(flat, by[0]!, 0);
    return views.finish(views.reshape(out, x.layout.shape), x, flat, out) as never;
  }
  if (dims.length !== by.length)
    throw new ShapeError('roll', `${by.length} shifts for ${dims.length} dimensions; give one a dimension`);
  let out: Tensor = x;
  dims.forEach((d, i) => {
    const next = rolled(out, by[i]!, dimension('roll', d, x.layout.shape.length));
    if (out !== x) out.dispose();
    out = next;
  });
  return out as never;
}
