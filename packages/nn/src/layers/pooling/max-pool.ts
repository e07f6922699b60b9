/** Max pooling layers. */
import type { Apply, Checked, PerDimension, Ranks, ShapeFunction, ShapeOf, ShapeOr, Tensor } from '@nn/tensor';
import {
  type MaxPoolFunction,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type PooledWithIndices,
} from '../../functional/pooling/index.ts';
import type { UnknownShape } from '../../module/layer.ts';
import { Module } from '../../module/module.ts';
import { pythonBool } from '../../module/python-text.ts';
import { type PooledShape, pythonSize } from './shapes.ts';

export interface MaxPoolLayerOptions<
  S extends PerDimension = PerDimension,
  P extends PerDimension = PerDimension,
  D extends PerDimension = PerDimension,
  C extends boolean = boolean,
  R extends boolean = boolean,
> extends MaxPoolOptions<R> {
  readonly stride?: S | undefined;
  readonly padding?: P | undefined;
  readonly dilation?: D | undefined;
  readonly ceilMode?: C | undefined;
}

/** Not a `Layer`, whose output is a tensor alone. */
abstract class MaxPoolLayer<F extends ShapeFunction, R extends boolean> extends Module {
  /** Type only: what the layer does to a shape. */
  declare readonly '~shapes': F;
  readonly kernelSize: PerDimension;
  readonly stride: PerDimension;
  readonly padding: PerDimension;
  readonly dilation: PerDimension;
  readonly returnIndices: boolean;
  readonly ceilMode: boolean;

  constructor(kernelSize: PerDimension, options: MaxPoolLayerOptions) {
    super(options);
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.returnIndices = options.returnIndices ?? false;
    this.ceilMode = options.ceilMode ?? false;
  }

  override '~mayKeep'(): boolean {
    return this.forward !== MaxPoolLayer.prototype.forward;
  }

  /** @internal */
  abstract '~pool'(): MaxPoolFunction;

  override forward<A extends Tensor>(
    input: Checked<Apply<F, ShapeOf<A>>, A>,
  ): R extends true ? PooledWithIndices<A['dtype']> : Tensor<ShapeOr<Apply<F, ShapeOf<A>>>, A['dtype']> {
    const { stride, padding, dilation, ceilMode, returnIndices } = this;
    return this['~pool']()(input as Tensor, this.kernelSize, {
      stride,
      padding,
      dilation,
      ceilMode,
      returnIndices,
    }) as never;
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return `kernel_size=${pythonSize(kernelSize)}, stride=${pythonSize(stride)}, padding=${pythonSize(padding)}, dilation=${pythonSize(dilation)}, ceil_mode=${pythonBool(ceilMode)}`;
  }
}

/** The shape function of a layer that gives a tensor. */
type MaxPoolShape<
  Op extends string,
  Spatial extends keyof Ranks,
  K extends PerDimension,
  S extends PerDimension,
  P extends PerDimension,
  D extends PerDimension,
  C extends boolean,
  R extends boolean,
> = R extends false ? PooledShape<Op, Spatial, K, S, P, D, C> : UnknownShape;

/** The largest elements under a window over (N, C, L) or (C, L); as `MaxPool2d`. PyTorch: `torch.nn.MaxPool1d`. */
export class MaxPool1d<
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = K,
  const P extends PerDimension = 0,
  const D extends PerDimension = 1,
  C extends boolean = false,
  R extends boolean = false,
> extends MaxPoolLayer<MaxPoolShape<'MaxPool1d', 1, K, S, P, D, C, R>, R> {
  constructor(kernelSize: K, options: MaxPoolLayerOptions<S, P, D, C, R> = {}) {
    super(kernelSize, options);
  }

  override '~pool'(): MaxPoolFunction {
    return maxPool1d;
  }
}

/**
 * The largest elements under a window over (N, C, H, W) or (C, H, W); options as `maxPool2d`. With `returnIndices`, `forward` gives `{ values, indices }`. PyTorch: `torch.nn.MaxPool2d`.
 * @throws ShapeError, ValueError in `forward`, as `maxPool2d`
 * @example
 * ```ts
 * import { MaxPool2d } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const pool = new MaxPool2d(3, { stride: 2, padding: 1 });
 * console.log(String(pool)); // prints: MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)
 * console.log(pool.forward(zeros([8, 16, 28, 28])).shape); // prints: [ 8, 16, 14, 14 ]
 * ```
 */
export class MaxPool2d<
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = K,
  const P extends PerDimension = 0,
  const D extends PerDimension = 1,
  C extends boolean = false,
  R extends boolean = false,
> extends MaxPoolLayer<MaxPoolShape<'MaxPool2d', 2, K, S, P, D, C, R>, R> {
  constructor(kernelSize: K, options: MaxPoolLayerOptions<S, P, D, C, R> = {}) {
    super(kernelSize, options);
  }

  override '~pool'(): MaxPoolFunction {
    return maxPool2d;
  }
}

/** The largest elements under a window over (N, C, D, H, W) or (C, D, H, W); as `MaxPool2d`. PyTorch: `torch.nn.MaxPool3d`. */
export class MaxPool3d<
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = K,
  const P extends PerDimension = 0,
  const D extends PerDimension = 1,
  C extends boolean = false,
  R extends boolean = false,
> extends MaxPoolLayer<MaxPoolShape<'MaxPool3d', 3, K, S, P, D, C, R>, R> {
  constructor(kernelSize: K, options: MaxPoolLayerOptions<S, P, D, C, R> = {}) {
    super(kernelSize, options);
  }

  override '~pool'(): MaxPoolFunction {
    return maxPool3d;
  }
}
