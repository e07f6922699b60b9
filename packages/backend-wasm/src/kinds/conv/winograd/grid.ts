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

/** Transformed images are worked on in bands of about so many bytes, which a second-level cache holds; transformed weights are at most so many, in all and for each tile. */
const ampleImage = 2 ** 18;
const [mostWeights, weightsOfTile] = [2 ** 24, 2 ** 19];

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
  if (!plain || planes < 3 || lanes < 4 || planes + lanes < 12) return null;
  const counts = phase!.map(({ count }) => count);
  const [rows, columns] = counts.map((count) => Math.ceil(count / 2)) as [number, number];
  const start = phase!.map((axis) => axis.start);
  const tiles = rows * columns;
  // A last row or column of tiles may be half in vain.
  if (columns < 4 || tiles < 16 || 3 * product(counts) < 8 * tiles) return null;
  // Weights are transformed for as few as one image.
  if (4 * points * planes * lanes > Math.min(mostWeights, weightsOfTile * tiles)) return null;
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

/** An odd number of cache lines: what is so far apart from point to point doesn't meet in one set of a cache, as distances by powers of two would. */
const apart = (bytes: number): number => lines(bytes) | 64;

/** Bytes from point to point of a block's transformed weights or of the sums for their gradient, of a band's transformed image, and of a cell for each tile. */
export const weightPitch = ({ planes }: Plan, cell: number): number => apart(planes * cell);
export const spreadPitch = (grid: Grid, { planes }: Plan): number => apart(4 * planes * tilesOf(grid));
export const cellsPitch = (grid: Grid, cell: number): number => apart(tilesOf(grid) * cell);
