/**
 * Plans of `conv` in its three roles: sizes of x, w and y from the two that are given, one kernel. Operands are dense, of one dtype, and fit together:
 * `ops/conv` sees to it.
 */
import { add, type ConvKernel, dtypes, input } from '@nn/backend';
import { type Layout, layoutOf } from './layout.ts';
import type { ConvAttributes, ConvGeometry, Op } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';

export function planConv(op: Op<'conv'>, inputs: readonly Layout[]): Plan {
  const device = commonDevice(op.name, inputs);
  const { dtype } = inputs[0]!;
  const { role, geometry } = op.attributes;
  const { x, w, y } = shapesOf(
    op.attributes,
    inputs.map((l) => l.shape),
  );
  const out = layoutOf(device, dtype, { forward: y, inputGradient: x, weightGradient: w }[role]);
  const bias = inputs.length > 2;
  const type = dtypes[dtype].scalar;
  const sum = input(0, type);
  const kernel: ConvKernel = {
    kind: 'conv',
    role,
    spatialRank: geometry.stride.length,
    dtype,
    bias,
    epilogue: bias ? add(sum, input(1, type)) : sum,
    scalars: 0,
  };
  return new Plan(op, inputs, [out], {
    program: compile(device, kernel),
    geometry: geometryOf([...x, ...w, ...y], [], extentsOf(geometry)),
    operands: inputs.map((_, i) => i),
  });
}

interface ConvShapes {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly y: readonly number[];
}

const positions = (geometry: ConvGeometry, x: readonly number[], w: readonly number[]): number[] =>
  geometry.stride.map((_, d) => positionsAlong(geometry, d, x[2 + d]!, w[2 + d]!));

/** The two given shapes and the third. */
function shapesOf({ role, geometry, size }: ConvAttributes, [a, b]: readonly (readonly number[])[]): ConvShapes {
  const [first, second] = [a!, b!];
  switch (role) {
    case 'forward':
      return { x: first, w: second, y: [first[0]!, second[0]!, ...(size ?? positions(geometry, first, second))] };
    case 'inputGradient':
      return { x: [first[0]!, second[1]! * geometry.groups, ...size!], w: second, y: first };
    case 'weightGradient':
      return { x: second, w: [first[1]!, second[1]! / geometry.groups, ...size!], y: first };
  }
}

/** How often the weight fits into x along an axis: ⌊(size + padding - span) / stride⌋ + 1. */
export function positionsAlong(
  { stride, before, after, dilation }: ConvGeometry,
  axis: number,
  x: number,
  w: number,
): number {
  const room = x + before[axis]! + after[axis]! - dilation[axis]! * (w - 1) - 1;
  return Math.floor(room / stride[axis]!) + 1;
}

const extentsOf = ({ stride, before, after, dilation, groups }: ConvGeometry): number[] => [
  groups,
  ...stride.flatMap((step, d) => [step, before[d]!, after[d]!, dilation[d]!]),
];
