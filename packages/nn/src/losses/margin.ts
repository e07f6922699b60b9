/** Losses that ask for a margin, as modules. */
import type { Tensor } from '@nn/tensor';
import type { ReductionOptions } from '../functional/loss.ts';
import { cosineEmbeddingLoss, hingeEmbeddingLoss, type MarginOptions, type MultiMarginOptions, marginRankingLoss, multiMarginLoss, softMarginLoss, type TripletOptions, tripletMarginLoss } from '../functional/margin.ts'; // biome-ignore format: a list
import { LossModule, PairLossModule, WeightedLossModule } from './loss-module.ts';

/** `hingeEmbeddingLoss` as a module. PyTorch: `torch.nn.HingeEmbeddingLoss`. */
export class HingeEmbeddingLoss extends PairLossModule {
  readonly margin: number;

  constructor(options: ReductionOptions & MarginOptions = {}) {
    super(options);
    this.margin = options.margin ?? 1;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, { reduction: this.reduction, margin: this.margin });
  }
}

/** `softMarginLoss` as a module. PyTorch: `torch.nn.SoftMarginLoss`. */
export class SoftMarginLoss extends PairLossModule {
  override forward(input: Tensor, target: Tensor): Tensor {
    return softMarginLoss(input, target, { reduction: this.reduction });
  }
}

/** `multiMarginLoss` as a module. PyTorch: `torch.nn.MultiMarginLoss`. */
export class MultiMarginLoss extends WeightedLossModule {
  readonly p: 1 | 2;
  readonly margin: number;

  constructor(options: ReductionOptions & MultiMarginOptions = {}) {
    super(options);
    this.p = options.p ?? 1;
    this.margin = options.margin ?? 1;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(input, target, {
      reduction: this.reduction,
      p: this.p,
      margin: this.margin,
      weight: this.weight,
    });
  }
}

/** A loss of two inputs and which of them should be larger, or whether they belong together. */
abstract class TwoInputsLossModule extends LossModule {
  readonly margin: number;

  constructor(options: ReductionOptions & MarginOptions = {}) {
    super(options);
    this.margin = options.margin ?? 0;
  }

  abstract override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor;
}

/** `cosineEmbeddingLoss` as a module. PyTorch: `torch.nn.CosineEmbeddingLoss`. */
export class CosineEmbeddingLoss extends TwoInputsLossModule {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(input1, input2, target, { reduction: this.reduction, margin: this.margin });
  }
}

/** `marginRankingLoss` as a module. PyTorch: `torch.nn.MarginRankingLoss`. */
export class MarginRankingLoss extends TwoInputsLossModule {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(input1, input2, target, { reduction: this.reduction, margin: this.margin });
  }
}

/** `tripletMarginLoss` as a module. PyTorch: `torch.nn.TripletMarginLoss`. */
export class TripletMarginLoss extends LossModule {
  readonly margin: number;
  readonly p: number;
  readonly eps: number;
  readonly swap: boolean;

  constructor(options: ReductionOptions & TripletOptions = {}) {
    super(options);
    this.margin = options.margin ?? 1;
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.swap = options.swap ?? false;
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { reduction, margin, p, eps, swap } = this;
    return tripletMarginLoss(anchor, positive, negative, { reduction, margin, p, eps, swap });
  }
}
