/** The partial inverses of max pooling layers. */
import type { PerDimension, Shape, Tensor } from '@nn/tensor';
import {
  type MaxUnpoolFunction,
  type MaxUnpoolOptions,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
} from '../../functional/pooling/index.ts';
import { Module } from '../../module/module.ts';
import { pythonList } from './shapes.ts';

export type MaxUnpoolLayerOptions = Omit<MaxUnpoolOptions, 'outputSize'>;

abstract class MaxUnpoolLayer extends Module {
  readonly kernelSize: PerDimension;
  readonly stride: PerDimension;
  readonly padding: PerDimension;
  readonly #spatial: number;
  readonly #unpool: MaxUnpoolFunction;

  constructor(spatial: number, unpool: MaxUnpoolFunction, kernelSize: PerDimension, options: MaxUnpoolLayerOptions) {
    super(options);
    this.#spatial = spatial;
    this.#unpool = unpool;
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
  }

  override forward<A extends Tensor>(
    input: A,
    indices: Tensor,
    options: Pick<MaxUnpoolOptions, 'outputSize'> = {},
  ): Tensor<Shape, A['dtype']> {
    const { stride, padding } = this;
    return this.#unpool(input, indices, this.kernelSize, { stride, padding, ...options });
  }

  override extraRepr(): string {
    const text = (value: PerDimension): string => pythonList(value, this.#spatial);
    return `kernel_size=${text(this.kernelSize)}, stride=${text(this.stride)}, padding=${text(this.padding)}`;
  }
}

/** Undoes `MaxPool1d`, with zeros where it dropped something. PyTorch: `torch.nn.MaxUnpool1d`. */
export class MaxUnpool1d extends MaxUnpoolLayer {
  constructor(kernelSize: PerDimension, options: MaxUnpoolLayerOptions = {}) {
    super(1, maxUnpool1d, kernelSize, options);
  }
}

/**
 * Undoes `MaxPool2d`, with zeros where it dropped something; `forward(input, indices, { outputSize })`, see `maxUnpool2d`. PyTorch: `torch.nn.MaxUnpool2d`.
 * @example
 * ```ts
 * import { MaxPool2d, MaxUnpool2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const { values, indices } = new MaxPool2d(2, { returnIndices: true }).forward(tensor([[[1, 2], [4, 3]]]));
 * console.log(await new MaxUnpool2d(2).forward(values, indices).toArray()); // prints: [ [ [ 0, 0 ], [ 4, 0 ] ] ]
 * ```
 */
export class MaxUnpool2d extends MaxUnpoolLayer {
  constructor(kernelSize: PerDimension, options: MaxUnpoolLayerOptions = {}) {
    super(2, maxUnpool2d, kernelSize, options);
  }
}

/** Undoes `MaxPool3d`, with zeros where it dropped something. PyTorch: `torch.nn.MaxUnpool3d`. */
export class MaxUnpool3d extends MaxUnpoolLayer {
  constructor(kernelSize: PerDimension, options: MaxUnpoolLayerOptions = {}) {
    super(3, maxUnpool3d, kernelSize, options);
  }
}
