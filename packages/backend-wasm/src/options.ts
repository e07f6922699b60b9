/** What a user may ask of the backend, checked. */
import { ValueError } from '@nn/backend';
import { mostPages, pageBytes } from './memory/linear-memory.ts';

export interface WasmOptions {
  /** Threads that compute, the caller's own included; default: as many as the machine has cores, at most 8. One: no workers. */
  readonly threads?: number;
  /** Fused multiply-add and other relaxed instructions where the engine has them; default true. Without them results repeat bit for bit on every machine, but for functions that are the engine's own (those of float64, sines of large numbers). */
  readonly relaxed?: boolean;
  /** Bytes of linear memory at most; default 4 GiB, all that 32-bit addresses reach. */
  readonly memoryLimit?: number;
}

/** The options with their defaults. Throws a `ValueError` for numbers that make no sense. */
export function checkedOptions({ threads, relaxed = true, memoryLimit = mostPages * pageBytes }: WasmOptions): {
  threads: number | undefined;
  relaxed: boolean;
  memoryLimit: number;
} {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 64))
    throw new ValueError('wasm', `threads is ${threads}; give a whole number from 1 to 64, or leave it out`);
  if (!(memoryLimit >= 2 ** 21 && memoryLimit <= mostPages * pageBytes))
    throw new ValueError('wasm', `memoryLimit is ${memoryLimit} bytes; give 2 MiB to 4 GiB`);
  return { threads, relaxed, memoryLimit };
}
