/** Activation functions. All but relu, relu6, hardtanh, threshold, softsign and tanhshrink take floats only, as in PyTorch. */
import { DTypeError, dtypes, ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { type Numeric, valueOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { binary, parametric, parametricInPlace, unary, unaryInPlace } from './build.ts';
import type { FloatFunction, InPlaceFunction, InPlaceOptionsFunction, OptionsFunction, UnaryFunction } from './signatures.ts';

/** max(x, 0); its gradient at 0 is 0. PyTorch: `torch.relu`. */
export const relu: UnaryFunction = unary('relu', 'promote', 'relu', 'number');
export const relu_: InPlaceFunction = unaryInPlace('relu', 'promote', 'relu', 'number');
/** x between 0 and 6. PyTorch: `F.relu6`. */
export const relu6: UnaryFunction = unary('relu6', 'promote', 'relu6', 'number');
export const relu6_: InPlaceFunction = unaryInPlace('relu6', 'promote', 'relu6', 'number');
/** The self-normalising elu of Klambauer et al. 2017. PyTorch: `F.selu`. */
export const selu: UnaryFunction = unary('selu');
export const selu_: InPlaceFunction = unaryInPlace('selu');
/** x · sigmoid(x). PyTorch: `F.silu`. */
export const silu: UnaryFunction = unary('silu');
export const silu_: InPlaceFunction = unaryInPlace('silu');
/** x · tanh(softplus(x)). PyTorch: `F.mish`. */
export const mish: UnaryFunction = unary('mish');
export const mish_: InPlaceFunction = unaryInPlace('mish');
/** x · hardsigmoid(x). PyTorch: `F.hardswish`. */
export const hardswish: UnaryFunction = unary('hardswish');
export const hardswish_: InPlaceFunction = unaryInPlace('hardswish');
/** x / 6 + 1/2, between 0 and 1. PyTorch: `F.hardsigmoid`. */
export const hardsigmoid: UnaryFunction = unary('hardsigmoid');
export const hardsigmoid_: InPlaceFunction = unaryInPlace('hardsigmoid');
/** x / (1 + |x|). PyTorch: `F.softsign`. */
export const softsign: FloatFunction = unary('softsign', 'float');
/** x − tanh(x). PyTorch: `F.tanhshrink`. */
export const tanhshrink: FloatFunction = unary('tanhshrink', 'float');
/** log(sigmoid(x)), without overflow. PyTorch: `F.logsigmoid`. */
export const logsigmoid: UnaryFunction = unary('logsigmoid', 'promote', 'logSigmoid');

/** Options of gelu. */
export interface GeluOptions {
  /** 'none': with erf; 'tanh': the approximation of Hendrycks & Gimpel 2016. */
  readonly approximate?: 'none' | 'tanh' | undefined;
}

const geluOf = unary('gelu');
const geluTanhOf = unary('gelu', 'promote', 'geluTanh');

/**
 * x · Φ(x), where Φ is the normal distribution function. PyTorch: `F.gelu`.
 * @example
 * ```ts
 * import { gelu, tensor } from '@nn/tensor';
 * console.log(await gelu(tensor([-100, 0, 100])).toArray()); // prints: [ -0, 0, 100 ]
 * ```
 */
export const gelu: OptionsFunction<GeluOptions> = ((x: Tensor, options?: GeluOptions) => {
  const approximate = options?.approximate ?? 'none';
  if (approximate !== 'none' && approximate !== 'tanh')
    throw new ValueError('gelu', `approximate is '${String(approximate)}'; it must be 'none' or 'tanh'`);
  return approximate === 'none' ? geluOf(x) : geluTanhOf(x);
}) as never;

/** Options of leakyRelu. */
export interface LeakyReluOptions {
  /** The slope for x < 0; 0.01. */
  readonly negativeSlope?: number | undefined;
}

const leaky = parametric('leakyRelu', 1);
const leakyInto = parametricInPlace('leakyRelu', 1);
const slopeOf = (options: LeakyReluOptions | undefined): number[] => [options?.negativeSlope ?? 0.01];

/** x, or negativeSlope · x below 0. PyTorch: `F.leaky_relu`. */
export const leakyRelu: OptionsFunction<LeakyReluOptions> = ((x: Tensor, options?: LeakyReluOptions) => leaky(x, slopeOf(options))) as never;
export const leakyRelu_: InPlaceOptionsFunction<LeakyReluOptions> = ((x: Tensor, options?: LeakyReluOptions) => leakyInto(x, slopeOf(options))) as never;

/** Options of elu and celu. */
export interface EluOptions {
  /** The limit for x → −inf, negated; 1. */
  readonly alpha?: number | undefined;
}

const eluOf = parametric('elu', 1);
const eluInto = parametricInPlace('elu', 1);
const celuOf = parametric('celu', 1);
const celuInto = parametricInPlace('celu', 1);

function alphaOf(op: string, options: EluOptions | undefined): number[] {
  const alpha = options?.alpha ?? 1;
  if (alpha === 0 && op.startsWith('celu')) throw new ValueError(op, 'alpha is 0, and x is divided by it; use relu for that limit');
  return [alpha];
}

/** x, or alpha · (eˣ − 1) below 0. PyTorch: `F.elu`. */
export const elu: OptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) => eluOf(x, alphaOf('elu', options))) as never;
export const elu_: InPlaceOptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) => eluInto(x, alphaOf('elu_', options))) as never;
/** x, or alpha · (e^(x / alpha) − 1) below 0. PyTorch: `F.celu`. */
export const celu: OptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) => celuOf(x, alphaOf('celu', options))) as never;
export const celu_: InPlaceOptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) => celuInto(x, alphaOf('celu_', options))) as never;

/** Options of hardtanh. */
export interface HardtanhOptions {
  /** The lower bound; −1. */
  readonly minVal?: number | undefined;
  /** The upper bound; 1. */
  readonly maxVal?: number | undefined;
}

const hardtanhOf = parametric('hardtanh', 2, 'promote', 'hardtanh', 'number');
const hardtanhInto = parametricInPlace('hardtanh', 2, 'promote', 'hardtanh', 'number');

/** Numbers as x's dtype has them. */
const inDTypeOf = (x: Tensor, ...values: number[]): number[] => (dtypes[x.layout.dtype].category === 'float' ? values : values.map(Math.trunc));

function limits(op: string, x: Tensor, options: HardtanhOptions | undefined): number[] {
  const [low, high] = [options?.minVal ?? -1, options?.maxVal ?? 1];
  if (low > high) throw new ValueError(op, `minVal ${low} is greater than maxVal ${high}; exchange them`);
  if (x.layout.dtype === 'uint8' && (low < 0 || high < 0))
    throw new ValueError(op, `uint8 has no numbers below 0, but the bounds are ${low} and ${high}; convert with .to('int32') first`);
  return inDTypeOf(x, low, high);
}

/** x between minVal and maxVal; at the bounds the gradient is 0, unlike clamp's. PyTorch: `F.hardtanh`. */
export const hardtanh: OptionsFunction<HardtanhOptions> = ((x: Tensor, options?: HardtanhOptions) => hardtanhOf(x, limits('hardtanh', x, options))) as never;
export const hardtanh_: InPlaceOptionsFunction<HardtanhOptions> = ((x: Tensor, options?: HardtanhOptions) =>
  hardtanhInto(x, limits('hardtanh_', x, options))) as never;

/** Options of softplus. */
export interface SoftplusOptions {
  /** Sharpness; 1. */
  readonly beta?: number | undefined;
  /** Where beta · x exceeds it the result is x; 20. */
  readonly threshold?: number | undefined;
}

const softplusOf = parametric('softplus', 2);

/** log(1 + e^(beta · x)) / beta, a smooth relu. PyTorch: `F.softplus`. */
export const softplus: OptionsFunction<SoftplusOptions> = ((x: Tensor, options?: SoftplusOptions) =>
  softplusOf(x, [options?.beta ?? 1, options?.threshold ?? 20])) as never;

/** Options of hardshrink and softshrink. */
export interface ShrinkOptions {
  /** How far from 0 the result is 0; 0.5. */
  readonly lambd?: number | undefined;
}

const hardshrinkOf = parametric('hardshrink', 1);
const softshrinkOf = parametric('softshrink', 1);

/** x, or 0 where |x| ≤ lambd. PyTorch: `F.hardshrink`. */
export const hardshrink: OptionsFunction<ShrinkOptions> = ((x: Tensor, options?: ShrinkOptions) => hardshrinkOf(x, [options?.lambd ?? 0.5])) as never;

/** x moved towards 0 by lambd, which must not be negative. PyTorch: `F.softshrink`. */
export const softshrink: OptionsFunction<ShrinkOptions> = ((x: Tensor, options?: ShrinkOptions) => {
  const lambda = options?.lambd ?? 0.5;
  if (lambda < 0) throw new ValueError('softshrink', `lambd is ${lambda}; it must not be negative`);
  return softshrinkOf(x, [lambda]);
}) as never;

const thresholdOf = parametric('threshold', 2, 'promote', 'threshold', 'number');
const thresholdInto = parametricInPlace('threshold', 2, 'promote', 'threshold', 'number');

/** x where it exceeds `threshold`, else `value`. PyTorch: `F.threshold`. */
export const threshold: <A extends Tensor>(x: A, threshold: Numeric, value: Numeric) => Tensor<A['~shape'], A['dtype']> = ((x: Tensor, limit: Numeric, value: Numeric) =>
  thresholdOf(x, inDTypeOf(x, valueOf(limit), valueOf(value)))) as never;
export const threshold_: <A extends Tensor>(x: A, threshold: Numeric, value: Numeric) => A = ((x: Tensor, limit: Numeric, value: Numeric) =>
  thresholdInto(x, inDTypeOf(x, valueOf(limit), valueOf(value)))) as never;
