/**
 * What the jax-js player shares. Arrays of jax-js are used up by the functions that take them: `.ref` is a further handle. Work is asynchronous, so each call waits
 * for its result, as its documentation does before it reads a clock.
 */
import { probes } from '../../cases/spec.ts';
import type { Prepared } from '../../players/performer.ts';

export type Jax = typeof import('@jax-js/jax');
export type JaxArray = import('@jax-js/jax').Array;

/** Numbers as an array of this shape. */
export const arrayOf = (jax: Jax, values: Float32Array | Int32Array, shape: readonly number[]): JaxArray =>
  jax.numpy.array(values as Float32Array).reshape([...shape]);

/** All elements; uses the array up. */
export const valuesOf = async (array: JaxArray): Promise<ArrayLike<number>> =>
  (await array.data()) as ArrayLike<number>;

/** A case whose call makes one array. */
export async function operation(jax: Jax, inputs: readonly JaxArray[], call: () => JaxArray): Promise<Prepared> {
  await jax.blockUntilReady([...inputs]);
  const data = await valuesOf(call());
  return {
    values: probes(data.length).map((i) => data[i]!),
    repeat: async (calls) => {
      for (let i = 0; i < calls; i++) {
        const result = call();
        await jax.blockUntilReady(result);
        result.dispose();
      }
    },
    settle: () => {},
    release: () => {
      for (const input of inputs) input.dispose();
    },
  };
}
