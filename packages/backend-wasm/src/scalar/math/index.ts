/** Transcendental core rows: vectors of float32 by polynomials, float64 by the engine's own functions. */
export { exponential } from './exponential.ts';
export { logarithm } from './logarithm.ts';
export { power, remainder } from './power.ts';
export { cosine, sine } from './trigonometric.ts';
