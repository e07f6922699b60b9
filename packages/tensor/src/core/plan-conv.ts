/**
 * Plans of `conv` in its three roles: sizes of x, w and y from the two that are given, one kernel. Operands are dense, of one dtype, and fit together:
 * `ops/conv` sees to it.
 */
import { add, dtypes, type Expression, type Geometry, input, type Kernel, type Layout2, product } from '@nn/backend';
import { type Layout, layoutOf } from './layout.ts';
import type { ConvAttributes, ConvGeometry, Op } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';

export function planConv(op: Op<'conv'>, inputs: readonly Layout[]): Plan {
  const device = commonDevice(op.name, inputs);
  const { dtype } = inputs[0]!;
  const { role, geometry } = op.attributes;
  const shapes = shapesOf(
    op.attributes,
    inputs.map((l) => l.shape),
  );
  const { x, w, y } = shapes;
  const out = layoutOf(device, dtype, { forward: y, inputGradient: x, weightGradient: w }[role]);
  const bias = inputs.length > 2;
  const type = dtypes[dtype].scalar;
  const sum = input(0, type);
  const common = { dtype, epilogue: bias ? add(sum, input(1, type)) : sum, scalars: 0 } as const;
  const launch: Launched = atOnce(shapes, geometry)
    ? matricesOf(role, shapes, geometry.groups, bias, common)
    : {
        kernel: { kind: 'conv', role, spatialRank: geometry.stride.length, bias, ...common },
        geometry: geometryOf([...x, ...w, ...y], [], extentsOf(geometry)),
      };
  return new Plan(op, inputs, [out], {
    program: compile(device, launch.kernel),
    geometry: launch.geometry,
    operands: inputs.map((_, i) => i),
  });
}

interface Launched {
  readonly kernel: Kernel;
  readonly geometry: Geometry;
}

/** Whether the weight covers the image at once, so that there is one position and each member of the image meets one of the weight. */
const atOnce = ({ x, w, y }: ConvShapes, { before, after }: ConvGeometry): boolean =>
  x.slice(2).every((n, d) => n === w[2 + d] && y[2 + d] === 1 && before[d] === 0 && after[d] === 0);

/** What that is: a product of matrices, x [batch, members] times the transpose of w [out, members]; for each group its own. */
function matricesOf(
  role: ConvAttributes['role'],
  { x, w }: ConvShapes,
  groups: number,
  bias: boolean,
  common: { readonly dtype: Layout['dtype']; readonly epilogue: Expression; readonly scalars: number },
): Launched {
  const [batch, members, outs] = [x[0]!, product(w.slice(1)), w[0]! / groups];
  // Strides of groups, rows and columns of the three as they lie in memory.
  const images = [members, groups * members, 1];
  const weights = [outs * members, members, 1];
  const results = [outs, groups * outs, 1];
  const turned = ([group, row, column]: readonly number[]): number[] => [group!, column!, row!];
  const { sizes, operands, left, right } = {
    forward: { sizes: [batch, outs, members], operands: [results, images, turned(weights)], left: 'rows', right: 'columns' },
    inputGradient: { sizes: [batch, members, outs], operands: [images, results, weights], left: 'rows', right: 'rows' },
    weightGradient: { sizes: [outs, members, batch], operands: [weights, turned(results), images], left: 'columns', right: 'rows' },
  }[role] as { sizes: number[]; operands: number[][]; left: Layout2; right: Layout2 }; // biome-ignore format: a table
  const rank = groups > 1 ? 1 : 0;
  const strides = [...operands, ...(bias ? [[outs, 0, 1]] : [])].map((own) => own.slice(1 - rank));
  const extras = bias ? [{ dtype: common.dtype, access: 'strided' as const }] : [];
  return {
    kernel: { kind: 'matmul', rank, left, right, extras, ...common },
    geometry: geometryOf([...(rank === 1 ? [groups] : []), ...sizes], strides),
  };
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
