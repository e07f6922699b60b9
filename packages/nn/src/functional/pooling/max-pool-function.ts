/** Max pooling as a differentiable function: what chose the values says where they lie, and the elements there get the gradients. */

import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { constant, dtypes, equal, input, select } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, dispatchInto, filled, type Layout, Op, reshape, sizeOf, state } from '@nn/tensor/internal';
import { placesOf } from './place-table.ts';
import { type Origin, originOf, standIn, zerosLike } from './stand-in.ts';
import { isTiling, type WindowGeometry } from './window.ts';

const addAt = new Op('scatter', 'maxPoolBackward', {
  form: 'aligned',
  dims: [1],
  at: 0,
  combine: 'sum',
  inPlace: true,
});

const pickAt = new Op('gather', 'maxPool', { form: 'aligned', dims: [1], at: 0 });

/** Windows that lie side by side and cover the planes. Shapes in which positions and elements alternate: of one value a window, and of one plane. */
interface Tile {
  readonly window: WindowGeometry;
  readonly each: readonly number[];
  readonly own: readonly number[];
}

/** An input's shape as rows of planes, and places in them. */
interface Planes {
  readonly shape: readonly number[];
  /** Number of planes, and of elements in one. */
  readonly rows: number;
  readonly plane: number;
  readonly tile: Tile | null;
}

/** The planes of an input that a window runs over, if it is one and the same everywhere. */
export function planesOf(shape: readonly number[], spatial: number, window: WindowGeometry | null): Planes {
  const [lead, size] = [shape.slice(0, -spatial), shape.slice(-spatial)];
  const [rows, plane] = [sizeOf(lead), sizeOf(size)];
  if (window === null || !isTiling(window)) return { shape, rows, plane, tile: null };
  const own = window.kernel.flatMap((k, d) => [size[d]! / k, k]);
  const single = window.kernel.flatMap((k, d) => [size[d]! / k, 1]);
  return { shape, rows, plane, tile: { window, each: [...lead, ...single], own } };
}

/** What is done to the inputs of a layout: the largest elements and, where they are wanted, their places. */
export interface Pooling {
  readonly planes: Planes;
  readonly find: (x: Tensor, wantsIndices: boolean) => Tensor[];
}

/** The value where an element is the one that was chosen. */
const chosenOp = new Op('map', 'maxPoolBackward', {
  inPlace: false,
  build: ([values]) => {
    const { scalar } = dtypes[values!.dtype];
    const expression = select(equal(input(1, 'i32'), input(2, 'i32')), input(0, scalar), constant(0, scalar));
    return { outputs: [{ dtype: values!.dtype, expression }], scalars: 0 };
  },
});

/** Values at their places where every element is under one window: each asks whether it was chosen. */
function spreadOver(values: Tensor, indices: Tensor, shape: readonly number[], { window, each, own }: Tile): Tensor {
  const table = placesOf(values.layout.device, window);
  const [from, at, places] = [reshape(values, each), reshape(indices, each), reshape(table, own)];
  const parts = dispatch(chosenOp, from, at, places);
  const out = reshape(parts, shape);
  out.base = null;
  for (const t of [table, from, at, places, parts]) t.dispose();
  return out;
}

/** Adds each value to zeros, at its place in the last dimensions of a shape. */
function addAtPlaces(values: Tensor, indices: Tensor, { shape, rows, plane, tile }: Planes): Tensor {
  if (tile !== null) return spreadOver(values, indices, shape, tile);
  const zeros = filled(values.layout.device, values.dtype, [rows, plane], 0);
  const flat = [rows, rows === 0 ? 0 : values.layout.size / rows];
  const [from, at] = [reshape(values, flat), reshape(indices, flat)];
  const sums = dispatchInto(addAt, [zeros, from, at]);
  const out = reshape(sums, shape);
  out.base = null;
  for (const t of [from, at, sums]) t.dispose();
  return out;
}

/** The elements at places in the last dimensions; differentiable. */
function pickAtPlaces(x: Tensor, indices: Tensor, { rows, plane }: Planes): Tensor {
  const flat = [rows, rows === 0 ? 0 : indices.layout.size / rows];
  const [from, at] = [reshape(x, [rows, plane]), reshape(indices, flat)];
  const picked = dispatch(pickAt, from, at);
  const out = reshape(picked, indices.layout.shape);
  out.base = null;
  for (const t of [from, at, picked]) t.dispose();
  return out;
}

/** Values that a function chose from the last dimensions of x, and their places: the chosen elements get the gradients. */
export class MaxPool extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(
    ctx: FunctionContext,
    x: Tensor,
    { planes, find }: Pooling,
    wantsIndices: boolean,
  ): readonly Tensor[] {
    const isTracked = ctx.needsInputGrad[0] === true;
    const [values, indices] = find(x, wantsIndices || isTracked) as [Tensor, Tensor?];
    ctx.materializeGrads = false;
    if (isTracked) {
      ctx.saveForBackward(indices!);
      ctx.values['origin'] = originOf(x);
      ctx.values['planes'] = planes;
    }
    if (wantsIndices) return [values, indices!];
    indices?.dispose();
    return [values];
  }

  static override backward(ctx: FunctionContext, gradient: Tensor): Tensor {
    const planes = ctx.values['planes'] as Planes;
    const indices = ctx.savedTensors[0]!;
    if (!state.tracking) return addAtPlaces(gradient, indices, planes);
    return MaxPoolTransposed.apply(gradient, standIn(ctx.values['origin'] as Origin), indices, planes);
  }
}

/** What the input gets, as a function of what the values got. */
class MaxPoolTransposed extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(ctx: FunctionContext, g: Tensor, input: Tensor, indices: Tensor, planes: Planes): Tensor {
    ctx.saveForBackward(indices);
    Object.assign(ctx.values, { layout: input.layout, planes });
    return addAtPlaces(g, indices, planes);
  }

  static override backward(ctx: FunctionContext, gradient: Tensor): readonly Tensor[] {
    const values = pickAtPlaces(gradient, ctx.savedTensors[0]!, ctx.values['planes'] as Planes);
    return [values, zerosLike(ctx.values['layout'] as Layout)];
  }
}
