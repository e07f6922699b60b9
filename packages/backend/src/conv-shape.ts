/** The numbers of a conv launch by name. Every backend that has the kind, and the fallback, read its geometry through this. */
import type { Geometry } from './backend.ts';
import type { ConvKernel } from './kernel.ts';

/** One spatial axis: sizes of x, w and y, and how they belong together. */
export interface ConvAxis {
  readonly x: number;
  readonly w: number;
  readonly y: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly dilation: number;
}

export interface ConvShape {
  readonly batch: number;
  readonly groups: number;
  /** Channels of x and of y, a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly axes: readonly ConvAxis[];
}

/** Reads sizes and extents in the order that `ConvKernel` states. */
export function convShape(kernel: ConvKernel, { sizes, extents }: Geometry): ConvShape {
  const width = kernel.spatialRank + 2;
  const groups = extents[0]!;
  return {
    batch: sizes[0]!,
    groups,
    inputs: sizes[width + 1]!,
    outputs: sizes[width]! / groups,
    axes: Array.from({ length: kernel.spatialRank }, (_, d) => ({
      x: sizes[2 + d]!,
      w: sizes[width + 2 + d]!,
      y: sizes[2 * width + 2 + d]!,
      stride: extents[1 + 4 * d]!,
      before: extents[2 + 4 * d]!,
      after: extents[3 + 4 * d]!,
      dilation: extents[4 + 4 * d]!,
    })),
  };
}
