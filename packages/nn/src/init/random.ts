/** Random initial values. Every function fills its tensor in place, outside of any graph, and returns it. */

import { noGrad } from '@nn/autograd';
import { reference, ValueError } from '@nn/backend';
import {
  erf,
  type Generator,
  normal_ as normalInPlace,
  type Tensor,
  tensor,
  uniform_ as uniformInPlace,
} from '@nn/tensor';
import { checkNamed, shapeText } from '@nn/tensor/internal';
import { calculateFanInAndFanOut, calculateGain, type Nonlinearity } from './fans.ts';
import { normals, overwrite, permutation, uniforms } from './host.ts';
import { inverseNormal } from './inverse-normal.ts';

export interface RandomInitOptions {
  /** Where the numbers come from; the default generator. */
  readonly generator?: Generator | undefined;
}

export interface UniformOptions extends RandomInitOptions {
  /** The lower bound; 0. */
  readonly a?: number | undefined;
  /** The upper bound; 1. */
  readonly b?: number | undefined;
}

/** Uniform values in [a, b). PyTorch: `init.uniform_`. */
export function uniform_<T extends Tensor>(tensor: T, options: UniformOptions = {}): T {
  const { a = 0, b = 1, generator } = checkNamed('uniform_', options);
  noGrad<void>(() => {
    uniformInPlace(tensor, a, b, { generator });
  });
  return tensor;
}

export interface NormalOptions extends RandomInitOptions {
  /** The mean; 0. */
  readonly mean?: number | undefined;
  /** The standard deviation; 1. */
  readonly std?: number | undefined;
}

/** Normal values. PyTorch: `init.normal_`. */
export function normal_<T extends Tensor>(tensor: T, options: NormalOptions = {}): T {
  const { mean = 0, std = 1, generator } = checkNamed('normal_', options);
  noGrad<void>(() => {
    normalInPlace(tensor, mean, std, { generator });
  });
  return tensor;
}

export interface TruncatedNormalOptions extends NormalOptions {
  /** The smallest value; -2. */
  readonly a?: number | undefined;
  /** The largest value; 2. */
  readonly b?: number | undefined;
}

/** The distribution function of the standard normal law, by Φ(x) = (1 + erf(x/√2))/2. */
const distribution = (x: number): number => {
  const t = x / Math.SQRT2;
  if (t === Number.POSITIVE_INFINITY) return 1;
  if (t === Number.NEGATIVE_INFINITY) return 0;
  return (1 + erf(tensor([t], { dtype: 'float64', backend: reference() })).dataSync()[0]!) / 2;
};

/**
 * Normal values of which only those in [a, b] are kept: the inverse of the distribution function at uniform places between its values there. PyTorch:
 * `init.trunc_normal_`.
 * @throws ValueError if a exceeds b
 * @example
 * ```ts
 * import { init } from '@nn/nn';
 * import { empty } from '@nn/tensor';
 * const values = await init.truncNormal_(empty([1000]), { std: 0.5, a: -1, b: 1 }).data();
 * console.log(values.every((x) => x >= -1 && x <= 1)); // prints: true
 * ```
 */
export function truncNormal_<T extends Tensor>(target: T, options: TruncatedNormalOptions = {}): T {
  const { mean = 0, std = 1, a = -2, b = 2, generator } = checkNamed('truncNormal_', options);
  if (!(a <= b)) throw new ValueError('truncNormal_', `a is ${a}, above b, ${b}; exchange them`);
  const [low, high] = [distribution((a - mean) / std), distribution((b - mean) / std)];
  const places = uniforms(target, generator).map((u) => low + u * (high - low));
  return overwrite(
    target,
    inverseNormal(places).map((z) => Math.min(Math.max(mean + std * z, a), b)),
  );
}

export interface XavierOptions extends RandomInitOptions {
  /** A factor for the nonlinearity that follows; 1. */
  readonly gain?: number | undefined;
}

const xavierDeviation = (op: string, tensor: Tensor, options: XavierOptions): number => {
  const { gain = 1 } = checkNamed(op, options);
  const [fanIn, fanOut] = calculateFanInAndFanOut(tensor);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
};

/** Uniform values of a spread that keeps the variance forwards and backwards (Glorot & Bengio 2010). PyTorch: `init.xavier_uniform_`. */
export function xavierUniform_<T extends Tensor>(tensor: T, options: XavierOptions = {}): T {
  const bound = Math.sqrt(3) * xavierDeviation('xavierUniform_', tensor, options);
  return uniform_(tensor, { a: -bound, b: bound, generator: options.generator });
}

/** Normal values of a spread that keeps the variance forwards and backwards (Glorot & Bengio 2010). PyTorch: `init.xavier_normal_`. */
export function xavierNormal_<T extends Tensor>(tensor: T, options: XavierOptions = {}): T {
  return normal_(tensor, { std: xavierDeviation('xavierNormal_', tensor, options), generator: options.generator });
}

export interface KaimingOptions extends RandomInitOptions {
  /** The negative slope of the 'leaky_relu' that follows; 0. */
  readonly a?: number | undefined;
  /** Whether the variance is kept forwards ('fan_in') or backwards ('fan_out'); 'fan_in'. */
  readonly mode?: 'fan_in' | 'fan_out' | undefined;
  /** What follows; 'leaky_relu'. */
  readonly nonlinearity?: Nonlinearity | undefined;
}

function kaimingDeviation(op: string, tensor: Tensor, options: KaimingOptions): number {
  const { a = 0, mode = 'fan_in', nonlinearity = 'leaky_relu' } = checkNamed(op, options);
  if (mode !== 'fan_in' && mode !== 'fan_out')
    throw new ValueError(op, `mode is '${String(mode)}'; it must be 'fan_in' or 'fan_out'`);
  const [fanIn, fanOut] = calculateFanInAndFanOut(tensor);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === 'fan_in' ? fanIn : fanOut);
}

/** Uniform values of a spread that keeps the variance through rectifiers (He et al. 2015). A tensor without elements stays as it is. PyTorch: `init.kaiming_uniform_`. */
export function kaimingUniform_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  if (tensor.layout.size === 0) return tensor;
  const bound = Math.sqrt(3) * kaimingDeviation('kaimingUniform_', tensor, options);
  return uniform_(tensor, { a: -bound, b: bound, generator: options.generator });
}

/** Normal values of a spread that keeps the variance through rectifiers (He et al. 2015). A tensor without elements stays as it is. PyTorch: `init.kaiming_normal_`. */
export function kaimingNormal_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  if (tensor.layout.size === 0) return tensor;
  return normal_(tensor, { std: kaimingDeviation('kaimingNormal_', tensor, options), generator: options.generator });
}

export interface SparseOptions extends RandomInitOptions {
  /** The standard deviation of the values that aren't 0; 0.01. */
  readonly std?: number | undefined;
}

/**
 * Normal values in a matrix, of which a fraction in every column is 0, rounded up to whole elements (Martens 2010). PyTorch: `init.sparse_`.
 * @throws ValueError for anything but a matrix
 */
export function sparse_<T extends Tensor>(tensor: T, sparsity: number, options: SparseOptions = {}): T {
  const { std = 0.01, generator } = checkNamed('sparse_', options);
  const { shape } = tensor.layout;
  if (shape.length !== 2) throw new ValueError('sparse_', `takes a matrix, got shape ${shapeText(shape)}`);
  if (!(sparsity >= 0 && sparsity <= 1))
    throw new ValueError('sparse_', `sparsity is ${sparsity}; it is a fraction between 0 and 1`);
  const [rows, columns] = shape as readonly [number, number];
  const values = normals(tensor, generator).map((z) => z * std);
  const zeros = Math.ceil(sparsity * rows);
  for (let column = 0; column < columns; column++)
    for (const row of permutation(rows, generator).subarray(0, zeros)) values[row * columns + column] = 0;
  return overwrite(tensor, values);
}
