/** All derived rows. Each module defines its rows when it is loaded, so a builder can't be had without its row. */
export * from './activations.ts';
export * from './bounds.ts';
export * from './classification.ts';
export * from './comparison.ts';
export { erf, erfc, erfinv, ndtr } from './error-functions.ts';
export * from './exponential.ts';
export * from './gamma.ts';
export * from './hyperbolic.ts';
export * from './logistic.ts';
export * from './losses.ts';
export * from './powers.ts';
export {
  dropoutMask,
  elementBits,
  randomBits,
  randomBits2,
  threefry2x32,
  uniform,
  uniformDouble,
} from './random.ts';
export * from './random-laws.ts';
export * from './rectifiers.ts';
export * from './roots.ts';
export * from './rounding.ts';
export * from './sign.ts';
export { acos, asin, atan, atan2, sinc, tan } from './trigonometric.ts';
