/** Reductions, running combines, sorting and searching. */
export type { ReduceOptions, TypedReduceOptions } from './build.ts';
export { type DiffOptions, diff } from './difference.ts';
export { amax, amin, aminmax, argmax, argmin, max, min } from './extremes.ts';
export { type BincountOptions, bincount, bincountAsync, type HistogramOptions, histc } from './histogram.ts';
export { logsumexp } from './logsumexp.ts';
export { median, nanmedian } from './median.ts';
export { type IsinOptions, isin } from './membership.ts';
export { mode } from './mode.ts';
export { type NormOptions, norm, type VectorNormOptions, vectorNorm } from './norm.ts';
export { prod } from './product.ts';
export { nanquantile, type QuantileOptions, quantile } from './quantile.ts';
export { cummax, cummin, cumprod, cumprod_, cumsum, cumsum_, logcumsumexp } from './scan.ts';
export { bucketize, type SearchOptions, searchsorted } from './search.ts';
export type { Chosen, QuantileShape } from './signatures.ts';
export { logSoftmax, softmax, softmin } from './softmax.ts';
export { argsort, kthvalue, msort, sort, topk } from './sort.ts';
export { countNonzero, mean, nanmean, nansum, sum, trace } from './sum.ts';
export { all, any } from './truth.ts';
export {
  type Unique,
  type UniqueOptions,
  unique,
  uniqueAsync,
  uniqueConsecutive,
  uniqueConsecutiveAsync,
} from './unique.ts';
export { std, stdMean, type VarianceOptions, variance, varMean } from './variance.ts';
