/** Losses of classes and probabilities as modules. */
import type { Tensor } from '@nn/tensor';
import { type ClassOptions, type CrossEntropyOptions, crossEntropy, nllLoss } from '../functional/cross-entropy.ts';
import type { Reduction, ReductionOptions } from '../functional/loss.ts';
import { binaryCrossEntropy, binaryCrossEntropyWithLogits, type DivergenceOptions, klDiv, type LogitsOptions, multilabelSoftMarginLoss } from '../functional/probability.ts'; // biome-ignore format: a list
import { LossModule, WeightedLossModule } from './loss-module.ts';

/** `nllLoss` as a module. PyTorch: `torch.nn.NLLLoss`. */
export class NLLLoss extends WeightedLossModule {
  readonly ignoreIndex: number;

  constructor(options: ClassOptions = {}) {
    super(options);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, { reduction: this.reduction, weight: this.weight, ignoreIndex: this.ignoreIndex });
  }
}

/**
 * `crossEntropy` as a module. PyTorch: `torch.nn.CrossEntropyLoss`.
 * @example
 * ```ts
 * import { CrossEntropyLoss } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const loss = new CrossEntropyLoss({ labelSmoothing: 0.1 });
 * console.log((await loss.forward(tensor([[2, 0, 0]]), tensor([0n])).item()).toFixed(4)); // prints: 0.3729
 * ```
 */
export class CrossEntropyLoss extends WeightedLossModule {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor(options: CrossEntropyOptions = {}) {
    super(options);
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    const { reduction, weight, ignoreIndex, labelSmoothing } = this;
    return crossEntropy(logits, target, { reduction, weight, ignoreIndex, labelSmoothing });
  }
}

/** `binaryCrossEntropy` as a module. PyTorch: `torch.nn.BCELoss`. */
export class BCELoss extends WeightedLossModule {
  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, { reduction: this.reduction, weight: this.weight });
  }
}

/** `binaryCrossEntropyWithLogits` as a module. PyTorch: `torch.nn.BCEWithLogitsLoss`. */
export class BCEWithLogitsLoss extends WeightedLossModule {
  /** PyTorch's key of `posWeight`. */
  protected pos_weight: Tensor | null;

  constructor(options: ReductionOptions & LogitsOptions = {}) {
    super(options);
    this.pos_weight = this.registerBuffer('pos_weight', options.posWeight ?? null);
  }

  /** How much the loss of what should be 1 counts. */
  get posWeight(): Tensor | null {
    return this.pos_weight;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, {
      reduction: this.reduction,
      weight: this.weight,
      posWeight: this.pos_weight,
    });
  }
}

/** `multilabelSoftMarginLoss` as a module. PyTorch: `torch.nn.MultiLabelSoftMarginLoss`. */
export class MultiLabelSoftMarginLoss extends WeightedLossModule {
  override forward(input: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(input, target, { reduction: this.reduction, weight: this.weight });
  }
}

/** `klDiv` as a module. PyTorch: `torch.nn.KLDivLoss`. */
export class KLDivLoss extends LossModule<Reduction | 'batchmean'> {
  readonly logTarget: boolean;

  constructor(options: DivergenceOptions & { readonly reduction?: Reduction | 'batchmean' | undefined } = {}) {
    super(options);
    this.logTarget = options.logTarget ?? false;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }
}
