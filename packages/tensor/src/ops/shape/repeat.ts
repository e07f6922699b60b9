/** Elements repeated: whole tensors (repeat, tile) or each element in its place (repeatInterleave). */
import { IndexError, OutOfMemoryError, ShapeError, ValueError } from '@nn/backend';
import { checkList, dimension, shapeText } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { fromFlat } from '../creation/from-data.ts';
import { isTensor, sizesOf } from '../elementwise/operand.ts';
import { indexSelect } from '../index/select.ts';
import * as views from './views.ts';

/** The whole tensor repeated along its dimensions, one launch. */
function repeated(op: string, x: Tensor, repeats: readonly number[]): Tensor {
  checkList(op, repeats);
  const { shape } = x.layout;
  const bad = repeats.findIndex((n) => !Number.isInteger(n) || n < 0);
  if (bad >= 0) throw new ValueError(op, `repeats must be whole numbers ≥ 0, got ${repeats[bad]}`);
  const lead = repeats.length - shape.length;
  if (lead < 0)
    throw new ShapeError(
      op,
      `${repeats.length} repeats given for rank ${shape.length}: ${shapeText(shape)}; give one a dimension at least`,
    );
  const sizes = repeats.map((_, d) => (d < lead ? 1 : shape[d - lead]!));
  const apart = views.reshape(
    x,
    sizes.flatMap((n) => [1, n]),
  );
  const wide = views.expand(
    apart,
    sizes.flatMap((n, d) => [repeats[d]!, n]),
    op,
  );
  return views.finish(
    views.copyAs(
      wide,
      sizes.map((n, d) => n * repeats[d]!),
      op,
    ),
    x,
    apart,
    wide,
  );
}

/**
 * The tensor repeated `repeats[d]` times along each dimension (more numbers than dimensions add leading ones); a copy. PyTorch: `Tensor.repeat`.
 * @example
 * ```ts
 * import { tensor, repeat } from '@nn/tensor';
 * console.log(await repeat(tensor([1, 2]), [2, 2]).toArray()); // prints: [ [ 1, 2, 1, 2 ], [ 1, 2, 1, 2 ] ]
 * ```
 */
export const repeat = <A extends Tensor>(x: A, repeats: readonly number[]): Tensor<Shape, A['dtype']> =>
  repeated('repeat', x, repeats) as never;

/** As `repeat`, but fewer numbers than dimensions are preceded by ones; PyTorch: `torch.tile`. */
export function tile<A extends Tensor>(x: A, dims: readonly number[]): Tensor<Shape, A['dtype']> {
  checkList('tile', dims);
  const lead = Math.max(x.layout.shape.length - dims.length, 0);
  return repeated('tile', x, [...new Array<number>(lead).fill(1), ...dims]) as never;
}

/** Which dimension `repeatInterleave` works along. */
export interface InterleaveOptions {
  /** The dimension; without it the tensor is flattened first. */
  readonly dim?: number | null | undefined;
}

const checkRepeats = (n: number): void => {
  if (!Number.isInteger(n) || n < 0)
    throw new ValueError('repeatInterleave', `repeats must be whole numbers ≥ 0, got ${n}`);
};

/** Positions that an index may list: 2^28, a GiB of them. */
const mostRows = 268435456;

/** Each position of dimension `dim` as often as its number says. */
function byList(x: Tensor, repeats: ArrayLike<number>, dim: number): Tensor {
  const size = x.layout.shape[dim]!;
  if (repeats.length !== size && repeats.length !== 1)
    throw new ShapeError(
      'repeatInterleave',
      `${repeats.length} repeats given for dimension ${dim} with size ${size}; give one, or one a position`,
    );
  const step = repeats.length === 1 ? 0 : 1;
  let total = 0;
  for (let i = 0; i < size; i++) {
    const times = repeats[i * step]!;
    checkRepeats(times);
    total += times;
  }
  if (total > mostRows)
    throw new OutOfMemoryError(
      'repeatInterleave',
      `the repeats add up to ${total} positions, which don't fit in memory`,
    );
  const rows = new Int32Array(total);
  for (let i = 0, at = 0; i < size; i++) for (const end = at + repeats[i * step]!; at < end; ) rows[at++] = i;
  const index = fromFlat(rows, [total], 'int64', x.backend);
  return views.finish(indexSelect(x, dim, index), x, index);
}

function byNumber(x: Tensor, repeats: number, dim: number): Tensor {
  checkRepeats(repeats);
  const { shape } = x.layout;
  const apart = views.insertDim(x, dim + 1);
  const wide = views.expand(apart, [...shape.slice(0, dim + 1), repeats, ...shape.slice(dim + 1)]);
  return views.finish(
    views.copyAs(
      wide,
      shape.map((n, d) => (d === dim ? n * repeats : n)),
      'repeatInterleave',
    ),
    x,
    apart,
    wide,
  );
}

function along(x: Tensor, repeats: number | ArrayLike<number>, options: InterleaveOptions): Tensor {
  sizesOf('repeatInterleave', x);
  const isFlat = checkNamed('repeatInterleave', options).dim === undefined || options.dim === null;
  const source: Tensor = isFlat || x.layout.shape.length === 0 ? views.reshape(x, [-1]) : x;
  const dim = isFlat ? 0 : dimension('repeatInterleave', options.dim!, source.layout.shape.length);
  const out = typeof repeats === 'number' ? byNumber(source, repeats, dim) : byList(source, repeats, dim);
  return views.finish(out, x, source);
}

function isVector(repeats: number | readonly number[] | Tensor): repeats is Tensor {
  if (typeof repeats === 'number') return false;
  if (!isTensor(repeats)) {
    checkList('repeatInterleave', repeats);
    return false;
  }
  if (repeats.layout.shape.length > 1)
    throw new ShapeError('repeatInterleave', `repeats must be a vector, got shape ${shapeText(repeats.layout.shape)}`);
  if (repeats.dtype !== 'int64' && repeats.dtype !== 'int32')
    throw new IndexError(
      'repeatInterleave',
      `repeats must be int64 or int32, got ${repeats.dtype}; convert with .long()`,
    );
  return true;
}

/**
 * Each element repeated in its place: `repeats` times, or as often as a list or an integer vector says for each position of `dim`. Repeats in a tensor
 * decide the shape, so they are read: where the backend can't read without waiting use `repeatInterleaveAsync`. PyTorch: `torch.repeat_interleave`.
 * @example
 * ```ts
 * import { tensor, repeatInterleave } from '@nn/tensor';
 * console.log(await repeatInterleave(tensor([1, 2]), 2).toArray()); // prints: [ 1, 1, 2, 2 ]
 * console.log(await repeatInterleave(tensor([1, 2]), [3, 1]).toArray()); // prints: [ 1, 1, 1, 2 ]
 * ```
 */
export function repeatInterleave<A extends Tensor>(
  x: A,
  repeats: number | readonly number[] | Tensor,
  options: InterleaveOptions = {},
): Tensor<Shape, A['dtype']> {
  if (!isVector(repeats)) return along(x, repeats, options) as never;
  return along(x, readSync(repeats, 'repeatInterleave'), options) as never;
}

/** `repeatInterleave` for any backend: repeats in a tensor are awaited. */
export async function repeatInterleaveAsync<A extends Tensor>(
  x: A,
  repeats: number | readonly number[] | Tensor,
  options: InterleaveOptions = {},
): Promise<Tensor<Shape, A['dtype']>> {
  if (!isVector(repeats)) return along(x, repeats, options) as never;
  return along(x, await read(repeats), options) as never;
}
