/** Memory, dtype, place: each method is one line that calls the function, which has the documentation. */
import type { Backend, DType } from '@nn/backend';
import * as convert from '../ops/shape/convert.ts';
import * as memory from '../ops/shape/strided.ts';
import type { Tensor } from '../tensor.ts';
import type { Shape } from '../types/index.ts';
import { ReduceMethods } from './reduce.ts';

export abstract class StorageMethods<out S extends Shape = Shape, out D extends DType = DType> extends ReduceMethods<
  S,
  D
> {
  // Memory

  /** A dense copy, differentiable; PyTorch: `Tensor.clone`. */
  clone<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return convert.clone(this);
  }

  /** Dense: the tensor itself if it is, else a copy; PyTorch: `Tensor.contiguous`. */
  contiguous<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return convert.contiguous(this);
  }

  /** Whether the elements lie dense in row-major order; PyTorch: `Tensor.is_contiguous`. */
  isContiguous(this: Tensor): boolean {
    return memory.isContiguous(this);
  }

  // In another dtype, on another backend

  /** The values in another dtype (itself if it has that already); PyTorch: `Tensor.to(dtype)`. */
  to<A extends Tensor, T extends DType>(this: A, dtype: T): Tensor<A['~shape'], T>;
  /** The values on another backend (itself if it is there): a read, so awaited; PyTorch: `Tensor.to(device)`. */
  to<A extends Tensor>(this: A, backend: Backend): Promise<Tensor<A['~shape'], A['dtype']>>;
  to(this: Tensor, target: DType | Backend): Tensor | Promise<Tensor> {
    return typeof target === 'string' ? convert.toDType(this, target) : this.toBackend(target);
  }

  /** As float16; PyTorch: `Tensor.half`. */
  half<A extends Tensor>(this: A): Tensor<A['~shape'], 'float16'> {
    return convert.toDType(this, 'float16');
  }

  /** As float32; PyTorch: `Tensor.float`. */
  float<A extends Tensor>(this: A): Tensor<A['~shape'], 'float32'> {
    return convert.toDType(this, 'float32');
  }

  /** As float64; PyTorch: `Tensor.double`. */
  double<A extends Tensor>(this: A): Tensor<A['~shape'], 'float64'> {
    return convert.toDType(this, 'float64');
  }

  /** As int32; PyTorch: `Tensor.int`. */
  int<A extends Tensor>(this: A): Tensor<A['~shape'], 'int32'> {
    return convert.toDType(this, 'int32');
  }

  /** As int64; PyTorch: `Tensor.long`. */
  long<A extends Tensor>(this: A): Tensor<A['~shape'], 'int64'> {
    return convert.toDType(this, 'int64');
  }

  /** As uint8; PyTorch: `Tensor.byte`. */
  byte<A extends Tensor>(this: A): Tensor<A['~shape'], 'uint8'> {
    return convert.toDType(this, 'uint8');
  }

  /** Whether each element differs from 0; PyTorch: `Tensor.bool`. */
  bool<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return convert.toDType(this, 'bool');
  }
}
