/** PyTorch's options of convolutions, checked and spelt out by axis. */
import { ValueError } from '@nn/backend';
import type { Padding, PerDimension } from '@nn/tensor';
import type { ConvGeometry } from '@nn/tensor/internal';
import { perAxis } from './per-axis.ts';

interface ConvNumbers {
  readonly stride?: PerDimension | undefined;
  readonly padding?: Padding | undefined;
  readonly dilation?: PerDimension | undefined;
  readonly groups?: number | undefined;
}

/** Geometries of functions' calls: plans are found by them. */
const known = new Map<string, ConvGeometry>();
const knownLimit = 512;

/** A convolution's geometry for a kernel of these sizes; made once. */
export function convGeometry(op: string, kernel: readonly number[], options: ConvNumbers): ConvGeometry {
  const { stride, padding, dilation, groups } = options;
  const key = `${kernel} ${stride} ${typeof padding} ${padding} ${dilation} ${groups}`;
  let geometry = known.get(key);
  if (geometry === undefined) {
    geometry = newGeometry(op, kernel, options);
    if (known.size >= knownLimit) known.clear();
    known.set(key, geometry);
  }
  return geometry;
}

function newGeometry(op: string, kernel: readonly number[], options: ConvNumbers): ConvGeometry {
  const axes = kernel.length;
  const { padding = 0, groups = 1 } = options;
  const stride = perAxis(op, 'stride', options.stride ?? 1, axes, 1);
  const dilation = perAxis(op, 'dilation', options.dilation ?? 1, axes, 1);
  perAxis(op, 'groups', groups, 1, 1);
  if (typeof padding !== 'string') {
    const both = perAxis(op, 'padding', padding, axes, 0);
    return { stride, dilation, groups, before: both, after: both };
  }
  if (padding === 'valid') {
    const none = kernel.map(() => 0);
    return { stride, dilation, groups, before: none, after: none };
  }
  if (padding !== 'same')
    throw new ValueError(
      op,
      `padding is '${String(padding)}', expected a number, one for each axis, 'same' or 'valid'`,
    );
  if (stride.some((step) => step !== 1))
    throw new ValueError(
      op,
      `padding 'same' is for a stride of 1, got a stride of (${stride.join(', ')}); say how much to pad in numbers`,
    );
  // An odd total leaves one more at the end, as PyTorch has it.
  const total = kernel.map((n, d) => dilation[d]! * (n - 1));
  const before = total.map((n) => Math.floor(n / 2));
  return { stride, dilation, groups, before, after: total.map((n, d) => n - before[d]!) };
}

/** A transposed convolution's geometry, which is that of the convolution that it transposes. */
export function transposedGeometry(op: string, kernel: readonly number[], options: ConvNumbers): ConvGeometry {
  const { padding } = options;
  if (typeof padding === 'string')
    throw new ValueError(op, `padding is '${padding}', expected a number or one for each axis`);
  return convGeometry(op, kernel, options);
}

/** Sizes of a transposed convolution's result. */
export const transposedSize = (
  { stride, before, after, dilation }: ConvGeometry,
  x: readonly number[],
  kernel: readonly number[],
  outputPadding: readonly number[],
): number[] =>
  x.map(
    (n, d) => (n - 1) * stride[d]! - before[d]! - after[d]! + dilation[d]! * (kernel[d]! - 1) + outputPadding[d]! + 1,
  );

/** What is added at the end can't be as much as a whole step: another position would fit. */
export function checkOutputPadding(op: string, outputPadding: readonly number[], geometry: ConvGeometry): void {
  const { stride, dilation } = geometry;
  const wrong = outputPadding.findIndex((n, d) => n >= stride[d]! && n >= dilation[d]!);
  if (wrong >= 0)
    throw new ValueError(
      op,
      `outputPadding must be smaller than either stride or dilation, but got ${outputPadding[wrong]} for stride ${stride[wrong]} and dilation ${dilation[wrong]}`,
    );
}
