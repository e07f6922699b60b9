/** Quantiles: at which place in the sorted elements a share of them lies below, and what stands between the neighbours of that place. */

import {
  add,
  cast,
  ceil,
  DTypeError,
  type Expression,
  floor,
  isFloat,
  isNotANumber,
  less,
  max,
  mul,
  round,
  ShapeError,
  same,
  scalar,
  select,
  sub,
  ValueError,
} from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { dispatchMany } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import type { Layout } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { toDType } from '../shape/convert.ts';
import { reorder, reshape } from '../shape/views.ts';
import { widened } from '../shape/widened.ts';
import { checkNotEmpty, reduction } from './build.ts';
import { orderOf } from './order.ts';
import { pick } from './pick.ts';
import type { QuantileFunction } from './signatures.ts';

export interface QuantileOptions {
  /** The dimension to reduce; all elements by default. */
  readonly dim?: number | undefined;
  /** Keep it with size 1; false. */
  readonly keepdim?: boolean | undefined;
  /** What stands between two elements: a point on the line, one of them, their middle, or the nearer one; 'linear'. */
  readonly interpolation?: keyof typeof sides | undefined;
}

type Name = 'quantile' | 'nanquantile';

/** The place among n sorted elements of which the last `missing` are NaN: the last one, NaN itself, or among the others alone. */
const places: { readonly [N in Name]: (q: Expression, missing: Expression, n: Expression) => Expression } = {
  quantile: (q, missing, n) => {
    const last = sub(n, same(1, n));
    return select(less(same(0, missing), missing), last, mul(q, last));
  },
  nanquantile: (q, missing, n) => max(same(0, q), mul(q, sub(sub(n, missing), same(1, n)))),
};

/** The neighbours of a place, by their numbers, and how far it is from the first to the second. */
const sides = {
  linear: (place: Expression): Expression[] => [floor(place), ceil(place), sub(place, floor(place))],
  lower: (place: Expression): Expression[] => [floor(place), floor(place), same(0, place)],
  higher: (place: Expression): Expression[] => [ceil(place), ceil(place), same(0, place)],
  midpoint: (place: Expression): Expression[] => [floor(place), ceil(place), same(0.5, place)],
  nearest: (place: Expression): Expression[] => [round(place), round(place), same(0, place)],
};

/** Between two numbers, exact at both ends. */
function between(low: Expression, high: Expression, share: Expression): Expression {
  const step = sub(high, low);
  const fromHigh = sub(high, mul(step, sub(same(1, share), share)));
  return select(less(share, same(0.5, share)), add(low, mul(share, step)), fromHigh);
}

const placeOf = (name: Name, q: Expression, missing: Expression): Expression =>
  places[name](q, cast(missing, q.type), scalar(0, q.type));

/** Numbers of both neighbours, from the shares and the counts of NaN. */
const neighboursBuild =
  (name: Name, interpolation: keyof typeof sides) =>
  ([q, missing]: readonly Layout[]): MapBuild => {
    const [low, high] = sides[interpolation](placeOf(name, element(q!, 0), element(missing!, 1)));
    const output = (x: Expression) => ({ dtype: 'int64' as const, expression: cast(x, 'i32') });
    return { outputs: [output(low!), output(high!)], scalars: 1 };
  };

const valuesBuild =
  (name: Name, interpolation: keyof typeof sides) =>
  ([low, high, q, missing]: readonly Layout[]): MapBuild => {
    const [from, to, share] = sides[interpolation](placeOf(name, element(q!, 2), element(missing!, 3)));
    const below = element(low!, 0);
    // One element alone is itself, also where it is infinite.
    return single(low!.dtype, from === to ? below : between(below, element(high!, 1), share!), 1);
  };

const ops = new Map<string, { readonly neighbours: Op<'map'>; readonly values: Op<'map'> }>();

function opsOf(
  name: Name,
  interpolation: keyof typeof sides,
): { readonly neighbours: Op<'map'>; readonly values: Op<'map'> } {
  const key = `${name}:${interpolation}`;
  let made = ops.get(key);
  if (made === undefined) {
    if (!Object.hasOwn(sides, interpolation))
      throw new ValueError(name, `interpolation '${interpolation}' is none of ${Object.keys(sides).join(', ')}`);
    made = {
      neighbours: new Op('map', name, { inPlace: false, build: neighboursBuild(name, interpolation) }),
      values: new Op('map', name, { inPlace: false, build: valuesBuild(name, interpolation) }),
    };
    ops.set(key, made);
  }
  return made;
}

const missingOf = reduction('quantile', {
  combine: 'sum',
  dtype: () => 'int64',
  body: ([x]) => cast(isNotANumber(x!), 'i32'),
});

/** The shares as a vector on x's device, in its dtype. */
function sharesOf(name: Name, x: Tensor, q: number | Tensor): Tensor {
  if (typeof q !== 'number') {
    if (sizesOf(name, q).length > 1)
      throw new ShapeError(name, `q must be a number, a scalar or a vector, got shape ${shapeText(q.layout.shape)}`);
    return toDType(reshape(q, [-1]), x.dtype);
  }
  if (!(q >= 0 && q <= 1)) throw new ValueError(name, `q is ${q}, which is no share; it must lie between 0 and 1`);
  return filled(x.layout.device, x.dtype, [1], q);
}

function quantileOf(name: Name) {
  const of = (x: Tensor, q: number | Tensor, options: QuantileOptions = {}): Tensor => {
    checkNamed(name, options);
    sizesOf(name, x);
    if (!isFloat(x.dtype))
      throw new DTypeError(name, `takes floats, got ${x.dtype}; convert with .to('float32') first`);
    if (x.dtype === 'float16') return widened(x, (wide) => of(wide, q, options));
    const { neighbours, values } = opsOf(name, options.interpolation ?? 'linear');
    const rank = x.layout.shape.length;
    checkNotEmpty(name, x, options.dim);
    const whole = options.dim === undefined || rank === 0;
    const dim = options.dim === undefined ? 0 : dimension(name, options.dim, rank);
    const kept = whole ? [] : Array.from({ length: rank }, (_, d) => d).filter((d) => d !== dim);
    const rows = whole ? reshape(x, [-1]) : reorder(x, name, [...kept, dim]);
    const last = rows.layout.shape.length - 1;
    const n = rows.layout.shape[last]!;
    const [shares, missing, low, high] = untracked(() => {
      const given = sharesOf(name, x, q);
      const absent = missingOf(rows, { dim: last, keepdim: true });
      const order = orderOf(rows, last, false);
      const found = dispatchMany(neighbours, [given, absent], [n]).map((place) => pick(name, order, place, last));
      order.dispose();
      return [given, absent, ...found] as [Tensor, Tensor, Tensor, Tensor];
    });
    const [below, above] = [pick(name, rows, low, last), pick(name, rows, high, last)];
    const [result] = dispatchMany(values, [below, above, shares, missing], [n]) as [Tensor];
    const many = typeof q !== 'number' && q.layout.shape.length === 1;
    const front = many ? reorder(result, name, [last, ...kept.map((_, d) => d)]) : result;
    const sizes =
      options.keepdim === true
        ? x.layout.shape.map((size, d) => (whole || d === dim ? 1 : size))
        : kept.map((d) => x.layout.shape[d]!);
    const count = many ? [shares.layout.size] : [];
    for (const t of [rows, missing, low, high, below, above, shares]) t.dispose();
    return reshape(front, [...count, ...sizes]);
  };
  return of;
}

/**
 * The `q`-quantile of all elements, or along `dim`: the value below which a share q of the sorted elements lies. Floats only; NaN if any is. A vector `q` gives one
 * result each, along a new first dimension. Errors: a share outside of 0 to 1, nothing to choose from. PyTorch: `torch.quantile`.
 * @example
 * ```ts
 * import { quantile, tensor } from '@nn/tensor';
 * console.log(await quantile(tensor([1, 2, 3, 4]), 0.5).item()); // prints: 2.5
 * console.log(await quantile(tensor([1, 2, 3, 4]), 0.5, { interpolation: 'lower' }).item()); // prints: 2
 * ```
 */
export const quantile: QuantileFunction<'quantile'> = quantileOf('quantile') as never;

/** `quantile` of the elements that are not NaN (NaN where there are none). PyTorch: `torch.nanquantile`. */
export const nanquantile: QuantileFunction<'nanquantile'> = quantileOf('nanquantile') as never;
