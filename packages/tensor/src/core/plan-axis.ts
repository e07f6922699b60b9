/** Plans of `scan`, `sort` and `rows`: kinds that work along one dimension, which comes last in the kernel's order. */
import type { DType, RowsKernel, ScanKernel, SortKernel } from '@nn/backend';
import { accessOf, broadcastShapes, broadcastStrides, collapse } from './collapse.ts';
import { contiguousStrides, type Device, type Layout, layoutOf } from './layout.ts';
import type { Op } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';

/** Sizes and strides with the other dimensions merged and the axis kept apart at the end. */
function alongAxis(
  shape: readonly number[],
  dim: number,
  strides: readonly (readonly number[])[],
): { sizes: number[]; strides: number[][]; rank: number } {
  const others = <T>(list: readonly T[]): T[] => list.filter((_, d) => d !== dim);
  const outer = collapse(
    others(shape),
    strides.map((s) => others(s)),
  );
  return {
    rank: outer.sizes.length,
    sizes: [...outer.sizes, shape[dim] ?? 1],
    strides: outer.strides.map((s, i) => [...s, strides[i]![dim] ?? 0]),
  };
}

/** Dense memory in the kernel's order, in which the axis comes last: what kinds write whose outputs have no strides of their own. */
function axisInnermost(device: Device, dtype: DType, shape: readonly number[], dim: number): Layout {
  if (dim >= shape.length - 1) return layoutOf(device, dtype, shape);
  const order = [...shape.keys()].filter((d) => d !== dim).concat(dim);
  const strides = contiguousStrides(order.map((d) => shape[d]!));
  return layoutOf(
    device,
    dtype,
    shape,
    shape.map((_, d) => strides[order.indexOf(d)]!),
  );
}

export function planScan(op: Op<'scan'>, inputs: readonly Layout[]): Plan {
  const { dim, combine, reverse, indices } = op.attributes;
  const source = inputs[0]!;
  const device = commonDevice(op.name, inputs);
  const outs = [
    layoutOf(device, source.dtype, source.shape),
    ...(indices ? [axisInnermost(device, 'int64', source.shape, dim)] : []),
  ];
  const { rank, sizes, strides } = alongAxis(source.shape, dim, [...outs.map((l) => l.strides), source.strides]);
  const kernel: ScanKernel = {
    kind: 'scan',
    rank,
    combine,
    reverse,
    indices,
    output: { dtype: source.dtype, access: accessOf(sizes, strides[0]!) },
    input: { dtype: source.dtype, access: accessOf(sizes, strides[outs.length]!) },
  };
  return new Plan(op, inputs, outs, {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, strides),
    operands: [0],
  });
}

export function planSort(op: Op<'sort'>, inputs: readonly Layout[]): Plan {
  const { dim, descending } = op.attributes;
  const source = inputs[0]!;
  const device = commonDevice(op.name, inputs);
  const outs = [
    axisInnermost(device, source.dtype, source.shape, dim),
    axisInnermost(device, 'int64', source.shape, dim),
  ];
  const { rank, sizes, strides } = alongAxis(source.shape, dim, [...outs.map((l) => l.strides), source.strides]);
  const kernel: SortKernel = {
    kind: 'sort',
    rank,
    descending,
    input: { dtype: source.dtype, access: accessOf(sizes, strides[2]!) },
  };
  return new Plan(op, inputs, outs, {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, strides),
    operands: [0],
  });
}

/** Along the last dimension; operands broadcast together. */
export function planRows(op: Op<'rows'>, inputs: readonly Layout[]): Plan {
  const device = commonDevice(op.name, inputs);
  const shape = broadcastShapes(
    op.name,
    inputs.map((l) => l.shape),
  );
  const built = op.attributes.build(inputs);
  const last = shape.length - 1;
  const outs = built.outputs.map((o) => layoutOf(device, o.dtype, o.perRow ? shape.slice(0, last) : shape));
  const outStrides = outs.map((l, j) => (built.outputs[j]!.perRow ? [...l.strides, 0] : l.strides));
  const all = [...outStrides, ...inputs.map((l) => broadcastStrides(l.shape, l.strides, shape))];
  const { rank, sizes, strides } = alongAxis(shape, last, all);
  const kernel: RowsKernel = {
    kind: 'rows',
    rank,
    inputs: inputs.map((l, i) => ({ dtype: l.dtype, access: accessOf(sizes, strides[outs.length + i]!) })),
    reductions: built.reductions,
    outputs: built.outputs,
    scalars: built.scalars,
  };
  return new Plan(op, inputs, outs, {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, strides),
    operands: inputs.map((_, i) => i),
    built,
  });
}
