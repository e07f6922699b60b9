/** Tensors that run through all combinations of others' elements. */
import { DTypeError, OutOfMemoryError, ShapeError, ValueError } from '@nn/backend';
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
  return views.finish(views.reshape(columns, [-1, dim]), tensors[0]!, columns, ...grids);
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
  const rows = r === 0 ? new Int32Array(0) : choices(x.layout.size, r, withReplacement);
  const index = fromFlat(rows, r === 0 ? [0] : [rows.length / r, r], 'int64', x.backend);
  return views.finish(take(x, index), x, index) as never;
}

/** Positions that an index may list: 2^28, a GiB of them. */
const mostPlaces = 268435456;

/** Ascending positions, row after row; r ≥ 1. */
function choices(n: number, r: number, again: boolean): Int32Array {
  const from = again ? n + r - 1 : n;
  if (from < r) return new Int32Array(0);
  let count = 1;
  for (let i = 0; i < Math.min(r, from - r) && count <= mostPlaces; i++) count = (count * (from - i)) / (i + 1);
  if (count * r > mostPlaces)
    throw new OutOfMemoryError(
      'combinations',
      `all choices of ${r} of ${n} elements don't fit in memory; choose fewer, or from fewer`,
    );
  const out = new Int32Array(count * r);
  const step = again ? 0 : 1;
  const last = r - 1;
  const row = Int32Array.from({ length: r }, (_, k) => k * step);
  for (let at = 0; at < out.length; ) {
    // Everything that the last position can be, behind one choice of the others.
    for (let i = row[last]!; i < n; i++, at += r) {
      for (let k = 0; k < last; k++) out[at + k] = row[k]!;
      out[at + last] = i;
    }
    // The next choice of the others: one position moves on, and those behind it follow closely.
    let k = last - 1;
    while (k >= 0 && row[k] === n - 1 - (last - k) * step) k--;
    if (k < 0) break;
    row[k]!++;
    for (k++; k < r; k++) row[k] = row[k - 1]! + step;
  }
  return out;
}
