/** The plain recurrent layer. */
import type { Tensor } from '@nn/tensor';
import { RecurrentLayer, type RecurrentOptions } from './recurrent-layer.ts';
import { checkNonlinearity, rnnSteps } from './rnn-step.ts';

export interface RNNOptions extends RecurrentOptions {
  /** What a step ends with; 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu' | undefined;
}

/**
 * Elman's recurrent network (1990): h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu. `forward(input, hx)` takes (L, N, inputSize), with `batchFirst` (N, L, inputSize), or
 * (L, inputSize), and the initial state (layers · directions, N, hiddenSize), zeros if it is left out. It gives [output, hn]: the outputs of the last layer at all steps, (L, N,
 * directions · hiddenSize), and the last states. All parameters start uniform in ±1/√hiddenSize. PyTorch: `torch.nn.RNN`.
 * @throws ValueError for sizes that aren't whole numbers above 0; in `forward` ShapeError and DTypeError for what doesn't fit
 * @example
 * ```ts
 * import { RNN } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const rnn = new RNN(10, 20, { numLayers: 2, nonlinearity: 'relu' });
 * const [output, hn] = rnn.forward(zeros([5, 3, 10]));
 * console.log(output.shape, hn.shape); // prints: [ 5, 3, 20 ] [ 2, 3, 20 ]
 * ```
 */
export class RNN extends RecurrentLayer {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    super(inputSize, hiddenSize, 1, options);
    this.nonlinearity = checkNonlinearity('RNN', options.nonlinearity);
  }

  override forward(input: Tensor, hx: Tensor | null = null): [output: Tensor, hn: Tensor] {
    const { output, states } = this['~run'](rnnSteps[this.nonlinearity], input, [hx]);
    return [output, states[0]!];
  }
}
