/** Losses of numbers as modules. */
import type { Tensor } from '@nn/tensor';
import type { ReductionOptions } from '../functional/loss.ts';
import { type GaussianOptions, gaussianNllLoss, type HuberOptions, huberLoss, l1Loss, mseLoss, type PoissonOptions, poissonNllLoss, type SmoothL1Options, smoothL1Loss } from '../functional/regression.ts'; // biome-ignore format: a list
import { LossModule, PairLossModule } from './loss-module.ts';

/**
 * `mseLoss` as a module. PyTorch: `torch.nn.MSELoss`.
 * @example
 * ```ts
 * import { MSELoss } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await new MSELoss({ reduction: 'sum' }).forward(tensor([1, 2]), tensor([1, 4])).item()); // prints: 4
 * ```
 */
export class MSELoss extends PairLossModule {
  override forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** `l1Loss` as a module. PyTorch: `torch.nn.L1Loss`. */
export class L1Loss extends PairLossModule {
  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

/** `smoothL1Loss` as a module. PyTorch: `torch.nn.SmoothL1Loss`. */
export class SmoothL1Loss extends PairLossModule {
  readonly beta: number;

  constructor(options: ReductionOptions & SmoothL1Options = {}) {
    super(options);
    this.beta = options.beta ?? 1;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}

/** `huberLoss` as a module. PyTorch: `torch.nn.HuberLoss`. */
export class HuberLoss extends PairLossModule {
  readonly delta: number;

  constructor(options: ReductionOptions & HuberOptions = {}) {
    super(options);
    this.delta = options.delta ?? 1;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}

/** `poissonNllLoss` as a module. PyTorch: `torch.nn.PoissonNLLLoss`. */
export class PoissonNLLLoss extends PairLossModule {
  readonly logInput: boolean;
  readonly full: boolean;
  readonly eps: number;

  constructor(options: ReductionOptions & PoissonOptions = {}) {
    super(options);
    this.logInput = options.logInput ?? true;
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-8;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(input, target, {
      reduction: this.reduction,
      logInput: this.logInput,
      full: this.full,
      eps: this.eps,
    });
  }
}

/** `gaussianNllLoss` as a module. PyTorch: `torch.nn.GaussianNLLLoss`. */
export class GaussianNLLLoss extends LossModule {
  readonly full: boolean;
  readonly eps: number;

  constructor(options: ReductionOptions & GaussianOptions = {}) {
    super(options);
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-6;
  }

  override forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(input, target, variance, { reduction: this.reduction, full: this.full, eps: this.eps });
  }
}
