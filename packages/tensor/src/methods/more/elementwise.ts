import * as ops from '../../ops/elementwise/index.ts';
import type { Tensor } from '../../tensor.ts';
import type { Broadcast, Checked, Numeric, ShapeOf } from '../../types/index.ts';

type Operand = Tensor | Numeric;

export abstract class MoreElementwiseMethods {
  abs_<A extends Tensor>(this: A): A {
    return ops.abs_(this);
  }
  neg_<A extends Tensor>(this: A): A {
    return ops.neg_(this);
  }
  relu_<A extends Tensor>(this: A): A {
    return ops.relu_(this);
  }
  square_<A extends Tensor>(this: A): A {
    return ops.square_(this);
  }
  sign_<A extends Tensor>(this: A): A {
    return ops.sign_(this);
  }
  floor_<A extends Tensor>(this: A): A {
    return ops.floor_(this);
  }
  ceil_<A extends Tensor>(this: A): A {
    return ops.ceil_(this);
  }
  trunc_<A extends Tensor>(this: A): A {
    return ops.trunc_(this);
  }
  frac_<A extends Tensor>(this: A): A {
    return ops.frac_(this);
  }
  bitwiseNot_<A extends Tensor>(this: A): A {
    return ops.bitwiseNot_(this);
  }
  exp_<A extends Tensor>(this: A): A {
    return ops.exp_(this);
  }
  exp2_<A extends Tensor>(this: A): A {
    return ops.exp2_(this);
  }
  expm1_<A extends Tensor>(this: A): A {
    return ops.expm1_(this);
  }
  log_<A extends Tensor>(this: A): A {
    return ops.log_(this);
  }
  log1p_<A extends Tensor>(this: A): A {
    return ops.log1p_(this);
  }
  log2_<A extends Tensor>(this: A): A {
    return ops.log2_(this);
  }
  log10_<A extends Tensor>(this: A): A {
    return ops.log10_(this);
  }
  sqrt_<A extends Tensor>(this: A): A {
    return ops.sqrt_(this);
  }
  rsqrt_<A extends Tensor>(this: A): A {
    return ops.rsqrt_(this);
  }
  reciprocal_<A extends Tensor>(this: A): A {
    return ops.reciprocal_(this);
  }
  sin_<A extends Tensor>(this: A): A {
    return ops.sin_(this);
  }
  cos_<A extends Tensor>(this: A): A {
    return ops.cos_(this);
  }
  tan_<A extends Tensor>(this: A): A {
    return ops.tan_(this);
  }
  asin_<A extends Tensor>(this: A): A {
    return ops.asin_(this);
  }
  acos_<A extends Tensor>(this: A): A {
    return ops.acos_(this);
  }
  atan_<A extends Tensor>(this: A): A {
    return ops.atan_(this);
  }
  sinh_<A extends Tensor>(this: A): A {
    return ops.sinh_(this);
  }
  cosh_<A extends Tensor>(this: A): A {
    return ops.cosh_(this);
  }
  tanh_<A extends Tensor>(this: A): A {
    return ops.tanh_(this);
  }
  asinh_<A extends Tensor>(this: A): A {
    return ops.asinh_(this);
  }
  acosh_<A extends Tensor>(this: A): A {
    return ops.acosh_(this);
  }
  atanh_<A extends Tensor>(this: A): A {
    return ops.atanh_(this);
  }
  sinc_<A extends Tensor>(this: A): A {
    return ops.sinc_(this);
  }
  deg2rad_<A extends Tensor>(this: A): A {
    return ops.deg2rad_(this);
  }
  rad2deg_<A extends Tensor>(this: A): A {
    return ops.rad2deg_(this);
  }
  sigmoid_<A extends Tensor>(this: A): A {
    return ops.sigmoid_(this);
  }
  erf_<A extends Tensor>(this: A): A {
    return ops.erf_(this);
  }
  erfc_<A extends Tensor>(this: A): A {
    return ops.erfc_(this);
  }
  erfinv_<A extends Tensor>(this: A): A {
    return ops.erfinv_(this);
  }
  lgamma_<A extends Tensor>(this: A): A {
    return ops.lgamma_(this);
  }
  digamma_<A extends Tensor>(this: A): A {
    return ops.digamma_(this);
  }
  logicalNot_<A extends Tensor>(this: A): A {
    return ops.logicalNot_(this);
  }
  round_<A extends Tensor>(this: A, options?: ops.RoundOptions): A {
    return ops.round_(this, options);
  }
  logit_<A extends Tensor>(this: A, options?: ops.LogitOptions): A {
    return ops.logit_(this, options);
  }
  nanToNum_<A extends Tensor>(this: A, options?: ops.NanToNumOptions): A {
    return ops.nanToNum_(this, options);
  }
  floorDivide_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'floorDivide_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.floorDivide_(this, other as never);
  }
  remainder_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'remainder_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.remainder_(this, other as never);
  }
  fmod_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'fmod_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.fmod_(this, other as never);
  }
  pow_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'pow_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.pow_(this, other as never);
  }
  clampMin_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'clampMin_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.clampMin_(this, other as never);
  }
  clampMax_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'clampMax_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.clampMax_(this, other as never);
  }
  hypot_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'hypot_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.hypot_(this, other as never);
  }
  atan2_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'atan2_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.atan2_(this, other as never);
  }
  copysign_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'copysign_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.copysign_(this, other as never);
  }
  heaviside_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'heaviside_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.heaviside_(this, other as never);
  }
  xlogy_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'xlogy_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.xlogy_(this, other as never);
  }
  bitwiseAnd_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseAnd_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.bitwiseAnd_(this, other as never);
  }
  bitwiseOr_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseOr_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.bitwiseOr_(this, other as never);
  }
  bitwiseXor_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseXor_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.bitwiseXor_(this, other as never);
  }
  bitwiseLeftShift_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseLeftShift_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.bitwiseLeftShift_(this, other as never);
  }
  bitwiseRightShift_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'bitwiseRightShift_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.bitwiseRightShift_(this, other as never);
  }
  logicalAnd_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logicalAnd_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.logicalAnd_(this, other as never);
  }
  logicalOr_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logicalOr_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.logicalOr_(this, other as never);
  }
  logicalXor_<A extends Tensor, B extends Operand>(
    this: A,
    other: Checked<Broadcast<'logicalXor_', ShapeOf<A>, ShapeOf<B>>, B>,
  ): A {
    return ops.logicalXor_(this, other as never);
  }
  eq_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'eq_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.eq_(this, other as never);
  }
  ne_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'ne_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.ne_(this, other as never);
  }
  lt_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'lt_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.lt_(this, other as never);
  }
  le_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'le_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.le_(this, other as never);
  }
  gt_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'gt_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.gt_(this, other as never);
  }
  ge_<A extends Tensor, B extends Operand>(this: A, other: Checked<Broadcast<'ge_', ShapeOf<A>, ShapeOf<B>>, B>): A {
    return ops.ge_(this, other as never);
  }
  clamp_<A extends Tensor>(this: A, options: ops.ClampOptions): A {
    return ops.clamp_(this, options);
  }
  lerp_<A extends Tensor>(this: A, end: Tensor, weight: Operand): A {
    return ops.lerp_(this, end, weight);
  }
  addcmul_<A extends Tensor>(this: A, y: Tensor, z: Tensor, options?: { readonly value?: number | undefined }): A {
    return ops.addcmul_(this, y as never, z as never, options);
  }
  addcdiv_<A extends Tensor>(this: A, y: Tensor, z: Tensor, options?: { readonly value?: number | undefined }): A {
    return ops.addcdiv_(this, y as never, z as never, options);
  }
}
