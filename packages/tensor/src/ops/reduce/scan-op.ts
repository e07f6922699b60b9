/**
 * The `scan` op with its gradient: a running sum's is the running sum from the other end, extremes send theirs back to where they came from, and a running product's is
 * right where elements are zero: nothing is divided by an element.
 */
import { and, constant, div, dtypes, type Expression, equal, type ScalarType, same, select } from '@nn/backend';
import { copyOp } from '../../core/copy.ts';
import { dispatch, dispatchMany, fresh } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { assign } from '../../core/in-place.ts';
import { type Layout, layoutOf } from '../../core/layout.ts';
import { bit, savedInput } from '../../core/node.ts';
import { Op, type Own, type ScanAttributes } from '../../core/op.ts';
import { planScan } from '../../core/plan-axis.ts';
import { state } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { expand, reshape, stridedView, transpose } from '../shape/views.ts';
import { sendBack } from './send-back.ts';

const own: Own = {
  plan: planScan,
  rule: {
    needs: (plan) => ((plan.op.attributes as ScanAttributes).combine === 'sum' ? 0 : bit(0)),
    apply: (node, _, g) => {
      const { dim, combine, reverse } = node.plan.op.attributes as ScanAttributes;
      if (combine === 'sum') return dispatch(found(dim, 'sum', !reverse, false), g);
      const x = savedInput(node, 0);
      if (combine === 'product') return productGradient(x, g, dim, reverse);
      const indices = dispatchMany(found(dim, combine, reverse, true), [x])[1]!;
      return sendBack(x, dim, indices, g);
    },
  },
};

/** A scan op, with its planner and its rule. */
export const scanOp = (name: string, attributes: ScanAttributes): Op<'scan'> =>
  new Op('scan', name, attributes, null, own);

const ops = new Map<string, Op<'scan'>>();

/** What gradients are made of. */
function found(dim: number, combine: ScanAttributes['combine'], reverse: boolean, indices: boolean): Op<'scan'> {
  const key = `${dim}${combine}${reverse}${indices}`;
  let op = ops.get(key);
  if (op === undefined) {
    op = scanOp(combine === 'sum' ? 'cumsum' : combine === 'product' ? 'cumprod' : `cum${combine}`, {
      dim,
      combine,
      reverse,
      indices,
    });
    ops.set(key, op);
  }
  return op;
}

/** Running sum or product along the last dimension. */
export const running = (x: Tensor, combine: 'sum' | 'product', reverse: boolean): Tensor =>
  dispatch(found(x.shape.length - 1, combine, reverse, false), x);

function productGradient(x: Tensor, g: Tensor, dim: number, reverse: boolean): Tensor {
  if (x.shape.length === 0) return g;
  const last = x.shape.length - 1;
  const moved = (t: Tensor): Tensor => transpose(t, dim, last);
  return moved((state.tracking ? byTable : bySums)(moved(x), moved(g), reverse));
}

/** 1 for the first zero of a row, else x; from x and how many zeros there are up to it. */
const withoutFirst = new Op('map', 'cumprodBackward', {
  inPlace: false,
  build: ([layout]) =>
    single(layout!.dtype, select(firstZero(layout!), constant(1, typeOf(layout!)), element(layout!, 0))),
});

/** The gradient of x, from it, the zeros, and the sums of both kinds. */
const chosen = new Op('map', 'cumprodBackward', {
  inPlace: false,
  build: ([layout]) => {
    const [x, zeros, sums, others] = [0, 1, 2, 3].map((i) => element(layout!, i)) as [Expression, Expression, Expression, Expression]; // biome-ignore format: four of a kind
    const atZero = select(firstZero(layout!), others, same(0, x));
    return single(layout!.dtype, select(equal(zeros, same(0, zeros)), div(sums, x), atZero));
  },
});

const isZero = new Op('map', 'cumprodBackward', {
  inPlace: false,
  build: ([layout]) => {
    const x = element(layout!, 0);
    return single(layout!.dtype, select(equal(x, same(0, x)), same(1, x), same(0, x)));
  },
});

const typeOf = ({ dtype }: Layout): ScalarType => dtypes[dtype].scalar;

function firstZero(layout: Layout): Expression {
  const [x, zeros] = [element(layout, 0), element(layout, 1)];
  return and(equal(x, same(0, x)), equal(zeros, same(1, zeros)));
}

/**
 * Gradient of y = cumprod(x) along the last dimension, in time and memory of x: x̄ₖ = Σ_{i ≥ k} ȳᵢ yᵢ / xₖ before the first zero of a row. At that zero it is the same sum over
 * products without it, and behind it 0. Of the first order only.
 */
function bySums(x: Tensor, g: Tensor, reverse: boolean): Tensor {
  const used: Tensor[] = [];
  const keep = (t: Tensor): Tensor => {
    used.push(t);
    return t;
  };
  const sumsOf = (factors: Tensor): Tensor =>
    keep(running(keep(mul(g, keep(running(factors, 'product', reverse))) as Tensor), 'sum', !reverse));
  const zeros = keep(running(keep(dispatch(isZero, x)), 'sum', reverse));
  const rest = keep(dispatch(withoutFirst, x, zeros));
  const result = dispatchMany(chosen, [x, zeros, sumsOf(x), sumsOf(rest)])[0]!;
  for (const t of used) t.dispose();
  return result;
}

/**
 * The same to any order of derivative: x̄ₖ = Σ_{i ≥ k} ȳᵢ Π_{l ≤ i, l ≠ k} x_l (≤ and ≥ swap in reverse). Row k of an n×n table
 * holds the running products with xₖ replaced by 1, which is right for any zeros and to any order of derivative.
 */
function byTable(x: Tensor, g: Tensor, reverse: boolean): Tensor {
  const last = x.shape.length - 1;
  const n = x.shape[last]!;
  if (n === 0) return g;
  const square = [...x.shape, n];
  const table = fresh(layoutOf(x.layout.device, x.dtype, square), 'cumprodGradient');
  assign(table, expand(reshape(x, [...x.shape.slice(0, last), 1, n]), square), { fresh: true });
  assign(diagonal(table), expand(filled(x.layout.device, x.dtype, [], 1), x.shape));
  const omitted = running(table, 'product', reverse);
  const weighted = mul(omitted, reshape(g, [...g.shape.slice(0, last), 1, n])) as Tensor;
  // Summed from the far end, the diagonal holds the sums over i ≥ k.
  return dispatch(copyOp, diagonal(running(weighted, 'sum', !reverse)));
}

/** The view [..., k] of a dense table [..., k, k]. */
function diagonal(table: Tensor): Tensor {
  const shape = table.shape.slice(0, -1);
  const n = shape[shape.length - 1]!;
  return stridedView(table, shape, [...table.layout.strides.slice(0, -2), n + 1], 0);
}
