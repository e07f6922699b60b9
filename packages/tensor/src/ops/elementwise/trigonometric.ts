/** Circular and hyperbolic functions, in radians. Integers become floats. */
import { type Expression, mul, same } from '@nn/backend';
import { binary, binaryInPlace, unary, unaryInPlace } from './build.ts';
import type { BinaryInPlaceFunction, FloatBinaryFunction, FloatFunction, InPlaceFunction } from './signatures.ts';

/** The sine. PyTorch: `torch.sin`. */
export const sin: FloatFunction = unary('sin', 'float');
export const sin_: InPlaceFunction = unaryInPlace('sin', 'float');
/** The cosine. PyTorch: `torch.cos`. */
export const cos: FloatFunction = unary('cos', 'float');
export const cos_: InPlaceFunction = unaryInPlace('cos', 'float');
/** The tangent. PyTorch: `torch.tan`. */
export const tan: FloatFunction = unary('tan', 'float');
export const tan_: InPlaceFunction = unaryInPlace('tan', 'float');
/** The inverse sine, in [−π/2, π/2]; NaN outside of [−1, 1]. PyTorch: `torch.asin`. */
export const asin: FloatFunction = unary('asin', 'float');
export const asin_: InPlaceFunction = unaryInPlace('asin', 'float');
/** The inverse cosine, in [0, π]; NaN outside of [−1, 1]. PyTorch: `torch.acos`. */
export const acos: FloatFunction = unary('acos', 'float');
export const acos_: InPlaceFunction = unaryInPlace('acos', 'float');
/** The inverse tangent, in [−π/2, π/2]. PyTorch: `torch.atan`. */
export const atan: FloatFunction = unary('atan', 'float');
export const atan_: InPlaceFunction = unaryInPlace('atan', 'float');
/** The angle of the point (y, x), y first, in [−π, π]. PyTorch: `torch.atan2`. */
export const atan2: FloatBinaryFunction<'atan2'> = binary('atan2', 'float');
export const atan2_: BinaryInPlaceFunction<'atan2_'> = binaryInPlace('atan2', 'float');
/** sin(πx) / (πx), and 1 at 0. PyTorch: `torch.sinc`. */
export const sinc: FloatFunction = unary('sinc', 'float');
export const sinc_: InPlaceFunction = unaryInPlace('sinc', 'float');

/** The hyperbolic sine. PyTorch: `torch.sinh`. */
export const sinh: FloatFunction = unary('sinh', 'float');
export const sinh_: InPlaceFunction = unaryInPlace('sinh', 'float');
/** The hyperbolic cosine. PyTorch: `torch.cosh`. */
export const cosh: FloatFunction = unary('cosh', 'float');
export const cosh_: InPlaceFunction = unaryInPlace('cosh', 'float');
/** The hyperbolic tangent. PyTorch: `torch.tanh`. */
export const tanh: FloatFunction = unary('tanh', 'float');
export const tanh_: InPlaceFunction = unaryInPlace('tanh', 'float');
/** The inverse hyperbolic sine. PyTorch: `torch.asinh`. */
export const asinh: FloatFunction = unary('asinh', 'float');
export const asinh_: InPlaceFunction = unaryInPlace('asinh', 'float');
/** The inverse hyperbolic cosine; NaN below 1. PyTorch: `torch.acosh`. */
export const acosh: FloatFunction = unary('acosh', 'float');
export const acosh_: InPlaceFunction = unaryInPlace('acosh', 'float');
/** The inverse hyperbolic tangent; NaN outside of [−1, 1]. PyTorch: `torch.atanh`. */
export const atanh: FloatFunction = unary('atanh', 'float');
export const atanh_: InPlaceFunction = unaryInPlace('atanh', 'float');

const toRadians = (...[x]: Expression[]): Expression => mul(x!, same(Math.PI / 180, x!));
const toDegrees = (...[x]: Expression[]): Expression => mul(x!, same(180 / Math.PI, x!));

/** Degrees as radians. PyTorch: `torch.deg2rad`. */
export const deg2rad: FloatFunction = unary('deg2rad', 'float', toRadians);
export const deg2rad_: InPlaceFunction = unaryInPlace('deg2rad', 'float', toRadians);
/** Radians as degrees. PyTorch: `torch.rad2deg`. */
export const rad2deg: FloatFunction = unary('rad2deg', 'float', toDegrees);
export const rad2deg_: InPlaceFunction = unaryInPlace('rad2deg', 'float', toDegrees);
