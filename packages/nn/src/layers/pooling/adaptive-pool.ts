/** Adaptive pooling layers: the size of the result is given. */
import type { Apply, Checked, Ranks, ShapeFunction, ShapeOf, ShapeOr, Tensor } from '@nn/tensor';
import {
  type AdaptiveAvgPoolFunction, type AdaptiveMaxPoolFunction, type AdaptiveMaxPoolOptions, adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d,
  adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d, type OutputSize, type PooledWithIndices,
} from '../../functional/pooling/index.ts'; // biome-ignore format: a list
import { PlainLayer, type UnknownShape } from '../../module/layer.ts';
import { Module } from '../../module/module.ts';
import { type AdaptiveFunction, pythonSize } from './shapes.ts';

abstract class AdaptiveAvgPoolLayer<Spatial extends keyof Ranks, O extends OutputSize> extends PlainLayer<
  AdaptiveFunction<Spatial, O>
> {
  readonly outputSize: OutputSize;
  readonly #pool: AdaptiveAvgPoolFunction;

  constructor(pool: AdaptiveAvgPoolFunction, outputSize: O) {
    super();
    this.#pool = pool;
    this.outputSize = outputSize;
  }

  override '~compute'(input: Tensor): Tensor {
    return this.#pool(input, this.outputSize);
  }

  override extraRepr(): string {
    return `output_size=${pythonSize(this.outputSize)}`;
  }
}

/** Means over (N, C, L) or (C, L), of which `outputSize` remain. PyTorch: `torch.nn.AdaptiveAvgPool1d`. */
export class AdaptiveAvgPool1d<const O extends OutputSize = OutputSize> extends AdaptiveAvgPoolLayer<1, O> {
  constructor(outputSize: O) {
    super(adaptiveAvgPool1d, outputSize);
  }
}

/**
 * Means over (N, C, H, W) or (C, H, W) such that the spatial sizes become `outputSize`; null keeps one. PyTorch: `torch.nn.AdaptiveAvgPool2d`.
 * @example
 * ```ts
 * import { AdaptiveAvgPool2d } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new AdaptiveAvgPool2d([5, null]).forward(zeros([1, 64, 8, 9])).shape); // prints: [ 1, 64, 5, 9 ]
 * ```
 */
export class AdaptiveAvgPool2d<const O extends OutputSize = OutputSize> extends AdaptiveAvgPoolLayer<2, O> {
  constructor(outputSize: O) {
    super(adaptiveAvgPool2d, outputSize);
  }
}

/** Means over (N, C, D, H, W) or (C, D, H, W). PyTorch: `torch.nn.AdaptiveAvgPool3d`. */
export class AdaptiveAvgPool3d<const O extends OutputSize = OutputSize> extends AdaptiveAvgPoolLayer<3, O> {
  constructor(outputSize: O) {
    super(adaptiveAvgPool3d, outputSize);
  }
}

type AdaptiveMaxShape<Spatial extends keyof Ranks, O extends OutputSize, R extends boolean> = R extends false
  ? AdaptiveFunction<Spatial, O>
  : UnknownShape;

/** Not a `Layer`, whose output is a tensor alone. */
abstract class AdaptiveMaxPoolLayer<F extends ShapeFunction, R extends boolean> extends Module {
  /** Type only: what the layer does to a shape. */
  declare readonly '~shapes': F;
  readonly outputSize: OutputSize;
  readonly returnIndices: boolean;
  readonly #pool: AdaptiveMaxPoolFunction;

  constructor(pool: AdaptiveMaxPoolFunction, outputSize: OutputSize, options: AdaptiveMaxPoolOptions) {
    super(options);
    this.#pool = pool;
    this.outputSize = outputSize;
    this.returnIndices = options.returnIndices ?? false;
  }

  override '~mayKeep'(): boolean {
    return this.forward !== AdaptiveMaxPoolLayer.prototype.forward;
  }

  override forward<A extends Tensor>(
    input: Checked<Apply<F, ShapeOf<A>>, A>,
  ): R extends true ? PooledWithIndices<A['dtype']> : Tensor<ShapeOr<Apply<F, ShapeOf<A>>>, A['dtype']> {
    return this.#pool(input as Tensor, this.outputSize, { returnIndices: this.returnIndices }) as never;
  }

  override extraRepr(): string {
    return `output_size=${pythonSize(this.outputSize)}`;
  }
}

/** The largest elements over (N, C, L) or (C, L), of which `outputSize` remain. PyTorch: `torch.nn.AdaptiveMaxPool1d`. */
export class AdaptiveMaxPool1d<
  const O extends OutputSize = OutputSize,
  R extends boolean = false,
> extends AdaptiveMaxPoolLayer<AdaptiveMaxShape<1, O, R>, R> {
  constructor(outputSize: O, options: AdaptiveMaxPoolOptions<R> = {}) {
    super(adaptiveMaxPool1d, outputSize, options);
  }
}

/**
 * The largest elements over (N, C, H, W) or (C, H, W) such that the spatial sizes become `outputSize`; null keeps one. With `returnIndices`, `forward` gives `{ values, indices }`.
 * PyTorch: `torch.nn.AdaptiveMaxPool2d`.
 * @example
 * ```ts
 * import { AdaptiveMaxPool2d } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new AdaptiveMaxPool2d(7).forward(zeros([1, 64, 10, 9])).shape); // prints: [ 1, 64, 7, 7 ]
 * ```
 */
export class AdaptiveMaxPool2d<
  const O extends OutputSize = OutputSize,
  R extends boolean = false,
> extends AdaptiveMaxPoolLayer<AdaptiveMaxShape<2, O, R>, R> {
  constructor(outputSize: O, options: AdaptiveMaxPoolOptions<R> = {}) {
    super(adaptiveMaxPool2d, outputSize, options);
  }
}

/** The largest elements over (N, C, D, H, W) or (C, D, H, W). PyTorch: `torch.nn.AdaptiveMaxPool3d`. */
export class AdaptiveMaxPool3d<
  const O extends OutputSize = OutputSize,
  R extends boolean = false,
> extends AdaptiveMaxPoolLayer<AdaptiveMaxShape<3, O, R>, R> {
  constructor(outputSize: O, options: AdaptiveMaxPoolOptions<R> = {}) {
    super(adaptiveMaxPool3d, outputSize, options);
  }
}
