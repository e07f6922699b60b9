import * as ops from '../../ops/elementwise/index.ts';
import type { Tensor } from '../../tensor.ts';
import type { FloatOf } from '../../types/index.ts';

export abstract class MoreUnaryMethods {
  sign<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.sign(this);
  }
  floor<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.floor(this);
  }
  ceil<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.ceil(this);
  }
  trunc<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.trunc(this);
  }
  frac<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.frac(this);
  }
  positive<A extends Tensor>(this: A): A {
    return ops.positive(this);
  }
  bitwiseNot<A extends Tensor>(this: A): Tensor<A['~shape'], A['dtype']> {
    return ops.bitwiseNot(this);
  }
  exp2<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.exp2(this);
  }
  expm1<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.expm1(this);
  }
  log1p<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.log1p(this);
  }
  log2<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.log2(this);
  }
  log10<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.log10(this);
  }
  rsqrt<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.rsqrt(this);
  }
  reciprocal<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.reciprocal(this);
  }
  tan<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.tan(this);
  }
  asin<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.asin(this);
  }
  acos<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.acos(this);
  }
  atan<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.atan(this);
  }
  sinh<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.sinh(this);
  }
  cosh<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.cosh(this);
  }
  asinh<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.asinh(this);
  }
  acosh<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.acosh(this);
  }
  atanh<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.atanh(this);
  }
  sinc<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.sinc(this);
  }
  deg2rad<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.deg2rad(this);
  }
  rad2deg<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.rad2deg(this);
  }
  erf<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.erf(this);
  }
  erfc<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.erfc(this);
  }
  erfinv<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.erfinv(this);
  }
  lgamma<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.lgamma(this);
  }
  digamma<A extends Tensor>(this: A): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.digamma(this);
  }
  isnan<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return ops.isnan(this);
  }
  isinf<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return ops.isinf(this);
  }
  isfinite<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return ops.isfinite(this);
  }
  isposinf<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return ops.isposinf(this);
  }
  isneginf<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return ops.isneginf(this);
  }
  signbit<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return ops.signbit(this);
  }
  logicalNot<A extends Tensor>(this: A): Tensor<A['~shape'], 'bool'> {
    return ops.logicalNot(this);
  }
  round<A extends Tensor>(this: A, options?: ops.RoundOptions): Tensor<A['~shape'], A['dtype']> {
    return ops.round(this, options);
  }
  logit<A extends Tensor>(this: A, options?: ops.LogitOptions): Tensor<A['~shape'], FloatOf<A['dtype']>> {
    return ops.logit(this, options);
  }
  nanToNum<A extends Tensor>(this: A, options?: ops.NanToNumOptions): Tensor<A['~shape'], A['dtype']> {
    return ops.nanToNum(this, options);
  }
  hardshrink<A extends Tensor>(this: A, options?: ops.ShrinkOptions): Tensor<A['~shape'], A['dtype']> {
    return ops.hardshrink(this, options);
  }
  prelu<A extends Tensor>(this: A, weight: Tensor): Tensor<A['~shape'], A['dtype']> {
    return ops.prelu(this, weight);
  }
}
