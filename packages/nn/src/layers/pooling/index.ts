/** Pooling layers: the public page of this folder. */
export {
  AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d,
} from './adaptive-pool.ts'; // biome-ignore format: a list
export {
  AvgPool1d, AvgPool2d, AvgPool3d, type AvgPoolLayerOptions, LPPool1d, LPPool2d, LPPool3d, type LPPoolLayerOptions,
} from './avg-pool.ts'; // biome-ignore format: a list
export { FractionalMaxPool2d, FractionalMaxPool3d } from './fractional-max-pool.ts';
export { MaxPool1d, MaxPool2d, MaxPool3d, type MaxPoolLayerOptions } from './max-pool.ts';
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d, type MaxUnpoolLayerOptions } from './max-unpool.ts';
