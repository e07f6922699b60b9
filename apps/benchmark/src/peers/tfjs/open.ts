/**
 * TensorFlow.js with its WebAssembly backend on one thread (its threads need a browser). What Node gets of tfjs-core alone has no gradients, so core, gradients
 * and backend are put together by the bundler, as an application's would be.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { packageFolder } from '../../place.ts';

export type Tf = typeof import('@tensorflow/tfjs-core');

type Bundle = Tf & typeof import('@tensorflow/tfjs-backend-wasm');

const program = `
import '@tensorflow/tfjs-core/dist/register_all_gradients';
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-backend-wasm';
`;

/** The library, ready to compute; a sentence if it isn't installed. */
export async function openTf(): Promise<Tf | string> {
  const require = createRequire(join(packageFolder, 'package.json'));
  let backend: string;
  try {
    require.resolve('@tensorflow/tfjs-core');
    backend = require.resolve('@tensorflow/tfjs-backend-wasm');
  } catch {
    return 'the packages @tensorflow/tfjs-core and @tensorflow/tfjs-backend-wasm are not installed';
  }
  const { build } = await import('esbuild');
  const folder = await mkdtemp(join(tmpdir(), 'nn-bench-'));
  try {
    const file = join(folder, 'tfjs.cjs');
    await build({
      stdin: { contents: program, resolveDir: packageFolder },
      bundle: true,
      format: 'cjs',
      platform: 'node',
      mainFields: ['module', 'main'],
      outfile: file,
      logLevel: 'silent',
    });
    const tf = require(file) as Bundle;
    tf.setWasmPaths(dirname(backend) + sep);
    tf.enableProdMode();
    await tf.setBackend('wasm');
    await tf.ready();
    return tf;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
