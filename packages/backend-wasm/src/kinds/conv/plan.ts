/** What the code of a launch follows from, in bytes: the numbers of a correlation, how channels are divided, where images and packed operands lie. */
import { type ConvKernel, denseStrides, product } from '@nn/backend';
import { BlockLayout, type Variant } from '../kind.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Correlation } from './shape.ts';

/** Channels that are computed together, and vectors (or splats) that hold one value of each. */
export interface Block {
  readonly channels: number;
  readonly vectors: number;
}

export interface Plan extends Correlation {
  readonly kernel: ConvKernel;
  readonly arithmetic: Arithmetic;
  readonly layout: BlockLayout;
  /** Number of the operand that is read as an image. */
  readonly image: number;
  /** Whether vectors are pieces of rows, not channels. */
  readonly rows: boolean;
  /** Blocks: how many in a group and in all, channels of each; a whole one, and the last where it differs. */
  readonly count: number;
  readonly all: number;
  readonly size: number;
  readonly blocks: readonly Block[];
  /** Steps along the axes of the padded image and of the target, and from plane to plane; bytes of a whole image (of a group). */
  readonly pitches: readonly number[];
  readonly targetPitches: readonly number[];
  readonly plane: number;
  readonly targetPlane: number;
  readonly whole: number;
  /** Room for a padded image; none where images are read in place. */
  readonly room: number;
}

/** What a role says of its variant. */
export type RoleCode = Pick<Variant, 'emit' | 'units'> & Partial<Variant>;

/** So many bytes in whole cache lines. */
export const lines = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/**
 * Planes that lie whole pages apart meet in one set of the first-level cache. Where there are more of them than it has ways, each is read at one place only (with several taps, what was
 * fetched serves the next), and not for a single block of channels alone, they are read from a copy.
 */
const [page, ways] = [4096, 8];

export function planOf(kernel: ConvKernel, arithmetic: Arithmetic, image: number, shape: Correlation): Plan {
  const { groups, planes, lanes, phases, source, padded, target } = shape;
  const { dtype, stored, bytes, vectors } = arithmetic;
  // A weight gradient with so few sums for each output channel isn't worth turning dy for.
  const few = image === 2 && planes * shape.weight.plane <= 12;
  const rows =
    dtype === 'float32' &&
    (lanes < 4 || few) &&
    phases.every((phase) => phase.at(-1)!.step < 3 && phase.at(-1)!.count > 3);
  const size = rows ? Math.min(lanes, 3) : 8 / vectors;
  const count = Math.ceil(lanes / size);
  const last = lanes - (count - 1) * size;
  const meet = (elements: number): boolean => planes > ways && (elements * bytes) % page === 0;
  const single = phases.every((phase) => phase.every(({ taps }) => taps < 2));
  const apart = image === 1 && single && count > 1 && meet(product(padded));
  const copied = stored !== bytes || padded.some((n, d) => n !== source[d]) || apart;
  // Tiles of a correlation read all planes of a few rows: a copy has them side by side.
  const mixed = copied && image === 1;
  const [outer, length] = [padded.slice(0, -1), padded.at(-1)!];
  const width = apart && meet(length) ? length + 64 / bytes : length;
  const whole = planes * product(outer) * width * bytes;
  const together = denseStrides([...outer, planes, width]);
  const pitches = mixed ? [...together.slice(0, -2), 1] : denseStrides(padded);
  return {
    ...shape,
    kernel,
    arithmetic,
    layout: new BlockLayout(kernel.scalars, kernel.bias ? 4 : 3),
    image,
    rows,
    count,
    all: count * groups,
    size,
    blocks: [...new Set([count > 1 ? size : last, last])].map((channels) => ({
      channels,
      vectors: rows ? channels : Math.ceil(channels / 4) * vectors,
    })),
    pitches: pitches.map((n) => n * bytes),
    targetPitches: denseStrides(target).map((n) => n * stored),
    plane: (mixed ? width : product(padded)) * bytes,
    whole,
    targetPlane: product(target) * stored,
    room: copied ? lines(whole + 32) : 0,
  };
}
