/** The code of each kind, as a part. */
import { wideLaws } from '@nn/backend';
import type { DrawsPart, KindPart, WayPart } from '../part.ts';
import { bytesMap } from './bytes.ts';
import { convKind } from './conv/conv.ts';
import { drawnMap } from './draws.ts';
import { gatherKind, scatterKind } from './indexed.ts';
import { mapKind } from './map.ts';
import { matmulKind } from './matmul.ts';
import { reduceKind } from './reduce.ts';
import { rowsKind } from './rows.ts';
import { acrossRows } from './rows-across.ts';
import { scanKind } from './scan.ts';
import { sortKind } from './sort.ts';

/** Elementwise arithmetic, comparisons, casts, copies, constants, random masks, steps of optimisers. */
export const map: KindPart<'map'> = { name: 'map', content: mapKind };
/** Random floats drawn here, not on the host, and a quicker way with random masks. The same bits. */
export const draws: DrawsPart = { name: 'draws', content: { way: drawnMap, laws: wideLaws } };
/** A quicker way of maps of bools and uint8. The same bits. */
export const bytes: WayPart<'map', 'bytes'> = { name: 'bytes', content: bytesMap };
/** Sums, means, extremes and their places, and what else is one number of many. */
export const reduce: KindPart<'reduce'> = { name: 'reduce', content: reduceKind };
/** Softmax, normalization, variance, losses of classes: reductions along rows, and what is computed with them. */
export const rows: KindPart<'rows'> = { name: 'rows', content: rowsKind };
/** A quicker way of rows that lie side by side, a vector of rows at a time: softmax over channels. The same bits. */
export const across: WayPart<'rows', 'across'> = { name: 'across', content: acrossRows };
/** Products of matrices: linear layers, attention. */
export const matmul: KindPart<'matmul'> = { name: 'matmul', content: matmulKind };
/** Convolutions and their gradients. */
export const conv: KindPart<'conv'> = { name: 'conv', content: convKind };
/** Elements at given indices. */
export const gather: KindPart<'gather'> = { name: 'gather', content: gatherKind };
/** Writes and sums at given indices: also the gradient of what is gathered. */
export const scatter: KindPart<'scatter'> = { name: 'scatter', content: scatterKind };
/** Cumulative sums, products and extremes. */
export const scan: KindPart<'scan'> = { name: 'scan', content: scanKind };
/** Sorting, and what is made of it. */
export const sort: KindPart<'sort'> = { name: 'sort', content: sortKind };
