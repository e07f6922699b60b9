/** The identity, and the triangles of matrices. */
import {
  castTo,
  coordinate,
  type DType,
  div,
  dtypes,
  type Expression,
  equal,
  lessEqual,
  rem,
  ShapeError,
  same,
  scalar,
  select,
  sub,
  ValueError,
} from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch, dispatchCreate } from '../../core/dispatch.ts';
import { layoutOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { getDefaultDType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { EyeFunction } from '../../types/creation-signatures.ts';
import { element, single } from '../elementwise/build.ts';
import { fromFlat } from './from-data.ts';
import { checkSizes, deviceFor, type TensorOptions, track } from './options.ts';

/** Place of an element in a matrix with as many columns as scalar `k` says. */
const columnOf = (k: number): Expression => rem(coordinate, scalar(k, 'i32'));
const rowOf = (k: number): Expression => div(coordinate, scalar(k, 'i32'));

const eyeOp = new Op('map', 'eye', {
  inPlace: false,
  build: ([layout]) => single(layout!.dtype, castTo(equal(rowOf(0), columnOf(0)), layout!.dtype), 1),
});

/**
 * Ones on the diagonal of an n × m matrix (n × n by default), zeros elsewhere; float32 unless told otherwise. PyTorch: `torch.eye`.
 * @example
 * ```ts
 * import { eye } from '@nn/tensor';
 * console.log(await eye(2).toArray()); // prints: [ [ 1, 0 ], [ 0, 1 ] ]
 * ```
 */
export const eye: EyeFunction = ((n: number, m: number | TensorOptions = n, options?: TensorOptions): Tensor => {
  if (typeof m === 'object') return eye(n, n, m) as Tensor;
  checkSizes('eye', [n, m]);
  const layout = layoutOf(deviceFor('eye', options), options?.dtype ?? getDefaultDType(), [n, m]);
  return track(dispatchCreate(eyeOp, layout, [m]), options);
}) as never;

/** An element of x where its place passes the test, else 0. Scalars: rows, columns, diagonal. */
const triangleOp = (name: string, keeps: (distance: Expression, diagonal: Expression) => Expression): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: ([layout]) => {
      const x = element(layout!, 0);
      const distance = sub(columnOf(1), rem(rowOf(1), scalar(0, 'i32')));
      return single(layout!.dtype, select(keeps(distance, scalar(2, 'i32')), x, same(0, x)), 3);
    },
  });

const trilOp = triangleOp('tril', lessEqual);
const triuOp = triangleOp('triu', (distance, diagonal) => lessEqual(diagonal, distance));

export interface DiagonalOptions {
  /** Which diagonal bounds the triangle: 0 the main one, positive ones above it, negative ones below. */
  readonly diagonal?: number | undefined;
}

function triangle(op: Op<'map'>, x: Tensor, options: DiagonalOptions = {}): Tensor {
  const diagonal = checkNamed(op.name, options).diagonal ?? 0;
  const { shape } = x.layout;
  if (shape.length < 2)
    throw new ShapeError(
      op.name,
      `takes matrices, got shape ${shapeText(shape)}; reshape it to two dimensions or more`,
    );
  if (!Number.isInteger(diagonal)) throw new ValueError(op.name, `diagonal is ${diagonal}; it must be a whole number`);
  return dispatch(op, x, null, null, [shape[shape.length - 2]!, shape[shape.length - 1]!, diagonal]);
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
  triangle(trilOp, x, options) as never;

/** The upper triangles, with zeros below the `diagonal`. PyTorch: `torch.triu`. */
export const triu = <A extends Tensor>(x: A, options?: DiagonalOptions): Tensor<A['~shape'], A['dtype']> =>
  triangle(triuOp, x, options) as never;

export interface TriangleOptions<D extends DType = DType> extends Omit<TensorOptions<D>, 'requiresGrad'> {
  /** Which diagonal bounds the triangle; 0. */
  readonly offset?: number | undefined;
}

/** Rows, then columns, of the elements that a test on column - row keeps, in row-major order. */
function triangleIndices(
  op: string,
  rows: number,
  columns: number,
  options: TriangleOptions,
  keeps: (distance: number) => boolean,
): Tensor {
  checkSizes(op, [rows, columns]);
  checkNamed(op, options);
  const [first, second]: [number[], number[]] = [[], []];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      if (keeps(j - i)) {
        first.push(i);
        second.push(j);
      }
  const dtype = options.dtype ?? 'int64';
  return fromFlat(new dtypes[dtype].array([...first, ...second]), [2, first.length], dtype, options.backend);
}

/** Rows and columns, [2, count] as int64, of the lower triangle of a matrix, up to the diagonal `offset` (0). PyTorch: `torch.tril_indices`. */
export const trilIndices = <D extends DType = 'int64'>(
  row: number,
  col: number,
  options: TriangleOptions<D> = {},
): Tensor<[2, number], NoInfer<D>> =>
  triangleIndices('trilIndices', row, col, options, (distance) => distance <= (options.offset ?? 0)) as never;

/** Rows and columns of the upper triangle, from the diagonal `offset` on. PyTorch: `torch.triu_indices`. */
export const triuIndices = <D extends DType = 'int64'>(
  row: number,
  col: number,
  options: TriangleOptions<D> = {},
): Tensor<[2, number], NoInfer<D>> =>
  triangleIndices('triuIndices', row, col, options, (distance) => distance >= (options.offset ?? 0)) as never;
