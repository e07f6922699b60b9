import * as convert from '../../ops/shape/convert.ts';
import * as memory from '../../ops/shape/strided.ts';
import type { Tensor } from '../../tensor.ts';

export abstract class MoreStorageMethods {
  /** Steps in memory, in elements, for each dimension or for one; PyTorch: `Tensor.stride`. */
  stride(this: Tensor): number[];
  stride(this: Tensor, dim: number): number;
  stride(this: Tensor, dim?: number): number | number[] {
    return dim === undefined ? memory.stride(this) : memory.stride(this, dim);
  }

  /** Where the tensor starts in its memory, in elements; PyTorch: `Tensor.storage_offset`. */
  storageOffset(this: Tensor): number {
    return memory.storageOffset(this);
  }

  /** Elements of the memory that the tensor shares with its views; PyTorch: `Tensor.untyped_storage().size()`, there in bytes. */
  storageSize(this: Tensor): number {
    return memory.storageSize(this);
  }

  /** Any view of the memory, by sizes, strides and offset; PyTorch: `Tensor.as_strided`. */
  asStrided<A extends Tensor, const T extends readonly number[]>(
    this: A,
    size: T,
    strides: readonly number[],
    options?: memory.StridedOptions,
  ): Tensor<[...T], A['dtype']> {
    return memory.asStrided(this, size, strides, options);
  }

  /** The values in the dtype of another tensor; PyTorch: `Tensor.type_as`. */
  typeAs<A extends Tensor, B extends Tensor>(this: A, other: B): Tensor<A['~shape'], B['dtype']> {
    return convert.typeAs(this, other);
  }
}
