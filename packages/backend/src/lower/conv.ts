/**
 * `conv` as a zero-padded copy and one `reduce` over overlapping windows of it. The input gradient is the same over dy with zeros between its
 * elements and the weight backwards. Windows are views: nothing is unfolded in memory.
 */
import type { Geometry } from '../backend.ts';
import { type ConvAxis, type ConvShape, convShape } from '../conv-shape.ts';
import { dtypes } from '../dtype.ts';
import type { ConvKernel } from '../kernel.ts';
import { mul } from '../scalar/core.ts';
import { constant, type Expression, input } from '../scalar/expression.ts';
import { denseStrides, product } from '../strides.ts';
import { dense, Recipe, restride, storageOf, type View } from './recipe.ts';

export function lowerConv(kernel: ConvKernel, geometry: Geometry): Recipe {
  const recipe = new Recipe(kernel.scalars);
  const shape = convShape(kernel, geometry);
  switch (kernel.role) {
    case 'forward':
      lowerForward(recipe, kernel, shape);
      break;
    case 'inputGradient':
      lowerInputGradient(recipe, kernel, shape);
      break;
    case 'weightGradient':
      lowerWeightGradient(recipe, kernel, shape);
  }
  return recipe;
}

const sizesOf = (shape: ConvShape, name: 'x' | 'w' | 'y'): number[] => shape.axes.map((axis) => axis[name]);

function lowerForward(recipe: Recipe, kernel: ConvKernel, shape: ConvShape): void {
  const { batch, groups, inputs, outputs, axes } = shape;
  const ySizes = sizesOf(shape, 'y');
  const wSizes = sizesOf(shape, 'w');
  const padded = padX(recipe, kernel, shape, 1);
  const { image, channel, pitches } = padded;
  const tap = denseStrides(wSizes);
  const taps = product(wSizes);
  const kept = [batch, groups, outputs, ...ySizes];
  const reduced = [inputs, ...wSizes];
  const windows = restride(padded.view, [
    image, inputs * channel, 0, ...axes.map((axis, d) => axis.stride * pitches[d]!),
    channel, ...axes.map((axis, d) => axis.dilation * pitches[d]!),
  ]); // biome-ignore format: kept, then reduced
  const weight = restride(dense({ operand: 2 }, kernel.dtype, []), [
    0, outputs * inputs * taps, inputs * taps, ...axes.map(() => 0),
    taps, ...tap,
  ]); // biome-ignore format: kept, then reduced
  const target = dense({ operand: 0 }, kernel.dtype, kept);
  if (!kernel.bias) {
    recipe.reduce(kept, reduced, target, [windows, weight], products(kernel, kernel.epilogue));
    return;
  }
  const sums = recipe.temporary(storageOf(dtypes[kernel.dtype].scalar), kept);
  recipe.reduce(kept, reduced, sums, [windows, weight], products(kernel));
  const bias = restride(dense({ operand: 3 }, kernel.dtype, []), [0, outputs, 1, ...axes.map(() => 0)]);
  recipe.map(kept, [{ view: target, expression: kernel.epilogue }], [sums, bias]);
}

/** dx[p] = Σ w[t] · spread[p + (size - 1 - t) · dilation], where `spread` holds dy[j] at j · stride + reach - before. */
function lowerInputGradient(recipe: Recipe, kernel: ConvKernel, shape: ConvShape): void {
  const { batch, groups, inputs, outputs, axes } = shape;
  const wSizes = sizesOf(shape, 'w');
  const xSizes = sizesOf(shape, 'x');
  const ySizes = sizesOf(shape, 'y');
  const taps = product(wSizes);
  const tap = denseStrides(wSizes);
  const spread = spreadOf(recipe, kernel, shape, ySizes);
  const { image, channel, pitches } = spread;
  const kept = [batch, groups, inputs, ...xSizes];
  const reach = axes.reduce((sum, axis, d) => sum + reachOf(axis) * pitches[d]!, 0);
  const windows = restride(
    spread.view,
    [image, outputs * channel, 0, ...pitches, channel, ...axes.map((axis, d) => -axis.dilation * pitches[d]!)],
    reach,
  );
  const weight = restride(dense({ operand: 2 }, kernel.dtype, []), [
    0, outputs * inputs * taps, taps, ...axes.map(() => 0),
    inputs * taps, ...tap,
  ]); // biome-ignore format: kept, then reduced
  const target = dense({ operand: 0 }, kernel.dtype, kept);
  recipe.reduce(kept, [outputs, ...wSizes], target, [windows, weight], products(kernel));
}

function lowerWeightGradient(recipe: Recipe, kernel: ConvKernel, shape: ConvShape): void {
  const { batch, groups, inputs, outputs, axes } = shape;
  const ySizes = sizesOf(shape, 'y');
  const wSizes = sizesOf(shape, 'w');
  const padded = padX(recipe, kernel, shape, 2);
  const { image, channel, pitches } = padded;
  const yPlane = product(ySizes);
  const kept = [groups, outputs, inputs, ...wSizes];
  const windows = restride(padded.view, [
    inputs * channel, 0, channel, ...axes.map((axis, d) => axis.dilation * pitches[d]!),
    image, ...axes.map((axis, d) => axis.stride * pitches[d]!),
  ]); // biome-ignore format: kept, then reduced
  const dy = restride(dense({ operand: 1 }, kernel.dtype, []), [
    outputs * yPlane, yPlane, 0, ...axes.map(() => 0),
    groups * outputs * yPlane, ...denseStrides(ySizes),
  ]); // biome-ignore format: kept, then reduced
  const target = dense({ operand: 0 }, kernel.dtype, kept);
  recipe.reduce(kept, [batch, ...ySizes], target, [windows, dy], products(kernel));
}

/** A sum of products, and what becomes of it. */
const products = (
  { dtype }: ConvKernel,
  epilogue: Expression = input(0, dtypes[dtype].scalar),
): { combine: 'sum'; body: Expression; epilogue: Expression } => {
  const type = dtypes[dtype].scalar;
  return { combine: 'sum', body: mul(input(0, type), input(1, type)), epilogue };
};

/** Images of all channels, and how far apart images, channels and positions lie. */
interface Images {
  readonly view: View;
  readonly image: number;
  readonly channel: number;
  readonly pitches: readonly number[];
}

/** x (operand number `operand`) with zeros around it; x itself where there is no padding. */
function padX(recipe: Recipe, kernel: ConvKernel, shape: ConvShape, operand: number): Images {
  const { batch, axes } = shape;
  const channels = shape.groups * shape.inputs;
  const xSizes = sizesOf(shape, 'x');
  const x = dense({ operand }, kernel.dtype, [batch, channels, ...xSizes]);
  if (axes.every(({ before, after }) => before === 0 && after === 0)) return images(x, channels, xSizes);
  const padded = zeros(
    recipe,
    kernel,
    batch,
    channels,
    axes.map((axis) => axis.x + axis.before + axis.after),
  );
  const corner = axes.reduce((sum, { before }, d) => sum + before * padded.pitches[d]!, 0);
  const inside = restride(padded.view, [padded.image, padded.channel, ...padded.pitches], corner);
  recipe.copy([batch, channels, ...xSizes], inside, x);
  return padded;
}

const reachOf = ({ w, dilation }: ConvAxis): number => Math.max(0, w - 1) * dilation;

/** dy with stride - 1 zeros between its elements, and zeros around them as far as windows over x reach. */
function spreadOf(recipe: Recipe, kernel: ConvKernel, shape: ConvShape, ySizes: readonly number[]): Images {
  const { batch, axes } = shape;
  const channels = shape.groups * shape.outputs;
  const sizes = axes.map((axis) => axis.x + reachOf(axis));
  const spread = zeros(recipe, kernel, batch, channels, sizes);
  // Where padding is wider than the weight reaches, the outermost elements of dy saw nothing of x.
  const first = axes.map((axis) => Math.max(0, Math.ceil((axis.before - reachOf(axis)) / axis.stride)));
  const place = (j: number, axis: ConvAxis): number => j * axis.stride + reachOf(axis) - axis.before;
  const counts = axes.map((axis, d) => {
    const last = Math.min(axis.y - 1, Math.floor((sizes[d]! - 1 - place(0, axis)) / axis.stride));
    return Math.max(0, last + 1 - first[d]!);
  });
  const pitch = denseStrides(ySizes);
  const plane = product(ySizes);
  const source = restride(
    dense({ operand: 1 }, kernel.dtype, []),
    [channels * plane, plane, ...pitch],
    first.reduce((sum, j, d) => sum + j * pitch[d]!, 0),
  );
  const target = restride(
    spread.view,
    [spread.image, spread.channel, ...axes.map((axis, d) => axis.stride * spread.pitches[d]!)],
    axes.reduce((sum, axis, d) => sum + place(first[d]!, axis) * spread.pitches[d]!, 0),
  );
  if (product(counts) > 0) recipe.copy([batch, channels, ...counts], target, source);
  return spread;
}

function images(view: View, channels: number, sizes: readonly number[]): Images {
  const channel = product(sizes);
  return { view, image: channels * channel, channel, pitches: denseStrides(sizes) };
}

function zeros(recipe: Recipe, kernel: ConvKernel, batch: number, channels: number, sizes: readonly number[]): Images {
  const all = [batch, channels, ...sizes];
  const view = recipe.temporary(kernel.dtype, all);
  const flat = restride(view, [1]);
  const zero = constant(0, dtypes[kernel.dtype].scalar);
  recipe.map([product(all)], [{ view: { ...flat, access: 'contiguous' }, expression: zero }], []);
  return images(view, channels, sizes);
}
