/**
 * What of a reduction is decided before there is code: the segments that the reduced elements fall into, which follow from sizes alone, and along which dimension
 * vectors run, which follows from how operands lie and never shows in a result.
 */
import { cast, type Expression, type Geometry, product, type ReduceKernel, topological } from '@nn/backend';
import { lower } from '../../scalar/emit.ts';
import { strands } from '../fold.ts';
import { type Step, stepOf } from '../stream.ts';

/** Elements of a segment at most. */
export const segmentLength = 512;

/** Rows of reduced elements and their length; how many segments, and how they divide the rows. */
export interface Segments {
  readonly rows: number;
  readonly length: number;
  readonly pieces: number;
  readonly group: number;
  readonly count: number;
}

/** How the reduced elements fall into segments: `group` whole rows each, or `pieces` of each row. */
export function segmentsOf(reduced: readonly number[]): Segments {
  const length = reduced.at(-1) ?? 1;
  const rows = product(reduced.slice(0, -1));
  const pieces = Math.ceil(length / segmentLength);
  const group = Math.max(1, Math.floor(segmentLength / Math.max(1, length)));
  return { rows, length, pieces, group, count: pieces > 1 ? rows * pieces : Math.ceil(rows / group) * pieces };
}

export interface Shape {
  readonly kernel: ReduceKernel;
  readonly body: Expression;
  readonly epilogue: Expression | null;
  /** Along which dimension vectors run. */
  readonly along: 'reduced' | 'kept';
  /** How each input moves along it, and how along the other of the two. */
  readonly steps: readonly Step[];
  readonly cross: readonly Step[];
  readonly outputStep: Step;
  /** Whether segments are units. */
  readonly split: boolean;
  /** Strands that can have elements. */
  readonly strands: number;
  /** Neighbouring vectors of outputs that are computed together, where vectors run along a kept dimension. */
  readonly width: number;
}

export function shapeOf(kernel: ReduceKernel, { sizes, strides }: Geometry): Shape {
  const { rank, reducedRank, inputs, combine } = kernel;
  const kept = sizes.slice(0, rank);
  const { length, count } = segmentsOf(sizes.slice(rank, rank + reducedRank));
  const outputs = product(kept);
  const stepsAlong = (d: number): Step[] =>
    inputs.map(({ dtype }, i) => stepOf(dtype, d < 0 ? 0 : (strides[1 + i]![d] ?? 0)));
  const alongReduced = stepsAlong(reducedRank === 0 ? -1 : rank + reducedRank - 1);
  const alongKept = stepsAlong(rank - 1);
  const along = direction(kept.at(-1) ?? 1, length, alongReduced, alongKept);
  const positions = combine.startsWith('arg');
  const body = lower(cast(kernel.body, kernel.body.type === 'bool' && positions ? 'i32' : kernel.body.type));
  const steps = along === 'kept' ? alongKept : alongReduced;
  const narrow = positions || body.type === 'f64' || topological(body).length > 8 || steps.includes('far');
  return {
    kernel,
    body,
    epilogue: positions ? null : lower(kernel.epilogue),
    along,
    steps,
    cross: along === 'kept' ? alongReduced : alongKept,
    outputStep: along === 'kept' ? stepOf(kernel.output.dtype, strides[0]![rank - 1] ?? 0) : 'one',
    split: count > 1 && outputs > 0 && (along === 'kept' ? count * outputs <= 2 ** 20 : outputs < 64),
    strands: Math.min(strands, 2 ** Math.ceil(Math.log2(Math.max(1, length)))),
    width: narrow || along === 'reduced' ? 1 : widthFor(kept.at(-1)!),
  };
}

/**
 * Vectors that are computed together: whole cache lines, and two of them where the next row is far away and machines fetch lines in pairs. Strands then leave the
 * registers, which costs less than fetching every line again.
 */
const widthFor = (columns: number): number => (columns < 32 ? 2 : columns < 256 ? 4 : 8);

/** Along which dimension vectors run: the one in which more operands are dense, and where there is something to fill them with. */
function direction(
  kept: number,
  reduced: number,
  alongReduced: readonly Step[],
  alongKept: readonly Step[],
): Shape['along'] {
  const cost = (steps: readonly Step[], length: number): number =>
    (steps.reduce((sum, step) => sum + (step === 'far' ? 4 : step === 'second' ? 2 : 1), 1) *
      (Math.ceil(length / 4) * 4)) /
    Math.max(1, length);
  // A row of few elements leaves most of its two vectors empty and pays for adding lanes.
  return cost(alongKept, kept) < cost(alongReduced, reduced) * (1 + 6 / Math.max(1, reduced)) && kept > 1
    ? 'kept'
    : 'reduced';
}
