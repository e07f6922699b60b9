/** Writing along indices, one index for each value: scatter, scatterAdd, scatterReduce. The last of values for one place stays, or they combine in order. */
import { type Combine, type DType, isFloat, ValueError } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled, filledLike } from '../../core/fill.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import type { Op, ScatterGradient } from '../../core/op.ts';
import { isNumeric, type Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { div, div_ } from '../elementwise/arithmetic.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from '../shape/views.ts';
import { type Finder, scatterOps } from './index-op.ts';
import { extremeGradient, productGradient } from './scatter-gradient.ts';
import { nothingOf, stored } from './value.ts';

type Way = Combine | 'replace';

/** The ways, and the gradients of those that have one of their own. */
const ways: { readonly [W in Way]: ScatterGradient | undefined } = {
  replace: undefined,
  sum: undefined,
  product: productGradient,
  max: extremeGradient,
  min: extremeGradient,
};

/** One table of ops a way to combine. */
const tables = (name: string): ReadonlyMap<Way, Finder<'scatter'>> =>
  new Map(
    (Object.keys(ways) as Way[]).map((way) => [way, scatterOps(name, way, { form: 'aligned', gradient: ways[way] })]),
  );

/** The names of one function: a new tensor, and in place. */
interface Names {
  readonly copy: ReturnType<typeof tables>;
  readonly into: ReturnType<typeof tables>;
}
const names = (name: string): Names => ({ copy: tables(name), into: tables(`${name}_`) });

const plain = names('scatter');
const adding = names('scatterAdd');
const reducing = names('scatterReduce');

/** Sums of truth values are "or", products "and". */
const wayFor = (way: Way, dtype: DType): Way =>
  dtype !== 'bool' ? way : way === 'sum' ? 'max' : way === 'product' ? 'min' : way;

function run(
  op: string,
  names: Names,
  way: Way,
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor | Numeric,
): Tensor {
  const shape = sizesOf(op, x);
  const d = dimension(op, dim, shape.length);
  const inPlace = op.endsWith('_');
  const table = (inPlace ? names.into : names.copy).get(wayFor(way, x.dtype))!;
  const find = table([d], 0);
  const given = isNumeric(source) ? filled(x.layout.device, x.dtype, [], stored(op, source, x.dtype)) : source;
  if (!sizesOf(op, index).includes(0)) {
    const values = given === source ? given : views.expand(given, index.layout.shape);
    const out = launch(find, x, values, index);
    return given === source ? out : views.finish(out, x, given, values);
  }
  // As in PyTorch, nothing is written, whatever the other sizes are.
  const line = shape.length === 0 ? views.reshape(x, [1]) : x;
  const sizes = line.layout.shape.map((n, i) => (i === d ? 0 : n));
  const [none, values] = [filled(x.layout.device, 'int64', sizes, 0), nothingOf(given, sizes)];
  const out = launch(find, line, values, none);
  const whole = line === x ? out : inPlace ? x : views.reshape(out, []);
  const own = given === source ? [] : [given];
  return views.finish(whole, x, line, none, values, ...own, ...(whole === out ? [] : [out]));
}

const launch = (op: Op<'scatter'>, x: Tensor, source: Tensor, index: Tensor): Tensor =>
  op.attributes.inPlace ? dispatchInto(op, [x, source, index]) : dispatch(op, x, source, index);

/** How `scatter` combines with what is there. */
export interface ScatterOptions {
  /** Add to it or multiply with it, instead of replacing it. */
  readonly reduce?: 'add' | 'multiply' | undefined;
}

function wayOf(op: string, options: ScatterOptions): Way {
  const { reduce } = checkNamed(op, options);
  if (reduce === undefined) return 'replace';
  if (reduce !== 'add' && reduce !== 'multiply')
    throw new ValueError(op, `reduce must be 'add' or 'multiply', got '${String(reduce)}'; scatterReduce has more`);
  return reduce === 'add' ? 'sum' : 'product';
}

/**
 * A copy of `x` with `out[index[i][j]][j] = source[i][j]` (and likewise for other `dim`); where an index occurs twice the last value stays. PyTorch: `torch.scatter`.
 * @param index int64 or int32, of the rank of `x` and no larger than it in the other dimensions, no larger than `source` in any; one without elements may have any shape
 * @param source a tensor of the dtype of `x`, or a number for all places
 * @throws IndexError for an index out of bounds (at the next read, where the backend can't see it at once); ShapeError, DTypeError for what doesn't fit
 * @example
 * ```ts
 * import { tensor, zeros, scatter } from '@nn/tensor';
 * const index = tensor([[2, 0]], { dtype: 'int64' });
 * console.log(await scatter(zeros([1, 3]), 1, index, tensor([[5, 6]])).toArray()); // prints: [ [ 6, 0, 5 ] ]
 * ```
 */
export const scatter = <A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor | Numeric,
  options: ScatterOptions = {},
): Tensor<A['~shape'], A['dtype']> => run('scatter', plain, wayOf('scatter', options), x, dim, index, source) as never;

/** `scatter` in place; PyTorch: `Tensor.scatter_`. */
export const scatter_ = <A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor | Numeric,
  options: ScatterOptions = {},
): A => run('scatter_', plain, wayOf('scatter_', options), x, dim, index, source) as A;

/** `scatter` that adds to what is there, each value once; PyTorch: `torch.scatter_add`. */
export const scatterAdd = <A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor,
): Tensor<A['~shape'], A['dtype']> => run('scatterAdd', adding, 'sum', x, dim, index, source) as never;

/** `scatterAdd` in place; PyTorch: `Tensor.scatter_add_`. */
export const scatterAdd_ = <A extends Tensor>(x: A, dim: number, index: Tensor, source: Tensor): A =>
  run('scatterAdd_', adding, 'sum', x, dim, index, source) as A;

/** How `scatterReduce` combines values for one place. */
export type ScatterReduction = 'sum' | 'prod' | 'mean' | 'amax' | 'amin';

export interface ScatterReduceOptions {
  /** Whether what is at the place takes part; true. */
  readonly includeSelf?: boolean | undefined;
}

const combines: { readonly [R in ScatterReduction]: Combine } = {
  sum: 'sum',
  prod: 'product',
  mean: 'sum',
  amax: 'max',
  amin: 'min',
};

/** Where a reduction starts that leaves out what is there. */
function start(combine: Combine, dtype: DType): number {
  if (combine === 'sum') return 0;
  if (combine === 'product') return 1;
  const top = combine === 'min';
  if (isFloat(dtype)) return top ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (dtype === 'bool') return Number(top);
  if (dtype === 'uint8') return top ? 255 : 0;
  return top ? 2147483647 : -2147483648;
}

function checkReduction(op: string, reduce: ScatterReduction): void {
  if (!(reduce in combines))
    throw new ValueError(op, `reduce must be one of ${Object.keys(combines).join(', ')}, got '${String(reduce)}'`);
}

/** How many values meet at each place; 1 where nothing was scattered. */
function counts(x: Tensor, dim: number, index: Tensor, includeSelf: boolean): Tensor {
  const count = filledLike(x, 1);
  if (!includeSelf) run('scatter_', plain, 'replace', count, dim, index, 0);
  return run('scatter_', plain, 'sum', count, dim, index, 1);
}

/**
 * `scatter` whose values are reduced with those for the same place: sum, product, mean (of integers rounded down), largest or smallest. Equal extremes share
 * the gradient. PyTorch: `torch.scatter_reduce`.
 * @param options `includeSelf` (true): whether what is at the place takes part
 * @example
 * ```ts
 * import { tensor, scatterReduce } from '@nn/tensor';
 * const index = tensor([0, 0, 1], { dtype: 'int64' });
 * const x = scatterReduce(tensor([1, 2]), 0, index, tensor([5, 3, 1]), 'amax');
 * console.log(await x.toArray()); // prints: [ 5, 2 ]
 * ```
 */
export function scatterReduce<A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  options: ScatterReduceOptions = {},
): Tensor<A['~shape'], A['dtype']> {
  checkReduction('scatterReduce', reduce);
  const combine = combines[reduce];
  const includeSelf = checkNamed('scatterReduce', options).includeSelf !== false;
  const base: Tensor = includeSelf ? x : run('scatter', plain, 'replace', x, dim, index, start(combine, x.dtype));
  const out = run('scatterReduce', reducing, combine, base, dim, index, source);
  if (reduce !== 'mean') return views.finish(out, x, base) as never;
  const count = counts(x, dim, index, includeSelf);
  return views.finish(
    isFloat(x.dtype) ? div(out, count) : div(out, count, { roundingMode: 'floor' }),
    x,
    base,
    out,
    count,
  ) as never;
}

/** `scatterReduce` in place; PyTorch: `Tensor.scatter_reduce_`. */
export function scatterReduce_<A extends Tensor>(
  x: A,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  options: ScatterReduceOptions = {},
): A {
  checkReduction('scatterReduce_', reduce);
  const combine = combines[reduce];
  const includeSelf = checkNamed('scatterReduce_', options).includeSelf !== false;
  if (!includeSelf) run('scatter_', plain, 'replace', x, dim, index, start(combine, x.dtype));
  run('scatterReduce_', reducing, combine, x, dim, index, source);
  if (reduce !== 'mean') return x;
  const count = counts(x, dim, index, includeSelf);
  if (isFloat(x.dtype)) div_(x, count);
  else div_(x, count, { roundingMode: 'floor' });
  count.dispose();
  return x;
}
