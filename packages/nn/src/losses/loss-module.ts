/** What losses share as modules: how they are reduced, and weights that move along as buffers. */
import type { Tensor } from '@nn/tensor';
import { checkReduction, type Reduction, type ReductionOptions } from '../functional/loss.ts';
import { Module } from '../module/module.ts';

export abstract class LossModule<R extends string = Reduction> extends Module {
  readonly reduction: R;

  constructor(options: { readonly reduction?: R | undefined } = {}) {
    super(options);
    const { reduction = 'mean' } = options;
    if (reduction !== 'batchmean') checkReduction(this.constructor.name, reduction);
    this.reduction = reduction as R;
  }
}

/** A loss of an input and a target. */
export abstract class PairLossModule extends LossModule {
  abstract override forward(input: Tensor, target: Tensor): Tensor;
}

export interface WeightedLossOptions extends ReductionOptions {
  /** How much each element or class counts; all the same. A buffer of the module. */
  readonly weight?: Tensor | null | undefined;
}

/** A loss with weights. */
export abstract class WeightedLossModule extends PairLossModule {
  weight: Tensor | null;

  constructor(options: WeightedLossOptions = {}) {
    super(options);
    this.weight = this.registerBuffer('weight', options.weight ?? null);
  }
}
