/** Recurrent layers: the public page of this folder. */
export { GRUCell, LSTMCell, RNNCell, type RNNCellOptions } from './cells.ts';
export { GRU } from './gru.ts';
export { LSTM, type LSTMOptions, type LSTMState } from './lstm.ts';
export type { RecurrentOptions } from './recurrent-layer.ts';
export { RNN, type RNNOptions } from './rnn.ts';
