/** The two dense layers of a transformer's layer, with what stands between and behind them. */
import type { Tensor } from '@nn/tensor';
import { reluOp } from '@nn/tensor/internal';
import type { Dropout } from '../dropout.ts';
import type { Linear } from '../linear.ts';
import { activationOf, type TransformerLayerOptions } from './layer-options.ts';
import type { Done } from './passing.ts';

/** In the order in which they run. */
export interface Feed {
  readonly linear1: Linear;
  readonly activation: TransformerLayerOptions['activation'];
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly last: Dropout;
}

/** The first product and the activation: in one launch where that is relu. What a function of the user gets and gives is left to the user. */
function activated(x: Tensor, { linear1, activation = 'relu' }: Feed, done: Done): Tensor {
  const whole = activation === 'relu' && !linear1['~mayKeep']() ? linear1['~forwardThen'](x, reluOp) : null;
  if (whole !== null) return whole;
  const inner = linear1.forward(x) as Tensor;
  const active = activationOf(activation)(inner);
  return typeof activation === 'function' ? active : done(inner, active, x);
}

/** Dense, activation, dropout, dense, dropout. The caller goes on to read x. */
export function feed(x: Tensor, parts: Feed, done: Done): Tensor {
  const active = activated(x, parts, done);
  const users = typeof parts.activation === 'function' ? active : undefined;
  const inner = done(active, parts.dropout.forward(active) as Tensor, users);
  const out = done(inner, parts.linear2.forward(inner) as Tensor, users);
  return done(out, parts.last.forward(out) as Tensor, users);
}
