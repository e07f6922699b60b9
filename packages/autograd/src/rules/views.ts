/**
 * `view` and `write`. A view's gradient goes back to where its elements lie in the source; a write's base loses the gradient of the region that was replaced,
 * and the value gets it.
 */
import { add_, div, type Tensor } from '@nn/tensor';
import {
  assign, clone, contiguous, contiguousStrides, dispatchInto, filled, fillInPlace, flipView, type Layout, type Node, Op, permute, type Rule, reshape, sizeOf, slice,
  stridedView, type ViewAttributes, type WriteAttributes,
} from '@nn/tensor/internal'; // biome-ignore format: a list
import { sumTo } from './rule.ts';

type Backward<A> = (attributes: A, g: Tensor, source: Layout, view: Layout) => Tensor;
type Of<V extends ViewAttributes['view']> = Extract<ViewAttributes, { view: V }>;

const zeros = (layout: Layout, shape: readonly number[] = layout.shape): Tensor =>
  filled(layout.device, layout.dtype, shape, 0);

const backward: { readonly [V in ViewAttributes['view']]: Backward<Of<V>> } = {
  reshape: (_, g, source) => reshape(g, source.shape),
  expand: (_, g, source) => sumTo(g, source.shape),
  permute: ({ order }, g) =>
    permute(
      g,
      order.map((_, d) => order.indexOf(d)),
    ),
  flip: ({ dims }, g) => flipView(g, dims),
  slice: ({ dim, start, step }, g, source) => {
    const out = zeros(source);
    const length = g.shape[dim]!;
    if (length > 0) {
      const part = slice(out, dim, start, length, step);
      assign(part, g, { fresh: true });
      part.dispose();
    }
    return out;
  },
  strided: ({ offset }, g, source, view) => {
    if (source.contiguous) return into(zeros(source), g, view, offset);
    // Laid out as the source's memory is, then read as the source reads it. Where several of the source's elements are one in memory they share the gradient.
    return spread(into(zeros(source, [extent(source, view, offset)]), g, view, offset), source);
  },
};

/** A gradient of memory as the source reads it; elements that are one in memory share it. */
function spread(memory: Tensor, source: Layout): Tensor {
  const read = stridedView(memory, source.shape, source.strides, 0);
  if (!repeats(source.shape, source.strides)) return read;
  const ones = filled(source.device, source.dtype, source.shape, 1);
  const counts = into(zeros(source, memory.layout.shape), ones, source, 0);
  return div(read, stridedView(counts, source.shape, source.strides, 0));
}

/** Elements of memory that a source and a view of it span. */
const extent = (source: Layout, view: Layout, offset: number): number =>
  Math.max(reach(source.shape, source.strides), offset + reach(view.shape, view.strides));

const reach = (shape: readonly number[], strides: readonly number[]): number =>
  sizeOf(shape) === 0 ? 0 : shape.reduce((p, n, d) => p + (n - 1) * strides[d]!, 1);

/** Adds `g` to zeros where the view lies. */
function into(memory: Tensor, g: Tensor, { shape, strides }: Layout, offset: number): Tensor {
  if (sizeOf(shape) === 0) return memory;
  if (!repeats(shape, strides)) {
    assign(stridedView(memory, shape, strides, offset), g, { fresh: true });
    return memory;
  }
  // Several elements of the view are one in memory: they add up.
  const size = memory.layout.size;
  const flat = stridedView(memory, [size], [1], 0);
  dispatchInto(addAt, [flat, g, addresses(memory, shape, strides, offset)]);
  return memory;
}

const addAt = new Op('scatter', 'scatterAdd_', { form: 'outer', dims: [0], at: 0, combine: 'sum', inPlace: true });

/** Whether two indices of a view reach one element; conservative for strides that interleave. */
function repeats(shape: readonly number[], strides: readonly number[]): boolean {
  const dims = shape
    .map((n, d) => ({ n, s: Math.abs(strides[d]!) }))
    .filter(({ n }) => n > 1)
    .sort((p, q) => p.s - q.s);
  let span = 0;
  for (const { n, s } of dims) {
    if (s <= span) return true;
    span += (n - 1) * s;
  }
  return false;
}

/** The address of each element of a view, as int64 indices. */
function addresses(like: Tensor, shape: readonly number[], strides: readonly number[], offset: number): Tensor {
  const out = filled(like.layout.device, 'int64', shape, offset);
  const values = new Int32Array(sizeOf(shape));
  const rows = contiguousStrides(shape);
  for (let i = 0; i < values.length; i++)
    values[i] = shape.reduce((p, n, d) => p + (Math.floor(i / rows[d]!) % n) * strides[d]!, offset);
  out.backend.write(out.storage.block, out.storage.origin, 'int64', values);
  return out;
}

export const viewRule: Rule<'view'> = {
  needs: () => 0,
  apply: ({ plan }, _, g) => {
    const attributes = plan.op.attributes as ViewAttributes;
    return (backward[attributes.view] as Backward<ViewAttributes>)(attributes, g, plan.inputs[0]!, plan.out);
  },
  // The parts of a tensor that was taken apart: one sum, not one tensor of zeros a part.
  addTo: ({ plan }, _, g, sum) => {
    const attributes = plan.op.attributes as ViewAttributes;
    if (attributes.view !== 'slice') return false;
    const { dim, start, step } = attributes;
    const length = g.shape[dim]!;
    if (length === 0) return true;
    const part = slice(sum, dim, start, length, step);
    add_(part, g);
    part.dispose();
    return true;
  },
};

export const writeRule: Rule<'write'> = {
  needs: () => 0,
  apply: (node, j, g) => {
    const { fresh } = node.plan.op.attributes as WriteAttributes;
    const base = node.plan.inputs[0]!;
    // Dense from here on, as the next part of a tensor that was put together asks for the same.
    if (j === 0 && fresh) return base.contiguous ? contiguous(g) : g;
    if (j === 0) return withoutRegion(node, g);
    const dense = base.contiguous ? contiguous(g) : memoryOf(node, g);
    const own = region(node, dense);
    if (dense !== g) dense.dispose();
    return own;
  },
};

/** The gradient laid out as the base's memory. */
function memoryOf(node: Node, g: Tensor): Tensor {
  const base = node.plan.inputs[0]!;
  if (base.contiguous) return clone(g);
  const { strides, offset } = node.plan.op.attributes as WriteAttributes;
  const value = node.plan.inputs[1]!;
  const size = Math.max(reach(base.shape, base.strides), offset + reach(value.shape, strides));
  return into(zeros(base, [size]), g, base, 0);
}

function region(node: Node, memory: Tensor): Tensor {
  const { strides, offset } = node.plan.op.attributes as WriteAttributes;
  return stridedView(memory, node.plan.inputs[1]!.shape, strides, offset);
}

/** The base's gradient: none where its elements were replaced. */
function withoutRegion(node: Node, g: Tensor): Tensor {
  const base = node.plan.inputs[0]!;
  const memory = memoryOf(node, g);
  fillInPlace(region(node, memory), 0);
  return base.contiguous ? memory : spread(memory, base);
}
