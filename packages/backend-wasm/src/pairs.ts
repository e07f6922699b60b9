/** Vectors of 256 bits: V8 makes them of pairs of WebAssembly's 128-bit ones ("revectorization") where it is told to, by a flag that holds for the whole process. */

/** What Node has of its own; absent elsewhere. */
interface NodeProcess {
  readonly arch: string;
  readonly execArgv: readonly string[];
  readonly versions: { readonly v8?: string; readonly bun?: string; readonly deno?: string };
  getBuiltinModule(name: 'node:v8'): { setFlagsFromString(flag: string): void };
}

const { process } = globalThis as { readonly process?: NodeProcess };

/** Names of the flag, by the first version of V8 that has it, in a Node that has it compiled in. */
const names = [
  [15, '--wasm-revectorize'],
  [13, '--experimental-wasm-revectorize'],
] as const;

/**
 * The flag by which this Node joins WebAssembly's vectors two by two, for processes that a program starts; `wasm({ vectors: 256 })` sets it for its own. Null where there is none: in
 * browsers, in Bun and Deno, before Node 24, on other processors than x64.
 * @example
 * ```ts
 * import { vectorsFlag } from '@nn/backend-wasm';
 * console.log(vectorsFlag()?.endsWith('wasm-revectorize') ?? true); // prints: true
 * ```
 */
export function vectorsFlag(): string | null {
  const { v8 = '0', bun, deno } = process?.versions ?? {};
  if (bun !== undefined || deno !== undefined || process?.arch !== 'x64') return null;
  return names.find(([first]) => Number.parseInt(v8, 10) >= first)?.[1] ?? null;
}

/** Whether kernels shall be written for pairs of vectors: as it was asked for, telling Node if it is one that can; if nothing was asked for, where the process was started so. */
export function joinsPairs(vectors: 128 | 256 | undefined): boolean {
  if (vectors === undefined) {
    const told = process?.execArgv?.filter((flag) => flag.endsWith('wasm-revectorize')).at(-1);
    return told !== undefined && !told.startsWith('--no-');
  }
  if (vectors === 128 || process?.versions?.v8 === undefined) return vectors === 256;
  const flag = vectorsFlag();
  if (flag !== null) process.getBuiltinModule('node:v8').setFlagsFromString(flag);
  return flag !== null;
}
