/** The CTC loss as a module. */
import type { Tensor } from '@nn/tensor';
import { type CtcOptions, ctcLoss, type Lengths } from '../functional/ctc/ctc-loss.ts';
import { LossModule } from './loss-module.ts';

/**
 * `ctcLoss` as a module. PyTorch: `torch.nn.CTCLoss`.
 * @example
 * ```ts
 * import { CTCLoss } from '@nn/nn';
 * import { logSoftmax, tensor, zeros } from '@nn/tensor';
 * const loss = new CTCLoss({ zeroInfinity: true });
 * const logProbabilities = logSoftmax(zeros([2, 1, 3]), 2);
 * console.log(await loss.forward(logProbabilities, tensor([[1n, 1n]]), [2], [2]).item()); // prints: 0
 * ```
 */
export class CTCLoss extends LossModule {
  readonly blank: number;
  readonly zeroInfinity: boolean;

  constructor(options: CtcOptions = {}) {
    super(options);
    this.blank = options.blank ?? 0;
    this.zeroInfinity = options.zeroInfinity ?? false;
  }

  override forward(logProbabilities: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths): Tensor {
    const { blank, reduction, zeroInfinity } = this;
    return ctcLoss(logProbabilities, targets, inputLengths, targetLengths, { blank, reduction, zeroInfinity });
  }
}
