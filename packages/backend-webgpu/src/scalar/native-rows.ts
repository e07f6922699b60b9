/**
 * Derived rows for which this backend has helpers of its own, because their meaning in core rows is many times longer, and so is the time that a driver takes to
 * compile it. They keep the bounds that follow from the meaning. Known by name: a program that doesn't use a row carries its text here, but not the row.
 */
export const nativeRows: { readonly [name: string]: string | undefined } = {
  tanh: 'hyperbolicTangent',
  erf: 'errorFunction',
  erfc: 'errorFunctionComplement',
  ndtr: 'normalDistribution',
  expm1: 'exponentialMinusOne',
  log1p: 'logarithmOfOnePlus',
};
