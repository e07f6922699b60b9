/** Tensors joined along a dimension that they have (cat) or along a new one (stack). Parts are written into one fresh tensor. */
import { ShapeError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { filled } from '../../core/fill.ts';
import { sameNumbers } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type { PromoteAll, Shape } from '../../types/index.ts';
import type { CatFunction, StackFunction } from '../../types/signatures.ts';
import { atleast1d, atleast2d, atleast3d, resultDimension } from './dimensions.ts';
import { checkTensors, joinedType, place, placeEach, roomFor } from './place.ts';
import * as views from './views.ts';

/** The tensors, if they are a list of tensors. */
function listed(op: string, tensors: readonly Tensor[]): readonly Tensor[] {
  checkTensors(op, tensors);
  return tensors;
}

/** A vector without elements joins with anything, as in PyTorch. */
const isNothing = (x: Tensor): boolean => x.layout.shape.length === 1 && x.layout.shape[0] === 0;

/** `cat` under any name. */
export function joined(op: string, tensors: readonly Tensor[], dim: number): Tensor {
  checkTensors(op, tensors);
  const scalar = tensors.findIndex((x) => x.layout.shape.length === 0);
  if (scalar >= 0)
    throw new ShapeError(
      op,
      `a tensor without dimensions cannot be joined: number ${scalar} of ${tensors.length}; use stack`,
    );
  const first = tensors.find((x) => !isNothing(x))?.layout.shape ?? [0];
  const d = dimension(op, dim, first.length);
  const parts = tensors.map(
    (x): Tensor =>
      isNothing(x)
        ? views.reshape(
            x,
            first.map((n, i) => (i === d ? 0 : n)),
          )
        : x,
  );
  for (const { layout } of parts) checkJoins(op, first, layout.shape, d);
  const starts: number[] = [];
  let total = 0;
  for (const { layout } of parts) {
    starts.push(total);
    total += layout.shape[d]!;
  }
  const room = roomFor(
    op,
    parts,
    first.map((n, i) => (i === d ? total : n)),
    joinedType(tensors),
  );
  const { strides } = room.layout;
  placeEach(
    op,
    room,
    parts,
    strides,
    starts.map((start) => start * strides[d]!),
  );
  parts.forEach((part, i) => {
    if (part !== tensors[i]) part.dispose();
  });
  return room;
}

function checkJoins(op: string, first: readonly number[], shape: readonly number[], d: number): void {
  const both = (): string => `shapes ${shapeText(first)} and ${shapeText(shape)}`;
  if (first.length !== shape.length) throw new ShapeError(op, `${both()} differ in rank; unsqueeze or reshape one`);
  for (let i = 0; i < shape.length; i++)
    if (i !== d && shape[i] !== first[i])
      throw new ShapeError(op, `${both()} differ outside dimension ${d}; only that one may differ`);
}

/**
 * Tensors joined along a dimension that they have (`dim`, 0), where their sizes are added; dtypes are promoted. PyTorch: `torch.cat`.
 * @throws ShapeError if other sizes or ranks differ (a vector without elements joins with anything), or nothing is given
 * @example
 * ```ts
 * import { tensor, cat } from '@nn/tensor';
 * const x = tensor([[1, 2]]);
 * console.log(await cat([x, x], { dim: 1 }).toArray()); // prints: [ [ 1, 2, 1, 2 ] ]
 * ```
 */
export const cat: CatFunction = ((tensors: readonly Tensor[], options: { dim?: number } = {}) => {
  checkTensors('cat', tensors);
  return joined('cat', tensors, checkNamed('cat', options).dim ?? 0);
}) as never;

/** `cat` by its other name; PyTorch: `torch.concat`. */
export const concat: typeof cat = cat;

function stacked(tensors: readonly Tensor[], options: { dim?: number } = {}): Tensor {
  checkTensors('stack', tensors);
  const { shape } = tensors[0]!.layout;
  for (const { layout } of tensors)
    if (!sameNumbers(layout.shape, shape))
      throw new ShapeError(
        'stack',
        `shapes ${shapeText(shape)} and ${shapeText(layout.shape)} differ; all must be equal`,
      );
  const d = resultDimension('stack', checkNamed('stack', options).dim ?? 0, shape.length);
  const room = roomFor('stack', tensors, [...shape.slice(0, d), tensors.length, ...shape.slice(d)]);
  const { strides } = room.layout;
  placeEach(
    'stack',
    room,
    tensors,
    strides.filter((_, i) => i !== d),
    tensors.map((_, i) => i * strides[d]!),
  );
  return room;
}

/**
 * Tensors of one shape joined along a new dimension (`dim` of the result, 0); dtypes are promoted. PyTorch: `torch.stack`.
 * @throws ShapeError if shapes differ or nothing is given
 * @example
 * ```ts
 * import { tensor, stack } from '@nn/tensor';
 * console.log(await stack([tensor([1, 2]), tensor([3, 4])]).toArray()); // prints: [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export const stack: StackFunction = stacked as never;

/** Joined by columns: vectors along their only dimension, others along the second; PyTorch: `torch.hstack`. */
export function hstack<const T extends readonly Tensor[]>(tensors: T): Tensor<Shape, PromoteAll<T>> {
  checkTensors('hstack', tensors);
  const parts = tensors.map((x) => atleast1d(x));
  return joined('hstack', parts, parts[0]!.layout.shape.length === 1 ? 0 : 1) as never;
}

/** Joined by rows, vectors as rows; PyTorch: `torch.vstack`, `torch.row_stack`. */
export const vstack = <const T extends readonly Tensor[]>(tensors: T): Tensor<Shape, PromoteAll<T>> =>
  joined(
    'vstack',
    listed('vstack', tensors).map((x) => atleast2d(x)),
    0,
  ) as never;

/** Joined along the third dimension, after `atleast3d`; PyTorch: `torch.dstack`. */
export const dstack = <const T extends readonly Tensor[]>(tensors: T): Tensor<Shape, PromoteAll<T>> =>
  joined(
    'dstack',
    listed('dstack', tensors).map((x) => atleast3d(x)),
    2,
  ) as never;

/** Joined by columns, vectors and scalars as columns; PyTorch: `torch.column_stack`. */
export const columnStack = <const T extends readonly Tensor[]>(tensors: T): Tensor<Shape, PromoteAll<T>> =>
  joined(
    'columnStack',
    listed('columnStack', tensors).map((x) => (x.layout.shape.length > 1 ? x : views.reshape(x, [x.layout.size, 1]))),
    1,
  ) as never;

/**
 * Matrices along the diagonal of a larger one, zeros elsewhere; vectors count as rows, scalars as 1×1. PyTorch: `torch.block_diag`.
 * @throws ShapeError for a tensor of more than two dimensions
 */
export function blockDiag<const T extends readonly Tensor[]>(tensors: T): Tensor<Shape, PromoteAll<T>> {
  checkTensors('blockDiag', tensors);
  const blocks = tensors.map((x): Tensor => {
    if (x.layout.shape.length > 2)
      throw new ShapeError('blockDiag', `blocks have 2 dimensions at most, got ${shapeText(x.layout.shape)}`);
    return atleast2d(x);
  });
  const total = (d: 0 | 1): number => blocks.reduce((p, x) => p + x.layout.shape[d]!, 0);
  const room = filled(blocks[0]!.layout.device, joinedType(blocks), [total(0), total(1)], 0);
  let [row, column] = [0, 0];
  for (const block of blocks) {
    const [m, n] = block.layout.shape as [number, number];
    const [i, j] = [row, column];
    place('blockDiag', room, block, (r) =>
      views.stridedView(r, [m, n], r.layout.strides, i * r.layout.strides[0]! + j),
    );
    row += m;
    column += n;
  }
  return room as never;
}
