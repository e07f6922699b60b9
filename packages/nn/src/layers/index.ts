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
export { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from './conv.ts';
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeLayerOptions,
  type OutputSizeOptions,
} from './conv-transpose.ts';
export type { PaddingMode } from './convolution.ts';
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
export { Embedding, type PretrainedOptions } from './embedding.ts';
export { EmbeddingBag, type EmbeddingBagLayerOptions, type PretrainedBagOptions } from './embedding-bag.ts';
export type { EmbeddingLayerOptions } from './embedding-table.ts';
export { Flatten, type FlattenOptions, Unflatten } from './flatten.ts';
export { Fold, Unfold } from './fold.ts';
export { type FactoryOptions, Linear, type LinearOptions } from './linear.ts';
export * from './normalization/index.ts';
export {
  CircularPad1d, CircularPad2d, CircularPad3d, ConstantPad1d, ConstantPad2d, ConstantPad3d, ReflectionPad1d, ReflectionPad2d, ReflectionPad3d, ReplicationPad1d,
  ReplicationPad2d, ReplicationPad3d, type Sides, ZeroPad1d, ZeroPad2d, ZeroPad3d,
} from './padding.ts'; // biome-ignore format: a list
export * from './pooling/index.ts';
export * from './recurrent/index.ts';
export {
  ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample, type UpsampleOptions, UpsamplingBilinear2d, UpsamplingNearest2d, type UpsamplingOptions,
} from './resampling.ts'; // biome-ignore format: a list
export { type DecoderLayerForwardOptions, TransformerDecoderLayer } from './transformer/decoder-layer.ts';
export { type EncoderLayerForwardOptions, TransformerEncoderLayer } from './transformer/encoder-layer.ts';
export type { TransformerLayerOptions } from './transformer/layer-options.ts';
export {
  MultiheadAttention,
  type MultiheadAttentionOptions,
  type MultiheadForwardOptions,
} from './transformer/multihead-attention.ts';
export {
  type EncoderForwardOptions, type StackOptions, Transformer, TransformerDecoder, TransformerEncoder, type TransformerForwardOptions, type TransformerOptions,
} from './transformer/stacks.ts'; // biome-ignore format: a list
