/** Functions of torch.nn.functional that aren't ops of @nn/tensor: losses, convolutions, attention, embeddings, the bilinear form, dropout of channels. */
export { type AttentionOptions, scaledDotProductAttention } from './attention.ts';
export { bilinear } from './bilinear.ts';
export { type ConvOptions, conv1d, conv2d, conv3d } from './conv.ts';
export { type ConvTransposeOptions, convTranspose1d, convTranspose2d, convTranspose3d } from './conv-transpose.ts';
export { type ClassOptions, type CrossEntropyOptions, crossEntropy, nllLoss } from './cross-entropy.ts';
export { type CtcOptions, ctcLoss, type Lengths } from './ctc/ctc-loss.ts';
export { alphaDropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from './dropout.ts';
export { type EmbeddingOptions, embedding } from './embedding.ts';
export { type BagMode, type EmbeddingBagOptions, embeddingBag } from './embedding-bag.ts';
export { type FoldOptions, fold, unfold } from './fold.ts';
export { type GumbelSoftmaxOptions, gumbelSoftmax } from './gumbel-softmax.ts';
export type { LossShape, PairLoss, Reduction, ReductionOptions } from './loss.ts';
export {
  cosineEmbeddingLoss, type Distance, hingeEmbeddingLoss, type MarginOptions, type MultiMarginOptions, marginRankingLoss, multiMarginLoss, softMarginLoss,
  type TripletDistanceOptions, type TripletOptions, tripletMarginLoss, tripletMarginWithDistanceLoss,
} from './margin.ts'; // biome-ignore format: a list
export { multilabelMarginLoss } from './multilabel-margin.ts';
export * from './normalization/index.ts';
export * from './pooling/index.ts';
export {
  binaryCrossEntropy, binaryCrossEntropyWithLogits, type DivergenceOptions, klDiv, type LogitsOptions, multilabelSoftMarginLoss, type WeightOptions,
} from './probability.ts'; // biome-ignore format: a list
export {
  type GaussianOptions, gaussianNllLoss, type HuberOptions, huberLoss, l1Loss, mseLoss, type PoissonOptions, poissonNllLoss, type SmoothL1Options, smoothL1Loss,
} from './regression.ts'; // biome-ignore format: a list
export * from './resampling/index.ts';
export { type PadSequenceOptions, padSequence, type UnpadSequenceOptions, unpadSequence } from './sequences.ts';
