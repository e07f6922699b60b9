/** The models in TensorFlow.js: variables from the common list, in its own layouts (inputs, outputs) and NHWC, and the logits as a function of a batch. */
import { initial } from '../../cases/numbers.ts';
import { parametersOf } from '../../cases/parameters.ts';
import type { GptSpec, TrainingSpec } from '../../cases/spec.ts';
import { permuted } from '../layouts.ts';
import type { Tf } from './open.ts';

type Tensor = import('@tensorflow/tfjs-core').Tensor;
type Tensor4D = import('@tensorflow/tfjs-core').Tensor4D;
type Variable = import('@tensorflow/tfjs-core').Variable;

export interface TfModel {
  readonly variables: Variable[];
  logits(x: Tensor): Tensor;
}

/** Matrices are transposed but for embeddings; kernels go from (out, in, h, w) to (h, w, in, out). */
function variablesOf(tf: Tf, spec: TrainingSpec): Variable[] {
  return parametersOf(spec).map(({ name, shape, kind }, i) => {
    const values = initial(i, shape, kind);
    const isTable = name.startsWith('tokens') || name.startsWith('positions');
    if (shape.length === 4)
      return tf.variable(
        tf.tensor(permuted(values, shape, [2, 3, 1, 0]), [shape[2]!, shape[3]!, shape[1]!, shape[0]!]),
      );
    if (spec.kind === 'cnn' && name === '7.weight') {
      // Pictures are flattened channel by channel in PyTorch, point by point here.
      return tf.variable(tf.tensor(permuted(values, [10, 32, 7, 7], [2, 3, 1, 0]), [1568, 10]));
    }
    if (shape.length === 2 && !isTable)
      return tf.variable(tf.tensor(permuted(values, shape, [1, 0]), [shape[1]!, shape[0]!]));
    return tf.variable(tf.tensor(values, [...shape]));
  });
}

export function tfModel(tf: Tf, spec: TrainingSpec): TfModel {
  const variables = variablesOf(tf, spec);
  const linear = (x: Tensor, at: number): Tensor => tf.add(tf.matMul(x, variables[at]!), variables[at + 1]!);
  switch (spec.kind) {
    case 'mlp': {
      const layers = spec.sizes.length - 1;
      const logits = (x: Tensor): Tensor => {
        let h = x;
        for (let i = 0; i < layers; i++) h = i < layers - 1 ? tf.relu(linear(h, 2 * i)) : linear(h, 2 * i);
        return h;
      };
      return { variables, logits };
    }
    case 'cnn': {
      const stage = (x: Tensor, at: number): Tensor => {
        const y = tf.conv2d(x as Tensor4D, variables[at] as unknown as Tensor4D, 1, 'same');
        return tf.maxPool(tf.relu(tf.add(y, variables[at + 1]!)) as Tensor4D, 2, 2, 'valid');
      };
      return {
        variables,
        logits: (x) =>
          linear(tf.reshape(stage(stage(tf.reshape(x, [spec.batch, 28, 28, 1]), 0), 2), [spec.batch, 1568]), 4),
      };
    }
    case 'gpt':
      return { variables, logits: gpt(tf, spec, variables) };
  }
}

function gpt(tf: Tf, spec: GptSpec, variables: readonly Variable[]): (tokens: Tensor) => Tensor {
  const { vocabulary, batch, block, layers, heads, width } = spec;
  const size = width / heads;
  const future = Float32Array.from({ length: block * block }, (_, i) => (i % block > Math.floor(i / block) ? -1e9 : 0));
  const mask = tf.tensor(future, [block, block]);
  const linear = (x: Tensor, at: number): Tensor => tf.add(tf.matMul(x, variables[at]!), variables[at + 1]!);
  const norm = (x: Tensor, at: number): Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.add(
      tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), variables[at]!),
      variables[at + 1]!,
    );
  };
  const gelu = (x: Tensor): Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  return (tokens) => {
    // Its WebAssembly backend has no gradient for a look-up.
    const chosen = tf.cast(tf.oneHot(tf.cast(tf.reshape(tokens, [-1]), 'int32'), vocabulary), 'float32');
    const embedded = tf.reshape(tf.matMul(chosen, variables[0]!), [batch, block, width]);
    let x: Tensor = tf.reshape(tf.add(embedded, variables[1]!), [batch * block, width]);
    for (let layer = 0; layer < layers; layer++) {
      const at = 2 + 12 * layer;
      const split = tf.reshape(linear(norm(x, at), at + 2), [batch, block, 3, heads, size]);
      const [q, k, v] = tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]), 0);
      const attention = tf.softmax(tf.add(tf.mul(tf.matMul(q!, k!, false, true), size ** -0.5), mask));
      const joined = tf.reshape(tf.transpose(tf.matMul(attention, v!), [0, 2, 1, 3]), [batch * block, width]);
      x = tf.add(x, linear(joined, at + 4));
      x = tf.add(x, linear(gelu(linear(norm(x, at + 6), at + 8)), at + 10));
    }
    const end = 2 + 12 * layers;
    return tf.matMul(norm(x, end), variables[end + 2]!);
  };
}
