/** Fractional max pooling layers. */
import type { PerDimension, Tensor } from '@nn/tensor';
import {
  checkSizes, type FractionalMaxPoolFunction, type FractionalMaxPoolOptions, fractionalMaxPool2d, fractionalMaxPool3d,
} from '../../functional/pooling/fractional-max-pool.ts'; // biome-ignore format: a list
import type { Pooled } from '../../functional/pooling/index.ts';
import { Module } from '../../module/module.ts';

abstract class FractionalMaxPoolLayer<R extends boolean> extends Module {
  readonly kernelSize: PerDimension;
  readonly outputSize: PerDimension | null;
  readonly outputRatio: PerDimension | null;
  readonly returnIndices: boolean;
  readonly #pool: FractionalMaxPoolFunction;
  readonly #more: Pick<FractionalMaxPoolOptions, 'randomSamples' | 'generator'>;

  constructor(
    spatial: number,
    pool: FractionalMaxPoolFunction,
    kernelSize: PerDimension,
    // Without options, which only plain JavaScript leaves out, neither size is given.
    options: FractionalMaxPoolOptions<R> = {},
  ) {
    super(options);
    checkSizes(this.constructor.name, spatial, options);
    const { randomSamples, generator } = options;
    this.#pool = pool;
    this.kernelSize = kernelSize;
    this.outputSize = options.outputSize ?? null;
    this.outputRatio = options.outputRatio ?? null;
    this.returnIndices = options.returnIndices ?? false;
    this.#more = { randomSamples, generator };
  }

  override '~mayKeep'(): boolean {
    return this.forward !== FractionalMaxPoolLayer.prototype.forward;
  }

  override forward<A extends Tensor>(input: A): Pooled<R, A['dtype']> {
    const { outputSize, outputRatio, returnIndices } = this;
    return this.#pool(input, this.kernelSize, { outputSize, outputRatio, returnIndices, ...this.#more }) as never;
  }
}

/**
 * The largest elements under windows at random distances over (N, C, H, W) or (C, H, W), also in evaluation mode; options as `fractionalMaxPool2d`. With `returnIndices`, `forward` gives
 * `{ values, indices }`. PyTorch: `torch.nn.FractionalMaxPool2d`.
 * @throws ValueError unless one of `outputSize` and `outputRatio` is given; ShapeError in `forward` if so many windows don't fit
 * @example
 * ```ts
 * import { FractionalMaxPool2d } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new FractionalMaxPool2d(3, { outputRatio: 0.5 }).forward(zeros([20, 16, 50, 32])).shape); // prints: [ 20, 16, 25, 16 ]
 * ```
 */
export class FractionalMaxPool2d<R extends boolean = false> extends FractionalMaxPoolLayer<R> {
  constructor(kernelSize: PerDimension, options: FractionalMaxPoolOptions<R>) {
    super(2, fractionalMaxPool2d, kernelSize, options);
  }
}

/** The same over (N, C, D, H, W) or (C, D, H, W). PyTorch: `torch.nn.FractionalMaxPool3d`. */
export class FractionalMaxPool3d<R extends boolean = false> extends FractionalMaxPoolLayer<R> {
  constructor(kernelSize: PerDimension, options: FractionalMaxPoolOptions<R>) {
    super(3, fractionalMaxPool3d, kernelSize, options);
  }
}
