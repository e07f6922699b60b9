/** Plans of `map` and `reduce`: operands broadcast together, dimensions merged, dtypes checked. */
import {
  castTo,
  DTypeError,
  type Expression,
  input,
  inputsOf,
  type MapKernel,
  type Operand,
  type ReduceKernel,
  rewrite,
  ShapeError,
  withArguments,
} from '@nn/backend';
import { accessOf, broadcastShapes, broadcastStrides, collapse, shapeText } from './collapse.ts';
import { type Device, type Layout, layoutOf, sameNumbers } from './layout.ts';
import type { MapBuild, Op, ReduceBuild } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';
import { canCast } from './promotion.ts';

/** Renumbers the inputs that expressions read to 0, 1, … and says which they were. */
function compact(expressions: readonly Expression[]): { operands: number[]; expressions: Expression[] } {
  const operands = inputsOf(...expressions);
  const renumber = (node: Expression): Expression => input(operands.indexOf(node.value), node.type);
  return {
    operands,
    expressions: expressions.map((root) =>
      rewrite(root, (node, args) => (node.op === 'input' ? renumber(node) : withArguments(node, args))),
    ),
  };
}

/** Layout classes of operands over collapsed sizes. */
const operandsOf = (layouts: readonly Layout[], sizes: readonly number[], strides: readonly number[][]): Operand[] =>
  layouts.map((layout, i) => ({ dtype: layout.dtype, access: accessOf(sizes, strides[i]!) }));

/** A map over new tensors of `shape`, or in place over input 0. */
export function planMap(op: Op<'map'>, inputs: readonly Layout[]): Plan {
  const { build, inPlace } = op.attributes;
  const device = commonDevice(op.name, inputs);
  const shape = broadcastShapes(
    op.name,
    inputs.map((layout) => layout.shape),
  );
  const built = build(inputs);
  if (!inPlace)
    return mapPlan(
      op,
      inputs,
      device,
      shape,
      built,
      built.outputs.map((o) => layoutOf(device, o.dtype, shape)),
    );
  const target = inputs[0]!;
  checkTarget(op.name, target, shape, built.outputs[0]!.dtype);
  const stored = {
    ...built,
    outputs: [{ dtype: target.dtype, expression: castTo(built.outputs[0]!.expression, target.dtype) }],
  };
  return mapPlan(op, inputs, device, target.shape, stored, [target], [0]);
}

/** A map that makes tensors from nothing: the layout is given. */
export function planCreate(op: Op<'map'>, layout: Layout): Plan {
  const built = op.attributes.build([layout]);
  return mapPlan(op, [layout], layout.device, layout.shape, built, [layout]);
}

function checkTarget(op: string, target: Layout, shape: readonly number[], dtype: Layout['dtype']): void {
  if (!sameNumbers(shape, target.shape))
    throw new ShapeError(
      op,
      `the result has shape ${shapeText(shape)} but is stored in place in ${shapeText(target.shape)}; an in-place op can't change the shape`,
    );
  if (!canCast(dtype, target.dtype))
    throw new DTypeError(
      op,
      `the result is ${dtype} but is stored in place in ${target.dtype}; convert first, or use the op that returns a new tensor`,
    );
  refuseExpanded(op, target);
}

/** Elements that are one in memory can't be given values of their own. */
export function refuseExpanded(op: string, target: Layout): void {
  if (target.size > 0 && target.strides.some((s, i) => s === 0 && target.shape[i]! > 1))
    throw new ShapeError(
      op,
      `this tensor of shape ${shapeText(target.shape)} is expanded: several elements are one in memory; call clone() before changing it in place`,
    );
}

/** Output j replaces input `targets[j]`, if there is one. */
function mapPlan(
  op: Op<'map'>,
  inputs: readonly Layout[],
  device: Device,
  shape: readonly number[],
  built: MapBuild,
  outs: readonly Layout[],
  targets: readonly number[] = [],
): Plan {
  const { operands, expressions } = compact(built.outputs.map((o) => o.expression));
  const layouts = [...outs, ...operands.map((i) => inputs[i]!)];
  const { sizes, strides } = collapse(
    shape,
    layouts.map((l) => broadcastStrides(l.shape, l.strides, shape)),
  );
  const described = operandsOf(layouts, sizes, strides);
  const kernel: MapKernel = {
    kind: 'map',
    rank: sizes.length,
    inputs: described.slice(outs.length),
    outputs: expressions.map((expression, j) => ({
      ...described[j]!,
      expression,
      overwrites: operands.indexOf(targets[j] ?? -1),
    })),
    scalars: built.scalars,
  };
  return new Plan(op, inputs, outs, {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, strides),
    operands,
    built,
  });
}

/** Several in-place results at once (one optimiser step): output j replaces input `targets[j]`; all have one shape. */
export function planUpdate(op: Op<'map'>, inputs: readonly Layout[], targets: readonly number[]): Plan {
  const device = commonDevice(op.name, inputs);
  const outs = targets.map((i) => inputs[i]!);
  const { shape } = outs[0]!;
  for (const layout of outs) checkTarget(op.name, layout, shape, layout.dtype);
  return mapPlan(op, inputs, device, shape, op.attributes.build(inputs), outs, targets);
}

export function planReduce(op: Op<'reduce'>, inputs: readonly Layout[]): Plan {
  const { build, dims, keepdim } = op.attributes;
  const device = commonDevice(op.name, inputs);
  const shape = broadcastShapes(
    op.name,
    inputs.map((layout) => layout.shape),
  );
  const built = build(inputs);
  if (/m(ax|in)/.test(built.combine)) checkReducible(op, shape, dims, built);
  const kept = shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const { operands, expressions } = compact([built.body]);
  const strides = operands.map((i) => broadcastStrides(inputs[i]!.shape, inputs[i]!.strides, shape));
  const part = (list: readonly number[], order: readonly number[]): number[] => order.map((d) => list[d]!);
  const out = layoutOf(
    device,
    built.dtype,
    keepdim ? shape.map((n, i) => (dims.includes(i) ? 1 : n)) : part(shape, kept),
  );
  const outStrides = layoutOf(device, built.dtype, part(shape, kept)).strides;
  const outer = collapse(part(shape, kept), [outStrides, ...strides.map((s) => part(s, kept))]);
  const inner = collapse(
    part(shape, dims),
    strides.map((s) => part(s, dims)),
  );
  const sizes = [...outer.sizes, ...inner.sizes];
  const joined = operands.map((_, i) => [...outer.strides[i + 1]!, ...inner.strides[i]!]);
  const kernel: ReduceKernel = {
    kind: 'reduce',
    rank: outer.sizes.length,
    reducedRank: inner.sizes.length,
    inputs: operandsOf(
      operands.map((i) => inputs[i]!),
      sizes,
      joined,
    ),
    output: { dtype: built.dtype, access: accessOf(outer.sizes, outer.strides[0]!) },
    combine: built.combine,
    body: expressions[0]!,
    epilogue: built.epilogue,
    scalars: built.scalars,
  };
  return new Plan(op, inputs, [out], {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, [outer.strides[0]!, ...joined]),
    operands,
    built,
  });
}

/** Extremes of nothing have no value, but all() and any() of nothing do. */
function checkReducible(op: Op<'reduce'>, shape: readonly number[], dims: readonly number[], built: ReduceBuild): void {
  const empty = dims.find((d) => shape[d] === 0);
  if (empty === undefined || built.body.type === 'bool') return;
  if (shape.every((n, d) => n > 0 || dims.includes(d)))
    throw new ShapeError(
      op.name,
      `dimension ${empty} of shape ${shapeText(shape)} has no elements, and an extreme of nothing is undefined`,
    );
}
