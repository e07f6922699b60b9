/**
 * Where a grid's points lie along one dimension of an image: which elements they read and by which weights, as functions of the point. Everything is an expression, since
 * positions are values; the weights can be differentiated.
 */
import {
  abs,
  add,
  and,
  cast,
  type DType,
  div,
  dtypes,
  type Expression,
  equal,
  floor,
  input,
  less,
  lessEqual,
  mul,
  round,
  same,
  scalar,
  select,
  sub,
} from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchMany, Op } from '@nn/tensor/internal';

/** How elements around a point are read. */
export type SamplingMode = 'bilinear' | 'nearest' | 'bicubic';

/** What is read outside of the image: zeros, the nearest edge, or the image mirrored at its edges. */
export type SamplingPadding = 'zeros' | 'border' | 'reflection';

/** How grids are understood. */
export interface Sampling {
  readonly mode: SamplingMode;
  readonly padding: SamplingPadding;
  readonly alignCorners: boolean;
}

/** The first of the elements that a point reads, from the one before it, and how many they are. */
export const reachOf: { readonly [M in SamplingMode]: { readonly first: number; readonly count: number } } = {
  nearest: { first: 0, count: 1 },
  bilinear: { first: 0, count: 2 },
  bicubic: { first: -1, count: 4 },
};

/** A dimension's size, as numbers of a launch and in the tensor's own type. */
interface Extent {
  readonly size: Expression;
  /** Size minus one: the last place, and with aligned corners the way from -1 to 1. */
  readonly last: Expression;
}

/** The place of a coordinate between -1 and 1. */
function placeOf(x: Expression, { size, last }: Extent, alignCorners: boolean): Expression {
  const from0 = add(x, same(1, x));
  if (alignCorners) return mul(from0, div(last, same(2, x)));
  return sub(mul(from0, div(size, same(2, x))), same(0.5, x));
}

/** Within the image; the places beyond don't move with the point. NaN comes to 0. */
function clipped(p: Expression, { last }: Extent): Expression {
  const zero = same(0, p);
  return select(less(zero, p), select(less(p, last), p, last), zero);
}

/** Mirrored at 0 and the last place, or at the outer edges half an element beyond. */
function reflected(p: Expression, { size, last }: Extent, alignCorners: boolean): Expression {
  const low = same(alignCorners ? 0 : -0.5, p);
  const span = alignCorners ? last : size;
  const way = abs(sub(p, low));
  const turns = floor(div(way, span));
  const rest = sub(way, mul(turns, span));
  const half = div(turns, same(2, p));
  return add(select(equal(floor(half), half), rest, sub(span, rest)), low);
}

function padded(p: Expression, extent: Extent, { padding, alignCorners }: Sampling): Expression {
  if (padding === 'zeros') return p;
  return clipped(padding === 'border' ? p : reflected(p, extent, alignCorners), extent);
}

/** Cubic convolution (Keys 1981) with the slope -0.75 at distance 1. */
function cubicWeight(distance: Expression): Expression {
  const number = (value: number): Expression => same(value, distance);
  const d = abs(distance);
  const near = add(mul(mul(sub(mul(number(1.25), d), number(2.25)), d), d), number(1));
  const far = add(mul(sub(mul(add(mul(number(-0.75), d), number(3.75)), d), number(6)), d), number(3));
  return select(lessEqual(d, number(1)), near, far);
}

/** The place that a tap reads and its weight. */
function tap(x: Expression, offset: Expression, extent: Extent, sampling: Sampling): [Expression, Expression] {
  const { mode, alignCorners } = sampling;
  const p = placeOf(x, extent, alignCorners);
  if (mode === 'bicubic') {
    const before = floor(p);
    const place = padded(add(before, offset), extent, sampling);
    return [place, cubicWeight(sub(sub(p, before), offset))];
  }
  const q = padded(p, extent, sampling);
  if (mode === 'nearest') return [round(q), same(1, q)];
  const before = floor(q);
  const weight = select(equal(offset, same(0, q)), sub(add(before, same(1, q)), q), sub(q, before));
  return [add(before, offset), weight];
}

const ops = new Map<string, Op<'map'>>();

/** Weights and places of the taps, -1 for those outside of the image. Operands: coordinates and the taps' offsets; the scalar is the size. */
function axisOp(sampling: Sampling, dtype: DType): Op<'map'> {
  const key = `${sampling.mode} ${sampling.padding} ${sampling.alignCorners} ${dtype}`;
  let op = ops.get(key);
  if (op === undefined) {
    const type = dtypes[dtype].scalar;
    const [x, offset, size] = [input(0, type), input(1, type), scalar(0, type)];
    const extent = { size, last: sub(size, same(1, size)) };
    const [place, weight] = tap(x, offset, extent, sampling);
    const inside = and(lessEqual(same(0, place), place), less(place, size));
    const index = cast(select(inside, place, same(-1, place)), 'i32');
    const outputs = [
      { dtype, expression: weight },
      { dtype: 'int64' as const, expression: index },
    ];
    op = new Op('map', 'gridSample', { inPlace: false, build: () => ({ outputs, scalars: 1 }) });
    ops.set(key, op);
  }
  return op;
}

/** What points read along a dimension of a size: weights, differentiable in the coordinates, and places, both in the shape of coordinates and offsets together. */
export function tapsAlong(coordinates: Tensor, offsets: Tensor, size: number, sampling: Sampling): [Tensor, Tensor] {
  const [weights, places] = dispatchMany(axisOp(sampling, coordinates.dtype), [coordinates, offsets], [size]);
  return [weights!, places!];
}
