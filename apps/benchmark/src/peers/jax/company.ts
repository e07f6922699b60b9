/** jax-js on its WebAssembly device as a player. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFolder } from '../../place.ts';
import type { Company } from '../../players/serve.ts';
import { jaxOperations } from './operations.ts';
import { jaxFullBatch, jaxTraining } from './training.ts';

export async function openJax(): Promise<Company | string> {
  let entry: string;
  try {
    entry = createRequire(join(packageFolder, 'package.json')).resolve('@jax-js/jax');
  } catch {
    return 'the package @jax-js/jax is not installed';
  }
  const jax = await import('@jax-js/jax');
  // It waits for its device on promises alone, which do not keep Node from ending.
  setInterval(() => {}, 60_000);
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const { version } = JSON.parse(readFileSync(join(dirname(dirname(entry)), 'package.json'), 'utf8')) as {
    version: string;
  };
  const { matmul, ladder, vector, matrix, tinyAdd, chain } = jaxOperations(jax);
  return {
    ready: `jax-js ${version}, WebAssembly, 1 thread`,
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
      mlp: (spec) => jaxTraining(jax, spec),
      fullBatch: (spec) => jaxFullBatch(jax, spec),
      cnn: (spec) => jaxTraining(jax, spec),
      gpt: (spec) => jaxTraining(jax, spec),
    },
  };
}
