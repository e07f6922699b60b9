/** Sorting, running combines, softmax, triangles: each method is one line that calls the function, which has the documentation. */
import type { DType } from '@nn/backend';
import * as ops from '../ops/reduce/index.ts';
import type { Tensor } from '../tensor.ts';
import type { Checked, FloatOf, InRange, Shape, ShapeOf } from '../types/index.ts';
import { RandomMethods } from './random.ts';

export abstract class OrderMethods<out S extends Shape = Shape, out D extends DType = DType> extends RandomMethods<
  S,
  D
> {
  softmax<A extends Tensor, I extends number, T extends DType = FloatOf<A['dtype']>>(
    this: A,
    dim: Checked<InRange<'softmax', ShapeOf<A>, I>, I>,
    options?: { readonly dtype?: T | undefined },
  ): Tensor<A['~shape'], NoInfer<T>> {
    return ops.softmax(this, dim as never, options) as never;
  }
  logSoftmax<A extends Tensor, I extends number, T extends DType = FloatOf<A['dtype']>>(
    this: A,
    dim: Checked<InRange<'logSoftmax', ShapeOf<A>, I>, I>,
    options?: { readonly dtype?: T | undefined },
  ): Tensor<A['~shape'], NoInfer<T>> {
    return ops.logSoftmax(this, dim as never, options) as never;
  }
}
