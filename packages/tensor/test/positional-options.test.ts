/** Every function and method with options refuses, from plain JavaScript, what PyTorch takes in their place: it would be ignored. */
import '../src/methods.ts';
import { describe, expect, it } from 'vitest';
import * as nn from '../src/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const F: any = nn;
const matrix = () =>
  F.tensor([
    [0.5, 0.25],
    [0.125, 0.75],
  ]);
const x = matrix();
const cube = F.ones([1, 2, 2]);
const v = F.tensor([0.25, 0.75]);
const counts = F.tensor([1, 0], { dtype: 'int64' });
const table = F.tensor([[0, 1]], { dtype: 'int64' });

/** What each takes before its options. In-place ones get a tensor of their own. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  add: [x, x],
  add_: [matrix(), x],
  addbmm: [x, cube, cube],
  addcdiv: [x, x, x],
  addcdiv_: [matrix(), x, x],
  addcmul: [x, x, x],
  addcmul_: [matrix(), x, x],
  addmm: [x, x, x],
  addmv: [v, x, v],
  addr: [x, v, v],
  all: [x],
  allclose: [x, x],
  allcloseSync: [x, x],
  amax: [x],
  amin: [x],
  aminmax: [x],
  any: [x],
  arange: [0, 3, 1],
  argmax: [x],
  argmin: [x],
  argsort: [x],
  asStrided: [x, [2], [1]],
  asTensor: [x],
  baddbmm: [cube, cube, cube],
  bernoulli: [x],
  bernoulli_: [matrix(), 0.5],
  bincount: [counts],
  bincountAsync: [counts],
  blackmanWindow: [4],
  bucketize: [x, v],
  cat: [[x, x]],
  cdist: [x, x],
  celu: [x],
  celu_: [matrix()],
  cholesky: [F.eye(2)],
  choleskySolve: [x, F.eye(2)],
  chunk: [x, 2],
  clamp: [x],
  clamp_: [matrix()],
  combinations: [v],
  concat: [[x, x]],
  cosineSimilarity: [x, x],
  countNonzero: [x],
  cross: [F.ones([2, 3]), F.ones([2, 3])],
  cumprod: [x, 0],
  cumsum: [x, 0],
  diag: [x],
  diagEmbed: [x],
  diagflat: [x],
  diagonal: [x],
  diagonalScatter: [x, v],
  diff: [x],
  dist: [x, x],
  div: [x, x],
  div_: [matrix(), x],
  dropout: [x],
  elu: [x],
  elu_: [matrix()],
  empty: [[2]],
  emptyLike: [x],
  exponential_: [matrix(), 1],
  eye: [2, 2],
  flatten: [x],
  full: [[2], 1],
  fullLike: [x, 1],
  gelu: [x],
  glu: [x],
  hammingWindow: [4],
  hannWindow: [4],
  hardshrink: [x],
  hardtanh: [x],
  hardtanh_: [matrix()],
  histc: [x],
  indexAdd: [x, 0, counts, x],
  indexAdd_: [matrix(), 0, counts, x],
  indexPut: [x, [counts], v],
  indexPut_: [matrix(), [counts], v],
  isclose: [x, x],
  isin: [x, v],
  kthvalue: [x, 1],
  leakyRelu: [x],
  leakyRelu_: [matrix()],
  linspace: [0, 1, 3],
  logSoftmax: [x, 0],
  logit: [x],
  logit_: [matrix()],
  logspace: [0, 1, 3],
  logsumexp: [x],
  max: [x],
  mean: [x],
  median: [x],
  meshgrid: [[v, v]],
  min: [x],
  mode: [x],
  multinomial: [x, 1],
  nanToNum: [x],
  nanToNum_: [matrix()],
  nanmean: [x],
  nanmedian: [x],
  nanquantile: [x, 0.5],
  nansum: [x],
  nonzero: [x],
  nonzeroAsync: [x],
  norm: [x],
  normal: [x, x],
  normal_: [matrix(), 0, 1],
  normalize: [x],
  oneHot: [counts],
  oneHotAsync: [counts],
  ones: [[2]],
  onesLike: [x],
  pad: [x, [1, 1]],
  pairwiseDistance: [x, x],
  pdist: [x],
  prod: [x],
  put_: [matrix(), counts, v],
  quantile: [x, 0.5],
  rand: [[2]],
  randLike: [x],
  randint: [0, 9, [2]],
  randintLike: [x, 0, 9],
  randn: [[2]],
  randnLike: [x],
  random_: [matrix(), 0, 9],
  randperm: [3],
  repeatInterleave: [x, 2],
  repeatInterleaveAsync: [x, 2],
  roll: [x, 1],
  rot90: [x],
  round: [x],
  round_: [matrix()],
  rrelu: [x],
  rrelu_: [matrix()],
  rsub: [x, x],
  scalarTensor: [1],
  scatter: [x, 0, table, x],
  scatterReduce: [x, 0, table, x, 'sum'],
  scatterReduce_: [matrix(), 0, table, x, 'sum'],
  scatter_: [matrix(), 0, table, x],
  searchsorted: [v, x],
  sliceScatter: [x, x],
  softmax: [x, 0],
  softmin: [x, 0],
  softplus: [x],
  softshrink: [x],
  solve: [F.eye(2), x],
  solveTriangular: [F.eye(2), x],
  sort: [x],
  split: [x, 1],
  stack: [[x, x]],
  std: [x],
  stdMean: [x],
  sub: [x, x],
  sub_: [matrix(), x],
  sum: [x],
  takeAlongDim: [x, table],
  tensor: [[1, 2]],
  tensorSplit: [x, 2],
  tensordot: [x, x],
  topk: [x, 1],
  tril: [x],
  trilIndices: [2, 2],
  triu: [x],
  triuIndices: [2, 2],
  unbind: [x],
  uniform_: [matrix(), 0, 1],
  unique: [x],
  uniqueAsync: [x],
  uniqueConsecutive: [x],
  uniqueConsecutiveAsync: [x],
  varMean: [x],
  variance: [x],
  vectorNorm: [x],
  zeros: [[2]],
  zerosLike: [x],
};

/** Options of those that need some. */
const needed: Readonly<Record<string, unknown>> = {
  clamp: { min: 0 },
  clamp_: { min: 0 },
  solveTriangular: { upper: false },
};
const methodOf = (name: string): string => (name === 'variance' ? 'var' : name);
/** Where it is an operand. */
const operandToo = /^(arange|randintLike|random_) number|^(max|min) tensor/;
const refused = /where options belong|into the options/;

describe.each(Object.entries(calls))('%s', (name, operands) => {
  it('takes options', async () => {
    await F[name](...operands, needed[name] ?? {});
  });

  it.each([1, true, 'a', [1], v])('refuses %s in their place', async (given) => {
    if (operandToo.test(name + (given === v ? ' tensor' : ` ${typeof given}`))) return;
    await expect(async () => F[name](...operands, given)).rejects.toThrow(refused);
  });

  const [first, ...others] = operands as [Record<string, (...given: unknown[]) => unknown>, ...unknown[]];
  if (typeof first[methodOf(name)] === 'function' && 'layout' in first)
    it('refuses them as a method', async () => {
      await expect(async () => first[methodOf(name)]!(...others, true)).rejects.toThrow(refused);
    });
});
