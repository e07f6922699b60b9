/** Pooling: the public page of this folder. */
export {
  type AdaptiveAvgPoolFunction, type AdaptiveMaxPoolFunction, type AdaptiveMaxPoolOptions, adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d,
  adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d, type OutputSize,
} from './adaptive-pool.ts'; // biome-ignore format: a list
export { type AvgPoolFunction, type AvgPoolOptions, avgPool1d, avgPool2d, avgPool3d } from './avg-pool.ts';
export {
  type FractionalMaxPoolFunction, type FractionalMaxPoolOptions, fractionalMaxPool2d, fractionalMaxPool3d,
} from './fractional-max-pool.ts'; // biome-ignore format: a list
export { type LPPoolFunction, type LPPoolOptions, lpPool1d, lpPool2d, lpPool3d } from './lp-pool.ts';
export {
  type MaxPoolFunction, type MaxPoolOptions, maxPool1d, maxPool2d, maxPool3d, type Pooled, type PooledWithIndices,
} from './max-pool.ts'; // biome-ignore format: a list
export { type MaxUnpoolFunction, type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from './max-unpool.ts';
export type { WindowOptions } from './window.ts';
