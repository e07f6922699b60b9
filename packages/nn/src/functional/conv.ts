/** Convolutions, with PyTorch's options. */
import type { Checked, ConvByWeight, Padding, PerDimension, Ranks, ShapeOf, ShapeOr, Tensor } from '@nn/tensor';
import { checkNamed, convolve, sizesOf } from '@nn/tensor/internal';
import { convGeometry } from './conv-geometry.ts';

export interface ConvOptions<
  S extends PerDimension = PerDimension,
  P extends Padding = Padding,
  D extends PerDimension = PerDimension,
  G extends number = number,
> {
  /** (out), added to every position of a channel; none. */
  readonly bias?: Tensor | null | undefined;
  /** How far the kernel moves; 1. */
  readonly stride?: S | undefined;
  /** Zeros at both ends of every axis; 'valid': none; 'same': as many as keep the sizes, for a stride of 1. Default 0. */
  readonly padding?: P | undefined;
  /** Distance of the kernel's elements; 1. */
  readonly dilation?: D | undefined;
  /** Groups of channels that are convolved on their own; 1. */
  readonly groups?: G | undefined;
}

type ConvFunctionSignature<Op extends string, Spatial extends keyof Ranks> = <
  A extends Tensor,
  W extends Tensor,
  const S extends PerDimension = 1,
  const P extends Padding = 0,
  const D extends PerDimension = 1,
  G extends number = 1,
>(
  input: A,
  weight: Checked<ConvByWeight<Op, Spatial, ShapeOf<A>, ShapeOf<W>, G, S, P, D>, W>,
  options?: ConvOptions<S, P, D, G>,
) => Tensor<ShapeOr<ConvByWeight<Op, Spatial, ShapeOf<A>, ShapeOf<W>, G, S, P, D>>, A['dtype']>;

function convolution<Op extends string, Spatial extends keyof Ranks>(
  op: Op,
  spatial: Spatial,
): ConvFunctionSignature<Op, Spatial> {
  return ((input: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor => {
    // A weight of another rank is refused by what follows, with both shapes.
    const kernel = Array.from({ length: spatial }, (_, d) => sizesOf(op, weight)[2 + d] ?? 1);
    return convolve(op, input, weight, checkNamed(op, options).bias ?? null, convGeometry(op, kernel, options));
  }) as never;
}

/**
 * Slides a kernel along one axis: input (N, C, L) or (C, L), weight (out, C / groups, K) → (N, out, L') or (out, L') with
 * L' = ⌊(L + 2 padding − dilation (K − 1) − 1) / stride⌋ + 1. One dtype for all. PyTorch: `F.conv1d`.
 * @throws ShapeError if ranks or channels don't fit or the kernel is larger than the padded input
 * @throws DTypeError for several dtypes, or bools
 * @throws ValueError for options that make no sense
 * @example
 * ```ts
 * import { conv1d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const differences = conv1d(tensor([[1, 4, 9, 16]]), tensor([[[-1, 1]]]));
 * console.log(await differences.toArray()); // prints: [ [ 3, 5, 7 ] ]
 * ```
 */
export const conv1d: ConvFunctionSignature<'conv1d', 1> = convolution('conv1d', 1);

/**
 * Slides a kernel over images: input (N, C, H, W) or (C, H, W), weight (out, C / groups, KH, KW) → (N, out, H', W') or (out, H', W'), each size
 * as `conv1d` says. One launch, bias included. Errors as for `conv1d`. PyTorch: `F.conv2d`.
 * @example
 * ```ts
 * import { conv2d } from '@nn/nn';
 * import { ones } from '@nn/tensor';
 * const sums = conv2d(ones([1, 1, 3, 3]), ones([1, 1, 3, 3]), { padding: 1 });
 * console.log(await sums.at(0, 0).toArray()); // prints: [ [ 4, 6, 4 ], [ 6, 9, 6 ], [ 4, 6, 4 ] ]
 * console.log(conv2d(ones([8, 4, 28, 28]), ones([6, 2, 5, 5]), { stride: [2, 1], groups: 2 }).shape); // prints: [ 8, 6, 12, 24 ]
 * ```
 */
export const conv2d: ConvFunctionSignature<'conv2d', 2> = convolution('conv2d', 2);

/**
 * Slides a kernel through volumes: input (N, C, D, H, W) or (C, D, H, W), weight (out, C / groups, KD, KH, KW). Sizes and errors as for `conv1d`.
 * PyTorch: `F.conv3d`.
 */
export const conv3d: ConvFunctionSignature<'conv3d', 3> = convolution('conv3d', 3);
