/** Activation functions made of straight pieces. relu, relu6, hardtanh and threshold also take integers, as in PyTorch. */
import * as rows from '@nn/backend';
import { ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import type { Op } from '../../core/op.ts';
import type { Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { stored } from '../index/value.ts';
import { reshape } from '../shape/views.ts';
import { binary, parametric, parametricInPlace, unary, unaryInPlace } from './build.ts';
import { Forms } from './forms.ts';
import { sizesOf } from './operand.ts';
import type { InPlaceFunction, InPlaceOptionsFunction, OptionsFunction, UnaryFunction } from './signatures.ts';

/** The op of `relu`, for what can end with it. */
export const reluOp: Op<'map'> = new Forms('relu', 1, { mode: 'promote', formula: rows.relu, takes: 'number' }).get(0);

const reluIntoOp = new Forms('relu', 1, { mode: 'promote', formula: rows.relu, takes: 'number', inPlace: true }).get(0);
/** `relu` over its own operand, of which only the library knows: errors speak of relu. */
export const reluInto = (x: Tensor): Tensor => dispatchInto(reluIntoOp, [x]);

/** max(x, 0); its gradient at 0 is 0. PyTorch: `torch.relu`. */
export const relu: UnaryFunction = ((x: Tensor) => dispatch(reluOp, x)) as never;
export const relu_: InPlaceFunction = unaryInPlace('relu', 'promote', rows.relu, 'number');
/** x between 0 and 6. PyTorch: `F.relu6`. */
export const relu6: UnaryFunction = unary('relu6', 'promote', rows.relu6, 'number');
export const relu6_: InPlaceFunction = unaryInPlace('relu6', 'promote', rows.relu6, 'number');
/** x / 6 + 1/2, between 0 and 1. PyTorch: `F.hardsigmoid`. */
export const hardsigmoid: UnaryFunction = unary(rows.hardsigmoid);
export const hardsigmoid_: InPlaceFunction = unaryInPlace(rows.hardsigmoid);
/** x · hardsigmoid(x). PyTorch: `F.hardswish`. */
export const hardswish: UnaryFunction = unary(rows.hardswish);
export const hardswish_: InPlaceFunction = unaryInPlace(rows.hardswish);

/** Options of leakyRelu. */
export interface LeakyReluOptions {
  /** The slope for x < 0; 0.01. */
  readonly negativeSlope?: number | undefined;
}

const leaky = parametric(rows.leakyRelu, 1);
const leakyInto = parametricInPlace(rows.leakyRelu, 1);
const slopeOf = (op: string, options: LeakyReluOptions | undefined): number[] => [
  options === undefined ? 0.01 : (checkNamed(op, options).negativeSlope ?? 0.01),
];

/** x, or negativeSlope · x below 0. PyTorch: `F.leaky_relu`. */
export const leakyRelu: OptionsFunction<LeakyReluOptions> = ((x: Tensor, options?: LeakyReluOptions) =>
  leaky(x, slopeOf('leakyRelu', options))) as never;
export const leakyRelu_: InPlaceOptionsFunction<LeakyReluOptions> = ((x: Tensor, options?: LeakyReluOptions) =>
  leakyInto(x, slopeOf('leakyRelu_', options))) as never;

const learnt = binary('prelu', 'promote', rows.leakyRelu);

/**
 * leakyRelu with learnt slopes: `weight` holds one, or one for each channel (dimension 1). PyTorch: `F.prelu`.
 * @example
 * ```ts
 * import { prelu, tensor } from '@nn/tensor';
 * console.log(await prelu(tensor([[-1, -1, 1]]), tensor([0.1, 0.5, 0.9])).toArray()); // prints: [ [ -0.10000000149011612, -0.5, 1 ] ]
 * ```
 */
export const prelu: <A extends Tensor>(x: A, weight: Tensor) => Tensor<A['~shape'], A['dtype']> = ((
  x: Tensor,
  weight: Tensor,
) => {
  const shape = sizesOf('prelu', x);
  sizesOf('prelu', weight);
  const slopes = weight.layout;
  if (slopes.size === 1 && slopes.shape.length <= 1)
    return learnt(x, slopes.shape.length === 0 || shape.length > 0 ? weight : reshape(weight, []));
  const channels = shape.length > 1 ? shape[1]! : 1;
  if (slopes.shape.length !== 1 || slopes.size !== channels)
    throw new ShapeError(
      'prelu',
      `weight has shape ${shapeText(slopes.shape)}, x ${shapeText(shape)} with ${channels} channels; it needs one slope, or one for each channel`,
    );
  const aligned = reshape(weight, [channels, ...new Array<number>(shape.length - 2).fill(1)]);
  const out = learnt(x, aligned);
  aligned.dispose();
  return out;
}) as never;

/** Options of hardtanh. */
export interface HardtanhOptions {
  /** The lower bound; −1. */
  readonly minVal?: number | undefined;
  /** The upper bound; 1. */
  readonly maxVal?: number | undefined;
}

const hardtanhOf = parametric('hardtanh', 2, 'promote', rows.hardtanh, 'number');
const hardtanhInto = parametricInPlace('hardtanh', 2, 'promote', rows.hardtanh, 'number');

/** Numbers as x's dtype has them. */
const inDTypeOf = (op: string, x: Tensor, ...values: Numeric[]): number[] =>
  values.map((value) => stored(op, value, x.layout.dtype));

function limits(op: string, x: Tensor, options: HardtanhOptions | undefined): number[] {
  if (options !== undefined) checkNamed(op, options);
  const [low, high] = [options?.minVal ?? -1, options?.maxVal ?? 1];
  if (low > high) throw new ValueError(op, `minVal ${low} is greater than maxVal ${high}; exchange them`);
  if (x.layout.dtype === 'uint8' && (low < 0 || high < 0))
    throw new ValueError(
      op,
      `uint8 has no numbers below 0, but the bounds are ${low} and ${high}; convert with .to('int32') first`,
    );
  return inDTypeOf(op, x, low, high);
}

/** x between minVal and maxVal; at the bounds the gradient is 0, unlike clamp's. PyTorch: `F.hardtanh`. */
export const hardtanh: OptionsFunction<HardtanhOptions> = ((x: Tensor, options?: HardtanhOptions) =>
  hardtanhOf(x, limits('hardtanh', x, options))) as never;
export const hardtanh_: InPlaceOptionsFunction<HardtanhOptions> = ((x: Tensor, options?: HardtanhOptions) =>
  hardtanhInto(x, limits('hardtanh_', x, options))) as never;

/** Options of hardshrink and softshrink. */
export interface ShrinkOptions {
  /** How far from 0 the result is 0; 0.5. */
  readonly lambd?: number | undefined;
}

const hardshrinkOf = parametric(rows.hardshrink, 1);
const softshrinkOf = parametric(rows.softshrink, 1);

/** x, or 0 where |x| ≤ lambd. PyTorch: `F.hardshrink`. */
export const hardshrink: OptionsFunction<ShrinkOptions> = ((x: Tensor, options: ShrinkOptions = {}) =>
  hardshrinkOf(x, [checkNamed('hardshrink', options).lambd ?? 0.5])) as never;

/** x moved towards 0 by lambd, which must not be negative. PyTorch: `F.softshrink`. */
export const softshrink: OptionsFunction<ShrinkOptions> = ((x: Tensor, options: ShrinkOptions = {}) => {
  const lambda = checkNamed('softshrink', options).lambd ?? 0.5;
  if (lambda < 0) throw new ValueError('softshrink', `lambd is ${lambda}; it must not be negative`);
  return softshrinkOf(x, [lambda]);
}) as never;

const thresholdOf = parametric('threshold', 2, 'promote', rows.threshold, 'number');
const thresholdInto = parametricInPlace('threshold', 2, 'promote', rows.threshold, 'number');

/** x where it exceeds `threshold`, else `value`. PyTorch: `F.threshold`. */
export const threshold: <A extends Tensor>(
  x: A,
  threshold: Numeric,
  value: Numeric,
) => Tensor<A['~shape'], A['dtype']> = ((x: Tensor, limit: Numeric, value: Numeric) =>
  thresholdOf(x, inDTypeOf('threshold', x, limit, value))) as never;
export const threshold_: <A extends Tensor>(x: A, threshold: Numeric, value: Numeric) => A = ((
  x: Tensor,
  limit: Numeric,
  value: Numeric,
) => thresholdInto(x, inDTypeOf('threshold_', x, limit, value))) as never;
