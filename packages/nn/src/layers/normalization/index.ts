/** Normalization layers: the public page of this folder. */
export {
  BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormLayerOptions, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d,
} from './batch-norm.ts'; // biome-ignore format: a list
export {
  GroupNorm,
  type GroupNormLayerOptions,
  LayerNorm,
  type LayerNormLayerOptions,
  LocalResponseNorm,
} from './layer-norm.ts';
export { removeSpectralNorm, type SpectralNormOptions, spectralNorm } from './spectral-norm.ts';
export { removeWeightNorm, type WeightNormOptions, weightNorm } from './weight-norm.ts';
