/** Tensors that run through all combinations of others' elements. */
import { DTypeError, ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { fromFlat } from '../creation/from-data.ts';
import { take } from '../index/select.ts';
import { stack } from './join.ts';
import { checkTensors } from './place.ts';
import * as views from './views.ts';

/** Whether the first tensor runs along the rows ('ij') or the columns ('xy'). */
export interface MeshgridOptions {
  /** 'ij': dimension k of every result belongs to tensor k. 'xy': the first two are exchanged, as for images. Default 'ij'. */
  readonly indexing?: 'ij' | 'xy' | undefined;
}

/**
 * Coordinates of a grid: each vector (or scalar) expanded along the dimensions of the others, as views. PyTorch: `torch.meshgrid`.
 * @throws ShapeError for tensors of more than one dimension; DTypeError where dtypes differ
 * @example
 * ```ts
 * import { tensor, meshgrid } from '@nn/tensor';
 * const [x, y] = meshgrid([tensor([1, 2]), tensor([3, 4])]);
 * console.log(await x!.toArray()); // prints: [ [ 1, 1 ], [ 2, 2 ] ]
 * console.log(await y!.toArray()); // prints: [ [ 3, 4 ], [ 3, 4 ] ]
 * ```
 */
export function meshgrid(tensors: readonly Tensor[], options: MeshgridOptions = {}): Tensor[] {
  const { indexing = 'ij' } = checkNamed('meshgrid', options);
  if (indexing !== 'ij' && indexing !== 'xy')
    throw new ValueError('meshgrid', `indexing must be 'ij' or 'xy', got '${String(indexing)}'`);
  checkVectors('meshgrid', tensors);
  const swaps = indexing === 'xy' && tensors.length > 1;
  const shape = tensors.map((x) => x.layout.size);
  return tensors.map((x, k) => {
    const line = views.reshape(
      x,
      shape.map((n, d) => (d === k ? n : 1)),
    );
    const grid = views.expand(line, shape);
    return swaps ? views.finish(views.transpose(grid, 0, 1), x, line, grid) : views.finish(grid, x, line);
  });
}

function checkVectors(op: string, tensors: readonly Tensor[]): void {
  checkTensors(op, tensors);
  for (const { layout } of tensors) {
    if (layout.shape.length > 1) throw new ShapeError(op, `expected vectors, got shape ${shapeText(layout.shape)}`);
    if (layout.dtype !== tensors[0]!.dtype)
      throw new DTypeError(op, `dtypes ${tensors[0]!.dtype} and ${layout.dtype} differ; convert one with .to(dtype)`);
  }
}

/**
 * All combinations of one element of each vector, as rows; of one vector, that vector. PyTorch: `torch.cartesian_prod`.
 * @example
 * ```ts
 * import { tensor, cartesianProd } from '@nn/tensor';
 * console.log(await cartesianProd([tensor([1, 2]), tensor([3, 4])]).toArray()); // prints: [ [ 1, 3 ], [ 1, 4 ], [ 2, 3 ], [ 2, 4 ] ]
 * ```
 */
export function cartesianProd(tensors: readonly Tensor[]): Tensor {
  checkVectors('cartesianProd', tensors);
  if (tensors.length === 1) return tensors[0]!;
  const grids = meshgrid(tensors);
  const dim = tensors.length;
  const columns = stack(grids as Tensor[], { dim });
  return views.finish(views.reshape(columns, [-1, dim]), columns, ...grids);
}

/** What `combinations` chooses. */
export interface CombinationOptions {
  /** How many elements; 2. */
  readonly r?: number | undefined;
  /** Whether an element may be chosen again; false. */
  readonly withReplacement?: boolean | undefined;
}

/**
 * All ways to choose r elements of a vector, in order, as rows; PyTorch: `torch.combinations`.
 * @example
 * ```ts
 * import { tensor, combinations } from '@nn/tensor';
 * console.log(await combinations(tensor([1, 2, 3])).toArray()); // prints: [ [ 1, 2 ], [ 1, 3 ], [ 2, 3 ] ]
 * ```
 */
export function combinations<A extends Tensor>(x: A, options: CombinationOptions = {}): Tensor<Shape, A['dtype']> {
  const { r = 2, withReplacement = false } = checkNamed('combinations', options);
  if (x.layout.shape.length !== 1)
    throw new ShapeError('combinations', `expected a vector, got shape ${shapeText(x.layout.shape)}`);
  if (!Number.isInteger(r) || r < 0) throw new ValueError('combinations', `r must be a whole number ≥ 0, got ${r}`);
  const rows = r === 0 ? [] : choices(x.layout.size, r, withReplacement);
  const index = fromFlat(Int32Array.from(rows), r === 0 ? [0] : [rows.length / r, r], 'int64', x.backend);
  return views.finish(take(x, index), x, index) as never;
}

/** Ascending positions, row after row. */
function choices(n: number, r: number, again: boolean): number[] {
  const out: number[] = [];
  const row: number[] = [];
  const extend = (from: number): void => {
    if (row.length === r) {
      out.push(...row);
      return;
    }
    for (let i = from; i < n; i++) {
      row.push(i);
      extend(again ? i : i + 1);
      row.pop();
    }
  };
  extend(0);
  return out;
}
