/** The error function, the gamma function and their kin. Integers become floats. */
import * as rows from '@nn/backend';
import { unary, unaryInPlace } from './build.ts';
import type { FloatFunction, InPlaceFunction } from './signatures.ts';

/** The error function. PyTorch: `torch.erf`. */
export const erf: FloatFunction = unary(rows.erf, 'float');
export const erf_: InPlaceFunction = unaryInPlace(rows.erf, 'float');
/** 1 − erf(x), accurate for large x. PyTorch: `torch.erfc`. */
export const erfc: FloatFunction = unary(rows.erfc, 'float');
export const erfc_: InPlaceFunction = unaryInPlace(rows.erfc, 'float');
/** The inverse of erf; ±inf at ±1, NaN outside. PyTorch: `torch.erfinv`. */
export const erfinv: FloatFunction = unary(rows.erfinv, 'float');
export const erfinv_: InPlaceFunction = unaryInPlace(rows.erfinv, 'float');
/** The logarithm of |Γ(x)|. PyTorch: `torch.lgamma`. */
export const lgamma: FloatFunction = unary(rows.lgamma, 'float');
export const lgamma_: InPlaceFunction = unaryInPlace(rows.lgamma, 'float');
/** The derivative of lgamma. PyTorch: `torch.digamma`. */
export const digamma: FloatFunction = unary(rows.digamma, 'float');
export const digamma_: InPlaceFunction = unaryInPlace(rows.digamma, 'float');
