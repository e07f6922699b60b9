/** What a user may ask of the backend, checked. */
import { ValueError } from '@nn/backend';
import { mostPages, pageBytes } from './memory/linear-memory.ts';

export interface WasmOptions {
  /** Threads that compute, the caller's own included; default: as many as the machine has cores, at most 8. One: no workers. */
  readonly threads?: number;
  /** Fused multiply-add and other relaxed instructions where the engine has them; default true. Without them results repeat bit for bit on every machine, but for functions that are the engine's own (powers of float64, sines and cosines of large numbers). */
  readonly relaxed?: boolean;
  /**
   * Bits of the vectors that kernels are written for. 256 is for engines that join WebAssembly's vectors of 128 bits two by two: the same results, to the last bit, and products in
   * half of the time. V8 does that when it is told, on x64 processors with AVX2. Asking for 256 tells it in Node 24 and later, for the whole process (V8 called it experimental until
   * version 15); where Node can't be told it is 128 all the same, as `info().vectors` says. In a browser 256 is slower unless the browser was started so. Default: 256 where Node was
   * started with the flag of `vectorsFlag()`, else 128.
   */
  readonly vectors?: 128 | 256;
  /** Bytes of linear memory at most; default 4 GiB, all that 32-bit addresses reach. */
  readonly memoryLimit?: number;
}

/** The options with their defaults. Throws a `ValueError` for numbers that make no sense. */
export function checkedOptions({
  threads,
  relaxed = true,
  vectors,
  memoryLimit = mostPages * pageBytes,
}: WasmOptions): {
  threads: number | undefined;
  relaxed: boolean;
  vectors: 128 | 256 | undefined;
  memoryLimit: number;
} {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 64))
    throw new ValueError('wasm', `threads is ${threads}; give a whole number from 1 to 64, or leave it out`);
  if (!(memoryLimit >= 2 ** 21 && memoryLimit <= mostPages * pageBytes))
    throw new ValueError('wasm', `memoryLimit is ${memoryLimit} bytes; give 2 MiB to 4 GiB`);
  if (vectors !== undefined && vectors !== 128 && vectors !== 256)
    throw new ValueError('wasm', `vectors is ${vectors}; give 128 or 256 bits, or leave it out`);
  return { threads, relaxed, vectors, memoryLimit };
}
