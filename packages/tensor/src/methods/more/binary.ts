import * as ops from '../../ops/elementwise/index.ts';
import type { Broadcast3, Broadcasted3 } from '../../ops/elementwise/signatures.ts';
import type { Tensor } from '../../tensor.ts';
import type { Broadcast, Broadcasted, Checked, FloatOf, Numeric, PromoteOf, ShapeOf } from '../../types/index.ts';

type Operand = Tensor | Numeric;

export abstract class MoreBinaryMethods {
  floorDivide<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'floorDivide', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'floorDivide', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.floorDivide(this, other as never) as never;
  }
  remainder<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'remainder', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'remainder', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.remainder(this, other as never) as never;
  }
  fmod<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'fmod', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'fmod', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.fmod(this, other as never) as never;
  }
  fmax<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'fmax', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'fmax', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.fmax(this, other as never) as never;
  }
  fmin<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'fmin', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'fmin', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.fmin(this, other as never) as never;
  }
  clampMin<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'clampMin', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'clampMin', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.clampMin(this, other as never) as never;
  }
  clampMax<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'clampMax', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'clampMax', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.clampMax(this, other as never) as never;
  }
  hypot<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'hypot', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'hypot', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.hypot(this, other as never) as never;
  }
  logaddexp<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logaddexp', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logaddexp', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.logaddexp(this, other as never) as never;
  }
  logaddexp2<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logaddexp2', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logaddexp2', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.logaddexp2(this, other as never) as never;
  }
  heaviside<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'heaviside', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'heaviside', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.heaviside(this, other as never) as never;
  }
  bitwiseAnd<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseAnd', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'bitwiseAnd', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.bitwiseAnd(this, other as never) as never;
  }
  bitwiseOr<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseOr', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'bitwiseOr', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.bitwiseOr(this, other as never) as never;
  }
  bitwiseXor<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseXor', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'bitwiseXor', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.bitwiseXor(this, other as never) as never;
  }
  bitwiseLeftShift<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseLeftShift', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'bitwiseLeftShift', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.bitwiseLeftShift(this, other as never) as never;
  }
  bitwiseRightShift<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseRightShift', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'bitwiseRightShift', A['~shape'], ShapeOf<B>>, PromoteOf<A, B>> {
    return ops.bitwiseRightShift(this, other as never) as never;
  }
  atan2<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'atan2', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'atan2', A['~shape'], ShapeOf<B>>, FloatOf<PromoteOf<A, B>>> {
    return ops.atan2(this, other as never) as never;
  }
  copysign<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'copysign', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'copysign', A['~shape'], ShapeOf<B>>, FloatOf<PromoteOf<A, B>>> {
    return ops.copysign(this, other as never) as never;
  }
  xlogy<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'xlogy', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'xlogy', A['~shape'], ShapeOf<B>>, FloatOf<PromoteOf<A, B>>> {
    return ops.xlogy(this, other as never) as never;
  }
  logicalAnd<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logicalAnd', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logicalAnd', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.logicalAnd(this, other as never) as never;
  }
  logicalOr<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logicalOr', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logicalOr', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.logicalOr(this, other as never) as never;
  }
  logicalXor<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logicalXor', ShapeOf<A>, ShapeOf<B>>, B>,
  ): Tensor<Broadcasted<'logicalXor', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.logicalXor(this, other as never) as never;
  }
  isclose<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'isclose', ShapeOf<A>, ShapeOf<B>>, B>,
    options?: ops.ClosenessOptions,
  ): Tensor<Broadcasted<'isclose', A['~shape'], ShapeOf<B>>, 'bool'> {
    return ops.isclose(this, other as never, options) as never;
  }
  allclose(this: Tensor, other: Tensor, options?: ops.ClosenessOptions): Promise<boolean> {
    return ops.allclose(this, other, options);
  }
  allcloseSync(this: Tensor, other: Tensor, options?: ops.ClosenessOptions): boolean {
    return ops.allcloseSync(this, other, options);
  }
  equal(this: Tensor, other: Tensor): Promise<boolean> {
    return ops.equal(this, other);
  }
  equalSync(this: Tensor, other: Tensor): boolean {
    return ops.equalSync(this, other);
  }
  lerp<A extends Tensor, B extends Tensor, W extends Operand>(
    this: A,
    end: Checked<Broadcast<'lerp', ShapeOf<A>, ShapeOf<B>>, B>,
    weight: Checked<Broadcast3<'lerp', A, B, W>, W>,
  ): Tensor<Broadcasted3<'lerp', A, B, W>, PromoteOf<A, B>> {
    return ops.lerp(this, end as never, weight as never) as never;
  }
  addcmul<A extends Tensor, B extends Tensor, C extends Tensor>(
    this: A,
    y: Checked<Broadcast<'addcmul', ShapeOf<A>, ShapeOf<B>>, B>,
    z: Checked<Broadcast3<'addcmul', A, B, C>, C>,
    options?: { readonly value?: number | undefined },
  ): Tensor<Broadcasted3<'addcmul', A, B, C>, PromoteOf<A, Tensor<ShapeOf<B>, PromoteOf<B, C>>>> {
    return ops.addcmul(this, y as never, z as never, options) as never;
  }
  addcdiv<A extends Tensor, B extends Tensor, C extends Tensor>(
    this: A,
    y: Checked<Broadcast<'addcdiv', ShapeOf<A>, ShapeOf<B>>, B>,
    z: Checked<Broadcast3<'addcdiv', A, B, C>, C>,
    options?: { readonly value?: number | undefined },
  ): Tensor<Broadcasted3<'addcdiv', A, B, C>, PromoteOf<A, Tensor<ShapeOf<B>, PromoteOf<B, C>>>> {
    return ops.addcdiv(this, y as never, z as never, options) as never;
  }
  /** This where the condition holds, else `other`. */
  where<A extends Tensor, C extends Tensor, B extends Operand>(
    this: A,
    condition: Checked<Broadcast<'where', ShapeOf<A>, ShapeOf<C>>, C>,
    other: Checked<Broadcast3<'where', C, A, B>, B>,
  ): Tensor<Broadcasted3<'where', C, A, B>, PromoteOf<A, B>> {
    return ops.where(condition as never, this as never, other as never) as never;
  }
}
