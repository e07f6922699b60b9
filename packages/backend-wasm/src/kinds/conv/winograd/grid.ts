/**
 * Where Winograd's minimal filtering serves, and its numbers. 2x2 outputs of a 3x3 correlation take 16 products instead of 36: F(2x2, 3x3) of S. Winograd, *Arithmetic Complexity
 * of Computations*, 1980; A. Lavin & S. Gray, *Fast Algorithms for Convolutional Neural Networks*, 2016, arXiv:1509.09308. Image, weights and outputs pass
 * through small sums before and after (transforms.ts); between them are 16 matrix products, one a point.
 */
import { type ConvKernel, product } from '@nn/backend';
import { lines, type Plan } from '../plan.ts';
import type { Correlation } from '../shape.ts';

/** Products of a tile. */
export const points = 16;

/** Tiles of 2x2 outputs. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Where the first tile's first tap is in the image. */
  readonly start: readonly number[];
  /** Rows of tiles that are worked on together, and how often that makes all of them. */
  readonly band: number;
  readonly bands: number;
  /** The correlation with an image that covers all tiles. */
  readonly shape: Correlation;
}

/** Transformed images are worked on in bands of about so many bytes, which a second-level cache holds; transformed weights are at most so many. */
const ampleImage = 2 ** 18;
const mostWeights = 2 ** 24;

/** The grid of a correlation that is done so: 3x3, nothing skipped, with enough channels to pay for the sums. Depends on the sizes of one image alone. */
export function gridOf({ dtype }: ConvKernel, shape: Correlation): Grid | null {
  const { groups, planes, lanes, phases, padded } = shape;
  const [phase] = phases;
  const plain =
    dtype === 'float32' &&
    groups === 1 &&
    phases.length === 1 &&
    phase!.length === 2 &&
    phase!.every(({ step, taps, tapStep }) => step === 1 && taps === 3 && tapStep === 1);
  if (!plain || Math.min(planes, lanes) < 8 || planes + lanes < 24) return null;
  if (4 * points * planes * lanes > mostWeights) return null;
  const counts = phase!.map(({ count }) => count);
  const [rows, columns] = counts.map((count) => Math.ceil(count / 2)) as [number, number];
  const start = phase!.map((axis) => axis.start);
  // Weights are transformed for as few as one image; a last row or column of tiles may be half in vain.
  if (columns < 4 || rows * columns < 36 || 3 * product(counts) < 8 * rows * columns) return null;
  const fits = (band: number): boolean => rows % band === 0 && 4 * points * planes * band * columns <= ampleImage;
  const band = Array.from({ length: rows }, (_, i) => rows - i).find(fits) ?? 1;
  return {
    rows,
    columns,
    start,
    band,
    bands: rows / band,
    shape: { ...shape, padded: padded.map((n, d) => Math.max(n, start[d]! + 2 * [rows, columns][d]! + 2)) },
  };
}

/** Tiles of a band. */
export const tilesOf = ({ band, columns }: Grid): number => band * columns;

/** Bytes of a block's transformed weights, or of the sums for their gradient. */
export const weightBytes = ({ planes }: Plan, cell: number): number => points * planes * cell;

/** Bytes of a band's transformed image, and of a cell for each point of each tile, in whole cache lines. */
export const spreadBytes = (grid: Grid, { planes }: Plan): number => lines(4 * points * planes * tilesOf(grid));
export const cellsBytes = (grid: Grid, cell: number): number => lines(points * tilesOf(grid) * cell);
