/** All suites, in the order in which a backend is best repaired. */
import type { Suite } from '../case.ts';
import { convSuite } from './conv.ts';
import { halfSuite } from './half.ts';
import { indexedSuite } from './indexed.ts';
import { mapSuite } from './map.ts';
import { matmulSuite } from './matmul.ts';
import { memorySuite } from './memory.ts';
import { reduceSuite } from './reduce.ts';
import { rowsSuite } from './rows.ts';
import { scalarSuite } from './scalar.ts';
import { scanSuite } from './scan.ts';
import { sortSuite } from './sort.ts';

export const suites: Readonly<Record<string, Suite>> = {
  memory: memorySuite,
  map: mapSuite,
  scalar: scalarSuite,
  reduce: reduceSuite,
  indexed: indexedSuite,
  matmul: matmulSuite,
  conv: convSuite,
  scan: scanSuite,
  sort: sortSuite,
  rows: rowsSuite,
  half: halfSuite,
};
