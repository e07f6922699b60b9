/** Elementwise methods: each is one line that calls the function. */
import type { DType } from '@nn/backend';
import { TensorCore } from '../core/tensor-core.ts';
import type { Numeric } from '../core/promotion.ts';
import * as ops from '../ops/elementwise/index.ts';
import type { Tensor } from '../tensor.ts';
import type { Shape } from '../types/index.ts';

export abstract class ElementwiseMethods<out S extends Shape = Shape, out D extends DType = DType> extends TensorCore<S, D> {
  add(this: Tensor, other: Tensor | Numeric): Tensor {
    return ops.add(this, other);
  }
  mul(this: Tensor, other: Tensor | Numeric): Tensor {
    return ops.mul(this, other);
  }
  exp(this: Tensor): Tensor {
    return ops.exp(this);
  }
}
