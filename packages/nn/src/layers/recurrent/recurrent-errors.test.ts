/** What recurrent layers refuse, and in which words. */
import { type Tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { GRU, GRUCell, Linear, LSTM, LSTMCell, type Module, RNN, RNNCell, Sequential } from '../../index.ts';

describe('errors of recurrent layers', () => {
  const x = zeros([5, 2, 3]) as Tensor;
  const sizes = 'must be a whole number above 0';
  it.each<[string, () => unknown, string]>([
    ['no size', () => new RNN(0, 4), `[RNN] inputSize ${sizes}, got 0`],
    ['half a unit', () => new GRU(3, 4.5), `[GRU] hiddenSize ${sizes}, got 4.5`],
    ['no layers', () => new LSTM(3, 4, { numLayers: 0 }), `[LSTM] numLayers ${sizes}, got 0`],
    ['options that are a number', () => new LSTM(3, 4, 2 as never), '[LSTM] got 2 where options belong'],
    ['options that are nothing', () => new LSTM(3, 4, null as never), '[LSTM] got null where options belong'],
    ['dropout as text', () => new RNN(3, 4, { dropout: '0.5' as never }), '[RNN] dropout probability has to be'],
    ['dropout', () => new GRU(3, 4, { dropout: 2 }), 'dropout probability has to be between 0 and 1'],
    ['nonlinearity', () => new RNN(3, 4, { nonlinearity: 'gelu' as never }), "[RNN] unknown nonlinearity 'gelu'"],
    ['nonlinearity of a cell', () => new RNNCell(3, 4, { nonlinearity: 'toString' as never }), '[RNNCell] unknown'],
    ['projection', () => new LSTM(3, 4, { projSize: 4 }), '[LSTM] projSize 4 must be'],
    ['rank', () => new RNN(3, 4).forward(zeros([3]) as Tensor), '[RNN] the input must be (L, N, inputSize)'],
    ['features', () => new RNN(2, 4).forward(x), '[RNN] the input has 3 features, expected 2: got (5, 2, 3)'],
    [
      'no steps',
      () => new GRU(3, 4).forward(zeros([0, 2, 3]) as Tensor),
      '[GRU] a sequence needs a time step at least',
    ],
    ['no steps', () => new GRU(3, 4, { batchFirst: true }).forward(zeros([2, 0, 3]) as Tensor), 'a time step at least'],
    ['no tensor', () => new GRU(3, 4).forward([1] as never), '[GRU] '],
    [
      'state',
      () => new RNN(3, 4).forward(x, zeros([1, 3, 4]) as Tensor),
      'state h has shape (1, 3, 4), expected (1, 2, 4)',
    ],
    [
      'cell',
      () => new LSTM(3, 4).forward(x, [zeros([1, 2, 4]), zeros([2, 4])]),
      'state c has shape (2, 4), expected (1, 2, 4)',
    ],
    [
      'dtype of a state',
      () => new RNN(3, 4).forward(x, zeros([1, 2, 4], { dtype: 'float64' })),
      "[RNN] the initial state h is float64, the weights float32; convert with .to('float32')",
    ],
    [
      'dtype, whatever a state is',
      () => new RNN(3, 4).forward(x.to('float64') as Tensor, zeros([1, 2, 4])),
      "[RNN] the input is float64, the weights float32; convert with .to('float32')",
    ],
    [
      'dtype before a projection',
      () => new LSTM(3, 4, { projSize: 2 }).forward(x.to('float16') as Tensor),
      '[LSTM] the input is float16, the weights float32',
    ],
    [
      'dtype of what a cell takes',
      () => new GRUCell(3, 4).forward(zeros([3], { dtype: 'int64' }) as Tensor),
      '[GRUCell] the input is int64, the weights float32',
    ],
    [
      "dtype of a cell's state",
      () => new LSTMCell(3, 4).forward(zeros([3]), [zeros([4]), zeros([4], { dtype: 'float64' })]),
      '[LSTMCell] the state c is float64, the weights float32',
    ],
    ['input of a cell', () => new GRUCell(3, 4).forward(x), '[GRUCell] the input must be (N, 3)'],
    [
      'state of a cell',
      () => new GRUCell(3, 4).forward(zeros([2, 3]) as Tensor, zeros([4]) as Tensor),
      'state h has shape (4,)',
    ],
    [
      'state of an LSTM cell',
      () => new LSTMCell(3, 4).forward(zeros([3]) as Tensor, zeros([4]) as never),
      '[LSTMCell] the initial states',
    ],
    [
      'a chain',
      () => new Sequential(...[new LSTM(3, 4) as Module, new Linear(4, 2)]).forward(x),
      'an operand is an array',
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
