/** Counting: how many elements fall into each of equal bins (on the device), or have each whole value (of which the bounds are read, since the size of the result depends on them). */

import {
  and,
  cast,
  type DataArray,
  type DType,
  DTypeError,
  div,
  dtypes,
  equal,
  isFloat,
  lessEqual,
  min,
  mul,
  ShapeError,
  same,
  scalar,
  select,
  sub,
  ValueError,
} from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { toDType } from '../shape/convert.ts';
import { stack } from '../shape/join.ts';
import { clone, finish, reshape, sliceView } from '../shape/views.ts';
import { widened } from '../shape/widened.ts';
import { reduction } from './build.ts';

/** The bin of each element, scalar 0 of them between the two bounds; one further for what lies outside. */
const binOp = new Op('map', 'histc', {
  inPlace: false,
  build: ([data, lowest, highest]) => {
    const [x, first, last] = [data, lowest, highest].map((l, j) => element(l!, j));
    const one = same(1, x!);
    // Bounds that are equal would make bins without width.
    const flat = equal(first!, last!);
    const low = select(flat, sub(first!, one), first!);
    const width = select(flat, same(2, x!), sub(last!, first!));
    const bins = scalar(0, 'i32');
    const bin = cast(div(mul(sub(x!, low), cast(bins, x!.type)), width), 'i32');
    const inside = and(lessEqual(first!, x!), lessEqual(x!, last!));
    const counted = select(flat, equal(x!, first!), inside);
    return single('int64', select(counted, min(bin, sub(bins, same(1, bins))), bins), 1);
  },
});

const countInto = new Op('scatter', 'histc', { form: 'outer', dims: [0], at: 0, combine: 'sum', inPlace: true });
const bound = {
  min: reduction('histc', { combine: 'min', dtype: (dtype) => dtype }),
  max: reduction('histc', { combine: 'max', dtype: (dtype) => dtype }),
};

export interface HistogramOptions {
  /** Number of bins; 100. */
  readonly bins?: number | undefined;
  /** Where the first one begins; with `max` equal to it, the smallest element; 0. */
  readonly min?: number | undefined;
  /** Where the last one ends, itself included; 0. */
  readonly max?: number | undefined;
}

/**
 * How many elements fall into each of `bins` equal bins between `min` and `max`, as a vector of x's dtype. Elements outside and NaN are not counted. Floats only.
 * PyTorch: `torch.histc`.
 * @example
 * ```ts
 * import { histc, tensor } from '@nn/tensor';
 * console.log(await histc(tensor([1, 2, 1]), { bins: 4, min: 0, max: 3 }).toArray()); // prints: [ 0, 2, 1, 0 ]
 * ```
 */
export function histc<A extends Tensor>(x: A, options: HistogramOptions = {}): Tensor<[number], A['dtype']> {
  const { bins = 100, min: low = 0, max: high = 0 } = checkNamed('histc', options);
  const { dtype, layout } = x;
  if (!isFloat(dtype)) throw new DTypeError('histc', `takes floats, got ${dtype}; convert with .to('float32') first`);
  if (!Number.isInteger(bins) || bins < 1) throw new ValueError('histc', `bins is ${bins}; there must be one at least`);
  if (!(low <= high)) throw new ValueError('histc', `min is ${low}, above max, ${high}; exchange them`);
  if (dtype === 'float16') return widened(x, (wide) => histc(wide, options)) as never;
  return untracked(() => {
    const given = low < high || layout.size === 0;
    const bounds = (['min', 'max'] as const).map((side) =>
      given ? filled(layout.device, dtype, [], side === 'min' ? low : high) : bound[side](x),
    ) as [Tensor, Tensor];
    const places = dispatch(binOp, x, ...bounds, [bins]);
    const counts = filled(layout.device, dtype, [bins + 1], 0);
    const one = filled(layout.device, dtype, [1], 1);
    const flat = reshape(places, [layout.size]);
    dispatchInto(countInto, [counts, one, flat]);
    const inside = sliceView(counts, 0, 0, bins);
    return finish(clone(inside), x, ...bounds, places, flat, counts, one, inside);
  }) as never;
}

export interface BincountOptions {
  /** What each element counts, instead of 1. */
  readonly weights?: Tensor | undefined;
  /** The least length of the result; 0. */
  readonly minlength?: number | undefined;
}

function checkCountable(x: Tensor, options: BincountOptions): void {
  const { weights, minlength = 0 } = checkNamed('bincount', options);
  const { shape } = x.layout;
  if (dtypes[x.dtype].category !== 'integer' || shape.length !== 1)
    throw new DTypeError(
      'bincount',
      `takes a vector of integers, got ${x.dtype} of shape ${shapeText(shape)}; convert with .to('int64') or reshape it`,
    );
  if (!Number.isInteger(minlength) || minlength < 0)
    throw new ValueError('bincount', `minlength is ${minlength}; it must be a whole number ≥ 0`);
  if (weights !== undefined && shapeText(weights.layout.shape) !== shapeText(shape))
    throw new ShapeError(
      'bincount',
      `weights of shape ${shapeText(weights.layout.shape)} for a vector of shape ${shapeText(shape)}; there must be one each`,
    );
}

/** The smallest and the largest value, as a vector; null of nothing. */
const limitsOf = (x: Tensor): Tensor | null =>
  x.layout.size === 0
    ? null
    : untracked(() => {
        const ends = [bound.min(x), bound.max(x)];
        return finish(stack(ends), x, ...ends);
      });

const countAll = new Op('scatter', 'bincount', { form: 'outer', dims: [0], at: 0, combine: 'sum', inPlace: true });

function count(x: Tensor, limits: DataArray | null, { weights, minlength = 0 }: BincountOptions): Tensor {
  const [least, most] = limits === null ? [0, -1] : (limits as ArrayLike<number> as [number, number]);
  if (least < 0) throw new ValueError('bincount', `got ${least}; only values ≥ 0 can be counted`);
  return untracked(() => {
    const dtype: DType = weights === undefined ? 'int64' : weights.dtype === 'float32' ? 'float32' : 'float64';
    const totals = filled(x.layout.device, dtype, [Math.max(minlength, most + 1)], 0);
    if (limits === null) return totals;
    const each = weights === undefined ? filled(x.layout.device, dtype, [1], 1) : toDType(weights, dtype);
    const places = toDType(x, 'int64');
    dispatchInto(countAll, [totals, each, places]);
    return finish(totals, x, places, ...(each === weights ? [] : [each]));
  });
}

/**
 * How often each value 0, 1, 2 … occurs in a vector of integers ≥ 0: int64, one longer than the largest value (`minlength` at least); with `weights` their sums. Reads
 * the bounds of x: on a backend that can't without waiting, await `bincountAsync`. PyTorch: `torch.bincount`.
 * @example
 * ```ts
 * import { bincount, tensor } from '@nn/tensor';
 * console.log(await bincount(tensor([1, 1, 3], { dtype: 'int64' })).toArray()); // prints: [ 0, 2, 0, 1 ]
 * ```
 */
export function bincount(x: Tensor, options: BincountOptions = {}): Tensor<[number]> {
  checkCountable(x, options);
  const limits = limitsOf(x);
  const values = limits === null ? null : readSync(limits, 'bincount');
  limits?.dispose();
  return count(x, values, options) as never;
}

/** `bincount` on any backend. */
export async function bincountAsync(x: Tensor, options: BincountOptions = {}): Promise<Tensor<[number]>> {
  checkCountable(x, options);
  const limits = limitsOf(x);
  const values = limits === null ? null : await read(limits);
  limits?.dispose();
  return count(x, values, options) as never;
}
