/** Edges that PyTorch's recorded cases (`test/scalar-goldens.test.ts`) don't decide: signs of zeros, kinks, and what must stay finite. */
import { describe, expect, it } from 'vitest';
import { applied, derivative, evaluate } from '../../../test/evaluate.ts';
import { constant, type Expression, input } from '../expression.ts';
import { apply } from '../row.ts';
import './index.ts';

const types = ['f32', 'f64'] as const;
const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;

/** Results to the last bit, the sign of zero included. */
const exact: readonly [name: string, args: readonly number[], value: number][] = [
  ...['expm1', 'log1p', 'tan', 'asin', 'atan', 'sinh', 'tanh', 'asinh', 'atanh', 'erf', 'erfinv', 'relu', 'relu6'].map(
    (name): [string, number[], number] => [name, [-0], -0],
  ),
  ...['silu', 'mish', 'gelu', 'geluTanh', 'softsign', 'hardswish'].map((name): [string, number[], number] => [
    name,
    [-0],
    -0,
  ]),
  ['reciprocal', [-0], -inf],
  ['rsqrt', [-0], -inf],
  ['leakyRelu', [-0, 0.1], -0],
  ['clampMin', [-0, 0], -0],
  ['clampMin', [0, -0], 0],
  ['clampMax', [-0, 0], -0],
  ['clamp', [-0, 0, 1], -0],
  ['clamp', [nan, 0, 1], nan],
  ['clamp', [5, 2, 1], 1],
  ['clampMin', [1, nan], nan],
  ['clampMax', [1, nan], nan],
  ['hardtanh', [nan, -1, 1], nan],
  ['relu', [nan], nan],
  ['relu6', [inf], 6],
  ['sign', [nan], 0],
  ['heaviside', [nan, 3], 0],
  ['heaviside', [-0, 3], 3],
  ['copysign', [1, -0], -1],
  ['copysign', [0, -1], -0],
  ['copysign', [-2, nan], 2],
  ['signbit', [nan], 0],
  ['signbit', [-nan], 0],
  ['signbit', [-0], 1],
  ['signbit', [-inf], 1],
  ['hypot', [0, 0], 0],
  ['hypot', [-inf, nan], inf],
  ['hypot', [nan, -inf], inf],
  ['hypot', [inf, inf], inf],
  ['hypot', [1, nan], nan],
  ['atan2', [-0, -0], -Math.PI],
  ['atan2', [0, -0], Math.PI],
  ['atan2', [-0, 0], -0],
  ['logaddexp', [inf, inf], inf],
  ['logaddexp', [-inf, -inf], -inf],
  ['logaddexp', [-inf, 2], 2],
  ['logaddexp', [inf, -inf], inf],
  ['logaddexp', [nan, 1], nan],
  ['logaddexp2', [-inf, -inf], -inf],
  ['logaddexp2', [3, -inf], 3],
  ['xlogy', [0, inf], 0],
  ['xlogy', [0, -1], 0],
  ['xlogy', [0, nan], nan],
  ['xlogy', [nan, 0], nan],
  ['floorDivide', [-0, 5], -0],
  ['floorDivide', [1, inf], 0],
  ['floorDivide', [-1, inf], -1],
  ['floorDivide', [1, 0], inf],
  ['floorDivide', [-1, 0], -inf],
  ['floorDivide', [0, 0], nan],
  ['floorDivide', [inf, 1], nan],
  ['floorDivide', [1, 0.1], 9],
  ['remainder', [-6, 3], -0],
  ['remainder', [-1, inf], inf],
  ['remainder', [1, -inf], -inf],
  ['remainder', [1, 0], nan],
  ['truncDivide', [-0.5, 1], -0],
  ['fmax', [nan, nan], nan],
  ['fmax', [nan, 1], 1],
  ['fmin', [1, nan], 1],
  ['fmax', [0, -0], 0],
  ['fmin', [0, -0], 0],
  ['lerp', [1, 5, 0], 1],
  ['lerp', [0.1, 0.7, 1], 0.7],
  ['softplus', [1000, 1, 1e9], 1000],
  ['softplus', [-1000, 1, 20], 0],
  ['softplus', [nan, 1, 20], nan],
  ['logSigmoid', [-1000], -1000],
  ['logSigmoid', [-inf], -inf],
  ['sigmoid', [-inf], 0],
  ['sigmoid', [inf], 1],
  ['tanh', [-inf], -1],
  ['erfc', [inf], 0],
  ['erfc', [-inf], 2],
  ['erfc', [nan], nan],
  ['ndtr', [-inf], 0],
  ['ndtr', [inf], 1],
  ['erfinv', [1], inf],
  ['erfinv', [-1], -inf],
  ['erfinv', [1.5], nan],
  ['erfinv', [-inf], nan],
  ['logit', [0], -inf],
  ['logit', [1], inf],
  ['logit', [1.5], nan],
  ['logit', [-0.5], nan],
  ['logit', [0.5], 0],
  ['lgamma', [1], 0],
  ['lgamma', [2], 0],
  ['lgamma', [0], inf],
  ['lgamma', [-0], inf],
  ['lgamma', [-3], inf],
  ['lgamma', [-inf], inf],
  ['lgamma', [nan], nan],
  ['digamma', [0], -inf],
  ['digamma', [-0], inf],
  ['digamma', [-2], nan],
  ['digamma', [inf], inf],
  ['digamma', [-inf], nan],
  ['polygamma1', [0], inf],
  ['polygamma1', [-1], inf],
  ['polygamma1', [inf], 0],
  ['acosh', [1], 0],
  ['acosh', [0.5], nan],
  ['acosh', [-1e30], nan],
  ['acosh', [inf], inf],
  ['asinh', [-inf], -inf],
  ['atanh', [1], inf],
  ['atanh', [-1], -inf],
  ['atanh', [2], nan],
  ['acos', [1], 0],
  ['asin', [1], Math.PI / 2],
  ['atan', [-inf], -Math.PI / 2],
  ['sinh', [-inf], -inf],
  ['cosh', [-inf], inf],
  ['sinc', [0], 1],
  ['sinc', [6], 0],
  ['sinc', [inf], nan],
  ['log1p', [-1], -inf],
  ['log1p', [-2], nan],
  ['log1p', [inf], inf],
  ['expm1', [-inf], -1],
  ['expm1', [inf], inf],
  ['exp2', [10], 1024],
  ['silu', [-inf], nan],
  ['gelu', [-inf], nan],
  ['mish', [inf], inf],
  ['softshrink', [nan, 0.5], 0],
  ['hardshrink', [nan, 0.5], nan],
  ['threshold', [nan, 0, 9], nan],
  ['nanToNum', [nan, 1, 2, 3], 1],
  ['nanToNum', [inf, 1, 2, 3], 2],
  ['nanToNum', [-inf, 1, 2, 3], 3],
  ['nanToNum', [-0, 1, 2, 3], -0],
  ['isclose', [inf, inf, 0, 0], 1],
  ['isclose', [inf, -inf, 1, 1], 0],
  ['isclose', [1, inf, 1, 1], 0],
  ['isclose', [nan, nan, 1, 1], 0],
  ['iscloseEqualNan', [nan, nan, 0, 0], 1],
  ['iscloseEqualNan', [nan, 1, 1, 1], 0],
];

describe.each(types)('values in %s', (type) => {
  it.each(exact)('%s of %j is %d', (name, args, value) => {
    const [actual] = evaluate(
      applied(name, type),
      args.map((x) => [x]),
    );
    expect(actual).toBe(type === 'f32' ? Math.fround(value) : value);
  });
});

it('sinh and cosh reach as far as their results do', () => {
  const [rising, falling] = [89, -89].map((x) => evaluate(applied('sinh', 'f32'), [[x]])[0]!);
  expect(rising! / Math.fround(Math.sinh(89))).toBeCloseTo(1, 6);
  expect(falling).toBe(-rising!);
  expect(evaluate(applied('cosh', 'f32'), [[89]])[0]! / Math.cosh(89)).toBeCloseTo(1, 6);
});

/** Gradients at kinks and bounds. */
const kinks: readonly [name: string, argument: number, args: readonly number[], value: number][] = [
  ['relu', 0, [0], 0],
  ['relu', 0, [nan], 1],
  ['relu6', 0, [0], 0],
  ['relu6', 0, [6], 0],
  ['hardtanh', 0, [-1, -1, 1], 0],
  ['hardtanh', 0, [1, -1, 1], 0],
  ['clamp', 0, [0, 0, 1], 1],
  ['clamp', 0, [1, 0, 1], 1],
  ['clamp', 1, [0, 0, 1], 0],
  ['clamp', 2, [1, 0, 1], 0],
  ['clamp', 0, [5, 2, 1], 0],
  ['clamp', 1, [0, 2, 1], 0],
  ['clamp', 2, [0, 2, 1], 1],
  ['clampMin', 0, [2, 2], 1],
  ['clampMin', 1, [2, 2], 0],
  ['clampMax', 0, [2, 2], 1],
  ['leakyRelu', 0, [0, 0.1], 0.1],
  ['leakyRelu', 1, [-3, 0.1], -3],
  ['elu', 0, [0, 2], 2],
  ['celu', 0, [0, 2], 1],
  ['selu', 0, [0], 1.0507009873554805 * 1.6732632423543772],
  ['hardsigmoid', 0, [3], 0],
  ['hardswish', 0, [-3], -0.5],
  ['hardswish', 0, [3], 1.5],
  ['hardshrink', 0, [0.5, 0.5], 0],
  ['softshrink', 0, [-0.5, 0.5], 0],
  ['threshold', 0, [1, 1, 5], 0],
  ['threshold', 2, [1, 1, 5], 1],
  ['softplus', 0, [21, 1, 20], 1],
  ['abs', 0, [0], 0],
  ['max', 0, [1, 1], 0.5],
  ['max', 1, [1, nan], 1],
  ['min', 0, [nan, 1], 1],
  ['fmax', 0, [1, 1], 1],
  ['fmax', 1, [1, 1], 0],
  ['fmax', 0, [nan, 1], 0],
  ['fmin', 1, [nan, 1], 1],
  ['nanToNum', 0, [inf, 1, 2, 3], 0],
  ['copysign', 0, [0, 1], 0],
  ['copysign', 0, [2, -1], -1],
  ['xlogy', 0, [0, 0], 0],
  ['logitEps', 0, [0.05, 0.1], 0],
  ['pow', 0, [0, 0], 0],
  ['pow', 1, [0, 2], 0],
  ['pow', 1, [0, 0], 0],
  ['heaviside', 1, [0, 3], 1],
];

it.each(kinks)('the gradient of %s in argument %i at %j is %d', (name, argument, args, value) => {
  const slope = derivative(applied(name, 'f64'), argument)!;
  const [actual] = evaluate(
    slope,
    args.map((x) => [x]),
  );
  expect(Math.abs(actual!)).toBeCloseTo(Math.abs(value), 12);
  expect(Math.sign(actual!) || 0).toBe(Math.sign(value) || 0);
});

/** Activations and their kin, with usual options: no argument may give NaN in the first or second derivative. */
const smooth: readonly [name: string, ...options: number[]][] = [
  ...['relu', 'relu6', 'hardsigmoid', 'hardswish', 'selu', 'silu', 'mish', 'gelu', 'geluTanh', 'softsign', 'tanh'].map(
    (name): [string] => [name],
  ),
  ...['tanhshrink', 'sigmoid', 'logSigmoid', 'erf', 'erfc', 'ndtr', 'atan', 'asinh', 'sinc', 'square'].map(
    (name): [string] => [name],
  ),
  ['leakyRelu', 0.01],
  ['elu', 1],
  ['celu', 1],
  ['softplus', 1, 20],
  ['softplus', 1, 1e9],
  ['hardtanh', -1, 1],
  ['hardshrink', 0.5],
  ['softshrink', 0.5],
  ['threshold', 0.1, -5],
  ['clamp', -1, 1],
  ['clampMin', 0],
  ['logaddexp', 0],
  ['pow', 0],
  ['pow', 1],
  ['pow', 2],
  ['pow', 3],
];

const extremes = [0, -0, 1, -1, 3, -3, 6, 20, -20, 50, -50, 88, -88, 100, -100, 1e4, -1e4, 1e-30, -1e-30, 1e-40];

it.each(smooth)('derivatives of %s stay numbers', (name, ...options) => {
  const arguments_: Expression[] = [input(0, 'f32'), ...options.map((value) => constant(value, 'f32'))];
  const first = derivative(apply(name, ...arguments_), 0)!;
  const second = derivative(first, 0);
  for (const slope of [first, second])
    if (slope !== null)
      evaluate(slope, [extremes]).forEach((value, i) => {
        expect(Number.isFinite(value), `${name} at ${extremes[i]}: ${value}`).toBe(true);
      });
});

it('the second derivative at 0 is the limit, not that of a branch', () => {
  const at0 = (name: string): number => {
    const first = derivative(applied(name, 'f64'), 0)!;
    return evaluate(derivative(first, 0)!, [[0]])[0]!;
  };
  expect(at0('logSigmoid')).toBeCloseTo(-0.25, 14);
  expect(at0('sinc')).toBeCloseTo(-(Math.PI ** 2) / 3, 13);
  expect(at0('gelu')).toBeCloseTo(2 / Math.sqrt(2 * Math.PI), 14);
  expect(at0('silu')).toBeCloseTo(0.5, 14);
  expect(at0('cosh')).toBeCloseTo(1, 14);
});
