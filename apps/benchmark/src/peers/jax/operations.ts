/** Single operations in jax-js, eager, as we do them. */
import { addendOf, leafOf } from '../../cases/chain.ts';
import { seeds, uniform } from '../../cases/numbers.ts';
import type { ChainSpec, LadderSpec, MatmulSpec, MatrixSpec, TinySpec, VectorSpec } from '../../cases/spec.ts';
import { type Prepared, Unsupported } from '../../players/performer.ts';
import { arrayOf, type Jax, type JaxArray, operation, valuesOf } from './arrays.ts';

export const jaxOperations = (jax: Jax) => {
  const { numpy: np, nn } = jax;
  const numbers = (seed: number, shape: readonly number[]): JaxArray =>
    arrayOf(
      jax,
      uniform(
        shape.reduce((product, n) => product * n, 1),
        seed,
        -1,
        1,
      ),
      shape,
    );
  return {
    matmul: ({ m, k, n, transposeA, transposeB }: MatmulSpec): Promise<Prepared> => {
      const a = transposeA ? np.transpose(numbers(seeds.left, [k, m])) : numbers(seeds.left, [m, k]);
      const b = transposeB ? np.transpose(numbers(seeds.right, [n, k])) : numbers(seeds.right, [k, n]);
      return operation(jax, [a, b], () => np.matmul(a.ref, b.ref));
    },
    ladder: ({ rung, m, k, n }: LadderSpec): Promise<Prepared> => {
      const a = numbers(seeds.left, [m, k]);
      const b = numbers(seeds.right, [k, n]);
      if (rung === 'matmul') return operation(jax, [a, b], () => np.matmul(a.ref, b.ref));
      if (rung === 'einsum') return operation(jax, [a, b], () => np.einsum('ik,kj->ij', a.ref, b.ref));
      throw new Unsupported('its arrays have no elements or rows to assign to');
    },
    vector: ({ kind, size }: VectorSpec): Promise<Prepared> => {
      const x = numbers(seeds.left, [size]);
      return operation(jax, [x], kind === 'exp' ? () => np.exp(x.ref) : () => np.sum(x.ref));
    },
    matrix: ({ kind, rows, columns }: MatrixSpec): Promise<Prepared> => {
      const x = numbers(seeds.left, [rows, columns]);
      const row = numbers(seeds.right, [columns]);
      const calls = {
        softmax: () => nn.softmax(x.ref, -1),
        broadcastAdd: () => np.add(x.ref, row.ref),
        // A transpose is a view; adding nothing makes the copy.
        transposeCopy: () => np.transpose(x.ref).add(0),
      };
      return operation(jax, [x, row], calls[kind]);
    },
    tinyAdd: ({ size }: TinySpec): Promise<Prepared> => {
      const [a, b] = [numbers(seeds.left, [size]), numbers(seeds.right, [size])];
      return operation(jax, [a, b], () => np.add(a.ref, b.ref));
    },
    chain: async ({ op, length, size }: ChainSpec): Promise<Prepared> => {
      const w = arrayOf(jax, leafOf(size), [size]);
      const v = arrayOf(jax, addendOf(size), [size]);
      await jax.blockUntilReady([w, v]);
      const total = (leaf: JaxArray): JaxArray => {
        let z = leaf.ref;
        for (let i = 0; i < length; i++) z = op === 'add' ? z.add(v.ref) : z.mul(leaf.ref);
        leaf.dispose();
        return np.sum(z);
      };
      const gradient = jax.valueAndGrad(total);
      const call = (): readonly [JaxArray, JaxArray] => gradient(w.ref) as unknown as readonly [JaxArray, JaxArray];
      const [value, first] = call();
      return {
        values: [(await valuesOf(value))[0]!, (await valuesOf(first))[0]!],
        repeat: async (calls) => {
          for (let i = 0; i < calls; i++) {
            const results = call();
            await jax.blockUntilReady([...results]);
            for (const result of results) result.dispose();
          }
        },
        settle: () => {},
        release: () => {
          w.dispose();
          v.dispose();
        },
      };
    },
  };
};
