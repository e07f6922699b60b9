/** What this engine can do, found out by validating one-instruction modules. */
import { BackendError } from '@nn/backend';
import { f32x4, V128, WasmModule } from './assembler/index.ts';

const validates = (shared: boolean, relaxed: boolean): boolean => {
  const module = new WasmModule({ relaxed, shared });
  module.function(null, [V128], [V128], (_, x) => (relaxed ? f32x4.relaxedMadd(x!, x!, x!) : f32x4.add(x!, x!)));
  return WebAssembly.validate(module.encode());
};

/** Whether there are fused multiply-adds. */
export const hasRelaxed = (): boolean => validates(false, true);

/** An error that says what to do where WebAssembly can't be used; null where it can. */
export function whyNotHere(): BackendError | null {
  if (typeof WebAssembly === 'undefined')
    return new BackendError('wasm', 'there is no WebAssembly here; use the reference backend');
  if (!validates(false, false))
    return new BackendError(
      'wasm',
      'this engine lacks WebAssembly SIMD; use Node 20.19 or a browser from 2023 on, or the reference backend',
    );
  try {
    new WebAssembly.Module(new WasmModule({ relaxed: false, shared: false }).encode());
    return null;
  } catch (cause) {
    return new BackendError(
      'wasm',
      "WebAssembly may not be compiled here; the page's content security policy must allow script-src 'wasm-unsafe-eval'",
      { cause },
    );
  }
}
