/** The code of each kind; a kernel of any other is declined, and said in terms of these. */
import type { Kernel, KernelKind } from '@nn/backend';
import { convKind } from './conv/conv.ts';
import { gatherKind, scatterKind } from './indexed/index.ts';
import type { Kind } from './kind.ts';
import { mapKind } from './map.ts';
import { matmulKind } from './matmul/matmul.ts';
import { reduceKind } from './reduce/reduce.ts';
import { rowsKind } from './rows/rows.ts';
import { scanKind } from './scan.ts';
import { sortKind } from './sort.ts';

export const kinds: { readonly [K in KernelKind]?: Kind<Extract<Kernel, { readonly kind: K }>> } = {
  map: mapKind,
  reduce: reduceKind,
  rows: rowsKind,
  gather: gatherKind,
  scatter: scatterKind,
  scan: scanKind,
  sort: sortKind,
  matmul: matmulKind,
  conv: convKind,
};
