/** Reductions, scans, sorting and searching. */

import type { Tensor } from '@nn/tensor';
import type { OpTable } from '../run/call.ts';
import type { CallArguments } from '../run/call-arguments.ts';
import { callFunction } from '../run/library.ts';

/** Without ord, of vectors and along one dimension it is the norm of the elements; of matrices only Frobenius' is. */
function callNorm(call: CallArguments): unknown {
  const [A, ord, dim] = [call.tensor('A') as Tensor, call.plain('ord'), call.plain('dim')];
  const options = { ...(dim !== undefined && { dim }), ...(call.has('keepdim') && { keepdim: call.plain('keepdim') }) };
  if (ord === 'fro') return callFunction('norm', [A, { p: ord, ...options }]);
  const isVector = A.shape.length === 1 || typeof dim === 'number';
  if (ord !== undefined && !isVector) return callFunction('matrixNorm', [A, { ord, ...options }]);
  return callFunction('vectorNorm', [A, { ...(ord !== undefined && { ord }), ...options }]);
}

/** Python takes unbiased alone in the place of dim. */
function spread(name: string): string[] {
  return [
    `${name}(input, { unbiased:flag })`,
    `${name}(input, { dim, unbiased, keepdim })`,
    `${name}(input, { dim, correction, keepdim })`,
  ];
}

/** Frobenius' norm is one of the elements. */
function callMatrixNorm(call: CallArguments): unknown {
  const [A, ord = 'fro', dim = [-2, -1]] = [call.tensor('A'), call.plain('ord'), call.plain('dim')];
  const options = { dim, ...(call.has('keepdim') && { keepdim: call.plain('keepdim') }) };
  return ord === 'fro'
    ? callFunction('norm', [A, { p: ord, ...options }])
    : callFunction('matrixNorm', [A, { ord, ...options }]);
}

export const reductions: OpTable = {
  'torch.sum': 'sum(input, { dim, keepdim, dtype })',
  'torch.mean': 'mean(input, { dim, keepdim, dtype })',
  'torch.nansum': 'nansum(input, { dim, keepdim, dtype })',
  'torch.nanmean': 'nanmean(input, { dim, keepdim, dtype })',
  'torch.prod': 'prod(input, { dim, keepdim, dtype })',
  'torch.amax': 'amax(input, { dim, keepdim })',
  'torch.amin': 'amin(input, { dim, keepdim })',
  'torch.max': ['max(input, { dim, keepdim })', 'max(input, other)'],
  'torch.min': ['min(input, { dim, keepdim })', 'min(input, other)'],
  'torch.aminmax': 'aminmax(input, { dim, keepdim })',
  'torch.argmax': 'argmax(input, { dim, keepdim })',
  'torch.argmin': 'argmin(input, { dim, keepdim })',
  'torch.logsumexp': 'logsumexp(input, { dim, keepdim })',
  'torch.var': spread('variance'),
  'torch.std': spread('std'),
  'torch.var_mean': spread('varMean'),
  'torch.std_mean': spread('stdMean'),
  'torch.norm': 'norm(input, { p, dim, keepdim })',
  'torch.linalg.norm': callNorm,
  'torch.linalg.vector_norm': 'vectorNorm(input, { ord, dim, keepdim })',
  'torch.linalg.matrix_norm': callMatrixNorm,
  'torch.all': 'all(input, { dim, keepdim })',
  'torch.any': 'any(input, { dim, keepdim })',
  'torch.count_nonzero': 'countNonzero(input, { dim })',
  'torch.cumsum': 'cumsum(input, dim, { dtype })',
  'torch.cumprod': 'cumprod(input, dim, { dtype })',
  'torch.cummax': 'cummax(input, dim)',
  'torch.cummin': 'cummin(input, dim)',
  'torch.logcumsumexp': 'logcumsumexp(input, dim)',
  'torch.trace': 'trace(input)',
  'torch.quantile': 'quantile(input, q, { dim, keepdim, interpolation })',
  'torch.nanquantile': 'nanquantile(input, q, { dim, keepdim, interpolation })',
  'torch.bincount': 'bincount(input, { weights, minlength })',
  'torch.histc': 'histc(input, { bins, min, max })',
  'torch.diff': 'diff(input, { n, dim, prepend, append })',

  'torch.sort': 'sort(input, { dim, descending, stable })',
  'torch.argsort': 'argsort(input, { dim, descending, stable })',
  'torch.msort': 'msort(input)',
  'torch.topk': 'topk(input, k, { dim, largest, sorted })',
  'torch.kthvalue': 'kthvalue(input, k, { dim, keepdim })',
  'torch.median': 'median(input, { dim, keepdim })',
  'torch.nanmedian': 'nanmedian(input, { dim, keepdim })',
  'torch.mode': 'mode(input, { dim, keepdim })',
  'torch.unique': 'unique(input, { sorted, return_inverse, return_counts, dim })',
  'torch.unique_consecutive': 'uniqueConsecutive(input, { return_inverse, return_counts, dim })',
  'torch.searchsorted': 'searchsorted(sorted_sequence, input, { right, side })',
  'torch.bucketize': 'bucketize(input, boundaries, { right })',
  'torch.nonzero': 'nonzero(input, { as_tuple })',
  'torch.argwhere': 'argwhere(input)',
  'torch.isin': 'isin(elements:scalar, test_elements:scalar, { assume_unique, invert })',
};
