/** The public page of @nn/backend-wasm. */
import { WasmBackend } from './backend.ts';
import { hasRelaxed, whyNotHere } from './features.ts';
import { LinearMemory } from './memory/linear-memory.ts';
import { checkedOptions, type WasmOptions } from './options.ts';
import { Pool } from './threads/pool.ts';
import { cores, whyNoThreads } from './threads/start-worker.ts';

export type { WasmInfo } from './backend.ts';
export type { WasmOptions } from './options.ts';
export type { WasmBackend };

/**
 * A backend that computes in WebAssembly: kernels are emitted at run time for what they compute, with SIMD and, where the engine has them, fused
 * multiply-adds. Needs nothing but the engine: no `.wasm` file, no worker file.
 *
 * @throws BackendError where the engine lacks WebAssembly SIMD, or a content security policy forbids compiling.
 *
 * @example
 * ```ts
 * import { wasm } from '@nn/backend-wasm';
 * import { setBackend, tensor } from '@nn/tensor';
 *
 * setBackend(await wasm({ threads: 1 }));
 * console.log(await tensor([1, 2]).add(1).toArray()); // [ 2, 3 ]
 * ```
 */
export async function wasm(options: WasmOptions = {}): Promise<WasmBackend> {
  const { relaxed, memoryLimit, threads } = checkedOptions(options);
  const refusal = whyNotHere();
  if (refusal !== null) throw refusal;
  const wanted = threads ?? Math.min(8, cores());
  const settings = { memoryLimit, features: { relaxed: relaxed && hasRelaxed(), shared: false } };
  const alone = (reason: string | null): WasmBackend =>
    new WasmBackend({ ...settings, memory: new LinearMemory(false), pool: null, reason });
  if (wanted === 1) return alone(threads === 1 ? null : 'the machine has one core');
  const reason = whyNoThreads();
  if (reason !== null) return alone(reason);
  try {
    const memory = new LinearMemory(true, memoryLimit);
    const pool = await Pool.start(memory, wanted);
    return new WasmBackend({
      ...settings,
      features: { ...settings.features, shared: true },
      memory,
      pool,
      reason: null,
    });
  } catch (error) {
    return alone(`threads could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}
