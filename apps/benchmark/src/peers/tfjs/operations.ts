/** Single operations in TensorFlow.js. Its WebAssembly backend computes at once, so there is nothing to wait for. */
import { addendOf, leafOf } from '../../cases/chain.ts';
import { seeds, uniform } from '../../cases/numbers.ts';
import {
  type ChainSpec,
  type LadderSpec,
  type MatmulSpec,
  type MatrixSpec,
  probes,
  type TinySpec,
  type VectorSpec,
} from '../../cases/spec.ts';
import { type Prepared, Unsupported } from '../../players/performer.ts';
import type { Tf } from './open.ts';

type Tensor = import('@tensorflow/tfjs-core').Tensor;

/** Says of what is missing that it is missing. */
export function orUnsupported<R>(body: () => R): R {
  try {
    return body();
  } catch (error) {
    const [, kernel] = /Kernel '(\w+)' not registered/.exec((error as Error).message) ?? [];
    throw kernel === undefined ? error : new Unsupported(`its WebAssembly backend has no ${kernel}`);
  }
}

export const tfOperations = (tf: Tf) => {
  const numbers = (seed: number, shape: number[]): Tensor =>
    tf.tensor(
      uniform(
        shape.reduce((product, n) => product * n, 1),
        seed,
        -1,
        1,
      ),
      shape,
    );

  function operation(inputs: readonly Tensor[], call: () => Tensor): Prepared {
    const first = orUnsupported(call);
    const data = first.dataSync();
    first.dispose();
    return {
      values: probes(data.length).map((i) => data[i]!),
      repeat: (calls) => {
        for (let i = 0; i < calls; i++) call().dispose();
      },
      settle: () => {},
      release: () => tf.dispose([...inputs]),
    };
  }

  return {
    matmul: ({ m, k, n, transposeA = false, transposeB = false }: MatmulSpec): Prepared => {
      const a = numbers(seeds.left, transposeA ? [k, m] : [m, k]);
      const b = numbers(seeds.right, transposeB ? [n, k] : [k, n]);
      return operation([a, b], () => tf.matMul(a, b, transposeA, transposeB));
    },
    ladder: ({ rung, m, k, n }: LadderSpec): Prepared => {
      const a = numbers(seeds.left, [m, k]);
      const b = numbers(seeds.right, [k, n]);
      if (rung === 'matmul') return operation([a, b], () => tf.matMul(a, b));
      if (rung === 'einsum') return operation([a, b], () => tf.einsum('ik,kj->ij', a, b));
      throw new Unsupported('its tensors have no elements or rows to assign to');
    },
    vector: ({ kind, size }: VectorSpec): Prepared => {
      const x = numbers(seeds.left, [size]);
      return operation([x], kind === 'exp' ? () => tf.exp(x) : () => tf.sum(x));
    },
    matrix: ({ kind, rows, columns }: MatrixSpec): Prepared => {
      const x = numbers(seeds.left, [rows, columns]);
      const row = numbers(seeds.right, [columns]);
      const calls = {
        softmax: () => tf.softmax(x, -1),
        broadcastAdd: () => tf.add(x, row),
        transposeCopy: () => tf.transpose(x),
      };
      return operation([x, row], calls[kind]);
    },
    tinyAdd: ({ size }: TinySpec): Prepared => {
      const [a, b] = [numbers(seeds.left, [size]), numbers(seeds.right, [size])];
      return operation([a, b], () => tf.add(a, b));
    },
    chain: ({ op, length, size }: ChainSpec): Prepared => {
      const w = tf.tensor1d(leafOf(size));
      const v = tf.tensor1d(addendOf(size));
      const gradient = tf.valueAndGrad((leaf: Tensor) => {
        let z = leaf;
        for (let i = 0; i < length; i++) z = op === 'add' ? tf.add(z, v) : tf.mul(z, leaf);
        return tf.sum(z);
      });
      const call = (): readonly number[] | null =>
        orUnsupported(() => {
          const { value, grad } = gradient(w);
          const values = probe ? [value.dataSync()[0]!, grad.dataSync()[0]!] : null;
          tf.dispose([value, grad]);
          return values;
        });
      let probe = true;
      const values = call()!;
      probe = false;
      return {
        values,
        repeat: (calls) => {
          for (let i = 0; i < calls; i++) call();
        },
        settle: () => {},
        release: () => tf.dispose([w, v]),
      };
    },
  };
};
