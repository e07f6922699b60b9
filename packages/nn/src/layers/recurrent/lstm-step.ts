/**
 * The step of an LSTM (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000): with gates i, f, g, o, c' = σ(f) c + σ(i) tanh(g) and h' = σ(o) tanh(c').
 */
import { add, type Expression, mul, sigmoid, sub, tanh } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchMany, slice } from '@nn/tensor/internal';
import { copyStep, giveBack, into, partsOf, type Recurrence, roomLike, stepOp } from './recurrence.ts';

type Operand = (i: number) => Expression;

const cellOf = (x: Operand): Expression => add(mul(sigmoid(x(1)), x(3)), mul(sigmoid(x(0)), tanh(x(2))));

/** i, f, g, c → c'. */
const cellOp = stepOp('LSTM', (x) => [cellOf(x)]);
/** o, c' → h'. */
const hiddenOp = stepOp('LSTM', (x) => [mul(sigmoid(x(0)), tanh(x(1)))]);
/** i, f, g, c, o → h', c'. */
const forwardOp = stepOp('LSTM', (x) => {
  const c = cellOf(x);
  return [mul(sigmoid(x(4)), tanh(c)), c];
});

/** s (1 - s). */
const slope = (s: Expression, one: Expression): Expression => mul(s, sub(one, s));
/** 1 - t². */
const fall = (t: Expression, one: Expression): Expression => sub(one, mul(t, t));

/** o, c', dh, dc from later → do, dc in all. */
const outputGradient = stepOp('LSTMBackward', (x, one) => {
  const [s, t] = [sigmoid(x(0)), tanh(x(1))];
  return [mul(mul(x(2), t), slope(s, one)), add(x(3), mul(mul(x(2), s), fall(t, one)))];
});
/** f, c, dc → df, dc before. */
const forgetGradient = stepOp('LSTMBackward', (x, one) => {
  const s = sigmoid(x(0));
  return [mul(mul(x(2), x(1)), slope(s, one)), mul(x(2), s)];
});
/** i, g, dc → di, dg. */
const inputGradients = stepOp('LSTMBackward', (x, one) => {
  const [s, t] = [sigmoid(x(0)), tanh(x(1))];
  return [mul(mul(x(2), t), slope(s, one)), mul(mul(x(2), s), fall(t, one))];
});

export const lstmStep: Recurrence = {
  name: 'LSTM',
  gates: 4,
  hasCell: true,
  apart: false,
  saves: 1,
  next: ({ sum, c }) => {
    const size = sum.layout.shape[1]! / 4;
    const [i, f, g, o] = [0, 1, 2, 3].map((k) => slice(sum, 1, k * size, size)) as [Tensor, Tensor, Tensor, Tensor];
    const cell = dispatchMany(cellOp, [i, f, g, c!])[0]!;
    return [dispatchMany(hiddenOp, [o, cell])[0]!, cell];
  },
  run: ({ sum, c }, target, keeps) => {
    const [i, f, g, o] = partsOf(sum, 4) as [Tensor, Tensor, Tensor, Tensor];
    const cell = roomLike('LSTM', c!);
    into(forwardOp, [target, cell], i, f, g, c!, o);
    giveBack([i, f, g, o]);
    return { c: cell, saved: keeps ? [sum] : [] };
  },
  back: ({ saved, c, nextC, dh, dc, dSum, output }) => {
    const [i, f, g, o] = partsOf(saved[0]!, 4) as [Tensor, Tensor, Tensor, Tensor];
    const [di, df, dg, dO] = partsOf(dSum, 4) as [Tensor, Tensor, Tensor, Tensor];
    const [whole, before, candidate] = [0, 1, 2].map(() => roomLike('LSTM', dc!)) as [Tensor, Tensor, Tensor];
    into(outputGradient, [dO, whole], o, nextC!, dh, dc!);
    into(forgetGradient, [df, before], f, c!, whole);
    into(inputGradients, [di, candidate], i, g, whole);
    into(copyStep, [dg], candidate);
    giveBack([i, f, g, o, di, df, dg, dO, whole, candidate]);
    return { c: before, h: output };
  },
};
