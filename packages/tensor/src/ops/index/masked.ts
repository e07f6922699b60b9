/** Masks: choosing between values where a mask holds needs no reading; taking the chosen out does, as it decides a shape. */
import {
  cast,
  castTo,
  type DataArray,
  DTypeError,
  dtypes,
  max,
  ShapeError,
  same,
  scalar,
  select,
  sub,
} from '@nn/backend';
import { broadcastShapes, shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { type Layout, sizeOf } from '../../core/layout.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import { isNumeric, type Numeric } from '../../core/promotion.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import type { Broadcast, Broadcasted, Checked, ShapeOf } from '../../types/index.ts';
import { element, single } from '../elementwise/build.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { scanOp } from '../reduce/scan-op.ts';
import * as views from '../shape/views.ts';
import { gatherOps } from './index-op.ts';
import { nonzeroVectors } from './nonzero.ts';
import { stored } from './value.ts';

/** The mask holds: a number, a tensor, or what is there. */
const withNumber = ([x, mask]: readonly Layout[]): MapBuild =>
  single(x!.dtype, select(element(mask!, 1), scalar(0, dtypes[x!.dtype].scalar), element(x!, 0)), 1);
const withTensor = ([x, mask, value]: readonly Layout[]): MapBuild =>
  single(x!.dtype, select(element(mask!, 1), castTo(element(value!, 2), x!.dtype), element(x!, 0)));

const fillNumber = new Op('map', 'maskedFill', { inPlace: false, build: withNumber });
const fillTensor = new Op('map', 'maskedFill', { inPlace: false, build: withTensor });
const fillNumberInto = new Op('map', 'maskedFill_', { inPlace: true, build: withNumber });
const fillTensorInto = new Op('map', 'maskedFill_', { inPlace: true, build: withTensor });

function checkMask(op: string, mask: Tensor): void {
  if (mask.dtype !== 'bool')
    throw new DTypeError(
      op,
      `the mask must be bool, got ${mask.dtype}; compare first (x.gt(0)), or convert it with .bool()`,
    );
}

function checkScalar(op: string, value: Tensor): void {
  if (sizesOf(op, value).length > 0)
    throw new ShapeError(
      op,
      `the value has shape ${shapeText(value.layout.shape)}; it must be a number or a tensor without dimensions: use where for others`,
    );
}

const fillMasked = (x: Tensor, mask: Tensor, value: Tensor | Numeric): Tensor => {
  checkMask('maskedFill', mask);
  if (isNumeric(value)) return dispatch(fillNumber, x, mask, null, [stored('maskedFill', value, x.dtype)]);
  checkScalar('maskedFill', value);
  return dispatch(fillTensor, x, mask, value);
};

/**
 * `value` where the mask holds, `x` elsewhere; both broadcast. PyTorch: `torch.masked_fill`.
 * @param mask bool
 * @param value a number, or a tensor without dimensions that may be tracked
 * @example
 * ```ts
 * import { tensor, maskedFill } from '@nn/tensor';
 * const x = tensor([1, -2, 3]);
 * console.log(await maskedFill(x, x.lt(0), 0).toArray()); // prints: [ 1, 0, 3 ]
 * ```
 */
export const maskedFill: <A extends Tensor, M extends Tensor>(
  x: A,
  mask: Checked<Broadcast<'maskedFill', ShapeOf<A>, ShapeOf<M>>, M>,
  value: Tensor | Numeric,
) => Tensor<Broadcasted<'maskedFill', A['~shape'], ShapeOf<M>>, A['dtype']> = fillMasked as never;

/** `maskedFill` in place; PyTorch: `Tensor.masked_fill_`. */
export function maskedFill_<A extends Tensor>(x: A, mask: Tensor, value: Tensor | Numeric): A {
  checkMask('maskedFill_', mask);
  if (isNumeric(value)) return dispatchInto(fillNumberInto, [x, mask], [stored('maskedFill_', value, x.dtype)]) as A;
  checkScalar('maskedFill_', value);
  return dispatchInto(fillTensorInto, [x, mask, value]) as A;
}

const gatherMasked = gatherOps('maskedSelect');

/** How `maskedSelect` goes about it: what is read of the mask, and the common shape as [before, what the mask covers, behind]. */
interface Cover {
  readonly shape: readonly number[];
  readonly sizes: readonly [number, number, number];
  readonly mask: Tensor;
}

/**
 * Where the mask's dimensions stand side by side, the mask is read as it is, and places are found along them alone. Else it is read over the common shape: dimensions between
 * them, along which it repeats, tear its places apart.
 */
function coverOf(x: Tensor, mask: Tensor): Cover {
  checkMask('maskedSelect', mask);
  const shape = broadcastShapes('maskedSelect', [x.layout.shape, mask.layout.shape]);
  const own = mask.layout.shape;
  const lead = shape.length - own.length;
  const repeats = (d: number): boolean => shape[d] !== 1 && (d < lead || own[d - lead] === 1);
  let [first, end] = [0, shape.length];
  while (first < end && repeats(first)) first++;
  while (end > first && repeats(end - 1)) end--;
  const isWhole = !shape.some((_, d) => d >= first && d < end && repeats(d));
  if (!isWhole) return { shape, sizes: [1, sizeOf(shape), 1], mask: views.expand(mask, shape) };
  return {
    shape,
    sizes: [sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first, end)), sizeOf(shape.slice(end))],
    mask,
  };
}

function taken(x: Tensor, { shape, sizes, mask }: Cover, own: Tensor, values: DataArray): Tensor {
  const wide = views.expand(x, shape);
  const flat = views.reshape(wide, sizes);
  const [places] = nonzeroVectors(x.layout.device, values, [values.length]);
  const chosen = dispatch(gatherMasked([1], 1), flat, places!);
  const line = views.regroup(chosen, 'maskedSelect', [chosen.layout.size], [1]);
  // Nothing else reaches what was chosen.
  line.base = null;
  return views.finish(line, x, wide, flat, places!, chosen, ...(mask === own ? [] : [mask]));
}

/**
 * The elements where the mask holds, as a vector; `x` and the mask broadcast. PyTorch: `torch.masked_select`.
 * @throws BackendError where the backend can't read without waiting: await `maskedSelectAsync`
 */
export function maskedSelect<A extends Tensor>(x: A, mask: Tensor): Tensor<[number], A['dtype']> {
  const cover = coverOf(x, mask);
  return taken(x, cover, mask, readSync(cover.mask, 'maskedSelect')) as never;
}

/** `maskedSelect` on any backend. */
export async function maskedSelectAsync<A extends Tensor>(x: A, mask: Tensor): Promise<Tensor<[number], A['dtype']>> {
  const cover = coverOf(x, mask);
  return taken(x, cover, mask, await read(cover.mask)) as never;
}

const toInteger = new Op('map', 'toCopy', {
  inPlace: false,
  build: ([mask]) => single('int64', cast(element(mask!, 0), 'i32')),
});
const runningCount = scanOp('cumsum', { dim: 0, combine: 'sum', reverse: false, indices: false });
/** The place of the newest of n, 0 while there is none. */
const newest = new Op('map', 'sub', {
  inPlace: false,
  build: ([n]) => {
    const count = element(n!, 0);
    return single('int64', max(sub(count, same(1, count)), same(0, count)));
  },
});
const gatherInto = gatherOps('maskedScatter');
const eitherOf = ([x, mask]: readonly Layout[]): MapBuild =>
  single(x!.dtype, select(element(mask!, 1), element(x!, 2), element(x!, 0)));
const choose = new Op('map', 'maskedScatter', { inPlace: false, build: eitherOf });
const chooseInto = new Op('map', 'maskedScatter_', { inPlace: true, build: eitherOf });

/** For each place where the mask holds the element of the source that is its turn; anything elsewhere. */
function turns(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  const wide = views.expand(mask, x.layout.shape, 'maskedScatter');
  const flat = views.reshape(wide, [-1]);
  const ones = dispatch(toInteger, flat);
  const count = dispatch(runningCount, ones);
  const places = dispatch(newest, count);
  // Of an empty source a single element stands for nothing: the first place that holds asks for element 1, which is out of bounds.
  const isEmpty = source.layout.size === 0;
  const values = isEmpty ? filled(x.layout.device, x.dtype, [1], 0) : (views.reshape(source, [-1]) as Tensor);
  const out = dispatch(gatherInto([0], 0), values, isEmpty ? count : places);
  return views.finish(views.reshape(out, x.layout.shape), source, wide, flat, ones, count, places, values, out);
}

function checkSource(op: string, x: Tensor, mask: Tensor, source: Tensor): void {
  checkMask(op, mask);
  if (source.dtype !== x.dtype)
    throw new DTypeError(
      op,
      `the source is ${source.dtype}, the tensor is ${x.dtype}; convert it with .to('${x.dtype}')`,
    );
}

/**
 * The elements of `source`, one after the other, where the mask (which broadcasts to `x`) holds; `x` elsewhere. PyTorch: `torch.masked_scatter`.
 * @throws IndexError if the source has fewer elements than the mask holds (at the next read, where the backend can't see it at once)
 * @example
 * ```ts
 * import { tensor, maskedScatter } from '@nn/tensor';
 * const x = tensor([0, 1, 0, 1]);
 * console.log(await maskedScatter(x, x.eq(0), tensor([7, 8])).toArray()); // prints: [ 7, 1, 8, 1 ]
 * ```
 */
export function maskedScatter<A extends Tensor>(x: A, mask: Tensor, source: Tensor): Tensor<A['~shape'], A['dtype']> {
  checkSource('maskedScatter', x, mask, source);
  const shape = broadcastShapes('maskedScatter', [x.layout.shape, mask.layout.shape]);
  const base = views.expand(x, shape);
  const values = turns(base, mask, source);
  return views.finish(dispatch(choose, base, mask, values), x, base, values) as never;
}

/** `maskedScatter` in place; PyTorch: `Tensor.masked_scatter_`. */
export function maskedScatter_<A extends Tensor>(x: A, mask: Tensor, source: Tensor): A {
  checkSource('maskedScatter_', x, mask, source);
  const values = turns(x, mask, source);
  dispatchInto(chooseInto, [x, mask, values]);
  values.dispose();
  return x;
}
