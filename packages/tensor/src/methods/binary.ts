/** Elementwise methods of several operands: each is one line that calls the function of the same name, where its documentation is. */
import type { DType } from '@nn/backend';
import * as ops from '../ops/elementwise/index.ts';
import type { Broadcasted3, Meet } from '../ops/elementwise/signatures.ts';
import type { Tensor } from '../tensor.ts';
import type { Broadcast, Broadcasted, Checked, FloatOf, Numeric, PromoteOf, Shape, ShapeOf } from '../types/index.ts';
import { UnaryMethods } from './unary.ts';

type Operand = Tensor | Numeric;

export abstract class BinaryMethods<out S extends Shape = Shape, out D extends DType = DType> extends UnaryMethods<
  S,
  D
> {
  add<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'add', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: ops.AlphaOptions,
  ): Tensor<Broadcasted<'add', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.add(this, other as never, options) as never;
  }
  sub<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'sub', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: ops.AlphaOptions,
  ): Tensor<Broadcasted<'sub', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.sub(this, other as never, options) as never;
  }
  div<A extends Tensor, B extends Operand, M extends ops.RoundingMode = null>(
    this: A,
    other: Checked<Broadcast<'div', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: { readonly roundingMode?: M | undefined },
  ): Tensor<Broadcasted<'div', A['~shape'], ShapeOf<B>>, M extends null ? FloatOf<PromoteOf<A, B>> : PromoteOf<A, B>> {
    return ops.div(this, other as never, options) as never;
  }
  mul<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'mul', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'mul', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.mul(this, other as never) as never;
  }
  pow<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'pow', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'pow', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.pow(this, other as never) as never;
  }
  maximum<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'maximum', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'maximum', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.maximum(this, other as never) as never;
  }
  minimum<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'minimum', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'minimum', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.minimum(this, other as never) as never;
  }
  eq<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'eq', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'eq', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.eq(this, other as never) as never;
  }
  ne<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'ne', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'ne', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.ne(this, other as never) as never;
  }
  lt<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'lt', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'lt', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.lt(this, other as never) as never;
  }
  le<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'le', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'le', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.le(this, other as never) as never;
  }
  gt<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'gt', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'gt', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.gt(this, other as never) as never;
  }
  ge<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'ge', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'ge', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.ge(this, other as never) as never;
  }
  clamp<A extends Tensor, L extends Operand | undefined = undefined, H extends Operand | undefined = undefined>(
    this: A,
    options: { readonly min?: L; readonly max?: H },
  ): Tensor<Broadcasted3<'clamp', A, L, H>, Meet<Tensor<ShapeOf<A>, Meet<A, L>>, H>> {
    return ops.clamp(this, options) as never;
  }
}
