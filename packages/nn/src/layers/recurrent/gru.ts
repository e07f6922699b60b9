/** The gated recurrent unit. */
import type { Tensor } from '@nn/tensor';
import { gruStep } from './gru-step.ts';
import { RecurrentLayer, type RecurrentOptions } from './recurrent-layer.ts';

/**
 * Gated recurrent units (Cho et al. 2014): r = σ(W_ir x + b_ir + W_hr h + b_hr), z likewise, n = tanh(W_in x + b_in + r (W_hn h + b_hn)), h' = (1 - z) n + z h. Takes and gives
 * what `RNN` does. PyTorch: `torch.nn.GRU`.
 * @throws ValueError for sizes that aren't whole numbers above 0; in `forward` ShapeError and DTypeError for what doesn't fit
 * @example
 * ```ts
 * import { GRU } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const gru = new GRU(10, 20, { batchFirst: true, bidirectional: true });
 * const [output, hn] = gru.forward(zeros([3, 5, 10]));
 * console.log(output.shape, hn.shape); // prints: [ 3, 5, 40 ] [ 2, 3, 20 ]
 * ```
 */
export class GRU extends RecurrentLayer {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(inputSize, hiddenSize, gruStep.gates, options);
  }

  override forward(input: Tensor, hx: Tensor | null = null): [output: Tensor, hn: Tensor] {
    const { output, states } = this['~run'](gruStep, input, [hx]);
    return [output, states[0]!];
  }
}
