/** Layers: the public page of this folder. */
export {
  type DimOptions, GLU, type GLUOptions, LogSoftmax, PReLU, type PReLUOptions, Softmax, Softmax2d, Softmin,
} from './activations/gates.ts'; // biome-ignore format: a list
export type { InPlaceOptions } from './activations/in-place.ts';
export {
  Hardshrink, Hardsigmoid, Hardswish, Hardtanh, type HardtanhOptions, LeakyReLU, type LeakyReLUOptions, ReLU, ReLU6, RReLU, type RReLUOptions, type ShrinkOptions,
  Softshrink, Threshold,
} from './activations/rectifiers.ts'; // biome-ignore format: a list
export {
  CELU, ELU, type ELUOptions, GELU, type GELUOptions, LogSigmoid, Mish, SELU, Sigmoid, SiLU, Softplus, type SoftplusOptions, Softsign, Tanh, Tanhshrink,
} from './activations/smooth.ts'; // biome-ignore format: a list
export { Bilinear } from './bilinear.ts';
export {
  CosineSimilarity,
  type CosineSimilarityOptions,
  PairwiseDistance,
  type PairwiseDistanceOptions,
} from './distance.ts';
export {
  AlphaDropout,
  Dropout,
  Dropout1d,
  Dropout2d,
  Dropout3d,
  type DropoutLayerOptions,
  FeatureAlphaDropout,
} from './dropout.ts';
export { Flatten, type FlattenOptions, Unflatten } from './flatten.ts';
export { type FactoryOptions, Linear, type LinearOptions } from './linear.ts';
