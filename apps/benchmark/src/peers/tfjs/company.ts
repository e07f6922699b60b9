/** TensorFlow.js as a player. */
import type { Company } from '../../players/serve.ts';
import { openTf } from './open.ts';
import { tfOperations } from './operations.ts';
import { tfFullBatch, tfTraining } from './training.ts';

export async function openTfjs(): Promise<Company | string> {
  const tf = await openTf();
  if (typeof tf === 'string') return tf;
  const { matmul, ladder, vector, matrix, tinyAdd, chain } = tfOperations(tf);
  return {
    ready: `TensorFlow.js ${tf.version_core}, WebAssembly, 1 thread`,
    repertoire: {
      matmul,
      ladder,
      exp: vector,
      sum: vector,
      softmax: matrix,
      broadcastAdd: matrix,
      transposeCopy: matrix,
      tinyAdd,
      chain,
      mlp: (spec) => tfTraining(tf, spec),
      fullBatch: (spec) => tfFullBatch(tf, spec),
      cnn: (spec) => tfTraining(tf, spec),
      gpt: (spec) => tfTraining(tf, spec),
    },
  };
}
