/** Lists as callers give them, whom no compiler checked. */
import { ValueError } from '@nn/backend';

/** What a list holds; a `ValueError` for what is none. */
export function listed<T>(op: string, given: Iterable<T>): T[] {
  if (typeof given?.[Symbol.iterator] === 'function') return [...given];
  throw new ValueError(op, `got ${typeof given === 'object' ? 'no list' : String(given)}; pass an array`);
}
