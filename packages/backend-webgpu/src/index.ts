/** The public page of @nn/backend-webgpu. */
import { WebGPUBackend } from './backend.ts';
import type { WebGPUOptions } from './options.ts';
import { openDevice } from './runtime/adapter.ts';
import { libraryFor } from './scalar/library.ts';
import { selfTest } from './self-test.ts';

export type { WebGPUCounts } from './backend.ts';
export type { WebGPUInfo } from './info.ts';
export type { WebGPUOptions } from './options.ts';
export type { WebGPUBackend };

/**
 * A backend that computes on a GPU through WebGPU: shaders are written at run time for what they compute. In browsers and Deno it needs nothing, in Node the package `webgpu` (Dawn). Memory can't be
 * read without waiting there, so values come by `await`.
 *
 * @throws BackendError where there is no WebGPU or no adapter, or where the device fails a short test with known answers; the message says what to try.
 *
 * @example
 * ```ts
 * import { webgpu } from '@nn/backend-webgpu';
 * import { setBackend, tensor } from '@nn/tensor';
 *
 * setBackend(await webgpu());
 * console.log(await tensor([1, 2]).add(1).toArray()); // [ 2, 3 ]
 * ```
 */
export async function webgpu(options: WebGPUOptions = {}): Promise<WebGPUBackend> {
  const { adapter, device } = await openDevice(options);
  const library = await libraryFor(device);
  const backend = new WebGPUBackend({ adapter, device, library, onLost: options.onLost });
  try {
    await selfTest(backend);
    return backend;
  } catch (error) {
    backend.dispose();
    throw error;
  }
}
