/** Long short-term memory. */
import { ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { lstmStep } from './lstm-step.ts';
import { RecurrentLayer, type RecurrentOptions } from './recurrent-layer.ts';

export interface LSTMOptions extends RecurrentOptions {
  /** Projects the hidden state to this size, by a weight without bias (Sak et al. 2014); 0: not. */
  readonly projSize?: number | undefined;
}

/** States of an LSTM: hidden ones and cells. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/** The two states, null for those that are left out. */
export function statesOf(op: string, hx: LSTMState | null | undefined): readonly [Tensor | null, Tensor | null] {
  if (hx === null || hx === undefined) return [null, null];
  if (Array.isArray(hx) && hx.length === 2) return hx as unknown as readonly [Tensor, Tensor];
  throw new ValueError(op, 'the initial states are two tensors in an array, [h, c]; leave them out for zeros');
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997): i = σ(W_ii x + b_ii + W_hi h + b_hi), f and o likewise, g likewise with tanh, c' = f c + i g, h' = o tanh(c').
 * `forward(input, [h, c])` takes (L, N, inputSize), with `batchFirst` (N, L, inputSize), or (L, inputSize), and initial states (layers · directions, N, hiddenSize), zeros if they
 * are left out. It gives [output, [hn, cn]]: the outputs of the last layer at all steps, (L, N, directions · hiddenSize), and the last states. With `projSize`, output and h have
 * that size. All parameters start uniform in ±1/√hiddenSize. PyTorch: `torch.nn.LSTM`.
 * @throws ValueError for sizes that aren't whole numbers above 0; in `forward` ShapeError and DTypeError for what doesn't fit
 * @example
 * ```ts
 * import { LSTM } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const lstm = new LSTM(10, 20, { numLayers: 2 });
 * const [output, [hn, cn]] = lstm.forward(zeros([5, 3, 10]));
 * console.log(output.shape, hn.shape, cn.shape); // prints: [ 5, 3, 20 ] [ 2, 3, 20 ] [ 2, 3, 20 ]
 * ```
 */
export class LSTM extends RecurrentLayer {
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super(inputSize, hiddenSize, lstmStep.gates, options, checkNamed('LSTM', options).projSize ?? 0);
  }

  override forward(input: Tensor, hx: LSTMState | null = null): [output: Tensor, states: [hn: Tensor, cn: Tensor]] {
    const { output, states } = this['~run'](lstmStep, input, statesOf('LSTM', hx));
    return [output, [states[0]!, states[1]!]];
  }
}
