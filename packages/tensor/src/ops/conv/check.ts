/** What must hold of the operands of a convolution, and what is said where it doesn't. Asked at every call, before anything is launched. */
import { DTypeError, ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import type { Layout } from '../../core/layout.ts';
import type { ConvGeometry } from '../../core/op.ts';
import { positionsAlong } from '../../core/plan-conv.ts';

/** `input (1, 3, 8, 8), weight (4, 2, 3, 3)`, with the groups if there are several. */
const told = (x: Layout, w: Layout, { groups }: ConvGeometry): string =>
  `input ${shapeText(x.shape)}, weight ${shapeText(w.shape)}${groups === 1 ? '' : `, ${groups} groups`}`;

/** x [(batch,) channels, …], w [out, channels / groups, …], bias [out]. */
export function checkConvolution(op: string, x: Layout, w: Layout, bias: Layout | null, geometry: ConvGeometry): void {
  const spatial = checkOperands(op, x, w, bias, geometry);
  checkChannels(op, x, w, geometry, w.shape[1]! * geometry.groups);
  checkBias(op, bias, w.shape[0]!);
  const first = x.shape.length - spatial;
  for (let d = 0; d < spatial; d++) {
    const size = x.shape[first + d]!;
    if (positionsAlong(geometry, d, size, w.shape[2 + d]!) >= 1) continue;
    const [left, right] = [geometry.before[d]!, geometry.after[d]!];
    throw new ShapeError(
      op,
      `a window of ${geometry.dilation[d]! * (w.shape[2 + d]! - 1) + 1} does not fit size ${size} with padding ${left === right ? left : `${left} and ${right}`}: ${told(x, w, geometry)}; take a smaller kernel or more padding`,
    );
  }
}

/** x [(batch,) channels, …], w [channels, out / groups, …], bias [out]; sizes of the result. */
export function checkTransposed(
  op: string,
  x: Layout,
  w: Layout,
  bias: Layout | null,
  geometry: ConvGeometry,
  size: readonly number[],
): void {
  checkOperands(op, x, w, bias, geometry);
  checkChannels(op, x, w, geometry, w.shape[0]!);
  checkBias(op, bias, w.shape[1]! * geometry.groups);
  if (size.some((n) => n < 1))
    throw new ShapeError(
      op,
      `the result would have the sizes ${shapeText(size)}: ${told(x, w, geometry)}; take less padding or more output padding`,
    );
}

/** Ranks, dtypes, sizes that can't be 0, and that channels fall into the groups. Returns the number of axes. */
function checkOperands(op: string, x: Layout, w: Layout, bias: Layout | null, geometry: ConvGeometry): number {
  const spatial = geometry.stride.length;
  const [rank, weightRank] = [x.shape.length, w.shape.length];
  if (weightRank !== spatial + 2)
    throw new ShapeError(
      op,
      `the weight has ${weightRank} dimensions, expected ${spatial + 2}: ${told(x, w, geometry)}`,
    );
  if (rank !== spatial + 1 && rank !== spatial + 2)
    throw new ShapeError(
      op,
      `the input has ${rank} dimensions, expected ${spatial + 1} or ${spatial + 2}: ${told(x, w, geometry)}; channels come before the ${spatial} that the kernel moves along, a batch before the channels`,
    );
  const { dtype } = x;
  if (dtype === 'bool' || w.dtype !== dtype || (bias !== null && bias.dtype !== dtype))
    throw new DTypeError(
      op,
      `dtypes differ or are bool: ${[x, w, ...(bias === null ? [] : [bias])].map((l) => l.dtype).join(' and ')}; convert with .to('float32')`,
    );
  for (let d = 0; d < spatial; d++) {
    if (w.shape[2 + d] === 0) throw new ShapeError(op, `the kernel is empty: ${told(x, w, geometry)}`);
    if (x.shape[rank - spatial + d] === 0)
      throw new ShapeError(
        op,
        `dimension ${rank - spatial + d} of the input is empty: ${told(x, w, geometry)}; only batch and channels may be`,
      );
  }
  if (w.shape[0]! % geometry.groups !== 0)
    throw new ShapeError(
      op,
      `the weight's ${w.shape[0]} channels can't be shared among ${geometry.groups} groups: ${told(x, w, geometry)}; the first size must be divisible`,
    );
  return spatial;
}

function checkChannels(op: string, x: Layout, w: Layout, geometry: ConvGeometry, expected: number): void {
  const channels = x.shape[x.shape.length - geometry.stride.length - 1]!;
  if (channels !== expected)
    throw new ShapeError(op, `the input has ${channels} channels, expected ${expected}: ${told(x, w, geometry)}`);
}

function checkBias(op: string, bias: Layout | null, channels: number): void {
  if (bias !== null && (bias.shape.length !== 1 || bias.shape[0] !== channels))
    throw new ShapeError(
      op,
      `the bias has shape ${shapeText(bias.shape)}, expected (${channels},), a number for each channel of the result`,
    );
}
