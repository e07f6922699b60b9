/** Random floats: uniform, normal, exponential. */

import type { DType } from '@nn/backend';
import { add, castTo, mul, ValueError } from '@nn/backend';
import { broadcastShapes } from '../../core/collapse.ts';
import { dispatchMany } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { floatType, resultType } from '../../core/promotion.ts';
import { fillExponential, fillNormal, fillUniform } from '../../random/distributions.ts';
import type { Draw } from '../../random/threefry.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { like } from '../creation/fill.ts';
import { element, single } from '../elementwise/build.ts';
import {
  type Fill,
  floats,
  type GeneratorOptions,
  type Law,
  lawful,
  overwriteWith,
  type RandomOptions,
} from './options.ts';

const unit = lawful('unit', (laws, values, dtype) => laws.uniform(values, 0, 1, dtype === 'float16'), fillUniform);
const standard = lawful('standard', (laws, values) => laws.normal(values, 0, 1), fillNormal);

/** rand, randn. */
export type RandomFunction = <const S extends Shape, D extends DType = 'float32'>(
  shape: S,
  options?: RandomOptions<D>,
) => Tensor<[...S], NoInfer<D>>;

/** randLike, randnLike. */
export type RandomLikeFunction = <A extends Tensor, D extends DType = A['dtype']>(
  x: A,
  options?: RandomOptions<D>,
) => Tensor<A['~shape'], NoInfer<D>>;

/**
 * Uniform values in [0, 1): multiples of 2^-11 in float16, of 2^-24 in float32, of 2^-53 in float64. PyTorch: `torch.rand`.
 * @example
 * ```ts
 * import { manualSeed, rand } from '@nn/tensor';
 * manualSeed(0);
 * console.log(rand([2, 3]).shape); // prints: [ 2, 3 ]
 * ```
 */
export const rand: RandomFunction = ((shape: readonly number[], options?: RandomOptions) =>
  floats('rand', shape, options, unit)) as never;

/** Standard normal values. PyTorch: `torch.randn`. */
export const randn: RandomFunction = ((shape: readonly number[], options?: RandomOptions) =>
  floats('randn', shape, options, standard)) as never;

/** `rand` in the shape, dtype and place of x. PyTorch: `torch.rand_like`. */
export const randLike: RandomLikeFunction = ((x: Tensor, options?: RandomOptions) =>
  floats('randLike', x.layout.shape, { ...options, ...like('randLike', x, options) }, unit)) as never;

/** `randn` in the shape, dtype and place of x. PyTorch: `torch.randn_like`. */
export const randnLike: RandomLikeFunction = ((x: Tensor, options?: RandomOptions) =>
  floats('randnLike', x.layout.shape, { ...options, ...like('randnLike', x, options) }, standard)) as never;

/** Values of a fill, each changed. */
const changed =
  (fill: Fill, change: (value: number) => number): Fill =>
  (values, draw: Draw, dtype) => {
    fill(values, draw, dtype);
    for (let i = 0; i < values.length; i++) values[i] = change(values[i]!);
  };

/** A float16 beside a number, so that no rounding comes after this one. */
function onHalves(value: number): number {
  const step = 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 10, -24);
  return Math.round(value / step) * step;
}

/** Uniform values in [from, to): what rounding lifts to the end is lowered to the start. */
function between(from: number, to: number): Law {
  const stretched = changed(fillUniform, (u) => from + u * (to - from));
  const own: Fill = (values, draw, dtype) => {
    stretched(values, draw, dtype);
    if (dtype === 'float16') for (let i = 0; i < values.length; i++) values[i] = onHalves(values[i]!);
    if (from < to) for (let i = 0; i < values.length; i++) if (values[i]! >= to) values[i] = from;
  };
  return lawful('between', (laws, values, dtype) => laws.uniform(values, from, to, dtype === 'float16'), own, [
    from,
    to - from,
    to,
  ]);
}

function checkDeviation(op: string, std: number): void {
  if (!(std >= 0)) throw new ValueError(op, `the standard deviation is ${std}; it must be ≥ 0`);
}

const around = (mean: number, std: number): Law =>
  lawful(
    'around',
    (laws, values) => laws.normal(values, mean, std),
    changed(fillNormal, (z) => mean + z * std),
    [mean, std],
  );

/** Overwrites x with uniform values in [from, to). In place; PyTorch: `Tensor.uniform_`. */
export function uniform_<A extends Tensor>(x: A, from = 0, to = 1, options?: GeneratorOptions): A {
  if (!(from <= to)) throw new ValueError('uniform_', `from is ${from}, above to, ${to}; exchange them`);
  return overwriteWith('uniform_', x, options, between(from, to)) as never;
}

/** Overwrites x with normal values. In place; PyTorch: `Tensor.normal_`. */
export function normal_<A extends Tensor>(x: A, mean = 0, std = 1, options?: GeneratorOptions): A {
  checkDeviation('normal_', std);
  return overwriteWith('normal_', x, options, around(mean, std)) as never;
}

/** Overwrites x with values of density rate · exp(-rate x). In place; PyTorch: `Tensor.exponential_`. */
export function exponential_<A extends Tensor>(x: A, rate = 1, options?: GeneratorOptions): A {
  if (!(rate > 0)) throw new ValueError('exponential_', `the rate is ${rate}; it must be above 0`);
  const law = lawful(
    'exponential',
    (laws, values) => laws.exponential(values, rate),
    changed(fillExponential, (value) => value / rate),
    [rate],
  );
  return overwriteWith('exponential_', x, options, law) as never;
}

/** mean + std · z. */
const scaledOp = new Op('map', 'normal', {
  inPlace: false,
  build: ([mean, std, z]) => {
    const [m, s, x] = [mean, std, z].map((l, j) => castTo(element(l!, j), z!.dtype));
    return single(z!.dtype, add(m!, mul(s!, x!)));
  },
});

/** normal(mean, std, shape), or with tensors normal(mean, std). */
export interface NormalFunction {
  <const S extends Shape, D extends DType = 'float32'>(
    mean: number,
    std: number,
    shape: S,
    options?: RandomOptions<D>,
  ): Tensor<[...S], NoInfer<D>>;
  (mean: Tensor | number, std: Tensor | number, options?: GeneratorOptions): Tensor;
}

/**
 * Normal values of a mean and standard deviation: numbers with a shape, or tensors that broadcast together (differentiable). PyTorch: `torch.normal`.
 * @example
 * ```ts
 * import { normal, tensor } from '@nn/tensor';
 * console.log(normal(0, 0.02, [3, 4]).shape, normal(tensor([1, 2]), 0.5).shape); // prints: [ 3, 4 ] [ 2 ]
 * ```
 */
export const normal: NormalFunction = ((
  mean: Tensor | number,
  std: Tensor | number,
  third?: readonly number[] | GeneratorOptions,
  fourth?: RandomOptions,
): Tensor => {
  if (typeof std === 'number') checkDeviation('normal', std);
  if (typeof mean === 'number' && typeof std === 'number') {
    if (!Array.isArray(third))
      throw new ValueError('normal', 'two numbers say no shape; pass it as the third argument');
    return floats('normal', third, fourth, around(mean, std));
  }
  const tensors = [mean, std].filter((t) => typeof t !== 'number');
  const { layout } = tensors[0]!;
  const dtype = floatType(resultType(tensors.map((t) => t.layout)));
  const shape = broadcastShapes(
    'normal',
    tensors.map((t) => t.layout.shape),
  );
  const z = floats(
    'normal',
    shape,
    { ...checkNamed('normal', (third ?? {}) as GeneratorOptions), dtype, backend: layout.device.backend },
    standard,
  );
  const operand = (t: Tensor | number): Tensor => (typeof t === 'number' ? filled(layout.device, dtype, [], t) : t);
  return dispatchMany(scaledOp, [operand(mean), operand(std), z])[0]!;
}) as never;
