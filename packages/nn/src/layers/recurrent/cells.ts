/** Single steps of recurrent networks: the layers' sequences of length 1. */
import { ShapeError } from '@nn/backend';
import { empty, type Shape, scope, type Tensor } from '@nn/tensor';
import { filled, reshape, sameNumbers, shapeText, sizesOf } from '@nn/tensor/internal';
import { Module } from '../../module/module.ts';
import { ownParameter, type Parameter } from '../../module/parameter.ts';
import type { LinearOptions } from '../linear.ts';
import { gruStep } from './gru-step.ts';
import { type LSTMState, statesOf } from './lstm.ts';
import { lstmStep } from './lstm-step.ts';
import type { Recurrence } from './recurrence.ts';
import { checkCount, checkDtype, resetRecurrent } from './recurrent-layer.ts';
import { checkNonlinearity, rnnSteps } from './rnn-step.ts';
import { Sequence } from './sequence.ts';

export interface RNNCellOptions extends LinearOptions {
  /** What the step ends with; 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu' | undefined;
}

abstract class RecurrentCell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;

  constructor(inputSize: number, hiddenSize: number, gates: number, options: LinearOptions) {
    super(options);
    const { bias = true, ...factory } = options;
    checkCount(this.constructor.name, 'inputSize', inputSize);
    checkCount(this.constructor.name, 'hiddenSize', hiddenSize);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const { dtype, backend } = factory;
    const parameter = (...shape: number[]): Parameter =>
      ownParameter<Shape, 'float16' | 'float32' | 'float64'>(empty(shape, { dtype, backend }));
    const width = gates * hiddenSize;
    this.weight_ih = parameter(width, inputSize);
    this.weight_hh = parameter(width, hiddenSize);
    this.bias_ih = bias ? parameter(width) : null;
    this.bias_hh = bias ? parameter(width) : null;
    this.resetParameters();
  }

  /** Draws new values for the parameters, uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    resetRecurrent(this.parameters({ recurse: false }), this.hiddenSize);
  }

  /** @internal The states after, for those before; null: zeros. */
  '~step'(kind: Recurrence, input: Tensor, initial: readonly (Tensor | null)[]): Tensor[] {
    const isBatched = this.#check(input, initial);
    return scope(() => {
      const batch = isBatched ? input.layout.shape[0]! : 1;
      const { device, dtype } = input.layout;
      const rows = (t: Tensor): Tensor => (isBatched ? t : reshape(t, [1, ...t.layout.shape]));
      const [h, c = null] = initial.map((state) =>
        state === null ? filled(device, dtype, [batch, this.hiddenSize], 0) : rows(state),
      ) as [Tensor, Tensor?];
      const x = reshape(input, [1, batch, this.inputSize]);
      const { weight_ih, weight_hh, bias_ih, bias_hh } = this;
      const way = { kind, time: 0, reverse: false } as const;
      const ends = Sequence.apply(way, x, h, c, weight_ih, weight_hh, bias_ih, bias_hh) as readonly Tensor[];
      return ends.map((end) => {
        const out = reshape(end, isBatched ? [batch, this.hiddenSize] : [this.hiddenSize]);
        // Nothing else reaches what it is made from.
        out.base = null;
        return out;
      });
    });
  }

  /** Whether there is a batch. */
  #check(input: Tensor, initial: readonly (Tensor | null)[]): boolean {
    const op = this.constructor.name;
    const shape = sizesOf(op, input);
    if ((shape.length !== 1 && shape.length !== 2) || shape.at(-1) !== this.inputSize)
      throw new ShapeError(
        op,
        `the input must be (N, ${this.inputSize}), or (${this.inputSize}) without a batch: got ${shapeText(shape)}`,
      );
    checkDtype(op, 'the input', input, this.weight_hh);
    const wanted = [...shape.slice(0, -1), this.hiddenSize];
    initial.forEach((state, i) => {
      if (state === null) return;
      const name = i === 0 ? 'h' : 'c';
      const own = sizesOf(op, state);
      if (!sameNumbers(own, wanted))
        throw new ShapeError(
          op,
          `the state ${name} has shape ${shapeText(own)}, expected ${shapeText(wanted)} for the input ${shapeText(shape)}`,
        );
      checkDtype(op, `the state ${name}`, state, this.weight_hh);
    });
    return shape.length === 2;
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias_ih === null ? ', bias=False' : ''}`;
  }
}

/**
 * One step of `RNN`: takes (N, inputSize) and the state (N, hiddenSize), both with or without N, zeros if it is left out; gives the next state. PyTorch: `torch.nn.RNNCell`.
 * @example
 * ```ts
 * import { RNNCell } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const cell = new RNNCell(10, 20);
 * console.log(cell.forward(zeros([3, 10])).shape); // prints: [ 3, 20 ]
 * ```
 */
export class RNNCell extends RecurrentCell {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    super(inputSize, hiddenSize, 1, options);
    this.nonlinearity = checkNonlinearity('RNNCell', options.nonlinearity);
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    return this['~step'](rnnSteps[this.nonlinearity], input, [hx])[0]!;
  }

  override extraRepr(): string {
    return `${super.extraRepr()}${this.nonlinearity === 'tanh' ? '' : `, nonlinearity=${this.nonlinearity}`}`;
  }
}

/**
 * One step of `LSTM`: takes (N, inputSize) and the states [h, c], each (N, hiddenSize), all with or without N, zeros if they are left out; gives the next states. PyTorch:
 * `torch.nn.LSTMCell`.
 * @example
 * ```ts
 * import { LSTMCell } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const cell = new LSTMCell(10, 20);
 * const [h, c] = cell.forward(zeros([3, 10]));
 * console.log(cell.forward(zeros([3, 10]), [h, c])[0].shape); // prints: [ 3, 20 ]
 * ```
 */
export class LSTMCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(inputSize, hiddenSize, lstmStep.gates, options);
  }

  override forward(input: Tensor, hx: LSTMState | null = null): [h: Tensor, c: Tensor] {
    return this['~step'](lstmStep, input, statesOf('LSTMCell', hx)) as [Tensor, Tensor];
  }
}

/**
 * One step of `GRU`: takes (N, inputSize) and the state (N, hiddenSize), both with or without N, zeros if it is left out; gives the next state. PyTorch: `torch.nn.GRUCell`.
 * @example
 * ```ts
 * import { GRUCell } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const cell = new GRUCell(10, 20);
 * console.log(cell.forward(zeros([10]), zeros([20])).shape); // prints: [ 20 ]
 * ```
 */
export class GRUCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(inputSize, hiddenSize, gruStep.gates, options);
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    return this['~step'](gruStep, input, [hx])[0]!;
  }
}
