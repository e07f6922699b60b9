/** Transposed convolution layers. */
import { ValueError } from '@nn/backend';
import type {
  Apply,
  Checked,
  ConvFunction,
  PerDimension,
  Ranks,
  Shape,
  ShapeOf,
  ShapeOr,
  SpreadOf,
  Tensor,
} from '@nn/tensor';
import { convolveTransposed, shapeText, sizesOf } from '@nn/tensor/internal';
import { checkOutputPadding, transposedSize } from '../functional/conv-geometry.ts';
import { Convolution } from './convolution.ts';
import type { FactoryOptions } from './linear.ts';

export interface ConvTransposeLayerOptions<
  S extends PerDimension = PerDimension,
  P extends PerDimension = PerDimension,
  D extends PerDimension = PerDimension,
  E extends PerDimension = PerDimension,
> extends FactoryOptions {
  /** How far apart the elements of the input lie in the result; 1. */
  readonly stride?: S | undefined;
  /** Taken away at both ends of every axis of the result; 0. */
  readonly padding?: P | undefined;
  /** Added at one end of every axis of the result, since several sizes have the same convolution; 0. */
  readonly outputPadding?: E | undefined;
  /** Groups of channels that are convolved on their own; 1. */
  readonly groups?: number | undefined;
  /** Whether a learnt bias is added; true. */
  readonly bias?: boolean | undefined;
  /** Distance of the kernel's elements; 1. */
  readonly dilation?: D | undefined;
  /** There is no other than 'zeros'. */
  readonly paddingMode?: 'zeros' | undefined;
}

export interface OutputSizeOptions {
  /** Sizes of the result, with or without those of batch and channels, instead of `outputPadding`. */
  readonly outputSize: readonly number[];
}

type TransposeFunction<
  Op extends string,
  Spatial extends keyof Ranks,
  I extends number,
  O extends number,
  K extends PerDimension,
  S extends PerDimension,
  P extends PerDimension,
  D extends PerDimension,
  E extends PerDimension,
> = ConvFunction<Op, Spatial, I, O, SpreadOf<K, S, P, D, E>>;

abstract class ConvTransposeLayer<
  Op extends string,
  Spatial extends keyof Ranks,
  I extends number,
  O extends number,
  K extends PerDimension,
  S extends PerDimension,
  P extends PerDimension,
  D extends PerDimension,
  E extends PerDimension,
> extends Convolution<TransposeFunction<Op, Spatial, I, O, K, S, P, D, E>, O> {
  readonly #op: string;

  protected constructor(
    axes: Spatial,
    inChannels: I,
    outChannels: O,
    kernelSize: K,
    options: ConvTransposeLayerOptions<S, P, D, E>,
  ) {
    super(axes, inChannels, outChannels, kernelSize, options, true);
    this.#op = `convTranspose${axes}d`;
    if (this.paddingMode !== 'zeros')
      throw new ValueError(
        this.constructor.name,
        `paddingMode is '${String(this.paddingMode)}'; a transposed convolution has only 'zeros'`,
      );
  }

  /**
   * The result of shape (N, outChannels, …) for inputs (N, inChannels, …), or both without N.
   * @throws ValueError for an `outputSize` that no `outputPadding` reaches
   */
  override forward<A extends Tensor>(
    input: Checked<Apply<TransposeFunction<Op, Spatial, I, O, K, S, P, D, E>, ShapeOf<A>>, A>,
  ): Tensor<ShapeOr<Apply<TransposeFunction<Op, Spatial, I, O, K, S, P, D, E>, ShapeOf<A>>>, A['dtype']>;
  override forward<A extends Tensor>(
    input: Checked<Apply<TransposeFunction<Op, Spatial, I, O, K, S, P, D, E>, ShapeOf<A>>, A>,
    options: OutputSizeOptions,
  ): Tensor<Shape, A['dtype']>;
  override forward(input: unknown, options?: OutputSizeOptions): never {
    return this.compute(input as Tensor, options) as never;
  }

  override '~mayKeep'(): boolean {
    const { forward, compute } = ConvTransposeLayer.prototype;
    return this.forward !== forward || this.compute !== compute;
  }

  protected override compute(input: Tensor, options?: OutputSizeOptions): Tensor {
    return this['~compute'](input, options);
  }

  override '~compute'(input: Tensor, options?: OutputSizeOptions): Tensor {
    const { geometry, kernelSize, outputPadding } = this;
    const shape = sizesOf(this.constructor.name, input);
    const axes = kernelSize.length;
    // An input of another rank is refused by what follows, with both shapes.
    const sizes = kernelSize.map((_, d) => shape[shape.length - axes + d] ?? 1);
    const least = transposedSize(geometry, sizes, kernelSize, kernelSize.map(() => 0)); // biome-ignore format: one line
    const extra =
      options === undefined ? outputPadding : this.#paddingFor(options.outputSize, least, shape.length - axes);
    checkOutputPadding(this.#op, extra, geometry);
    const size = least.map((n, d) => n + extra[d]!);
    return convolveTransposed(this.#op, input, this.weight, this.bias as Tensor | null, geometry, size);
  }

  /** What must be added to the least sizes to reach those that are wanted. */
  #paddingFor(wanted: readonly number[], least: readonly number[], others: number): readonly number[] {
    const axes = least.length;
    if (wanted.length !== axes && wanted.length !== axes + others)
      throw new ValueError(
        this.#op,
        `outputSize has ${wanted.length} numbers, expected ${axes} or ${axes + others}: ${shapeText(wanted)}`,
      );
    const sizes = wanted.slice(-axes);
    const extra = sizes.map((n, d) => n - least[d]!);
    const { stride } = this;
    if (extra.some((n, d) => !Number.isInteger(n) || n < 0 || n >= stride[d]!))
      throw new ValueError(
        this.#op,
        `outputSize is ${shapeText(sizes)}, which must lie between ${shapeText(least)} and ${shapeText(least.map((n, d) => n + stride[d]! - 1))} for this input`,
      );
    return extra;
  }
}

/**
 * The transpose of `Conv1d`: (N, inChannels, L) → (N, outChannels, L'), or the same without N; see `convTranspose1d`. The weight (inChannels, outChannels /
 * groups, kernelSize) and the bias start uniform in ±1/√(outChannels / groups · kernelSize). PyTorch: `torch.nn.ConvTranspose1d`.
 */
export class ConvTranspose1d<
  I extends number = number,
  O extends number = number,
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = 1,
  const P extends PerDimension = 0,
  const D extends PerDimension = 1,
  const E extends PerDimension = 0,
> extends ConvTransposeLayer<'ConvTranspose1d', 1, I, O, K, S, P, D, E> {
  constructor(inChannels: I, outChannels: O, kernelSize: K, options: ConvTransposeLayerOptions<S, P, D, E> = {}) {
    super(1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * The transpose of `Conv2d`: (N, inChannels, H, W) → (N, outChannels, H', W'), or the same without N; see `convTranspose2d`. The weight has shape (inChannels,
 * outChannels / groups, KH, KW); it and the bias start uniform in ±1/√(outChannels / groups · KH · KW). PyTorch: `torch.nn.ConvTranspose2d`.
 * @throws ValueError for settings that make no sense, ShapeError in `forward` for inputs that don't fit
 * @example
 * ```ts
 * import { Conv2d, ConvTranspose2d } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const half = new Conv2d(16, 32, 3, { stride: 2, padding: 1 });
 * const twice = new ConvTranspose2d(32, 16, 3, { stride: 2, padding: 1 });
 * const small = half.forward(zeros([1, 16, 12, 12]));
 * console.log(twice.forward(small).shape); // prints: [ 1, 16, 11, 11 ]
 * console.log(twice.forward(small, { outputSize: [12, 12] }).shape); // prints: [ 1, 16, 12, 12 ]
 * ```
 */
export class ConvTranspose2d<
  I extends number = number,
  O extends number = number,
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = 1,
  const P extends PerDimension = 0,
  const D extends PerDimension = 1,
  const E extends PerDimension = 0,
> extends ConvTransposeLayer<'ConvTranspose2d', 2, I, O, K, S, P, D, E> {
  constructor(inChannels: I, outChannels: O, kernelSize: K, options: ConvTransposeLayerOptions<S, P, D, E> = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * The transpose of `Conv3d`: (N, inChannels, D, H, W) → (N, outChannels, D', H', W'), or the same without N; see `convTranspose3d`. Weight, bias and
 * errors as for `ConvTranspose2d`. PyTorch: `torch.nn.ConvTranspose3d`.
 */
export class ConvTranspose3d<
  I extends number = number,
  O extends number = number,
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = 1,
  const P extends PerDimension = 0,
  const D extends PerDimension = 1,
  const E extends PerDimension = 0,
> extends ConvTransposeLayer<'ConvTranspose3d', 3, I, O, K, S, P, D, E> {
  constructor(inChannels: I, outChannels: O, kernelSize: K, options: ConvTransposeLayerOptions<S, P, D, E> = {}) {
    super(3, inChannels, outChannels, kernelSize, options);
  }
}
