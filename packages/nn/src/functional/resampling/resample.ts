/**
 * Resampling of tensors, one dimension after the other: what the taps of a dimension read is gathered, and one launch weighs and adds it. The gradient is the same with every axis
 * transposed, so nothing is scattered, no value is saved, and it can be differentiated as often as one likes.
 */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { add, dtypes, type Expression, input, mul, notEqual, same, select } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { assign, clone, dispatchInto, dispatchMany, expand, factory, fresh, gatherOps, layoutOf, Op, reshape, share, sizeOf, slice } from '@nn/tensor/internal'; // biome-ignore format: a list
import { type Axis, transposed } from './axis.ts';
import { type AxisTables, tablesOf } from './axis-tables.ts';

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

/** Σ over taps, each an operand; then their weights. Stored in the operand before them, which isn't read. */
const addedOp = interned(
  (taps, isWeighted, hasGaps) =>
    new Op('map', 'resample', {
      inPlace: true,
      build: ([target]) => {
        const { dtype } = target!;
        const at = (j: number): Expression => input(1 + j, dtypes[dtype].scalar);
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

/** A list without its entry k. */
const without = (list: readonly number[], k: number): number[] => list.filter((_, i) => i !== k);

const made = (x: Tensor, shape: readonly number[]): Tensor =>
  fresh(layoutOf(x.layout.device, x.dtype, shape), 'resample');

/** The entries of a dimension, which goes: handles of the same memory. */
function entries({ storage, layout, start }: Tensor, dim: number): Tensor[] {
  const { device, dtype, shape, strides } = layout;
  const each = layoutOf(device, dtype, without(shape, dim), without(strides, dim));
  return Array.from({ length: shape[dim]! }, (_, k) => factory.make(share(storage), each, start + k * strides[dim]!));
}

/** Σ over the taps of `read`, which are its dimension `tapDim`, by their weights (taps, elements, 1 …); in `into`, if that is given. */
function added(read: Tensor, weights: Tensor | null, axis: Axis, tapDim: number, into: Tensor | null): Tensor {
  const count = axis.taps * (weights === null ? 1 : 2);
  if (count >= read.backend.maxOperands) {
    const sum = dispatchMany(summedOp(tapDim, axis), weights === null ? [read] : [read, weights])[0]!;
    if (into === null) return sum;
    assign(into, sum);
    sum.dispose();
    return into;
  }
  const operands = entries(read, tapDim);
  if (weights !== null) operands.push(...entries(weights, 0));
  const out = into ?? made(read, without(read.layout.shape, tapDim));
  dispatchInto(addedOp(axis.taps, axis), [out, ...operands]);
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
  const out = added(runs, null, axis, dim + 1, null);
  runs.dispose();
  return out;
}

/** What taps may read at once, in elements. What reads more does so in pieces that a cache holds, or, of large results, in so many: launches stay few. */
const limit = 1 << 19;
const piece = 1 << 18;
const mostPieces = 32;

const piecesOf = (read: number): number => (read > limit ? Math.min(Math.ceil(read / piece), mostPieces) : 1);

/** So many pieces of n elements, one after the other. */
function inPieces(n: number, pieces: number, run: (start: number, length: number) => void): void {
  const step = Math.ceil(n / pieces);
  for (let start = 0; start < n; start += step) run(start, Math.min(step, n - start));
}

/** The shape of x when a dimension has been resampled. */
const resampledShape = (shape: readonly number[], { axis, dim }: AxisAlong): number[] =>
  shape.map((n, d) => (d === dim ? axis.to : n));

/** Elements that taps read for a result of this shape. Without weights there is one tap, or they lie side by side. */
const readBy = ({ axis }: AxisAlong, shape: readonly number[]): number =>
  axis.weights === null ? 0 : axis.taps * sizeOf(shape);

/** One dimension of x, all taps at once; in `into`, if that is given. */
function weighed(x: Tensor, { axis, dim }: AxisAlong, { places, weights }: AxisTables, into: Tensor | null): Tensor {
  const read = dispatchMany(gatherOp([dim], dim), [x, places])[0]!;
  let out: Tensor;
  if (weights === null && axis.taps === 1) out = entries(read, dim)[0]!;
  else {
    // Over the dimensions after the resampled one the weights are the same.
    const ones = x.layout.shape.slice(dim + 1).map(() => 1);
    const wide = weights === null ? null : reshape(weights, [...weights.layout.shape, ...ones]);
    out = added(read, wide, axis, dim, into);
    wide?.dispose();
  }
  read.dispose();
  return out;
}

/** Some elements of the result along dimension `d`, which is resampled or comes before the one that is. */
function weighedPart(x: Tensor, each: AxisAlong, tables: AxisTables, d: number, start: number, into: Tensor): void {
  const length = into.layout.shape[d]!;
  if (d !== each.dim) {
    const source = slice(x, d, start, length);
    weighed(source, each, tables, into);
    source.dispose();
    return;
  }
  const places = slice(tables.places, 1, start, length);
  const weights = tables.weights === null ? null : slice(tables.weights, 1, start, length);
  weighed(x, each, { places, weights }, into);
  places.dispose();
  weights?.dispose();
}

function gathered(x: Tensor, each: AxisAlong, pieces: number, into: Tensor | null = null): Tensor {
  const { axis, dim } = each;
  const tables = tablesOf(x.layout.device, axis, x.dtype);
  let out: Tensor;
  if (pieces === 1) out = weighed(x, each, tables, into);
  else {
    const shape = resampledShape(x.layout.shape, each);
    out = into ?? made(x, shape);
    const upTo = shape.slice(0, dim + 1);
    const outermost = upTo.findIndex((n) => n >= pieces);
    const d = outermost === -1 ? upTo.indexOf(Math.max(...upTo)) : outermost;
    inPieces(shape[d]!, pieces, (start, length) => {
      const part = slice(out, d, start, length);
      weighedPart(x, each, tables, d, start, part);
      part.dispose();
    });
  }
  tables.places.dispose();
  tables.weights?.dispose();
  return out;
}

/** One dimension of x. */
function along(x: Tensor, each: AxisAlong): Tensor {
  const { repeats } = each.axis;
  if (repeats !== null) return repeated(x, each.dim, repeats);
  if (transposed(each.axis).repeats !== null) return joined(x, each);
  return gathered(x, each, piecesOf(readBy(each, resampledShape(x.layout.shape, each))));
}

/** One dimension after the other. */
function chain(x: Tensor, axes: readonly AxisAlong[], next: (x: Tensor, each: AxisAlong, k: number) => Tensor): Tensor {
  let out = x;
  for (const [k, each] of axes.entries()) {
    const y = next(out, each, k);
    if (out !== x) out.dispose();
    out = y;
  }
  return out;
}

/** All dimensions, of a few images at a time if taps would read much: what lies between two dimensions is small then, too. */
function alongAll(x: Tensor, axes: readonly AxisAlong[]): Tensor {
  let { shape } = x.layout as { shape: readonly number[] };
  let pieces = 1;
  for (const each of axes) {
    shape = resampledShape(shape, each);
    pieces = Math.max(pieces, piecesOf(readBy(each, shape)));
  }
  const dim = shape.slice(0, Math.min(...axes.map((each) => each.dim))).findIndex((n) => n >= pieces);
  if (pieces === 1 || dim === -1 || axes.some(({ axis }) => axis.weights === null)) return chain(x, axes, along);
  const whole = made(x, shape);
  inPieces(shape[dim]!, pieces, (start, length) => {
    const [source, out] = [slice(x, dim, start, length), slice(whole, dim, start, length)];
    chain(source, axes, (y, each, k) => gathered(y, each, 1, k === axes.length - 1 ? out : null));
    source.dispose();
    out.dispose();
  });
  return whole;
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
