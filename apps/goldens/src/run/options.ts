/** Options of PyTorch as options of our library: every name in camelCase. */

import { toCamelCase } from './signature.ts';

export function toOptions(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [toCamelCase(name), value]));
}
