/** The few things that all gradient rules need. */

import { dtypes, input } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, expand, factory, type Node, nodeOf, Op, reshape, sameNumbers, share } from '@nn/tensor/internal';

/** The saved result. */
export function savedOutput(node: Node): Tensor {
  const t = node.so!;
  t.node = node;
  return t;
}

/** A second handle on the same memory. */
export function handle(t: Tensor): Tensor {
  const copy = factory.make(share(t.storage), t.layout, t.start);
  copy.node = nodeOf(t);
  return copy;
}

const sums = new Map<number, Op<'reduce'>>();

/** Sum over dimensions, in the dtype that it has. */
export function sumOver(x: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  let key = keepdim ? 1 : 0;
  for (let i = 0; i < dims.length; i++) key += 2 ** (dims[i]! + 1);
  let op = sums.get(key);
  if (op === undefined) {
    op = new Op('reduce', 'sum', {
      dims,
      keepdim,
      build: ([layout]) => {
        const value = input(0, dtypes[layout!.dtype].scalar);
        return { dtype: layout!.dtype, combine: 'sum', body: value, epilogue: value, scalars: 0 };
      },
    });
    sums.set(key, op);
  }
  return dispatch(op, x);
}

/** Dimensions over which an operand of this shape was stretched to `to`. */
export function stretched(shape: readonly number[], to: readonly number[]): number[] {
  const lead = to.length - shape.length;
  const dims: number[] = [];
  for (let d = 0; d < to.length; d++) if (d < lead || (shape[d - lead] === 1 && to[d] !== 1)) dims.push(d);
  return dims;
}

/** Sums what broadcasting stretched, back to the operand's shape; PyTorch: `Tensor.sum_to_size`. */
export function sumTo(g: Tensor, shape: readonly number[]): Tensor {
  if (sameNumbers(g.layout.shape, shape)) return g;
  const dims = stretched(shape, g.shape);
  if (dims.length === 0) return g;
  const summed = sumOver(g, dims, false);
  return settle(summed, shape);
}

/** The same elements in the wanted shape; intermediates are given back. */
export function settle(x: Tensor, shape: readonly number[]): Tensor {
  if (sameNumbers(x.shape, shape)) return x;
  const out = reshape(x, shape);
  x.dispose();
  return out;
}

/** A gradient over the shape before a reduction: reduced dimensions come back with size 1 and are stretched. */
export function restore(g: Tensor, shape: readonly number[], dims: readonly number[], keepdim: boolean): Tensor {
  if (keepdim || g.layout.shape.length === 0) return expand(g, shape);
  const kept = reshape(
    g,
    shape.map((n, d) => (dims.includes(d) ? 1 : n)),
  );
  const out = expand(kept, shape);
  kept.dispose();
  return out;
}
