/** Elementwise methods of one tensor: each is one line that calls the function of the same name, where its documentation is. */
import type { DType } from '@nn/backend';
import { TensorCore } from '../core/tensor-core.ts';
import * as ops from '../ops/elementwise/index.ts';
import type { Tensor } from '../tensor.ts';
import type { FloatOf, Shape } from '../types/index.ts';

export abstract class UnaryMethods<out S extends Shape = Shape, out D extends DType = DType> extends TensorCore<S, D> {
  abs<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.abs(this);
  }
  neg<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.neg(this);
  }
  relu<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.relu(this);
  }
  square<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.square(this);
  }
  exp<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.exp(this);
  }
  log<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.log(this);
  }
  sqrt<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.sqrt(this);
  }
  sin<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.sin(this);
  }
  cos<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.cos(this);
  }
  tanh<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.tanh(this);
  }
  sigmoid<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.sigmoid(this);
  }
}
