/** Average and power-average pooling layers. */
import type { PerDimension, ShapeFunction, Tensor } from '@nn/tensor';
import {
  type AvgPoolFunction, type AvgPoolOptions, avgPool1d, avgPool2d, avgPool3d, type LPPoolFunction, type LPPoolOptions, lpPool1d, lpPool2d, lpPool3d,
} from '../../functional/pooling/index.ts'; // biome-ignore format: a list
import { PlainLayer, type UnknownShape } from '../../module/layer.ts';
import { pythonBool, pythonNumber } from '../../module/python-text.ts';
import { type PooledShape, pythonList, pythonSize } from './shapes.ts';

export interface AvgPoolLayerOptions<
  S extends PerDimension = PerDimension,
  P extends PerDimension = PerDimension,
  C extends boolean = boolean,
> extends AvgPoolOptions {
  readonly stride?: S | undefined;
  readonly padding?: P | undefined;
  readonly ceilMode?: C | undefined;
}

abstract class AvgPoolLayer<F extends ShapeFunction> extends PlainLayer<F> {
  readonly kernelSize: PerDimension;
  readonly stride: PerDimension;
  readonly padding: PerDimension;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(kernelSize: PerDimension, options: AvgPoolLayerOptions) {
    super(options);
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.ceilMode = options.ceilMode ?? false;
    this.countIncludePad = options.countIncludePad ?? true;
    this.divisorOverride = options.divisorOverride ?? null;
  }

  /** @internal */
  abstract '~pool'(): AvgPoolFunction;

  override '~compute'(input: Tensor): Tensor {
    const { stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return this['~pool']()(input, this.kernelSize, { stride, padding, ceilMode, countIncludePad, divisorOverride });
  }

  override extraRepr(): string {
    return `kernel_size=${pythonSize(this.kernelSize)}, stride=${pythonSize(this.stride)}, padding=${pythonSize(this.padding)}`;
  }
}

/** Means under a window over (N, C, L) or (C, L); as `AvgPool2d`. PyTorch: `torch.nn.AvgPool1d`. */
export class AvgPool1d<
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = K,
  const P extends PerDimension = 0,
  C extends boolean = false,
> extends AvgPoolLayer<PooledShape<'AvgPool1d', 1, K, S, P, 1, C>> {
  constructor(kernelSize: K, options: AvgPoolLayerOptions<S, P, C> = {}) {
    super(kernelSize, options);
  }

  override '~pool'(): AvgPoolFunction {
    return avgPool1d;
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${pythonList(kernelSize, 1)}, stride=${pythonList(stride, 1)}, padding=${pythonList(padding, 1)}`;
  }
}

/**
 * Means under a window over (N, C, H, W) or (C, H, W); options as `avgPool2d`. PyTorch: `torch.nn.AvgPool2d`.
 * @throws ShapeError, ValueError in `forward`, as `avgPool2d`
 * @example
 * ```ts
 * import { AvgPool2d } from '@nn/nn';
 * import { ones } from '@nn/tensor';
 * console.log(new AvgPool2d([3, 2], { stride: [2, 1] }).forward(ones([20, 16, 50, 32])).shape); // prints: [ 20, 16, 24, 31 ]
 * ```
 */
export class AvgPool2d<
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = K,
  const P extends PerDimension = 0,
  C extends boolean = false,
> extends AvgPoolLayer<PooledShape<'AvgPool2d', 2, K, S, P, 1, C>> {
  constructor(kernelSize: K, options: AvgPoolLayerOptions<S, P, C> = {}) {
    super(kernelSize, options);
  }

  override '~pool'(): AvgPoolFunction {
    return avgPool2d;
  }
}

/** Means under a window over (N, C, D, H, W) or (C, D, H, W); as `AvgPool2d`. PyTorch: `torch.nn.AvgPool3d`. */
export class AvgPool3d<
  const K extends PerDimension = PerDimension,
  const S extends PerDimension = K,
  const P extends PerDimension = 0,
  C extends boolean = false,
> extends AvgPoolLayer<PooledShape<'AvgPool3d', 3, K, S, P, 1, C>> {
  constructor(kernelSize: K, options: AvgPoolLayerOptions<S, P, C> = {}) {
    super(kernelSize, options);
  }

  override '~pool'(): AvgPoolFunction {
    return avgPool3d;
  }
}

export interface LPPoolLayerOptions extends LPPoolOptions {
  readonly stride?: PerDimension | null | undefined;
}

abstract class LPPoolLayer extends PlainLayer<UnknownShape> {
  readonly normType: number;
  readonly kernelSize: PerDimension;
  readonly stride: PerDimension | null;
  readonly ceilMode: boolean;
  readonly #pool: LPPoolFunction;

  constructor(pool: LPPoolFunction, normType: number, kernelSize: PerDimension, options: LPPoolLayerOptions) {
    super(options);
    this.#pool = pool;
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? null;
    this.ceilMode = options.ceilMode ?? false;
  }

  override '~compute'(input: Tensor): Tensor {
    const { stride, ceilMode } = this;
    return this.#pool(input, this.normType, this.kernelSize, { stride, ceilMode });
  }

  override extraRepr(): string {
    return `norm_type=${pythonNumber(this.normType)}, kernel_size=${pythonSize(this.kernelSize)}, stride=${pythonSize(this.stride)}, ceil_mode=${pythonBool(this.ceilMode)}`;
  }
}

/** (Σ xᵖ)^(1/p) under a window over (N, C, L) or (C, L). PyTorch: `torch.nn.LPPool1d`. */
export class LPPool1d extends LPPoolLayer {
  constructor(normType: number, kernelSize: PerDimension, options: LPPoolLayerOptions = {}) {
    super(lpPool1d, normType, kernelSize, options);
  }
}

/** (Σ xᵖ)^(1/p) under a window over (N, C, H, W) or (C, H, W), see `lpPool2d`. PyTorch: `torch.nn.LPPool2d`. */
export class LPPool2d extends LPPoolLayer {
  constructor(normType: number, kernelSize: PerDimension, options: LPPoolLayerOptions = {}) {
    super(lpPool2d, normType, kernelSize, options);
  }
}

/** (Σ xᵖ)^(1/p) under a window over (N, C, D, H, W) or (C, D, H, W). PyTorch: `torch.nn.LPPool3d`. */
export class LPPool3d extends LPPoolLayer {
  constructor(normType: number, kernelSize: PerDimension, options: LPPoolLayerOptions = {}) {
    super(lpPool3d, normType, kernelSize, options);
  }
}
