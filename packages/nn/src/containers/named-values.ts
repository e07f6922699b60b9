/** What collections by name take: an object, or pairs of names and values. */
import { ValueError } from '@nn/backend';

export function namedValues<T>(
  op: string,
  given: Readonly<Record<string, T>> | Iterable<readonly [name: string, value: T]>,
): Iterable<readonly [name: string, value: T]> {
  if (typeof given !== 'object' || given === null)
    throw new ValueError(op, `got ${String(given)}; give { name: value }, or a list of [name, value]`);
  return Symbol.iterator in given ? (given as Iterable<readonly [string, T]>) : Object.entries(given);
}
