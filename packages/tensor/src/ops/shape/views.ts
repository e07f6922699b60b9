/**
 * The views that everything else is made of: each is a layout over the same memory, and one word for the gradient rule. Plain functions for the rest of
 * the library; the typed ones that users call are in the files beside this one.
 */
import { ShapeError } from '@nn/backend';
import { checkList, dimension, shapeText } from '../../core/collapse.ts';
import { copyOp } from '../../core/copy.ts';
import { dispatch } from '../../core/dispatch.ts';
import { contiguousStrides, type Layout, layoutOf, sizeOf } from '../../core/layout.ts';
import { Op } from '../../core/op.ts';
import { Plan } from '../../core/plan.ts';
import { stridedOp, view, viewAs, viewNode, viewPlan } from '../../core/view.ts';
import { knownView, rememberView } from '../../core/view-cache.ts';
import type { Tensor } from '../../tensor.ts';
import { sizesOf } from '../elementwise/operand.ts';

const viewOp = new Op('view', 'view', { view: 'reshape' });
const regroupings = new Map<string, Op<'view'>>([['view', viewOp]]);

/** The same elements in the same order, in dimensions that are given with their strides. */
export function regroup(x: Tensor, name: string, shape: readonly number[], strides: readonly number[]): Tensor {
  let op = regroupings.get(name);
  if (op === undefined) {
    op = new Op('view', name, { view: 'reshape' });
    regroupings.set(name, op);
  }
  return view(op, x, shape, strides, x.start);
}

/** Gives back the handles of intermediate views, so that they don't hold memory after their results are gone. Returns the result. */
export function finish(result: Tensor, source: Tensor, ...steps: readonly Tensor[]): Tensor {
  for (const step of steps) if (step !== result && step !== source) step.dispose();
  return result;
}

/** Fills in a -1 and checks the element count. */
export function resolveShape(op: string, from: readonly number[], to: readonly number[]): number[] {
  checkList(op, to);
  const hole = to.indexOf(-1);
  const bad = to.findIndex((n, d) => d !== hole && (!Number.isInteger(n) || n < 0));
  if (bad >= 0)
    throw new ShapeError(
      op,
      `${to[bad]} is not a size; sizes are whole numbers ≥ 0, and at most one may be -1: got ${shapeText(to)}`,
    );
  const total = sizeOf(from);
  const known = to.reduce((p, n, d) => (d === hole ? p : p * n), 1);
  if (hole < 0) {
    if (known !== total)
      throw new ShapeError(op, `${shapeText(from)} has ${total} elements, ${shapeText(to)} has ${known}`);
    return [...to];
  }
  if (known === 0 && total === 0)
    throw new ShapeError(
      op,
      `-1 in ${shapeText(to)} could be any size, as ${shapeText(from)} has no elements; write the size`,
    );
  if (total % known !== 0)
    throw new ShapeError(op, `${shapeText(from)} has ${total} elements, which ${shapeText(to)} can't divide`);
  return to.map((n, d) => (d === hole ? total / known : n));
}

/**
 * Strides for another shape over the same memory, or null where only a copy can have it: dimensions that lie as one are taken together, and the new ones
 * must divide each such run.
 */
export function viewStrides(
  shape: readonly number[],
  strides: readonly number[],
  to: readonly number[],
): number[] | null {
  if (sizeOf(shape) === 0) return contiguousStrides(to);
  const out = new Array<number>(to.length).fill(1);
  let next = to.length - 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    const step = strides[d]!;
    let run = shape[d]!;
    for (; d > 0 && (shape[d - 1] === 1 || strides[d - 1] === run * step); d--) run *= shape[d - 1]!;
    let taken = 1;
    for (; next >= 0 && (taken < run || to[next] === 1); next--) {
      out[next] = taken * step;
      taken *= to[next]!;
    }
    if (taken !== run) return null;
  }
  return out;
}

/** The same elements in another shape: a view where possible, else a copy. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const known = knownView(x.layout, viewOp, shape);
  if (known !== null) return viewAs(known, x);
  const to = resolveShape('reshape', x.layout.shape, shape);
  const strides = viewStrides(x.layout.shape, x.layout.strides, to);
  if (strides === null) return copyAs(x, to);
  return viewAs(rememberView(x.layout, viewOp, shape, viewPlan(viewOp, x.layout, to, strides)), x);
}

/** A dense copy in another shape. Nothing else reaches the copy, so the result is no view of it. */
export function copyAs(x: Tensor, shape: readonly number[], name = 'view'): Tensor {
  const copy = dispatch(copyOp, x);
  const out = regroup(copy, name, shape, contiguousStrides(shape));
  out.base = null;
  copy.dispose();
  return out;
}

/** As `reshape`, but never a copy. */
export function strictView(x: Tensor, shape: readonly number[]): Tensor {
  const to = resolveShape('view', x.layout.shape, shape);
  const strides = viewStrides(x.layout.shape, x.layout.strides, to);
  if (strides === null)
    throw new ShapeError(
      'view',
      `${shapeText(to)} can't be a view of ${shapeText(x.layout.shape)} with strides ${shapeText(x.layout.strides)}; use reshape, which copies where it must`,
    );
  return regroup(x, 'view', to, strides);
}

/** Dimensions in another order, each given once and not negative. */
export function reorder(x: Tensor, name: string, order: readonly number[]): Tensor {
  return viewAs(knownView(x.layout, name, order) ?? newOrder(x.layout, name, order), x);
}

function newOrder(layout: Layout, name: string, order: readonly number[]): Plan {
  const { shape, strides } = layout;
  const plan = viewPlan(
    new Op('view', name, { view: 'permute', order: [...order] }),
    layout,
    order.map((d) => shape[d]!),
    order.map((d) => strides[d]!),
  );
  return rememberView(layout, name, order, plan);
}

/** Dimensions in another order. */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  checkList('permute', dims);
  const { shape } = x.layout;
  const order = dims.map((d) => dimension('permute', d, shape.length));
  if (order.length !== shape.length || new Set(order).size !== order.length)
    throw new ShapeError(
      'permute',
      `(${dims.join(', ')}) is not an order of the ${shape.length} dimensions of ${shapeText(shape)}; name each once`,
    );
  return reorder(x, 'permute', order);
}

/** Two dimensions exchanged. */
export function transpose(x: Tensor, dim0: number, dim1: number, name = 'transpose'): Tensor {
  const { length } = sizesOf(name, x);
  const i = dimension(name, dim0, length);
  const j = dimension(name, dim1, length);
  const order = new Array<number>(length);
  for (let d = 0; d < length; d++) order[d] = d === i ? j : d === j ? i : d;
  return reorder(x, name, order);
}

const expandOp = new Op('view', 'expand', { view: 'expand' });

/** Dimensions of size 1 (and new leading ones) repeated without a copy; -1 keeps a size. */
export function expand(x: Tensor, to: readonly number[], name = 'expand'): Tensor {
  const known = knownView(x.layout, expandOp, to);
  if (known !== null) return viewAs(known, x);
  checkList(name, to);
  const { shape, strides } = x.layout;
  const lead = to.length - shape.length;
  if (lead < 0) throw new ShapeError(name, `${shapeText(to)} has fewer dimensions than ${shapeText(shape)}`);
  const sizes = to.map((n, d) => {
    const own = d < lead ? 1 : shape[d - lead]!;
    if (n === -1 && d < lead)
      throw new ShapeError(
        name,
        `a new dimension has no size for -1 to keep: ${shapeText(shape)} can't become ${shapeText(to)}`,
      );
    if (n === -1) return own;
    if (!Number.isInteger(n) || n < 0 || (n !== own && own !== 1))
      throw new ShapeError(
        name,
        `size ${own} in dimension ${d - lead} can't become ${n}: of ${shapeText(shape)} only sizes of 1 can be repeated, to ${shapeText(to)}`,
      );
    return n;
  });
  const steps = new Array<number>(sizes.length);
  for (let d = sizes.length - 1; d >= 0; d--) {
    const own = d < lead ? 1 : shape[d - lead]!;
    const step = d >= lead ? strides[d - lead]! : d === sizes.length - 1 ? 1 : sizes[d + 1]! * steps[d + 1]!;
    steps[d] = own === sizes[d] ? step : 0;
  }
  return viewAs(rememberView(x.layout, expandOp, to, viewPlan(expandOp, x.layout, sizes, steps)), x);
}

/** Every `step`-th element of a dimension from `start` on, `length` of them. Checks nothing. */
export function sliceView(x: Tensor, dim: number, start: number, length: number, step = 1, name = 'slice'): Tensor {
  const { shape, strides } = x.layout;
  const op = new Op('view', name, { view: 'slice', dim, start, step });
  // A slice of nothing starts where its source does, so that no offset lies beyond the memory.
  const offset = length > 0 ? start * strides[dim]! : 0;
  return view(
    op,
    x,
    shape.map((n, d) => (d === dim ? length : n)),
    strides.map((s, d) => (d === dim ? s * step : s)),
    x.start + offset,
  );
}

/** One position of a dimension, which goes. Checks nothing. */
export function selectView(x: Tensor, dim: number, index: number, name = 'select'): Tensor {
  const slice = sliceView(x, dim, index, 1, 1, name);
  const others = <T>(list: readonly T[]): T[] => list.filter((_, d) => d !== dim);
  return finish(regroup(slice, name, others(x.layout.shape), others(x.layout.strides)), x, slice);
}

/** A new dimension of size 1 before dimension `dim` of the result. Checks nothing. */
export function insertDim(x: Tensor, dim: number, name = 'unsqueeze'): Tensor {
  const { shape, strides } = x.layout;
  const step = dim < shape.length ? shape[dim]! * strides[dim]! : 1;
  const around = (list: readonly number[], n: number): number[] => [...list.slice(0, dim), n, ...list.slice(dim)];
  return regroup(x, name, around(shape, 1), around(strides, step));
}

/** The view with the order of dimensions reversed. Its strides are negative: `flip` copies it, as PyTorch does. */
export function flipView(x: Tensor, dims: readonly number[]): Tensor {
  const { shape, strides } = x.layout;
  const start = dims.reduce((p, d) => p + Math.max(shape[d]! - 1, 0) * strides[d]!, x.start);
  return view(
    new Op('view', 'flip', { view: 'flip', dims }),
    x,
    shape,
    strides.map((s, d) => (dims.includes(d) ? -s : s)),
    start,
  );
}

/** Any view: shape, strides and offset (from the tensor's own first element) over the same memory. */
export const stridedView = (
  x: Tensor,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  name?: string,
): Tensor => view(stridedOp(offset, name), x, shape, strides, x.start + offset);

/**
 * A view whose strides and offset follow from the source's. The graph has it as a view of a dense source: where elements of the source are one in memory, each
 * still gets the gradient that is its own.
 */
export function derivedView(
  x: Tensor,
  name: string,
  shape: readonly number[],
  place: (strides: readonly number[]) => { readonly strides: readonly number[]; readonly offset: number },
): Tensor {
  const { layout } = x;
  const own = place(layout.strides);
  const out = stridedView(x, shape, own.strides, own.offset, name);
  if (out.node === null || layout.contiguous) return out;
  const dense = place(contiguousStrides(layout.shape));
  const from = layoutOf(layout.device, layout.dtype, layout.shape);
  const to = layoutOf(layout.device, layout.dtype, shape, dense.strides);
  out.node = viewNode(new Plan(stridedOp(dense.offset, name), [from], [to]), out.node.a!);
  return out;
}

/** Dense: the tensor itself if it is, else a copy. */
export const contiguous = (x: Tensor): Tensor => (x.layout.contiguous ? x : dispatch(copyOp, x));

/** A dense copy. */
export const clone = (x: Tensor): Tensor => dispatch(copyOp, x);
