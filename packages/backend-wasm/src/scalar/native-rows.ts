/**
 * Derived rows for which this backend has code of its own in float32, because their meaning in core rows is many times longer. They keep the bounds that
 * follow from the meaning, which float64 is lowered to. Known by name: a program that doesn't use a row carries its code here, but not the row.
 */
import { exponentialMinusOne, type VectorCode } from './math/exponential.ts';
import { logarithmOfOnePlus } from './math/logarithm.ts';
import { errorFunction, errorFunctionComplement, hyperbolicTangent, normalDistribution } from './math/sigmoidal.ts';

export const nativeRows: { readonly [name: string]: VectorCode | undefined } = {
  tanh: hyperbolicTangent,
  erf: errorFunction,
  erfc: errorFunctionComplement,
  ndtr: normalDistribution,
  expm1: exponentialMinusOne,
  log1p: logarithmOfOnePlus,
};
