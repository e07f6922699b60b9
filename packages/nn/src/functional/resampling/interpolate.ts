/** Signals, images and volumes in another size. */
import { DTypeError, isFloat, ShapeError, ValueError } from '@nn/backend';
import type { PerDimension, Shape, Tensor } from '@nn/tensor';
import { checkNamed, clone, shapeText, sizesOf, widened } from '@nn/tensor/internal';
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from '../pooling/adaptive-pool.ts';
import type { AxisMode } from './axis-modes.ts';
import { resized } from './axis-modes.ts';
import { type AxisAlong, resample } from './resample.ts';

/** How elements between those of the input are made up. */
export type InterpolationMode = 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'area';

export interface InterpolateOptions {
  /** The spatial sizes of the result: one number, or one for each. */
  readonly size?: PerDimension | null | undefined;
  /** How many times larger they are than the input's, instead of `size`; the sizes are rounded down. */
  readonly scaleFactor?: PerDimension | null | undefined;
  /** 'nearest'. */
  readonly mode?: InterpolationMode | undefined;
  /** The first and last elements stay where they are, instead of the outer edges of them; false. Not for 'nearest', 'nearest-exact' and 'area'. */
  readonly alignCorners?: boolean | null | undefined;
  /** Positions follow from the sizes, which were rounded, instead of `scaleFactor`; false. */
  readonly recomputeScaleFactor?: boolean | null | undefined;
  /** A filter as wide as what one element of a smaller result covers, for 'bilinear' and 'bicubic'; false. */
  readonly antialias?: boolean | undefined;
}

/** Spatial dimensions that a mode is for, and what it does along each. */
const modes: {
  readonly [M in Exclude<InterpolationMode, 'area'>]: { readonly spatial: number | null; readonly along: AxisMode };
} = {
  nearest: { spatial: null, along: 'nearest' },
  'nearest-exact': { spatial: null, along: 'nearest-exact' },
  linear: { spatial: 1, along: 'linear' },
  bilinear: { spatial: 2, along: 'linear' },
  bicubic: { spatial: 2, along: 'cubic' },
  trilinear: { spatial: 3, along: 'linear' },
};

const areas = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d];

/** The sizes that are asked for, and the factors by which positions are told, where the sizes don't tell them. */
interface Target {
  readonly size: readonly number[];
  readonly factors: readonly (number | null)[];
}

/** One number for each spatial dimension: whole ones from `least` on, or any above 0. */
function numbers(
  op: string,
  name: string,
  given: PerDimension,
  spatial: number,
  least: number | null,
): readonly number[] {
  const list = typeof given === 'number' ? new Array<number>(spatial).fill(given) : given;
  if (!Array.isArray(list) || list.length !== spatial)
    throw new ValueError(
      op,
      `${name} must be one number or a list of ${spatial}, one for each spatial dimension, got ${Array.isArray(list) ? shapeText(list) : String(given)}`,
    );
  if (list.some((n) => !(least === null ? n > 0 && Number.isFinite(n) : Number.isInteger(n) && n >= least)))
    throw new ValueError(
      op,
      `${name} must be ${least === null ? 'positive numbers' : `whole numbers of at least ${least}`}, got ${typeof given === 'number' ? given : shapeText(list)}`,
    );
  return list;
}

function targetOf(op: string, x: Tensor, spatial: number, options: InterpolateOptions): Target {
  const { size = null, scaleFactor = null, recomputeScaleFactor, mode } = options;
  if ((size === null) === (scaleFactor === null))
    throw new ValueError(
      op,
      size === null
        ? 'either size or scaleFactor must be given; write { size: [h, w] } or { scaleFactor: 2 }'
        : `only one of size and scaleFactor can be given, got ${String(size)} and ${String(scaleFactor)}`,
    );
  // Means over nothing there may be, as in adaptive pooling.
  const least = mode === 'area' ? 0 : 1;
  if (size !== null) {
    if (recomputeScaleFactor === true)
      throw new ValueError(op, 'recomputeScaleFactor has no meaning with a size; leave it out or give a scaleFactor');
    return { size: numbers(op, 'size', size, spatial, least), factors: new Array<null>(spatial).fill(null) };
  }
  const factors = numbers(op, 'scaleFactor', scaleFactor!, spatial, null);
  const from = x.layout.shape.slice(-spatial);
  const target = from.map((n, d) => Math.floor(n * factors[d]!));
  const none = target.findIndex((n) => n < least);
  if (none >= 0)
    throw new ShapeError(
      op,
      `a scaleFactor of ${factors[none]} leaves nothing of dimension ${none + 2} of ${shapeText(x.layout.shape)}; take a larger one`,
    );
  const isRecomputed = recomputeScaleFactor === true || mode === 'area';
  return { size: target, factors: isRecomputed ? factors.map(() => null) : factors };
}

/** What options say of a mode that doesn't have them. */
function checkMode(op: string, mode: InterpolationMode, spatial: number, options: InterpolateOptions): void {
  const { alignCorners = null, antialias = false } = options;
  const known = mode === 'area' ? { spatial: null } : Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (known === undefined)
    throw new ValueError(
      op,
      `mode must be one of ${[...Object.keys(modes), 'area'].map((name) => `'${name}'`).join(', ')}, got '${String(mode)}'`,
    );
  if (known.spatial !== null && known.spatial !== spatial) {
    const fitting = Object.entries(modes).filter(([, each]) => each.spatial === spatial || each.spatial === null);
    throw new ShapeError(
      op,
      `mode '${mode}' is for inputs of ${known.spatial + 2} dimensions, got ${spatial + 2}; for those there are ${fitting.map(([name]) => `'${name}'`).join(', ')}, 'area'`,
    );
  }
  if (alignCorners !== null && known.spatial === null)
    throw new ValueError(
      op,
      `alignCorners is for 'linear', 'bilinear', 'bicubic' and 'trilinear', not for '${mode}'; leave it out`,
    );
  if (antialias && mode !== 'bilinear' && mode !== 'bicubic')
    throw new ValueError(op, `antialias is for 'bilinear' and 'bicubic', not for '${mode}'; leave it out`);
}

/** The axes to resample: the last dimension first, as its rows are fewer before the others grow. */
function axesOf(x: Tensor, mode: AxisMode, { size, factors }: Target, alignCorners: boolean): AxisAlong[] {
  const lead = x.layout.shape.length - size.length;
  return size
    .map((to, d): AxisAlong & { readonly isKept: boolean } => {
      const [from, factor] = [x.layout.shape[lead + d]!, factors[d]!];
      const axis = resized({ mode, from, to, alignCorners, factor }, x.dtype === 'float64');
      // PyTorch takes an axis of the same size as it is only where it is read linearly; elsewhere the factor shifts it.
      const isKept = from === to && (mode === 'linear' || factor === null || factor === 1);
      return { axis, dim: lead + d, isKept };
    })
    .filter(({ isKept }) => !isKept)
    .reverse();
}

/**
 * Signals (N, C, L), images (N, C, H, W) or volumes (N, C, D, H, W) in another size; 'nearest' and 'nearest-exact' for any dtype, the others for floats. PyTorch: `F.interpolate`.
 *
 * The gradient of every mode is the transpose of what it does, and can be differentiated again.
 * @param options `size` or `scaleFactor`, one of them; `mode` ('nearest'), `alignCorners` (false), `recomputeScaleFactor` (false), `antialias` (false)
 * @throws ShapeError for an input of another rank, or of one that the mode isn't for; ValueError for options that contradict each other; DTypeError for integers in a mode that makes fractions
 * @example
 * ```ts
 * import { interpolate } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[0, 4, 8]]]);
 * console.log(await interpolate(x, { scaleFactor: 2 }).toArray()); // prints: [ [ [ 0, 0, 4, 4, 8, 8 ] ] ]
 * console.log(await interpolate(x, { size: 5, mode: 'linear', alignCorners: true }).toArray()); // prints: [ [ [ 0, 2, 4, 6, 8 ] ] ]
 * ```
 */
export function interpolate<A extends Tensor>(input: A, options: InterpolateOptions): Tensor<Shape, A['dtype']> {
  return interpolated('interpolate', input, options) as never;
}

/** `interpolate` by the name of the op that a user called. */
export function interpolated(op: string, x: Tensor, options: InterpolateOptions): Tensor {
  const { mode = 'nearest', alignCorners, antialias } = checkNamed(op, options);
  const shape = sizesOf(op, x);
  const spatial = shape.length - 2;
  if (spatial < 1 || spatial > 3)
    throw new ShapeError(
      op,
      `the input has ${shape.length} dimensions, expected (N, C, L), (N, C, H, W) or (N, C, D, H, W): ${shapeText(shape)}`,
    );
  checkMode(op, mode, spatial, options);
  const empty = shape.findIndex((n, d) => n === 0 && d > 0);
  if (empty >= 0)
    throw new ShapeError(op, `dimension ${empty} of ${shapeText(shape)} is empty; only the batch may have no elements`);
  const target = targetOf(op, x, spatial, options);
  if (mode === 'area') return areas[spatial - 1]!(x, target.size);
  const { along } = modes[mode];
  if (along !== 'nearest' && along !== 'nearest-exact' && !isFloat(x.dtype))
    throw new DTypeError(
      op,
      `mode '${mode}' makes fractions, which ${x.dtype} can't hold; convert with .to('float32') first`,
    );
  const smooth = antialias === true ? (`smooth-${along}` as AxisMode) : along;
  const axes = axesOf(x, smooth, target, alignCorners === true);
  if (axes.length === 0) return clone(x);
  return widened(x, (wide) => resample(wide, axes));
}
