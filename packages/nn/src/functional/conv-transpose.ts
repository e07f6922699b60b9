/** Transposed convolutions, with PyTorch's options. */
import type { Checked, PerDimension, Ranks, ShapeOf, ShapeOr, Tensor, TransposedByWeight } from '@nn/tensor';
import { checkNamed, convolveTransposed } from '@nn/tensor/internal';
import { checkOutputPadding, transposedGeometry, transposedSize } from './conv-geometry.ts';
import { perAxis } from './per-axis.ts';

export interface ConvTransposeOptions<
  S extends PerDimension = PerDimension,
  P extends PerDimension = PerDimension,
  D extends PerDimension = PerDimension,
  E extends PerDimension = PerDimension,
  G extends number = number,
> {
  /** (out), added to every position of a channel; none. */
  readonly bias?: Tensor | null | undefined;
  /** How far apart the elements of the input lie in the result; 1. */
  readonly stride?: S | undefined;
  /** Taken away at both ends of every axis of the result; 0. */
  readonly padding?: P | undefined;
  /** Added at one end of every axis of the result, since several sizes have the same convolution; 0. */
  readonly outputPadding?: E | undefined;
  /** Groups of channels that are convolved on their own; 1. */
  readonly groups?: G | undefined;
  /** Distance of the kernel's elements; 1. */
  readonly dilation?: D | undefined;
}

type ConvTransposeSignature<Op extends string, Spatial extends keyof Ranks> = <
  A extends Tensor,
  W extends Tensor,
  const S extends PerDimension = 1,
  const P extends PerDimension = 0,
  const D extends PerDimension = 1,
  const E extends PerDimension = 0,
  G extends number = 1,
>(
  input: A,
  weight: Checked<TransposedByWeight<Op, Spatial, ShapeOf<A>, ShapeOf<W>, G, S, P, D, E>, W>,
  options?: ConvTransposeOptions<S, P, D, E, G>,
) => Tensor<ShapeOr<TransposedByWeight<Op, Spatial, ShapeOf<A>, ShapeOf<W>, G, S, P, D, E>>, A['dtype']>;

function transposed<Op extends string, Spatial extends keyof Ranks>(
  op: Op,
  spatial: Spatial,
): ConvTransposeSignature<Op, Spatial> {
  return ((input: Tensor, weight: Tensor, options: ConvTransposeOptions = {}): Tensor => {
    // An input or a weight of another rank is refused by what follows, with both shapes.
    const along = ({ layout }: Tensor): number[] =>
      Array.from({ length: spatial }, (_, d) => layout.shape[layout.shape.length - spatial + d] ?? 1);
    const kernel = along(weight);
    const geometry = transposedGeometry(op, kernel, checkNamed(op, options));
    const extra = perAxis(op, 'outputPadding', options.outputPadding ?? 0, spatial, 0);
    checkOutputPadding(op, extra, geometry);
    const size = transposedSize(geometry, along(input), kernel, extra);
    return convolveTransposed(op, input, weight, options.bias ?? null, geometry, size);
  }) as never;
}

/**
 * The transpose of `conv1d`, which spreads every element over a kernel: input (N, C, L) or (C, L), weight (C, out / groups, K) → (N, out, L') or
 * (out, L') with L' = (L − 1) stride − 2 padding + dilation (K − 1) + outputPadding + 1. One dtype for all. PyTorch: `F.conv_transpose1d`.
 * @throws ShapeError if ranks or channels don't fit or the result would be empty
 * @throws DTypeError for several dtypes, or bools
 * @throws ValueError for options that make no sense
 * @example
 * ```ts
 * import { convTranspose1d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const spread = convTranspose1d(tensor([[1, 2]]), tensor([[[1, 10, 100]]]), { stride: 2 });
 * console.log(await spread.toArray()); // prints: [ [ 1, 10, 102, 20, 200 ] ]
 * ```
 */
export const convTranspose1d: ConvTransposeSignature<'convTranspose1d', 1> = transposed('convTranspose1d', 1);

/**
 * The transpose of `conv2d`: input (N, C, H, W) or (C, H, W), weight (C, out / groups, KH, KW). Sizes and errors as for `convTranspose1d`.
 * PyTorch: `F.conv_transpose2d`.
 * @example
 * ```ts
 * import { convTranspose2d } from '@nn/nn';
 * import { ones } from '@nn/tensor';
 * const larger = convTranspose2d(ones([8, 16, 7, 7]), ones([16, 4, 3, 3]), { stride: 2, padding: 1, outputPadding: 1 });
 * console.log(larger.shape); // prints: [ 8, 4, 14, 14 ]
 * ```
 */
export const convTranspose2d: ConvTransposeSignature<'convTranspose2d', 2> = transposed('convTranspose2d', 2);

/**
 * The transpose of `conv3d`: input (N, C, D, H, W) or (C, D, H, W), weight (C, out / groups, KD, KH, KW). Sizes and errors as for `convTranspose1d`.
 * PyTorch: `F.conv_transpose3d`.
 */
export const convTranspose3d: ConvTransposeSignature<'convTranspose3d', 3> = transposed('convTranspose3d', 3);
