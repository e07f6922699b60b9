/** Convolution layers. */
import {
  type ConvFunction,
  type Padding,
  type PerDimension,
  pad,
  type Ranks,
  type Tensor,
  type WindowOf,
} from '@nn/tensor';
import { type ConvGeometry, convolve, type Op as GraphOp } from '@nn/tensor/internal';
import { Convolution, type PaddingMode } from './convolution.ts';
import type { FactoryOptions } from './linear.ts';

export interface ConvLayerOptions<
  S extends PerDimension = PerDimension,
  P extends Padding = Padding,
  D extends PerDimension = PerDimension,
> extends FactoryOptions {
  /** How far the kernel moves; 1. */
  readonly stride?: S | undefined;
  /** How much is added at both ends of every axis; 'valid': nothing; 'same': what keeps the sizes, for a stride of 1. Default 0. */
  readonly padding?: P | undefined;
  /** Distance of the kernel's elements; 1. */
  readonly dilation?: D | undefined;
  /** Groups of channels that are convolved on their own; 1. */
  readonly groups?: number | undefined;
  /** Whether a learnt bias is added; true. */
  readonly bias?: boolean | undefined;
  /** What is added: 'zeros', or the input's own elements as `pad` has them; 'zeros'. */
  readonly paddingMode?: PaddingMode | undefined;
}

type ConvShapes<
  Op extends string,
  Spatial extends keyof Ranks,
  I extends number,
  O extends number,
  K extends PerDimension,
  S extends PerDimension,
  P extends Padding,
  D extends PerDimension,
> = ConvFunction<Op, Spatial, I, O, WindowOf<K, S, P, D>>;

/** What the three classes share: they differ in the number of axes alone. */
abstract class ConvLayer<
  Op extends string,
  Spatial extends keyof Ranks,
  I extends number,
  O extends number,
  K extends PerDimension,
  S extends PerDimension,
  P extends Padding,
  D extends PerDimension,
> extends Convolution<ConvShapes<Op, Spatial, I, O, K, S, P, D>, O> {
  readonly #op: string;
  /** What `pad` adds, from the last axis backwards; null where the kernel itself pads, with zeros. */
  readonly #ring: readonly number[] | null;
  readonly #inside: ConvGeometry;

  protected constructor(
    axes: Spatial,
    inChannels: I,
    outChannels: O,
    kernelSize: K,
    options: ConvLayerOptions<S, P, D>,
  ) {
    super(axes, inChannels, outChannels, kernelSize, options, false);
    this.#op = `conv${axes}d`;
    const { before, after } = this.geometry;
    const ring = before.flatMap((n, d) => [n, after[d]!]);
    const padded = this.paddingMode !== 'zeros' && ring.some((n) => n > 0);
    this.#ring = padded ? before.flatMap((_, d) => ring.slice(ring.length - 2 * d - 2, ring.length - 2 * d)) : null;
    const none = before.map(() => 0);
    this.#inside = padded ? { ...this.geometry, before: none, after: none } : this.geometry;
  }

  override '~compute'(input: Tensor): Tensor {
    return this.#run(input, null);
  }

  override '~forwardThen'(input: Tensor, then: GraphOp<'map'>): Tensor {
    return this.#run(input, then);
  }

  #run(input: Tensor, then: GraphOp<'map'> | null): Tensor {
    if (this.#ring === null) return this.#convolve(input, then);
    const padded = pad(input, this.#ring, { mode: this.paddingMode as Exclude<PaddingMode, 'zeros'> }) as Tensor;
    const output = this.#convolve(padded, then);
    padded.dispose();
    return output;
  }

  #convolve(input: Tensor, then: GraphOp<'map'> | null): Tensor {
    return convolve(this.#op, input, this.weight, this.bias as Tensor | null, this.#inside, then);
  }
}

/**
 * Slides kernels along one axis: (N, inChannels, L) → (N, outChannels, L'), or the same without N; see `conv1d`. The weight (outChannels, inChannels / groups,
 * kernelSize) and the bias start uniform in ±1/√(inChannels / groups · kernelSize). PyTorch: `torch.nn.Conv1d`.
 * @throws ValueError for settings that make no sense, ShapeError in `forward` for inputs that don't fit
 * @example
 * ```ts
 * import { Conv1d } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new Conv1d(16, 33, 3, { stride: 2 }).forward(zeros([20, 16, 50])).shape); // prints: [ 20, 33, 24 ]
 * ```
 */
export class Conv1d<
  I extends number = number,
  O extends number = number,
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = 1,
  const P extends Padding = 0,
  const D extends PerDimension = 1,
> extends ConvLayer<'Conv1d', 1, I, O, K, S, P, D> {
  constructor(inChannels: I, outChannels: O, kernelSize: K, options: ConvLayerOptions<S, P, D> = {}) {
    super(1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Slides kernels over images: (N, inChannels, H, W) → (N, outChannels, H', W'), or the same without N; see `conv2d`. The weight has shape (outChannels,
 * inChannels / groups, KH, KW); it and the bias start uniform in ±1/√(inChannels / groups · KH · KW). PyTorch: `torch.nn.Conv2d`.
 * @throws ValueError for settings that make no sense, ShapeError in `forward` for inputs that don't fit
 * @example
 * ```ts
 * import { Conv2d } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const layer = new Conv2d(1, 16, 3, { padding: 1 });
 * console.log(String(layer)); // prints: Conv2d(1, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
 * console.log(layer.forward(zeros([64, 1, 28, 28])).shape); // prints: [ 64, 16, 28, 28 ]
 * console.log(new Conv2d(16, 33, [3, 5], { stride: [2, 1], padding: [4, 2], dilation: [3, 1] }).forward(zeros([16, 50, 100])).shape); // prints: [ 33, 26, 100 ]
 * ```
 */
export class Conv2d<
  I extends number = number,
  O extends number = number,
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = 1,
  const P extends Padding = 0,
  const D extends PerDimension = 1,
> extends ConvLayer<'Conv2d', 2, I, O, K, S, P, D> {
  constructor(inChannels: I, outChannels: O, kernelSize: K, options: ConvLayerOptions<S, P, D> = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Slides kernels through volumes: (N, inChannels, D, H, W) → (N, outChannels, D', H', W'), or the same without N; see `conv3d`. Weight, bias and errors
 * as for `Conv2d`. PyTorch: `torch.nn.Conv3d`.
 */
export class Conv3d<
  I extends number = number,
  O extends number = number,
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = 1,
  const P extends Padding = 0,
  const D extends PerDimension = 1,
> extends ConvLayer<'Conv3d', 3, I, O, K, S, P, D> {
  constructor(inChannels: I, outChannels: O, kernelSize: K, options: ConvLayerOptions<S, P, D> = {}) {
    super(3, inChannels, outChannels, kernelSize, options);
  }
}
