/** Plans of `scan` and `sort`, which work along one dimension: it comes last in the kernel's order. */
import type { DType, ScanKernel, SortKernel } from '@nn/backend';
import { accessOf, alongAxis } from './collapse.ts';
import { contiguousStrides, type Device, type Layout, layoutOf } from './layout.ts';
import type { Op } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';

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
