/** Losses that ask for a margin, as modules. */
import { ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import type { ReductionOptions } from '../functional/loss.ts';
import { cosineEmbeddingLoss, type Distance, hingeEmbeddingLoss, type MarginOptions, type MultiMarginOptions, marginRankingLoss, multiMarginLoss, softMarginLoss, type TripletDistanceOptions, type TripletOptions, tripletMarginLoss, tripletMarginWithDistanceLoss } from '../functional/margin.ts'; // biome-ignore format: a list
import { multilabelMarginLoss } from '../functional/multilabel-margin.ts';
import { PairwiseDistance } from '../layers/distance.ts';
import { Module } from '../module/module.ts';
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

/** `multilabelMarginLoss` as a module. PyTorch: `torch.nn.MultiLabelMarginLoss`. */
export class MultiLabelMarginLoss extends PairLossModule {
  override forward(input: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(input, target, { reduction: this.reduction });
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

export interface TripletDistanceLossOptions extends ReductionOptions, Omit<TripletDistanceOptions, 'distanceFunction'> {
  /** Any differentiable function of two tensors, or a module, which is trained with this one; `PairwiseDistance`. */
  readonly distanceFunction?: Distance | Module | null | undefined;
}

/**
 * `tripletMarginWithDistanceLoss` as a module. PyTorch: `torch.nn.TripletMarginWithDistanceLoss`.
 * @throws ValueError for a distance that is neither a function nor a module
 * @example
 * ```ts
 * import { CosineSimilarity, TripletMarginWithDistanceLoss } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const similarity = new CosineSimilarity();
 * const loss = new TripletMarginWithDistanceLoss({ distanceFunction: (x, y) => similarity.forward(x, y).neg().add(1) });
 * const [anchor, positive, negative] = [tensor([[1, 0]]), tensor([[0, 1]]), tensor([[-2, 0]])];
 * console.log(await loss.forward(anchor, positive, negative).item()); // prints: 0
 * ```
 */
export class TripletMarginWithDistanceLoss extends LossModule {
  /** Under PyTorch's key, since it may have parameters. */
  readonly distance_function: Distance | Module;
  readonly margin: number;
  readonly swap: boolean;

  constructor(options: TripletDistanceLossOptions = {}) {
    super(options);
    const distance = options.distanceFunction ?? new PairwiseDistance();
    if (!(distance instanceof Module) && typeof distance !== 'function')
      throw new ValueError(
        'TripletMarginWithDistanceLoss',
        `distanceFunction is ${String(distance)}; it must be a function of two tensors or a module`,
      );
    this.distance_function = distance;
    this.margin = options.margin ?? 1;
    this.swap = options.swap ?? false;
  }

  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { reduction, margin, swap, distance_function: distance } = this;
    const distanceFunction: Distance =
      distance instanceof Module ? (x, y) => distance.forward(x, y) as Tensor : distance;
    return tripletMarginWithDistanceLoss(anchor, positive, negative, { reduction, margin, swap, distanceFunction });
  }
}
