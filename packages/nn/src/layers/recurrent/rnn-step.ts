/** The step of Elman (1990): h' = f(W_ih x + b_ih + W_hh h + b_hh), f tanh or relu. */
import { constant, less, mul, relu as reluRow, select, sub, tanh as tanhRow, ValueError } from '@nn/backend';
import { relu, type Tensor, tanh } from '@nn/tensor';
import type { Op } from '@nn/tensor/internal';
import { into, type Recurrence, stepOp } from './recurrence.ts';

/** The sum → h'; then h', its gradient → that of the sum. */
const tanhForward = stepOp('RNN', (x) => [tanhRow(x(0))]);
const tanhBackward = stepOp('RNNBackward', (x, one) => [mul(x(1), sub(one, mul(x(0), x(0))))]);
const reluForward = stepOp('RNN', (x) => [reluRow(x(0))]);
const reluBackward = stepOp('RNNBackward', (x, one) => {
  const zero = constant(0, one.type);
  return [select(less(zero, x(0)), x(1), zero)];
});

const stepWith = (f: (x: Tensor) => Tensor, forward: Op<'map'>, backward: Op<'map'>): Recurrence => ({
  name: 'RNN',
  gates: 1,
  hasCell: false,
  apart: false,
  saves: 0,
  next: ({ sum }) => [f(sum), null],
  run: ({ sum }, target) => {
    into(forward, [target], sum);
    return { c: null, saved: [] };
  },
  back: ({ nextH, dh, dSum, output }) => {
    into(backward, [dSum], nextH, dh);
    return { c: null, h: output };
  },
});

const tanhStep = stepWith(tanh as (x: Tensor) => Tensor, tanhForward, tanhBackward);
const reluStep = stepWith(relu as (x: Tensor) => Tensor, reluForward, reluBackward);

/** Steps by the name of f. */
export const rnnSteps: Readonly<Record<'tanh' | 'relu', Recurrence>> = { tanh: tanhStep, relu: reluStep };

/** The name of f, if it is one. */
export function checkNonlinearity(op: string, name: 'tanh' | 'relu' = 'tanh'): 'tanh' | 'relu' {
  if (!Object.hasOwn(rnnSteps, name))
    throw new ValueError(op, `unknown nonlinearity '${String(name)}'; give 'tanh' or 'relu'`);
  return name;
}
