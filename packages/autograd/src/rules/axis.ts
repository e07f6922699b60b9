/**
 * `scan` and `sort`. A running sum's gradient is the running sum from the other end; a running product's is in `products.ts`; extremes and sorted values
 * send their gradient back to where they came from.
 */
import type { Tensor } from '@nn/tensor';
import {
  dispatch,
  dispatchInto,
  dispatchMany,
  filledLike,
  type Node,
  Op,
  type ScanAttributes,
  type SortAttributes,
  transpose,
} from '@nn/tensor/internal';
import { runningProductGradient } from './products.ts';
import { bit, type Rule, savedInput } from './rule.ts';

const scans = new Map<string, Op<'scan'>>();

function scanOp(dim: number, combine: ScanAttributes['combine'], reverse: boolean, indices: boolean): Op<'scan'> {
  const key = `${dim}${combine}${reverse}${indices}`;
  let op = scans.get(key);
  if (op === undefined) {
    op = new Op('scan', combine === 'sum' ? 'cumsum' : `cum${combine}`, { dim, combine, reverse, indices });
    scans.set(key, op);
  }
  return op;
}

const scatters = new Map<number, Op<'scatter'>>();

/** Adds `g` to zeros at the indices along a dimension. */
function sendBack(like: Tensor, dim: number, indices: Tensor, g: Tensor): Tensor {
  let op = scatters.get(dim);
  if (op === undefined) {
    op = new Op('scatter', 'scatterAdd_', { form: 'aligned', dims: [dim], at: 0, combine: 'sum', inPlace: true });
    scatters.set(dim, op);
  }
  return dispatchInto(op, [filledLike(like, 0), g, indices]);
}

export const scanRule: Rule<'scan'> = {
  needs: (plan) => ((plan.op.attributes as ScanAttributes).combine === 'sum' ? 0 : bit(0)),
  apply: (node, _, g) => {
    const { dim, combine, reverse } = node.plan.op.attributes as ScanAttributes;
    if (combine === 'sum') return dispatch(scanOp(dim, 'sum', !reverse, false), g);
    const x = savedInput(node, 0);
    if (combine === 'product') return productGradient(x, g, dim, reverse);
    const indices = dispatchMany(scanOp(dim, combine, reverse, true), [x])[1]!;
    return sendBack(x, dim, indices, g);
  },
};

function productGradient(x: Tensor, g: Tensor, dim: number, reverse: boolean): Tensor {
  if (x.shape.length === 0) return g;
  const last = x.shape.length - 1;
  const moved = (t: Tensor): Tensor => transpose(t, dim, last);
  const out = runningProductGradient(moved(x), moved(g), reverse);
  return moved(out);
}

export const sortRule: Rule<'sort'> = {
  needs: () => bit(0),
  apply: (node: Node, _, g) => {
    const x = savedInput(node, 0);
    const op = node.plan.op as Op<'sort'>;
    const indices = dispatchMany(op, [x])[1]!;
    return sendBack(x, (op.attributes as SortAttributes).dim, indices, g);
  },
};
