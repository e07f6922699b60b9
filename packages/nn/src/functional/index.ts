/** Functions of torch.nn.functional that aren't ops of @nn/tensor: losses, the bilinear form, dropout of channels. */
export { bilinear } from './bilinear.ts';
export { type ClassOptions, type CrossEntropyOptions, crossEntropy, nllLoss } from './cross-entropy.ts';
export { alphaDropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from './dropout.ts';
export type { LossShape, PairLoss, Reduction, ReductionOptions } from './loss.ts';
export {
  cosineEmbeddingLoss, hingeEmbeddingLoss, type MarginOptions, type MultiMarginOptions, marginRankingLoss, multiMarginLoss, softMarginLoss, type TripletOptions,
  tripletMarginLoss,
} from './margin.ts'; // biome-ignore format: a list
export {
  binaryCrossEntropy, binaryCrossEntropyWithLogits, type DivergenceOptions, klDiv, type LogitsOptions, multilabelSoftMarginLoss, type WeightOptions,
} from './probability.ts'; // biome-ignore format: a list
export {
  type GaussianOptions, gaussianNllLoss, type HuberOptions, huberLoss, l1Loss, mseLoss, type PoissonOptions, poissonNllLoss, type SmoothL1Options, smoothL1Loss,
} from './regression.ts'; // biome-ignore format: a list
