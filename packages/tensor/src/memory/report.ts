/** What memory holds, for people: `memory()`, tags, limits. */
import { type Backend, ValueError } from '@nn/backend';
import { deviceOf } from '../core/layout.ts';
import { currentDevice } from '../core/state.ts';

/** The tag of what is allocated now; null: the op's name. */
export const tags: { current: string | null } = { current: null };

export interface MemoryReport {
  /** Bytes that tensors may still use. Memory of dropped tensors counts until the collector has found them. */
  readonly live: number;
  /** Of those, bytes given back by name and waiting for the next tensor of their size. */
  readonly free: number;
  /** Bytes that the collector gave back, kept for reuse. */
  readonly cached: number;
  /** The most that was ever live. */
  readonly peak: number;
  /** The limit at which an `OutOfMemoryError` is thrown. */
  readonly limit: number;
  /** Live bytes by the op that allocated them, or by the tag of `tagged`, largest first. */
  readonly byTag: readonly { readonly tag: string; readonly bytes: number }[];
}

/**
 * What the library holds on a backend (the default one if not given).
 * @example
 * ```ts
 * import { memory, tagged, zeros } from '@nn/tensor';
 * const kept = tagged('my cache', () => zeros([1000, 1000]));
 * console.log(memory().byTag[0]!.tag, kept.shape); // prints: my cache [ 1000, 1000 ]
 * ```
 */
export function memory(backend?: Backend): MemoryReport {
  const { pool } = backend === undefined ? currentDevice() : deviceOf(backend);
  const byTag = [...pool.byTag].map(([tag, bytes]) => ({ tag, bytes })).sort((p, q) => q.bytes - p.bytes);
  return { live: pool.live, free: pool.free, cached: pool.cached, peak: pool.peak, limit: pool.limit, byTag };
}

/** Sets the bytes at which a backend's tensors run out of memory; 4 GiB by default. */
export function setMemoryLimit(bytes: number, backend?: Backend): void {
  if (!(bytes > 0))
    throw new ValueError('setMemoryLimit', `the limit must be a positive number of bytes, got ${bytes}`);
  (backend === undefined ? currentDevice() : deviceOf(backend)).pool.limit = bytes;
}

/** Runs a synchronous function; what it allocates is reported by `memory()` under this tag. */
export function tagged<R>(tag: string, body: () => R): R {
  const was = tags.current;
  tags.current = tag;
  try {
    return body();
  } finally {
    tags.current = was;
  }
}
