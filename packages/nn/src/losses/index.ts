/** Losses as modules: the public page of this folder. */
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  KLDivLoss,
  MultiLabelSoftMarginLoss,
  NLLLoss,
} from './classification.ts';
export { CTCLoss } from './ctc.ts';
export type { WeightedLossOptions } from './loss-module.ts';
export {
  CosineEmbeddingLoss, HingeEmbeddingLoss, MarginRankingLoss, MultiLabelMarginLoss, MultiMarginLoss, SoftMarginLoss, type TripletDistanceLossOptions,
  TripletMarginLoss, TripletMarginWithDistanceLoss,
} from './margin.ts'; // biome-ignore format: a list
export { GaussianNLLLoss, HuberLoss, L1Loss, MSELoss, PoissonNLLLoss, SmoothL1Loss } from './regression.ts';
