/** Puts a backend together from its parts: the one place where that is done. */
import { WasmBackend } from './backend.ts';
import { hasRelaxed, whyNotHere } from './features.ts';
import { Heap } from './memory/heap.ts';
import { heapStart } from './memory/layout.ts';
import { LinearMemory } from './memory/linear-memory.ts';
import { checkedOptions, type WasmOptions } from './options.ts';
import { joinsPairs } from './pairs.ts';
import { lack, type Part, type WorkersPart } from './part.ts';

/**
 * A backend made of the given parts, for pages that count bytes: what isn't named isn't in the bundle. Otherwise it is `wasm()`, to the last bit. The package's README says which
 * part serves what. Without `workers` there is one thread, whatever the options ask for, and `info().reason` says why. A kernel that needs a part that isn't there
 * is a `BackendError` that names the part; the backend stays as it was.
 *
 * @throws BackendError where the engine lacks WebAssembly SIMD, or a content security policy forbids compiling.
 *
 * @example
 * ```ts
 * import { map, wasmOf } from '@nn/backend-wasm/parts';
 * import { setBackend, tensor } from '@nn/tensor';
 *
 * setBackend(await wasmOf([map]));
 * console.log(await tensor([1, 2]).add(1).toArray()); // prints: [ 2, 3 ]
 * tensor([1, 2]).sum(); // throws: [reduce] this backend was made without the part reduce; import reduce from '@nn/backend-wasm/parts'
 * ```
 */
export async function wasmOf(parts: readonly Part[], options: WasmOptions = {}): Promise<WasmBackend> {
  const { relaxed, memoryLimit, threads, vectors } = checkedOptions(options);
  const refusal = whyNotHere();
  if (refusal !== null) throw refusal;
  const byName = new Map(parts.map((part) => [part.name, part]));
  const workers = byName.get('workers') as WorkersPart | undefined;
  const common = { parts: byName, relaxed: relaxed && hasRelaxed(), pairs: joinsPairs(vectors) };
  const team = threads === 1 ? null : ((await workers?.content(threads, memoryLimit)) ?? lack('workers'));
  if (team instanceof Object) return new WasmBackend({ ...common, ...team, reason: null });
  const memory = new LinearMemory(false);
  const heap = new Heap(memory, heapStart, memoryLimit);
  return new WasmBackend({ ...common, memory, heap, pool: null, reason: team });
}
