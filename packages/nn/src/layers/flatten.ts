/** Layers that only regroup dimensions. */
import { type FlattenFunction, flatten, type Tensor, unflatten } from '@nn/tensor';
import { PlainLayer, type UnknownShape } from '../module/layer.ts';
import { pythonTuple } from '../module/python-text.ts';

export interface FlattenOptions<Start, End> {
  /** The first dimension to join; 1, which keeps the batch. */
  readonly startDim?: Start | undefined;
  /** The last one; -1. */
  readonly endDim?: End | undefined;
}

/**
 * Makes several dimensions one, by default all but the batch. PyTorch: `torch.nn.Flatten`.
 * @example
 * ```ts
 * import { Flatten } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new Flatten().forward(zeros([8, 1, 28, 28])).shape); // prints: [ 8, 784 ]
 * ```
 */
export class Flatten<I extends number = 1, J extends number = -1> extends PlainLayer<FlattenFunction<I, J>> {
  readonly startDim: number;
  readonly endDim: number;

  constructor(options: FlattenOptions<I, J> = {}) {
    super(options);
    this.startDim = options.startDim ?? 1;
    this.endDim = options.endDim ?? -1;
  }

  override '~compute'(input: Tensor): Tensor {
    return flatten(input, { startDim: this.startDim, endDim: this.endDim } as never);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/** Makes one dimension several; one size may be -1. PyTorch: `torch.nn.Unflatten`. */
export class Unflatten extends PlainLayer<UnknownShape> {
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(dim: number, unflattenedSize: readonly number[]) {
    super();
    this.dim = dim;
    this.unflattenedSize = unflattenedSize;
  }

  override '~compute'(input: Tensor): Tensor {
    return unflatten(input, this.dim, this.unflattenedSize) as Tensor;
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${pythonTuple(this.unflattenedSize)}`;
  }
}
