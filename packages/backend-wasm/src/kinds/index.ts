/** The code of each kind; a kernel of any other would be declined. */
import type { Kernel, KernelKind } from '@nn/backend';
import { convKind } from './conv/conv.ts';
import { gatherKind, scatterKind } from './indexed.ts';
import type { Kind } from './kind.ts';
import { mapKind } from './map.ts';
import { matmulKind } from './matmul.ts';
import { reduceKind } from './reduce.ts';
import { rowsKind } from './rows.ts';
import { scanKind } from './scan.ts';
import { sortKind } from './sort.ts';

export const kinds: { readonly [K in KernelKind]?: Kind<Extract<Kernel, { readonly kind: K }>> } = {
  map: mapKind,
  conv: convKind,
  matmul: matmulKind,
  reduce: reduceKind,
  rows: rowsKind,
  gather: gatherKind,
  scatter: scatterKind,
  scan: scanKind,
  sort: sortKind,
};
