/** Elementwise methods in place: each is one line that calls the function of the same name. The others are in `unary.ts` and `binary.ts`. */
import type { DType } from '@nn/backend';
import * as ops from '../ops/elementwise/index.ts';
import type { Tensor } from '../tensor.ts';
import type { Broadcast, Checked, Numeric, Shape, ShapeOf } from '../types/index.ts';
import { BinaryMethods } from './binary.ts';

type Operand = Tensor | Numeric;

export abstract class ElementwiseMethods<
  out S extends Shape = Shape,
  out D extends DType = DType,
> extends BinaryMethods<S, D> {
  zero_<A extends Tensor>(this: A): A {
    return ops.zero_(this);
  }
  add_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'add_', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: ops.AlphaOptions,
  ): A {
    return ops.add_(this, other as never, options);
  }
  sub_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'sub_', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: ops.AlphaOptions,
  ): A {
    return ops.sub_(this, other as never, options);
  }
  div_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'div_', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: { readonly roundingMode?: ops.RoundingMode | undefined },
  ): A {
    return ops.div_(this, other as never, options);
  }
  mul_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'mul_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.mul_(this, other as never);
  }
  fill_<A extends Tensor>(this: A, value: Operand): A {
    return ops.fill_(this, value);
  }
  copy_<A extends Tensor, B extends Tensor>(
    this: A,
    source: Checked<Broadcast<'copy_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.copy_(this, source as never);
  }
}
