/**
 * Where a window stands: sizes, strides, padding and dilation for each spatial dimension, checked and completed to what a pooling needs. Numbers
 * alone; what is done under the window is said in the files beside this one.
 */
import { ShapeError, ValueError } from '@nn/backend';
import type { PerDimension, Tensor } from '@nn/tensor';
import { checkNamed, shapeText, sizesOf } from '@nn/tensor/internal';
import { perAxis } from '../per-axis.ts';

/** What users say of a window. */
export interface WindowOptions {
  /** Steps from one window to the next; the kernel size. */
  readonly stride?: PerDimension | null | undefined;
  /** Elements added before and after each spatial dimension, at most half of the kernel's size; 0. */
  readonly padding?: PerDimension | undefined;
  /** Distance of the elements under a window; 1. */
  readonly dilation?: PerDimension | undefined;
  /** Also a last window that reaches over the end, as long as it starts before it; false. */
  readonly ceilMode?: boolean | undefined;
}

/** A window over the last dimensions: one entry for each in every list. */
export interface WindowGeometry {
  /** Sizes of the input. */
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** What the user asked for on either side. */
  readonly padding: readonly number[];
  /** Elements that the windows reach beyond the end, of which `padding` may only be a part. */
  readonly after: readonly number[];
  /** How many windows there are. */
  readonly count: readonly number[];
  /** Whether windows reach over the edges of the input. */
  readonly isPadded: boolean;
}

/** Elements from the first to the last under a window. */
export const spanOf = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

/** Refuses inputs that aren't (N, C, …) or (C, …) with `spatial` dimensions after the channels. */
export function checkRank(op: string, x: Tensor, spatial: number): void {
  const shape = sizesOf(op, x);
  if (shape.length !== spatial + 1 && shape.length !== spatial + 2)
    throw new ShapeError(
      op,
      `the input has ${shape.length} dimensions, expected ${spatial + 1} or ${spatial + 2}: ${shapeText(shape)}; channels come before the ${spatial} that the window runs over, a batch before the channels`,
    );
  const empty = shape.findIndex((n, d) => n === 0 && d >= shape.length - spatial - 1);
  if (empty >= 0)
    throw new ShapeError(op, `dimension ${empty} of ${shapeText(shape)} is empty; only the batch may have no elements`);
}

/** The window that options mean over the last `spatial` dimensions of x. */
export function windowOver(
  op: string,
  x: Tensor,
  spatial: number,
  kernelSize: PerDimension,
  options: WindowOptions,
): WindowGeometry {
  const kernel = perAxis(op, 'kernelSize', kernelSize, spatial, 1);
  const stride = perAxis(op, 'stride', checkNamed(op, options).stride ?? kernel, spatial, 1);
  const padding = perAxis(op, 'padding', options.padding ?? 0, spatial, 0);
  const dilation = perAxis(op, 'dilation', options.dilation ?? 1, spatial, 1);
  const size = x.layout.shape.slice(-spatial);
  const wide = padding.findIndex((p, d) => 2 * p > spanOf(kernel[d]!, dilation[d]!));
  if (wide >= 0)
    throw new ValueError(
      op,
      `pad should be at most half of kernel size, but got pad=${padding[wide]} and kernel_size=${kernel[wide]}${dilation[wide] === 1 ? '' : ` with dilation=${dilation[wide]}`}; take less padding or a larger kernel`,
    );
  const count = size.map((n, d) => {
    const room = n + 2 * padding[d]! - spanOf(kernel[d]!, dilation[d]!);
    if (options.ceilMode !== true) return Math.floor(room / stride[d]!) + 1;
    const windows = Math.ceil(room / stride[d]!) + 1;
    return (windows - 1) * stride[d]! >= n + padding[d]! ? windows - 1 : windows;
  });
  const none = count.findIndex((n) => n < 1);
  if (none >= 0)
    throw new ShapeError(
      op,
      `a window of ${spanOf(kernel[none]!, dilation[none]!)} does not fit size ${size[none]} with padding ${padding[none]}: output size ${shapeText(count)} of input ${shapeText(x.layout.shape)} is too small; take a smaller kernel or more padding`,
    );
  return complete({ size, kernel, stride, dilation, padding, count });
}

/** Adds how far the windows reach. */
export function complete(window: Omit<WindowGeometry, 'after' | 'isPadded'>): WindowGeometry {
  const { size, kernel, stride, dilation, padding, count } = window;
  const after = size.map((n, d) =>
    Math.max(0, (count[d]! - 1) * stride[d]! + spanOf(kernel[d]!, dilation[d]!) - padding[d]! - n),
  );
  return { ...window, after, isPadded: padding.some((n) => n > 0) || after.some((n) => n > 0) };
}

/** Whether windows lie side by side and cover the input, pairs in the last dimension: element by element over pairs is quicker than from place to place. */
export function isTiling(window: WindowGeometry): boolean {
  const { size, kernel, stride, dilation, count } = window;
  if (kernel.at(-1) !== 2 || window.isPadded) return false;
  return size.every((n, d) => n === count[d]! * kernel[d]! && stride[d] === kernel[d] && dilation[d] === 1);
}

/** Sizes of the input with what the windows reach beyond it. */
export const paddedSize = ({ size, padding, after }: Pick<WindowGeometry, 'size' | 'padding' | 'after'>): number[] =>
  size.map((n, d) => padding[d]! + n + after[d]!);
