/** The views that everything else is made of: each is a layout over the same memory, and one word for the gradient rule. */
import { ShapeError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { contiguousStrides, sizeOf } from '../../core/layout.ts';
import { Op } from '../../core/op.ts';
import { stridedOp, view } from '../../core/view.ts';
import { copyOp } from '../../core/copy.ts';
import { dispatch } from '../../core/dispatch.ts';
import type { Tensor } from '../../tensor.ts';

const reshapeOp = new Op('view', 'view', { view: 'reshape' });
const expandOp = new Op('view', 'expand', { view: 'expand' });

/** Fills in a -1 and checks the element count. */
export function resolveShape(op: string, from: readonly number[], to: readonly number[]): number[] {
  const total = sizeOf(from);
  const unknown = to.indexOf(-1);
  const known = to.reduce((p, n, i) => (i === unknown ? p : p * n), 1);
  const bad = to.find((n, i) => i !== unknown && (!Number.isInteger(n) || n < 0));
  if (bad !== undefined) throw new ShapeError(op, `${bad} is not a size; sizes are whole numbers ≥ 0, and at most one may be -1`);
  if (unknown >= 0 ? known === 0 || total % known !== 0 : known !== total)
    throw new ShapeError(op, `${shapeText(from)} has ${total} elements, ${unknown >= 0 ? `which ${shapeText(to)} can't divide` : `${shapeText(to)} has ${known}`}`);
  return to.map((n, i) => (i === unknown ? total / known : n));
}

/** Strides for another shape over the same memory, or null where only a copy can have it. */
export function viewStrides(shape: readonly number[], strides: readonly number[], to: readonly number[]): number[] | null {
  if (sizeOf(shape) === 0) return contiguousStrides(to);
  const out = new Array<number>(to.length);
  let d = to.length - 1;
  for (let i = shape.length - 1; i >= 0; ) {
    // A run of source dimensions that lie as one.
    let run = shape[i]!;
    const step = strides[i]!;
    let start = i;
    while (start > 0 && (shape[start - 1] === 1 || run === 1 || strides[start - 1] === step * run)) {
      if (run === 1 && shape[start - 1] !== 1) break;
      start--;
      run *= shape[start]!;
    }
    let left = run;
    let stride = step;
    while (d >= 0 && (left > 1 || to[d] === 1)) {
      if (left % to[d]! !== 0) return null;
      out[d] = stride;
      stride *= to[d]!;
      left /= to[d]!;
      d--;
    }
    if (left > 1) return null;
    i = start - 1;
  }
  for (; d >= 0; d--) out[d] = 1;
  return out;
}

/** The same elements in another shape: a view where possible, else a copy; PyTorch: `torch.reshape`. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const to = resolveShape('reshape', x.layout.shape, shape);
  const strides = viewStrides(x.layout.shape, x.layout.strides, to);
  if (strides !== null) return view(reshapeOp, x, to, strides, x.start);
  const copy = dispatch(copyOp, x);
  return view(reshapeOp, copy, to, contiguousStrides(to), 0);
}

/** As `reshape`, but never a copy; PyTorch: `Tensor.view`. */
export function viewAs(x: Tensor, shape: readonly number[]): Tensor {
  const to = resolveShape('view', x.layout.shape, shape);
  const strides = viewStrides(x.layout.shape, x.layout.strides, to);
  if (strides === null)
    throw new ShapeError('view', `${shapeText(to)} can't be a view of ${shapeText(x.layout.shape)} with strides ${shapeText(x.layout.strides)}: use reshape, which copies where it must`);
  return view(reshapeOp, x, to, strides, x.start);
}

/** Dimensions in another order; PyTorch: `torch.permute`. */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  const { shape, strides } = x.layout;
  const order = dims.map((d) => dimension('permute', d, shape.length));
  if (order.length !== shape.length || new Set(order).size !== order.length)
    throw new ShapeError('permute', `(${dims.join(', ')}) is not an order of the ${shape.length} dimensions of ${shapeText(shape)}; name each once`);
  return view(new Op('view', 'permute', { view: 'permute', order }), x, order.map((d) => shape[d]!), order.map((d) => strides[d]!), x.start);
}

/** Two dimensions swapped; PyTorch: `torch.transpose`. */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const { shape, strides } = x.layout;
  const i = dimension('transpose', dim0, shape.length);
  const j = dimension('transpose', dim1, shape.length);
  if (shape.length === 0) return view(reshapeOp, x, shape, strides, x.start);
  const swap = (list: readonly number[]): number[] => list.map((n, d) => (d === i ? list[j]! : d === j ? list[i]! : n));
  return view(new Op('view', 'transpose', { view: 'permute', order: swap(shape.map((_, d) => d)) }), x, swap(shape), swap(strides), x.start);
}

/** Dimensions of size 1 (and new leading ones) repeated without a copy; -1 keeps a size; PyTorch: `Tensor.expand`. */
export function expand(x: Tensor, to: readonly number[]): Tensor {
  const { shape, strides } = x.layout;
  const lead = to.length - shape.length;
  if (lead < 0) throw new ShapeError('expand', `${shapeText(to)} has fewer dimensions than ${shapeText(shape)}`);
  const sizes = to.map((n, d) => {
    const own = d < lead ? 1 : shape[d - lead]!;
    if (n === -1 && d >= lead) return own;
    if (!Number.isInteger(n) || n < 0 || (n !== own && own !== 1))
      throw new ShapeError('expand', `size ${own} in dimension ${d - lead} of ${shapeText(shape)} can't become ${n}: only sizes of 1 can be repeated`);
    return n;
  });
  return view(expandOp, x, sizes, sizes.map((n, d) => (d < lead || (shape[d - lead] === 1 && n !== 1) ? 0 : strides[d - lead]!)), x.start);
}

/** Every `step`-th element of a dimension from `start` on, `length` of them. */
export function slice(x: Tensor, dim: number, start: number, length: number, step = 1): Tensor {
  const { shape, strides } = x.layout;
  const op = new Op('view', 'slice', { view: 'slice', dim, start, step });
  return view(op, x, shape.map((n, d) => (d === dim ? length : n)), strides.map((s, d) => (d === dim ? s * step : s)), x.start + (length > 0 ? start * strides[dim]! : 0));
}

/** The view with the order of dimensions reversed. Its strides are negative: `flip` copies it, as PyTorch does. */
export function flipView(x: Tensor, dims: readonly number[]): Tensor {
  const { shape, strides } = x.layout;
  const start = dims.reduce((p, d) => p + Math.max(shape[d]! - 1, 0) * strides[d]!, x.start);
  return view(new Op('view', 'flip', { view: 'flip', dims }), x, shape, strides.map((s, d) => (dims.includes(d) ? -s : s)), start);
}

/** Any view: shape, strides and offset (from the tensor's own first element) over the same memory. */
export const stridedView = (x: Tensor, shape: readonly number[], strides: readonly number[], offset: number, name?: string): Tensor =>
  view(stridedOp(offset, name), x, shape, strides, x.start + offset);

/** Dense: the tensor itself if it is, else a copy; PyTorch: `Tensor.contiguous`. */
export const contiguous = (x: Tensor): Tensor => (x.layout.contiguous ? x : dispatch(copyOp, x));

/** A dense copy, differentiable; PyTorch: `torch.clone`. */
export const clone = (x: Tensor): Tensor => dispatch(copyOp, x);
