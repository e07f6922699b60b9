/** The order of elements along a dimension, found outside of any graph: what sorting, selection and quantiles are made of. */

import { dispatchMany } from '../../core/dispatch.ts';
import { bit, savedInput } from '../../core/node.ts';
import { Op, type Own, type SortAttributes } from '../../core/op.ts';
import { planSort } from '../../core/plan-axis.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { clone, finish, sliceView } from '../shape/views.ts';
import { sendBack } from './send-back.ts';

/** Sorted values send their gradient back to where they came from. */
const own: Own = {
  plan: planSort,
  rule: {
    needs: () => bit(0),
    apply: (node, _, g) => {
      const x = savedInput(node, 0);
      const { op } = node.plan;
      return sendBack(x, (op.attributes as SortAttributes).dim, dispatchMany(op, [x])[1]!, g);
    },
  },
};

const ops = new Map<number, Op<'sort'>>();

/** The elements sorted along `dim` and where each was, stable, NaN as the largest; not recorded. */
export function ordered(x: Tensor, dim: number, descending: boolean): { values: Tensor; indices: Tensor } {
  const key = dim * 2 + Number(descending);
  let op = ops.get(key);
  if (op === undefined) {
    op = new Op('sort', 'sort', { dim, descending }, null, own);
    ops.set(key, op);
  }
  const [values, indices] = untracked(() => dispatchMany(op, [x])) as [Tensor, Tensor];
  return { values, indices };
}

/** Only where each was. */
export function orderOf(x: Tensor, dim: number, descending: boolean): Tensor {
  const { values, indices } = ordered(x, dim, descending);
  values.dispose();
  return indices;
}

/** Where the elements of ranks `start` to `start + length - 1` were. A copy: the rest of the order isn't kept for them. */
export function placesOfRanks(x: Tensor, dim: number, descending: boolean, start: number, length: number): Tensor {
  const order = orderOf(x, dim, descending);
  if (x.layout.shape.length === 0) return order;
  return untracked(() => {
    const part = sliceView(order, dim, start, length);
    return finish(clone(part), x, part, order);
  });
}
