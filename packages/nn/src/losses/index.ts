/** Losses as modules: the public page of this folder. */
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  KLDivLoss,
  MultiLabelSoftMarginLoss,
  NLLLoss,
} from './classification.ts';
export type { WeightedLossOptions } from './loss-module.ts';
export {
  CosineEmbeddingLoss, HingeEmbeddingLoss, MarginRankingLoss, MultiMarginLoss, SoftMarginLoss, TripletMarginLoss,
} from './margin.ts'; // biome-ignore format: a list
export { GaussianNLLLoss, HuberLoss, L1Loss, MSELoss, PoissonNLLLoss, SmoothL1Loss } from './regression.ts';
