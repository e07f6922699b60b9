/** Initial values that need more than one draw: computed in double precision on the host, so that a seed means the same on every backend. */

import { noGrad } from '@nn/autograd';
import { reference } from '@nn/backend';
import { type Generator, rand, randn, randperm, type Tensor, tensor } from '@nn/tensor';
import { assign } from '@nn/tensor/internal';

/** Uniform values in [0, 1). */
export const uniforms = (n: number, generator: Generator | undefined): Float64Array =>
  rand([n], { dtype: 'float64', backend: reference(), generator }).dataSync() as Float64Array;

/** Standard normal values. */
export const normals = (n: number, generator: Generator | undefined): Float64Array =>
  randn([n], { dtype: 'float64', backend: reference(), generator }).dataSync() as Float64Array;

/** The numbers from 0 to n - 1 in random order. */
export const permutation = (n: number, generator: Generator | undefined): Int32Array =>
  randperm(n, { backend: reference(), generator }).dataSync() as Int32Array;

/** Writes values in row-major order over a tensor; returns it. */
export function overwrite<T extends Tensor>(target: T, values: Float64Array): T {
  const { shape } = target.layout;
  const exact = target.dtype === 'float64' ? values : Float32Array.from(values);
  const flat = tensor(exact as never, { dtype: target.dtype, backend: target.backend }) as Tensor;
  const source = flat.reshape(shape as never) as Tensor;
  noGrad<void>(() => {
    assign(target, source);
  });
  if (source !== flat) source.dispose();
  flat.dispose();
  return target;
}
