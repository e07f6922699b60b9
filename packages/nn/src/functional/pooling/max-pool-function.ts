/** Max pooling as a differentiable function: what chose the values says where they lie, and the elements there get the gradients. */

import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { constant, dtypes, equal, input, select } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, dispatchInto, filled, type Layout, Op, reshape, sizeOf, state } from '@nn/tensor/internal';
import { placesOf } from './extremes.ts';
import { type Origin, originOf, standIn, zerosLike } from './stand-in.ts';

const addAt = new Op('scatter', 'maxPoolBackward', {
  form: 'aligned',
  dims: [1],
  at: 0,
  combine: 'sum',
  inPlace: true,
});

const pickAt = new Op('gather', 'maxPool', { form: 'aligned', dims: [1], at: 0 });

/** Rows of planes, and places in them, as matrices. */
interface Planes {
  readonly shape: readonly number[];
  readonly spatial: number;
  /** Size of the windows, where they lie side by side and cover the planes. */
  readonly tile: readonly number[] | null;
}

const matrixOf = ({ shape, spatial }: Planes): [rows: number, plane: number] => [
  sizeOf(shape.slice(0, shape.length - spatial)),
  sizeOf(shape.slice(shape.length - spatial)),
];

/** The value where an element is the one that was chosen. */
const chosenOp = new Op('map', 'maxPoolBackward', {
  inPlace: false,
  build: ([values]) => {
    const { scalar } = dtypes[values!.dtype];
    const expression = select(equal(input(1, 'i32'), input(2, 'i32')), input(0, scalar), constant(0, scalar));
    return { outputs: [{ dtype: values!.dtype, expression }], scalars: 0 };
  },
});

/** Values at their places where every element is under one window of size `kernel`: each asks whether it was chosen. */
function spreadOver(values: Tensor, indices: Tensor, { shape, spatial }: Planes, kernel: readonly number[]): Tensor {
  const rank = shape.length;
  const line = placesOf(values.layout.device, shape.slice(rank - spatial));
  const apart = [...shape.slice(0, rank - spatial), ...kernel.flatMap((k, d) => [shape[rank - spatial + d]! / k, k])];
  const each = [...shape.slice(0, rank - spatial), ...kernel.flatMap((k, d) => [shape[rank - spatial + d]! / k, 1])];
  const [from, at, own] = [reshape(values, each), reshape(indices, each), reshape(line, apart.slice(rank - spatial))];
  const parts = dispatch(chosenOp, from, at, own);
  const out = reshape(parts, shape);
  out.base = null;
  for (const t of [line, from, at, own, parts]) t.dispose();
  return out;
}

/** Adds each value to zeros, at its place in the last dimensions of a shape. */
function addAtPlaces(values: Tensor, indices: Tensor, planes: Planes): Tensor {
  if (planes.tile !== null) return spreadOver(values, indices, planes, planes.tile);
  const [rows, plane] = matrixOf(planes);
  const zeros = filled(values.layout.device, values.dtype, [rows, plane], 0);
  const flat = [rows, rows === 0 ? 0 : values.layout.size / rows];
  const [from, at] = [reshape(values, flat), reshape(indices, flat)];
  const sums = dispatchInto(addAt, [zeros, from, at]);
  const out = reshape(sums, planes.shape);
  out.base = null;
  for (const t of [from, at, sums]) t.dispose();
  return out;
}

/** The elements at places in the last dimensions; differentiable. */
function pickAtPlaces(x: Tensor, indices: Tensor, planes: Planes): Tensor {
  const matrix = matrixOf(planes);
  const flat = [matrix[0], matrix[0] === 0 ? 0 : indices.layout.size / matrix[0]];
  const [from, at] = [reshape(x, matrix), reshape(indices, flat)];
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
    spatial: number,
    find: (x: Tensor, wantsIndices: boolean) => Tensor[],
    wantsIndices: boolean,
    tile: readonly number[] | null,
  ): readonly Tensor[] {
    const isTracked = ctx.needsInputGrad[0] === true;
    const [values, indices] = find(x, wantsIndices || isTracked) as [Tensor, Tensor?];
    ctx.materializeGrads = false;
    if (isTracked) {
      ctx.saveForBackward(indices!);
      Object.assign(ctx.values, { origin: originOf(x), planes: { shape: x.layout.shape, spatial, tile } });
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
