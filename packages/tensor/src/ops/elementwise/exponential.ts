/** Exponentials, logarithms and the logistic function. Integers become floats. */

import * as rows from '@nn/backend';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import type { FloatOf } from '../../types/index.ts';
import { binary, binaryInPlace, parametric, parametricInPlace, unary, unaryInPlace } from './build.ts';
import type {
  BinaryFunction,
  BinaryInPlaceFunction,
  FloatBinaryFunction,
  FloatFunction,
  InPlaceFunction,
} from './signatures.ts';

/** eˣ. PyTorch: `torch.exp`. */
export const exp: FloatFunction = unary('exp', 'float');
export const exp_: InPlaceFunction = unaryInPlace('exp', 'float');
/** 2ˣ. PyTorch: `torch.exp2`. */
export const exp2: FloatFunction = unary(rows.exp2, 'float');
export const exp2_: InPlaceFunction = unaryInPlace(rows.exp2, 'float');
/** eˣ − 1, accurate near 0. PyTorch: `torch.expm1`. */
export const expm1: FloatFunction = unary(rows.expm1, 'float');
export const expm1_: InPlaceFunction = unaryInPlace(rows.expm1, 'float');
/** The natural logarithm; −inf at 0, NaN below. PyTorch: `torch.log`. */
export const log: FloatFunction = unary('log', 'float');
export const log_: InPlaceFunction = unaryInPlace('log', 'float');
/** log(1 + x), accurate near 0. PyTorch: `torch.log1p`. */
export const log1p: FloatFunction = unary(rows.log1p, 'float');
export const log1p_: InPlaceFunction = unaryInPlace(rows.log1p, 'float');
/** The logarithm to base 2. PyTorch: `torch.log2`. */
export const log2: FloatFunction = unary(rows.log2, 'float');
export const log2_: InPlaceFunction = unaryInPlace(rows.log2, 'float');
/** The logarithm to base 10. PyTorch: `torch.log10`. */
export const log10: FloatFunction = unary(rows.log10, 'float');
export const log10_: InPlaceFunction = unaryInPlace(rows.log10, 'float');
/** log(eˣ + eʸ) of floats, without overflow. PyTorch: `torch.logaddexp`. */
export const logaddexp: BinaryFunction<'logaddexp'> = binary(rows.logaddexp);
/** log2(2ˣ + 2ʸ) of floats, without overflow. PyTorch: `torch.logaddexp2`. */
export const logaddexp2: BinaryFunction<'logaddexp2'> = binary(rows.logaddexp2);
/** x · log(y), and 0 where x is 0 (unless y is NaN). PyTorch: `torch.xlogy`. */
export const xlogy: FloatBinaryFunction<'xlogy'> = binary(rows.xlogy, 'float');
export const xlogy_: BinaryInPlaceFunction<'xlogy_'> = binaryInPlace(rows.xlogy, 'float');

/** 1 / (1 + e⁻ˣ). PyTorch: `torch.sigmoid`. */
export const sigmoid: FloatFunction = unary(rows.sigmoid, 'float');
export const sigmoid_: InPlaceFunction = unaryInPlace(rows.sigmoid, 'float');

/** Options of logit. */
export interface LogitOptions {
  /** x is clamped to [eps, 1 − eps] first; null: not at all. */
  readonly eps?: number | null | undefined;
}

const logitOf = unary(rows.logit, 'float');
const logitClamped = parametric('logit', 1, 'float', rows.logitEps);
const logitInto = unaryInPlace(rows.logit, 'float');
const logitClampedInto = parametricInPlace('logit', 1, 'float', rows.logitEps);

/** log(x / (1 − x)), sigmoid's inverse. PyTorch: `torch.logit`. */
export const logit: <A extends Tensor>(x: A, options?: LogitOptions) => Tensor<A['~shape'], FloatOf<A['dtype']>> = ((
  x: Tensor,
  options: LogitOptions = {},
) => {
  const { eps } = checkNamed('logit', options);
  return eps == null ? logitOf(x) : logitClamped(x, [eps]);
}) as never;
export const logit_: <A extends Tensor>(x: A, options?: LogitOptions) => A = ((
  x: Tensor,
  options: LogitOptions = {},
) => {
  const { eps } = checkNamed('logit_', options);
  return eps == null ? logitInto(x) : logitClampedInto(x, [eps]);
}) as never;
