/** Similarity and distance of two inputs as layers. */
import { cosineSimilarity, pairwiseDistance, type Tensor } from '@nn/tensor';
import { Module } from '../module/module.ts';

export interface CosineSimilarityOptions {
  /** The dimension that holds the vectors; 1. */
  readonly dim?: number | undefined;
  /** The least that the product of the lengths counts as; 1e-8. */
  readonly eps?: number | undefined;
}

/** The cosine of the angle between vectors. PyTorch: `torch.nn.CosineSimilarity`. */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;

  constructor(options: CosineSimilarityOptions = {}) {
    super(options);
    this.dim = options.dim ?? 1;
    this.eps = options.eps ?? 1e-8;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return cosineSimilarity(x1, x2, { dim: this.dim, eps: this.eps });
  }
}

export interface PairwiseDistanceOptions {
  /** The order of the norm; 2. */
  readonly p?: number | undefined;
  /** Added to every difference; 1e-6. */
  readonly eps?: number | undefined;
  /** Keep the last dimension with size 1; false. */
  readonly keepdim?: boolean | undefined;
}

/** The norm of the difference of vectors in the last dimension. PyTorch: `torch.nn.PairwiseDistance`. */
export class PairwiseDistance extends Module {
  readonly p: number;
  readonly eps: number;
  readonly keepdim: boolean;

  constructor(options: PairwiseDistanceOptions = {}) {
    super(options);
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.keepdim = options.keepdim ?? false;
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return pairwiseDistance(x1, x2, { p: this.p, eps: this.eps, keepdim: this.keepdim });
  }
}
