/**
 * Resampling of tensors, one dimension after the other: what the taps of a dimension read is gathered, and one launch weighs and adds it. The gradient is the same with every axis
 * transposed, so nothing is scattered, no value is saved, and it can be differentiated as often as one likes.
 */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { add, dtypes, type Expression, input, mul, notEqual, same, select } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { clone, dispatchMany, expand, gatherOps, Op, reshape, slice } from '@nn/tensor/internal';
import { type Axis, transposed } from './axis.ts';
import { tablesOf } from './axis-tables.ts';

/** An axis and the dimension that it resamples. */
export interface AxisAlong {
  readonly axis: Axis;
  readonly dim: number;
}

const gatherOp = gatherOps('resample');

/** What a tap adds: its element, by its weight if there are weights, and nothing where that is NaN. */
function term(x: Expression, w: Expression | null, hasGaps: boolean): Expression {
  if (w === null) return x;
  return hasGaps ? select(notEqual(w, w), same(0, x), mul(w, x)) : mul(w, x);
}

/** Ops made once for each key. */
function interned<K extends Op['kind']>(make: (n: number, isWeighted: boolean, hasGaps: boolean) => Op<K>) {
  const made = new Map<number, Op<K>>();
  return (n: number, { weights, hasGaps }: Axis): Op<K> => {
    const key = 4 * n + (weights === null ? 0 : 2) + (hasGaps ? 1 : 0);
    let op = made.get(key);
    if (op === undefined) {
      op = make(n, weights !== null, hasGaps);
      made.set(key, op);
    }
    return op;
  };
}

/** Σ over taps, each an operand; then their weights. */
const addedOp = interned(
  (taps, isWeighted, hasGaps) =>
    new Op('map', 'resample', {
      inPlace: false,
      build: ([first]) => {
        const { dtype } = first!;
        const at = (j: number): Expression => input(j, dtypes[dtype].scalar);
        const terms = Array.from({ length: taps }, (_, t) => term(at(t), isWeighted ? at(taps + t) : null, hasGaps));
        return { outputs: [{ dtype, expression: terms.reduce((sum, each) => add(sum, each)) }], scalars: 0 };
      },
    }),
);

/** The same over a dimension of taps, for those that are too many. */
const summedOp = interned(
  (dim, isWeighted, hasGaps) =>
    new Op('reduce', 'resample', {
      dims: [dim],
      keepdim: false,
      build: ([first]) => {
        const { dtype } = first!;
        const at = (j: number): Expression => input(j, dtypes[dtype].scalar);
        const body = term(at(0), isWeighted ? at(1) : null, hasGaps);
        return { dtype, combine: 'sum', body, epilogue: at(0), scalars: 0 };
      },
    }),
);

/** Entry k of a dimension, which goes. */
function entry(t: Tensor, dim: number, k: number): Tensor {
  const one = slice(t, dim, k, 1);
  const out = reshape(one, [...t.layout.shape.slice(0, dim), ...t.layout.shape.slice(dim + 1)]);
  one.dispose();
  return out;
}

/** Σ over the taps of `read`, which are its dimension `tapDim`, by their weights (taps, elements, 1 …). */
function added(read: Tensor, weights: Tensor | null, axis: Axis, tapDim: number): Tensor {
  const count = axis.taps * (weights === null ? 1 : 2);
  if (count >= read.backend.maxOperands)
    return dispatchMany(summedOp(tapDim, axis), weights === null ? [read] : [read, weights])[0]!;
  const taps = Array.from({ length: axis.taps }, (_, t) => t);
  const operands = taps.map((t) => entry(read, tapDim, t));
  if (weights !== null) operands.push(...taps.map((t) => entry(weights, 0, t)));
  const out = dispatchMany(addedOp(axis.taps, axis), operands)[0]!;
  for (const t of operands) t.dispose();
  return out;
}

/** Every element of a dimension so many times. */
function repeated(x: Tensor, dim: number, times: number): Tensor {
  const { shape } = x.layout;
  const [before, n, after] = [shape.slice(0, dim), shape[dim]!, shape.slice(dim + 1)];
  const single = reshape(x, [...before, n, 1, ...after]);
  const wide = expand(single, [...before, n, times, ...after]);
  const copy = clone(wide);
  const out = reshape(copy, [...before, n * times, ...after]);
  out.base = null;
  for (const t of [single, wide, copy]) t.dispose();
  return out;
}

/** Σ over runs of so many elements of a dimension. */
function joined(x: Tensor, { axis, dim }: AxisAlong): Tensor {
  const { shape } = x.layout;
  const runs = reshape(x, [...shape.slice(0, dim), axis.to, axis.taps, ...shape.slice(dim + 1)]);
  const out = added(runs, null, axis, dim + 1);
  runs.dispose();
  return out;
}

function gathered(x: Tensor, { axis, dim }: AxisAlong): Tensor {
  const { places, weights } = tablesOf(x.layout.device, axis, x.dtype);
  const read = dispatchMany(gatherOp([dim], dim), [x, places])[0]!;
  places.dispose();
  let out: Tensor;
  if (weights === null && axis.taps === 1) {
    out = entry(read, dim, 0);
    out.base = null;
  } else {
    // Over the dimensions after the resampled one the weights are the same.
    const wide =
      weights === null ? null : reshape(weights, [axis.taps, axis.to, ...x.layout.shape.slice(dim + 1).map(() => 1)]);
    out = added(read, wide, axis, dim);
    wide?.dispose();
  }
  weights?.dispose();
  read.dispose();
  return out;
}

/** One dimension of x. */
function along(x: Tensor, each: AxisAlong): Tensor {
  const { repeats } = each.axis;
  if (repeats !== null) return repeated(x, each.dim, repeats);
  return transposed(each.axis).repeats === null ? gathered(x, each) : joined(x, each);
}

function alongAll(x: Tensor, axes: readonly AxisAlong[]): Tensor {
  let out = x;
  for (const each of axes) {
    const next = along(out, each);
    if (out !== x) out.dispose();
    out = next;
  }
  return out;
}

class Resample extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(ctx: FunctionContext, x: Tensor, axes: readonly AxisAlong[]): Tensor {
    ctx.values['axes'] = axes;
    return alongAll(x, axes);
  }

  static override backward(ctx: FunctionContext, gradient: Tensor): Tensor {
    const axes = ctx.values['axes'] as readonly AxisAlong[];
    return resample(gradient, axes.map(({ axis, dim }) => ({ axis: transposed(axis), dim })).reverse());
  }
}

/** x with dimensions resampled in the order in which they are given, at least one; differentiable. */
export const resample = (x: Tensor, axes: readonly AxisAlong[]): Tensor => Resample.apply(x, axes);
