/** Writing whole slices along a dimension, one index for each slice: indexAdd, indexCopy, indexFill; and single elements by their row-major position: put. */
import { DTypeError, ShapeError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { assign, dispatchInto } from '../../core/in-place.ts';
import { sameNumbers } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { isNumeric, type Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from '../shape/views.ts';
import { type Finder, scatterOps } from './index-op.ts';
import { checkVector } from './select.ts';
import { valueFor } from './value.ts';

type Table = Finder<'scatter'>;

const add = scatterOps('indexAdd', 'sum');
const addInto = scatterOps('indexAdd_', 'sum');
const either = scatterOps('indexAdd', 'max');
const eitherInto = scatterOps('indexAdd_', 'max');
const copy = scatterOps('indexCopy', 'replace');
const copyInto = scatterOps('indexCopy_', 'replace');
const fill = scatterOps('indexFill', 'replace');
const fillInto = scatterOps('indexFill_', 'replace');

/** Runs a scatter of slices; a scalar counts as a vector of one element. */
function write(op: string, table: Table, x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const rank = sizesOf(op, x).length;
  const d = dimension(op, dim, rank);
  checkVector(op, index);
  const wide: Tensor = rank === 0 ? views.reshape(x, [1]) : x;
  const line: Tensor = index.layout.shape.length === 1 ? index : views.reshape(index, [1]);
  const scatter = table([d], d);
  if (scatter.attributes.inPlace) {
    dispatchInto(scatter, [wide, source, line]);
    views.finish(x, index, line);
    return views.finish(x, x, wide);
  }
  const out = dispatch(scatter, wide, source, line);
  views.finish(out, index, line);
  return rank === 0 ? views.finish(views.reshape(out, []), x, wide, out) : out;
}

/** One slice an index: the shape of x, with as many along `dim` as there are indices. */
function checkSlices(op: string, x: Tensor, dim: number, index: Tensor, source: Tensor): void {
  for (const given of [x, index, source]) sizesOf(op, given);
  const d = dimension(op, dim, x.layout.shape.length);
  const wanted = x.layout.shape.map((n, i) => (i === d ? index.layout.size : n));
  if (
    !sameNumbers(source.layout.shape, wanted) &&
    !(x.layout.shape.length === 0 && source.layout.size === index.layout.size)
  )
    throw new ShapeError(
      op,
      `the source has shape ${shapeText(source.layout.shape)}, expected ${shapeText(wanted)}: one slice for each of ${index.layout.size} indices`,
    );
  if (source.dtype !== x.dtype)
    throw new DTypeError(
      op,
      `the source is ${source.dtype}, the tensor is ${x.dtype}; convert it with .to('${x.dtype}')`,
    );
}

/** What `indexAdd` multiplies with. */
export interface IndexAddOptions {
  /** Factor of the source; 1. */
  readonly alpha?: Numeric | undefined;
}

function added(
  op: string,
  tables: readonly [Table, Table],
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: IndexAddOptions,
): Tensor {
  const { alpha = 1 } = checkNamed(op, options);
  checkSlices(op, x, dim, index, source);
  const scaled: Tensor = alpha === 1 ? source : mul(source, alpha);
  const ready = valueFor(op, x, scaled);
  return views.finish(write(op, tables[x.dtype === 'bool' ? 1 : 0], x, dim, index, ready), source, scaled, ready);
}

/**
 * A copy of `x` with slices of `source`, times `alpha`, added at indices along `dim`; one that occurs twice is added twice. PyTorch: `torch.index_add`.
 * @param index int64 or int32 vector
 * @param source of the shape of `x`, with as many slices along `dim` as there are indices
 * @example
 * ```ts
 * import { tensor, indexAdd } from '@nn/tensor';
 * const index = tensor([0, 0], { dtype: 'int64' });
 * console.log(await indexAdd(tensor([1, 1]), 0, index, tensor([10, 20])).toArray()); // prints: [ 31, 1 ]
 * ```
 */
export const indexAdd = <A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: IndexAddOptions = {},
): Tensor<A['~shape'], A['dtype']> => added('indexAdd', [add, either], x, dim, index, source, options) as never;

/** `indexAdd` in place; PyTorch: `Tensor.index_add_`. */
export const indexAdd_ = <A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: IndexAddOptions = {},
): A => added('indexAdd_', [addInto, eitherInto], x, dim, index, source, options) as A;

/** A copy of `x` with slices replaced by those of `source` at indices along `dim`; the last one stays. PyTorch: `torch.index_copy`. */
export function indexCopy<A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor,
): Tensor<A['~shape'], A['dtype']> {
  checkSlices('indexCopy', x, dim, index, source);
  return write('indexCopy', copy, x, dim, index, source) as never;
}

/** `indexCopy` in place; PyTorch: `Tensor.index_copy_`. */
export function indexCopy_<A extends Tensor>(x: A, dim: number, index: Tensor, source: Tensor): A {
  checkSlices('indexCopy_', x, dim, index, source);
  return write('indexCopy_', copyInto, x, dim, index, source) as A;
}

function filledAt(op: string, table: Table, x: Tensor, dim: number, index: Tensor, value: Tensor | Numeric): Tensor {
  if (!isNumeric(value) && sizesOf(op, value).length > 0)
    throw new ShapeError(
      op,
      `the value has shape ${shapeText(value.layout.shape)}; it must be a number or a tensor without dimensions`,
    );
  const one = valueFor(op, x, value);
  return views.finish(write(op, table, x, dim, index, one), isNumeric(value) ? x : value, one);
}

/** A copy of `x` with whole slices of one value at indices along `dim`; PyTorch: `torch.index_fill`. */
export const indexFill = <A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  value: Tensor | Numeric,
): Tensor<A['~shape'], A['dtype']> => filledAt('indexFill', fill, x, dim, index, value) as never;

/** `indexFill` in place; PyTorch: `Tensor.index_fill_`. */
export const indexFill_ = <A extends Tensor>(x: A, dim: number, index: Tensor, value: Tensor | Numeric): A =>
  filledAt('indexFill_', fillInto, x, dim, index, value) as A;

const put = scatterOps('put_', 'replace');
const putSum = scatterOps('put_', 'sum');
const putAny = scatterOps('put_', 'max');

/**
 * Writes elements at row-major positions, in place; PyTorch: `Tensor.put_`.
 * @param source of the dtype of `x`, as many elements as the index
 * @param options `accumulate` (false): add instead of replacing
 */
export function put_<A extends Tensor>(
  x: A,
  index: Tensor,
  source: Tensor,
  options: { readonly accumulate?: boolean | undefined } = {},
): A {
  for (const given of [x, index, source]) sizesOf('put_', given);
  if (source.layout.size !== index.layout.size)
    throw new ShapeError(
      'put_',
      `${source.layout.size} values for ${index.layout.size} positions; give as many of both`,
    );
  const table = checkNamed('put_', options).accumulate !== true ? put : x.dtype === 'bool' ? putAny : putSum;
  const flat = views.reshape(x, [-1]);
  const [line, values] = [views.reshape(index, [-1]), views.reshape(source, [-1])];
  dispatchInto(table([0], 0), [flat, values, line]);
  // Where the memory has no flat view, a copy was changed.
  if (flat.storage !== x.storage) {
    const back = views.reshape(flat, x.layout.shape);
    assign(x, back);
    back.dispose();
  }
  views.finish(x, index, line);
  views.finish(x, source, values);
  return views.finish(x, x, flat) as A;
}
