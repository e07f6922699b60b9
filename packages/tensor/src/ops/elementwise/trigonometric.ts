/** Circular and hyperbolic functions, in radians. Integers become floats. */
import * as rows from '@nn/backend';
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
export const tan: FloatFunction = unary(rows.tan, 'float');
export const tan_: InPlaceFunction = unaryInPlace(rows.tan, 'float');
/** The inverse sine, in [−π/2, π/2]; NaN outside of [−1, 1]. PyTorch: `torch.asin`. */
export const asin: FloatFunction = unary(rows.asin, 'float');
export const asin_: InPlaceFunction = unaryInPlace(rows.asin, 'float');
/** The inverse cosine, in [0, π]; NaN outside of [−1, 1]. PyTorch: `torch.acos`. */
export const acos: FloatFunction = unary(rows.acos, 'float');
export const acos_: InPlaceFunction = unaryInPlace(rows.acos, 'float');
/** The inverse tangent, in [−π/2, π/2]. PyTorch: `torch.atan`. */
export const atan: FloatFunction = unary(rows.atan, 'float');
export const atan_: InPlaceFunction = unaryInPlace(rows.atan, 'float');
/** The angle of the point (y, x), y first, in [−π, π]. PyTorch: `torch.atan2`. */
export const atan2: FloatBinaryFunction<'atan2'> = binary(rows.atan2, 'float');
export const atan2_: BinaryInPlaceFunction<'atan2_'> = binaryInPlace(rows.atan2, 'float');
/** sin(πx) / (πx), and 1 at 0. PyTorch: `torch.sinc`. */
export const sinc: FloatFunction = unary(rows.sinc, 'float');
export const sinc_: InPlaceFunction = unaryInPlace(rows.sinc, 'float');

/** The hyperbolic sine. PyTorch: `torch.sinh`. */
export const sinh: FloatFunction = unary(rows.sinh, 'float');
export const sinh_: InPlaceFunction = unaryInPlace(rows.sinh, 'float');
/** The hyperbolic cosine. PyTorch: `torch.cosh`. */
export const cosh: FloatFunction = unary(rows.cosh, 'float');
export const cosh_: InPlaceFunction = unaryInPlace(rows.cosh, 'float');
/** The hyperbolic tangent. PyTorch: `torch.tanh`. */
export const tanh: FloatFunction = unary(rows.tanh, 'float');
export const tanh_: InPlaceFunction = unaryInPlace(rows.tanh, 'float');
/** The inverse hyperbolic sine. PyTorch: `torch.asinh`. */
export const asinh: FloatFunction = unary(rows.asinh, 'float');
export const asinh_: InPlaceFunction = unaryInPlace(rows.asinh, 'float');
/** The inverse hyperbolic cosine; NaN below 1. PyTorch: `torch.acosh`. */
export const acosh: FloatFunction = unary(rows.acosh, 'float');
export const acosh_: InPlaceFunction = unaryInPlace(rows.acosh, 'float');
/** The inverse hyperbolic tangent; NaN outside of [−1, 1]. PyTorch: `torch.atanh`. */
export const atanh: FloatFunction = unary(rows.atanh, 'float');
export const atanh_: InPlaceFunction = unaryInPlace(rows.atanh, 'float');

const toRadians = (...[x]: Expression[]): Expression => mul(x!, same(Math.PI / 180, x!));
const toDegrees = (...[x]: Expression[]): Expression => mul(x!, same(180 / Math.PI, x!));

/** Degrees as radians. PyTorch: `torch.deg2rad`. */
export const deg2rad: FloatFunction = unary('deg2rad', 'float', toRadians);
export const deg2rad_: InPlaceFunction = unaryInPlace('deg2rad', 'float', toRadians);
/** Radians as degrees. PyTorch: `torch.rad2deg`. */
export const rad2deg: FloatFunction = unary('rad2deg', 'float', toDegrees);
export const rad2deg_: InPlaceFunction = unaryInPlace('rad2deg', 'float', toDegrees);
