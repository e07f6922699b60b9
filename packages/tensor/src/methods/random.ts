/** Random values, most of them in place: each method is one line that calls the function, which has the documentation. */
import type { DType } from '@nn/backend';
import * as ops from '../ops/random/index.ts';
import type { Tensor } from '../tensor.ts';
import type { Shape } from '../types/index.ts';
import { ElementwiseMethods } from './elementwise.ts';

export abstract class RandomMethods<
  out S extends Shape = Shape,
  out D extends DType = DType,
> extends ElementwiseMethods<S, D> {
  uniform_<A extends Tensor>(this: A, from?: number, to?: number, options?: ops.GeneratorOptions): A {
    return ops.uniform_(this, from, to, options);
  }
  normal_<A extends Tensor>(this: A, mean?: number, std?: number, options?: ops.GeneratorOptions): A {
    return ops.normal_(this, mean, std, options);
  }
}
