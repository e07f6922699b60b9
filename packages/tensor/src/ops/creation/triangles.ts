/** The identity, and the triangles of matrices. */
import {
  add,
  coordinate,
  type DType,
  dtypes,
  type Expression,
  lessEqual,
  OutOfMemoryError,
  ShapeError,
  same,
  scalar,
  select,
  ValueError,
} from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch, dispatchCreate } from '../../core/dispatch.ts';
import { filled, fillInPlace } from '../../core/fill.ts';
import { type Layout, layoutOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { checkDType, getDefaultDType } from '../../core/promotion.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import type { EyeFunction } from '../../types/creation-signatures.ts';
import { element, single } from '../elementwise/build.ts';
import { contiguous, finish, stridedView } from '../shape/views.ts';
import { fromFlat } from './from-data.ts';
import { checkSizes, deviceFor, type TensorOptions, track } from './options.ts';

/**
 * Ones on the diagonal of an n × m matrix (n × n by default), zeros elsewhere; float32 unless told otherwise. PyTorch: `torch.eye`.
 * @example
 * ```ts
 * import { eye } from '@nn/tensor';
 * console.log(await eye(2).toArray()); // prints: [ [ 1, 0 ], [ 0, 1 ] ]
 * ```
 */
export const eye: EyeFunction = ((n: number, m: number | TensorOptions = n, options?: TensorOptions): Tensor => {
  // Of what is no size in place of n, as of null, m is the same.
  if (typeof m === 'object' && m !== null && m !== (n as unknown)) return eye(n, n, m) as Tensor;
  const sizes = [n, m as number] as const;
  checkSizes('eye', sizes);
  const out = filled(deviceFor('eye', options), options?.dtype ?? getDefaultDType(), sizes, 0);
  const diagonal = stridedView(out, [Math.min(...sizes)], [sizes[1] + 1], 0);
  fillInPlace(diagonal, 1);
  return track(finish(out, out, diagonal), options);
}) as never;

/** An element of x where the mask holds, else 0. */
const kept = (name: string): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: ([layout, mask]) => {
      const x = element(layout!, 0);
      return single(layout!.dtype, select(element(mask!, 1), x, same(0, x)));
    },
  });

/** Whether places of a line, counted from scalar 0, are on one side of 0. */
const sideOp = (name: string, side: (place: Expression) => Expression): Op<'map'> =>
  new Op('map', name, { inPlace: false, build: () => single('bool', side(add(coordinate, scalar(0, 'i32'))), 1) });

/** What takes the elements out, and what makes the line of marks that the mask is a view of. */
interface Triangle {
  readonly kept: Op<'map'>;
  readonly marks: Op<'map'>;
}

const triangleOf = (name: string, side: (place: Expression) => Expression): Triangle => ({
  kept: kept(name),
  marks: sideOp(name, side),
});
const lower = triangleOf('tril', (place) => lessEqual(place, same(0, place)));
const upper = triangleOf('triu', (place) => lessEqual(same(0, place), place));

/** Columns up to which masks of many matrices are written out: rows are then as long as a matrix. */
const narrow = 64;

/**
 * Which elements of a rows × columns matrix a triangle keeps. Depends on column - row alone, so a line of all differences holds every row, each starting an
 * element before the one above it: nothing is divided for each element.
 */
function maskOf(op: Op<'map'>, { device, shape, size }: Layout, diagonal: number): Tensor {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const line = layoutOf(device, 'bool', [Math.max(rows, 1) + columns]);
  const below = Math.max(rows - 1, 0);
  const bound = Math.min(Math.max(diagonal, -below - 1), columns + 1);
  const marks = dispatchCreate(op, line, [-below - bound]);
  const mask = stridedView(marks, [rows, columns], [-1, 1], below, op.name);
  const dense = columns <= narrow && size > 8 * rows * columns ? contiguous(mask) : mask;
  return finish(dense, dense, marks, mask);
}

export interface DiagonalOptions {
  /** Which diagonal bounds the triangle: 0 the main one, positive ones above it, negative ones below. */
  readonly diagonal?: number | undefined;
}

function triangle({ kept: op, marks }: Triangle, x: Tensor, options: DiagonalOptions = {}): Tensor {
  const diagonal = checkNamed(op.name, options).diagonal ?? 0;
  const { shape } = x.layout;
  if (shape.length < 2)
    throw new ShapeError(
      op.name,
      `takes matrices, got shape ${shapeText(shape)}; reshape it to two dimensions or more`,
    );
  if (!Number.isInteger(diagonal)) throw new ValueError(op.name, `diagonal is ${diagonal}; it must be a whole number`);
  const mask = untracked(() => maskOf(marks, x.layout, diagonal));
  return finish(dispatch(op, x, mask), x, mask);
}

/**
 * The lower triangles of matrices [..., n, m], with zeros above the `diagonal` (0). PyTorch: `torch.tril`.
 * @example
 * ```ts
 * import { ones, tril } from '@nn/tensor';
 * console.log(await tril(ones([2, 2])).toArray()); // prints: [ [ 1, 0 ], [ 1, 1 ] ]
 * ```
 */
export const tril = <A extends Tensor>(x: A, options?: DiagonalOptions): Tensor<A['~shape'], A['dtype']> =>
  triangle(lower, x, options) as never;

/** The upper triangles, with zeros below the `diagonal`. PyTorch: `torch.triu`. */
export const triu = <A extends Tensor>(x: A, options?: DiagonalOptions): Tensor<A['~shape'], A['dtype']> =>
  triangle(upper, x, options) as never;

export interface TriangleOptions<D extends DType = DType> extends Omit<TensorOptions<D>, 'requiresGrad'> {
  /** Which diagonal bounds the triangle; 0. */
  readonly offset?: number | undefined;
}

/** Elements of the largest matrix whose triangle is listed: 2^27, a GiB of int64 indices. */
const mostIndices = 134217728;

/** Rows, then columns, of the elements up to a diagonal, or from it on, in row-major order. */
function triangleIndices(
  op: string,
  rows: number,
  columns: number,
  options: TriangleOptions,
  isLower: boolean,
): Tensor {
  checkSizes(op, [rows, columns]);
  const { offset = 0, dtype = 'int64', backend } = checkNamed(op, options);
  if (!Number.isInteger(offset)) throw new ValueError(op, `offset is ${offset}; it must be a whole number`);
  checkDType(op, dtype);
  if (rows * columns > mostIndices)
    throw new OutOfMemoryError(
      op,
      `the indices of a (${rows}, ${columns}) matrix don't fit in memory; take a smaller one`,
    );
  const bound = (row: number): number => Math.min(Math.max(row + offset + Number(isLower), 0), columns);
  const lines = columns === 0 ? 0 : rows;
  let count = 0;
  for (let i = 0; i < lines; i++) count += isLower ? bound(i) : columns - bound(i);
  const places = new Int32Array(2 * count);
  for (let i = 0, at = 0; i < lines; i++) {
    const end = isLower ? bound(i) : columns;
    for (let j = isLower ? 0 : bound(i); j < end; j++, at++) {
      places[at] = i;
      places[count + at] = j;
    }
  }
  const { array } = dtypes[dtype];
  return fromFlat(array === Int32Array ? places : new array(places), [2, count], dtype, backend);
}

/** Rows and columns, [2, count] as int64, of the lower triangle of a matrix, up to the diagonal `offset` (0). PyTorch: `torch.tril_indices`. */
export const trilIndices = <D extends DType = 'int64'>(
  row: number,
  col: number,
  options: TriangleOptions<D> = {},
): Tensor<[2, number], NoInfer<D>> => triangleIndices('trilIndices', row, col, options, true) as never;

/** Rows and columns of the upper triangle, from the diagonal `offset` on. PyTorch: `torch.triu_indices`. */
export const triuIndices = <D extends DType = 'int64'>(
  row: number,
  col: number,
  options: TriangleOptions<D> = {},
): Tensor<[2, number], NoInfer<D>> => triangleIndices('triuIndices', row, col, options, false) as never;
