/** Initial values that need more than one draw: computed in double precision on the host, so that a seed means the same on every backend. */

import { noGrad } from '@nn/autograd';
import { reference } from '@nn/backend';
import { defaultGenerator, type Generator, rand, randn, randperm, type Tensor, tensor } from '@nn/tensor';
import { assign } from '@nn/tensor/internal';

/** Values of a law in double precision, one for each element; in the target's own where the generator has PyTorch's laws, which make others for each dtype. */
const drawn = (make: typeof rand, { layout }: Tensor, generator: Generator | undefined): Float64Array => {
  const dtype = (generator ?? defaultGenerator).laws ? layout.dtype : 'float64';
  const values = make([layout.size], { dtype: dtype as 'float64', backend: reference(), generator }).dataSync();
  return Float64Array.from(values);
};

/** Uniform values in [0, 1). */
export const uniforms = (target: Tensor, generator: Generator | undefined): Float64Array =>
  drawn(rand, target, generator);

/** Standard normal values. */
export const normals = (target: Tensor, generator: Generator | undefined): Float64Array =>
  drawn(randn, target, generator);

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
