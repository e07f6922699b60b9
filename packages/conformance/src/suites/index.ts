/** All suites, in the order in which a backend is best repaired. */
import type { Suite } from '../case.ts';
import { indexedSuite } from './indexed.ts';
import { mapSuite } from './map.ts';
import { reduceSuite } from './reduce.ts';
import { scalarSuite } from './scalar.ts';

export const suites: Readonly<Record<string, Suite>> = {
  scalar: scalarSuite,
  map: mapSuite,
  reduce: reduceSuite,
  indexed: indexedSuite,
};
