/** Normalization: the public page of this folder. */
export { type BatchNormFunction, type BatchNormOptions, batchNorm } from './batch-norm.ts';
export {
  type GroupNormFunction, type GroupNormOptions, groupNorm, type InstanceNormFunction, type InstanceNormOptions, instanceNorm,
} from './group-norm.ts'; // biome-ignore format: a list
export { type LayerNormFunction, type LayerNormOptions, layerNorm } from './layer-norm.ts';
export {
  type LocalResponseNormFunction,
  type LocalResponseNormOptions,
  localResponseNorm,
} from './local-response-norm.ts';
export { type NormExceptDimOptions, normExceptDim, type WeightNormalizeOptions, weightNormalize } from './weight.ts';
