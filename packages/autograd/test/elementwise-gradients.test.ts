/** First and second derivatives of every elementwise function against finite differences, away from kinks. */
import * as ops from '@nn/tensor';
import { Generator, reshape, type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { gradcheck, gradgradcheck } from '../src/index.ts';

type Function = (...inputs: Tensor[]) => Tensor;
type Case = readonly [name: string, f: Function, ...inputs: (readonly number[])[]];

const wide = [-2.3, 0.61, 1.7, -0.45];
const other = [0.9, -1.4, 0.33, 2.6];
const positive = [0.37, 1.21, 2.43, 0.81];
const within1 = [0.13, -0.44, 0.72, -0.91];
const above1 = [1.3, 2.2, 3.7, 1.05];
const probability = [0.1, 0.4, 0.77, 0.95];

const named = (names: string, ...inputs: (readonly number[])[]): Case[] =>
  names.split(' ').map((name) => [name, (ops as unknown as Record<string, Function>)[name]!, ...inputs]);

const square = (x: Tensor): Tensor => reshape(x, [2, 2]);

const cases: Case[] = [
  ...named(
    'abs neg exp exp2 expm1 sin cos tan atan sinh cosh tanh asinh sigmoid erf erfc square sinc deg2rad rad2deg frac reciprocal',
    wide,
  ),
  ...named(
    'lgamma digamma nanToNum relu relu6 selu silu mish hardswish hardsigmoid softsign tanhshrink logsigmoid gelu leakyRelu elu celu',
    wide,
  ),
  ...named('hardtanh softplus hardshrink softshrink rrelu glu', wide),
  ...named('log log1p log2 log10 sqrt rsqrt', positive),
  ...named('asin acos atanh erfinv', within1),
  ...named('acosh', above1),
  ...named('logit', probability),
  ...named(
    'add sub rsub mul div maximum minimum fmax fmin atan2 hypot logaddexp logaddexp2 remainder fmod copysign',
    wide,
    other,
  ),
  ...named('pow', positive, other),
  ...named('xlogy', wide, positive),
  ...named('prelu', wide, [0.3]),
  ...named('lerp', wide, other, within1),
  ...[2, 3, -1, -2].map((exponent): Case => [`pow ${exponent}`, (x) => ops.pow(x, exponent), wide]),
  ...[0.5, -0.5, 1.5].map((exponent): Case => [`pow ${exponent}`, (x) => ops.pow(x, exponent), positive]),
  ['2 pow', (x) => ops.pow(2, x), wide],
  ...[-2, -1, -0.5, 0.5, 1.7, 2, 3].map((p): Case => [`pow ${p}`, (x) => ops.pow(x, p) as Tensor, positive]),
  ['add with alpha', (x, y) => ops.add(x as Tensor, y as Tensor, { alpha: 0.7 }), wide, other],
  ['addcmul', (x, y, z) => ops.addcmul(x as Tensor, y as Tensor, z as Tensor, { value: 0.7 }), wide, other, within1],
  ['addcdiv', (x, y, z) => ops.addcdiv(x as Tensor, y as Tensor, z as Tensor, { value: 0.7 }), wide, other, within1],
  ['clamp', (x, min, max) => ops.clamp(x as Tensor, { min, max }), wide, [-1, -0.6, -0.7, -2], [1, 0.5, 1.2, 0.1]],
  ['where', (x, y) => ops.where(tensor([true, false, true, false]) as Tensor, x as Tensor, y as Tensor), wide, other],
  ['gelu by tanh', (x) => ops.gelu(x, { approximate: 'tanh' }), wide],
  ['softplus, sharp', (x) => ops.softplus(x, { beta: 2, threshold: 1 }), wide],
  ['logit, clamped', (x) => ops.logit(x, { eps: 0.2 }), probability],
  ['threshold', (x) => ops.threshold(x, 0.1, 5), wide],
  ['rrelu in training', (x) => ops.rrelu(x, { training: true, generator: new Generator(3) }), wide],
  ['normalize', (x) => ops.normalize(square(x), { p: 3 }), wide],
  ['cosineSimilarity', (x, y) => ops.cosineSimilarity(square(x), square(y)), wide, other],
  ['pairwiseDistance', (x, y) => ops.pairwiseDistance(square(x), square(y)), wide, other],
  ...[1, 2, 3, Number.POSITIVE_INFINITY].flatMap((p): Case[] => [
    [`dist, p ${p}`, (x, y) => ops.dist(x, y, { p }), wide, other],
    [`cdist, p ${p}`, (x, y) => ops.cdist(square(x), square(y), { p }), wide, other],
  ]),
  ['stretched operands', (x, y) => ops.mul(reshape(x, [4, 1]) as Tensor, y as Tensor), wide, other],
  ['in place', (x, y) => ops.add_(ops.mul_(ops.sin(x) as Tensor, y as Tensor), x as Tensor, { alpha: 2 }), wide, other],
  ['into a view', (x, y) => ops.copy_(square(ops.sin(x)) as Tensor, ops.mul(square(y), 3) as Tensor), wide, other],
];

describe('elementwise gradients', () => {
  it.each(cases.map(([name, f, ...inputs]) => ({ name, f, inputs })))('$name', async ({ f, inputs }) => {
    const leaves = (): Tensor[] =>
      inputs.map((values) => tensor([...values], { dtype: 'float64', requiresGrad: true }));
    await gradcheck(f, leaves());
    await gradgradcheck(f, leaves());
  });
});

it('x^-2 has a slope where x⁴ has none in float32', () => {
  const x = tensor([1e-10, 1e10, Number.POSITIVE_INFINITY], { requiresGrad: true });
  ops.sum(ops.pow(x, -2) as Tensor).backward();
  // PyTorch: [-2e30, -2e-30, -0].
  const [small, large, infinite] = (x.grad as Tensor).dataSync();
  expect([small! / -2e30, large! / -2e-30]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
  expect(infinite).toBe(-0);
});
