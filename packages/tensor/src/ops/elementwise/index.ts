/** Elementwise ops: the public page of this folder. */
export * from './activations.ts';
export * from './arithmetic.ts';
export * from './bounds.ts';
export * from './comparison.ts';
export * from './distance.ts';
export * from './exponential.ts';
export * from './fill.ts';
export * from './logic.ts';
export * from './powers.ts';
export * from './random-relu.ts';
export * from './rectifiers.ts';
export * from './rounding.ts';
export * from './sign.ts';
export type { AlphaOptions, RoundingMode } from './signatures.ts';
export * from './special.ts';
export * from './trigonometric.ts';
