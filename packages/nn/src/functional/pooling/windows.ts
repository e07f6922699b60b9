/** What poolings share: the padded input, ops by numbers of dimensions, and expressions for small tensors that are computed from coordinates. */
import { add, constant, coordinate, div, type Expression, mul, scalar, sub } from '@nn/backend';
import { pad, type Tensor } from '@nn/tensor';
import { Op } from '@nn/tensor/internal';
import type { WindowGeometry } from './window.ts';

/** The input with what the windows reach beyond it, filled with a value; the input itself where they don't. Dispose of it if it is another. */
export function padded(x: Tensor, window: WindowGeometry, value: number): Tensor {
  if (!window.isPadded) return x;
  const sides = window.padding.flatMap((before, d) => [before, window.after[d]!]);
  const lastFirst = Array.from({ length: sides.length / 2 }, (_, i) => sides.length - 2 - 2 * i);
  return pad(
    x,
    lastFirst.flatMap((i) => [sides[i]!, sides[i + 1]!]),
    { value },
  ) as Tensor;
}

/** The dimensions of window elements in a tensor of windows. */
export const elementDims = (rank: number, spatial: number): number[] =>
  Array.from({ length: spatial }, (_, d) => rank - spatial + d);

/** Ops made once for each number of leading and spatial dimensions. */
export function byDims<K extends Op['kind']>(
  make: (dims: readonly number[]) => Op<K>,
): (rank: number, spatial: number) => Op<K> {
  const made = new Map<number, Op<K>>();
  return (rank, spatial) => {
    const key = rank * 4 + spatial;
    let op = made.get(key);
    if (op === undefined) {
      op = make(elementDims(rank, spatial));
      made.set(key, op);
    }
    return op;
  };
}

/** Run-time integer k. */
export const whole = (k: number): Expression => scalar(k, 'i32');

/** The place of an element along each dimension, whose sizes are scalars `first`, `first` + 1, …. */
export function placeOf(spatial: number, first: number): Expression[] {
  const place: Expression[] = [];
  let rest: Expression = coordinate;
  for (let d = spatial - 1; d > 0; d--) {
    const quotient = div(rest, whole(first + d));
    place.unshift(sub(rest, mul(quotient, whole(first + d))));
    rest = quotient;
  }
  return [rest, ...place];
}

export const zero: Expression = constant(0, 'i32');

/** The sum of products with run-time integers `first`, `first` + 1, …. */
export const weighted = (values: readonly Expression[], first: number): Expression =>
  values.map((value, d) => mul(value, whole(first + d))).reduce((sum, part) => add(sum, part));

/** Ops made once for each number of spatial dimensions. */
export function bySpatial<K extends Op['kind']>(make: (spatial: number) => Op<K>): (spatial: number) => Op<K> {
  const made: Op<K>[] = [];
  return (spatial) => {
    made[spatial] ??= make(spatial);
    return made[spatial]!;
  };
}

/** An int64 table computed from its coordinates. */
export const tableOp = (name: string, expression: Expression, scalars: number): Op<'map'> =>
  new Op('map', name, { inPlace: false, build: () => ({ outputs: [{ dtype: 'int64', expression }], scalars }) });
