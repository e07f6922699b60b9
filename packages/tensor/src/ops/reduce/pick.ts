/**
 * Choosing elements along a dimension. PyTorch gives the gradient to the chosen element alone, so ops that choose (max, sort, median …) find the
 * place first, outside of any graph, and then pick the value there: the gather carries the gradient, under the op's own name.
 */
import { dispatch } from '../../core/dispatch.ts';
import { Op } from '../../core/op.ts';
import { state } from '../../core/state.ts';
import { nodeOf } from '../../core/view.ts';
import type { Tensor } from '../../tensor.ts';
import { regroup } from '../shape/views.ts';

/** Whether an op on x would be recorded. */
export const isTracked = (x: Tensor): boolean => state.tracking && nodeOf(x) !== null;

const gathers = new Map<string, Op<'gather'>>();

/** `out[…, i, …] = x[…, indices[…, i, …], …]` along `dim`: the indices have x's rank; PyTorch: `torch.gather`. */
export function pick(name: string, x: Tensor, indices: Tensor, dim: number): Tensor {
  const key = `${name}:${dim}`;
  let op = gathers.get(key);
  if (op === undefined) {
    op = new Op('gather', name, { form: 'aligned', dims: [dim], at: 0 });
    gathers.set(key, op);
  }
  return dispatch(op, x, indices);
}

/** A result of ours without dimension `dim`, which has size 1. Nothing else reaches x, so what comes out is no view of it. */
export function dropped(name: string, x: Tensor, dim: number): Tensor {
  const { shape, strides } = x.layout;
  if (shape.length === 0) return x;
  const others = (list: readonly number[]): number[] => list.filter((_, d) => d !== dim);
  const out = regroup(x, name, others(shape), others(strides));
  out.base = null;
  x.dispose();
  return out;
}

export interface Chosen {
  readonly values: Tensor;
  readonly indices: Tensor;
}

/** The values at places along `dim`, of which there is one a row; the dimension is dropped unless kept. */
export function chosenAt(name: string, x: Tensor, places: Tensor, dim: number, keepdim: boolean): Chosen {
  const values = pick(name, x, places, dim);
  if (keepdim) return { values, indices: places };
  return { values: dropped(name, values, dim), indices: dropped(name, places, dim) };
}
