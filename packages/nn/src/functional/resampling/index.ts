/** Resampling: the public page of this folder. */
export { type AffineGridOptions, affineGrid } from './affine-grid.ts';
export type { SamplingMode, SamplingPadding } from './grid-axis.ts';
export { type GridSampleOptions, gridSample } from './grid-sample.ts';
export { type InterpolateOptions, type InterpolationMode, interpolate } from './interpolate.ts';
