/** The public page of @nn/backend-wasm. */
import type { WasmBackend } from './backend.ts';
import type { WasmOptions } from './options.ts';
import {
  across,
  bytes,
  conv,
  draws,
  gather,
  map,
  math,
  matmul,
  reduce,
  rows,
  scan,
  scatter,
  sort,
  wasmOf,
  workers,
} from './parts.ts';

export type { WasmInfo } from './backend.ts';
export type { WasmOptions } from './options.ts';
export { vectorsFlag } from './pairs.ts';
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
export function wasm(options: WasmOptions = {}): Promise<WasmBackend> {
  return wasmOf(
    [map, draws, bytes, reduce, rows, across, matmul, conv, gather, scatter, scan, sort, math, workers],
    options,
  );
}
