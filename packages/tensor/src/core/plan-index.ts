/** Plans of `gather` and `scatter`: both walk an iteration of positions and reach into the indexed tensor through index operands. */
import { DTypeError, dtypes, type GatherKernel, type ScatterKernel, ShapeError } from '@nn/backend';
import { accessOf, broadcastShapes, broadcastStrides, collapse, shapeText } from './collapse.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { IndexAttributes, Op } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';
import { refuseExpanded } from './plan-map.ts';

interface Reach {
  /** Iteration shape: that of a gather's result and of a scatter's values. */
  readonly shape: readonly number[];
  /** Strides of the indexed tensor over the iteration. */
  readonly walk: readonly number[];
  /** Strides of each index operand over the iteration. */
  readonly indices: readonly (readonly number[])[];
  /** Size and stride of each indexed dimension. */
  readonly extents: readonly number[];
}

/** How index tensors reach into `indexed`. */
export function reach(op: string, attributes: IndexAttributes, indexed: Layout, indices: readonly Layout[]): Reach {
  const { form, dims, at } = attributes;
  for (const { dtype } of indices)
    if (dtypes[dtype].category !== 'integer' || dtype === 'uint8')
      throw new DTypeError(op, `indices must be int64 or int32, got ${dtype}; convert with .to('int64')`);
  const extents = dims.flatMap((d) => [indexed.shape[d] ?? 1, indexed.strides[d] ?? 0]);
  if (form === 'aligned') {
    const index = indices[0]!;
    const dim = dims[0]!;
    if (index.shape.length !== indexed.shape.length)
      throw new ShapeError(
        op,
        `the index of shape ${shapeText(index.shape)} must have as many dimensions as ${shapeText(indexed.shape)}`,
      );
    index.shape.forEach((n, d) => {
      if (d !== dim && n > indexed.shape[d]!)
        throw new ShapeError(
          op,
          `the index of shape ${shapeText(index.shape)} is larger than ${shapeText(indexed.shape)} in dimension ${d}`,
        );
    });
    return {
      shape: index.shape,
      walk: indexed.strides.map((s, d) => (d === dim ? 0 : s)),
      indices: [index.strides],
      extents,
    };
  }
  const common = broadcastShapes(
    op,
    indices.map((l) => l.shape),
  );
  const others = indexed.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const around = <T>(list: readonly T[], inside: readonly T[]): T[] => [
    ...list.slice(0, at),
    ...inside,
    ...list.slice(at),
  ];
  return {
    shape: around(
      others.map((d) => indexed.shape[d]!),
      common,
    ),
    walk: around(
      others.map((d) => indexed.strides[d]!),
      common.map(() => 0),
    ),
    indices: indices.map((l) =>
      around(
        others.map(() => 0),
        broadcastStrides(l.shape, l.strides, common),
      ),
    ),
    extents,
  };
}

export function planGather(op: Op<'gather'>, inputs: readonly Layout[]): Plan {
  const [source, ...indices] = inputs as [Layout, ...Layout[]];
  const device = commonDevice(op.name, inputs);
  const found = reach(op.name, op.attributes, source, indices);
  const out = layoutOf(device, source.dtype, found.shape);
  const { sizes, strides } = collapse(found.shape, [out.strides, found.walk, ...found.indices]);
  const kernel: GatherKernel = {
    kind: 'gather',
    rank: sizes.length,
    dtype: source.dtype,
    output: { dtype: source.dtype, access: accessOf(sizes, strides[0]!) },
    source: { dtype: source.dtype, access: accessOf(sizes, strides[1]!) },
    indices: indices.map((l, k) => ({ dtype: l.dtype, access: accessOf(sizes, strides[k + 2]!) })),
  };
  return new Plan(op, inputs, [out], {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, strides, found.extents),
    operands: inputs.map((_, i) => i),
  });
}

/** Inputs: the tensor to change, the values, the indices. `before` copies it where the op isn't in place. */
export function planScatter(op: Op<'scatter'>, inputs: readonly Layout[], copy: (from: Layout) => Plan): Plan {
  const [base, value, ...indices] = inputs as [Layout, Layout, ...Layout[]];
  const { combine, inPlace } = op.attributes;
  const device = commonDevice(op.name, inputs);
  if (value.dtype !== base.dtype)
    throw new DTypeError(
      op.name,
      `the values are ${value.dtype}, the tensor is ${base.dtype}; convert with .to('${base.dtype}')`,
    );
  if (inPlace) refuseExpanded(op.name, base);
  const out = inPlace ? base : layoutOf(device, base.dtype, base.shape);
  const found = reach(op.name, op.attributes, out, indices);
  if (op.attributes.form === 'aligned') {
    const short = found.shape.findIndex((n, d) => n > value.shape[d]!);
    if (value.shape.length !== found.shape.length || short >= 0)
      throw new ShapeError(
        op.name,
        `the index of shape ${shapeText(found.shape)} is larger than the values' ${shapeText(value.shape)}`,
      );
  } else if (shapeText(broadcastShapes(op.name, [found.shape, value.shape])) !== shapeText(found.shape))
    throw new ShapeError(
      op.name,
      `values of shape ${shapeText(value.shape)} do not broadcast to the indexed shape ${shapeText(found.shape)}`,
    );
  const values =
    op.attributes.form === 'aligned' ? value.strides : broadcastStrides(value.shape, value.strides, found.shape);
  const { sizes, strides } = collapse(found.shape, [found.walk, values, ...found.indices]);
  const kernel: ScatterKernel = {
    kind: 'scatter',
    rank: sizes.length,
    dtype: base.dtype,
    combine,
    output: { dtype: base.dtype, access: accessOf(sizes, strides[0]!) },
    value: { dtype: base.dtype, access: accessOf(sizes, strides[1]!) },
    indices: indices.map((l, k) => ({ dtype: l.dtype, access: accessOf(sizes, strides[k + 2]!) })),
  };
  return new Plan(op, inputs, [out], {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, strides, found.extents),
    operands: inputs.map((_, i) => i).slice(1),
    ...(inPlace ? {} : { before: copy(base) }),
  });
}
