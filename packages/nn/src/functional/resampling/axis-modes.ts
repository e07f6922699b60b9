/**
 * Where the elements of a resized dimension lie in the old one, and how they are read there. Positions are computed in the tensor's own precision, as
 * PyTorch does, since a step between two elements depends on the last bit.
 */
import { type Axis, axisNamed, axisOf, type Reads } from './axis.ts';

/** How a dimension is read. `smooth`: by a filter as wide as what one element of a smaller result covers. */
export type AxisMode = 'nearest' | 'nearest-exact' | 'linear' | 'cubic' | 'smooth-linear' | 'smooth-cubic';

export interface Resizing {
  readonly mode: AxisMode;
  readonly from: number;
  readonly to: number;
  /** Whether the first and last elements lie on those of the source. */
  readonly alignCorners: boolean;
  /** How many times larger the result is, if that is not the quotient of the sizes. */
  readonly factor: number | null;
}

type Rounding = (value: number) => number;

const exact: Rounding = (value) => value;

/** Distance of the result's elements in the source. */
function stepOf({ from, to, alignCorners, factor }: Resizing, round: Rounding): number {
  if (alignCorners) return to > 1 ? round((from - 1) / (to - 1)) : 0;
  return factor === null ? round(from / to) : round(1 / factor);
}

/** The position of element i, for filters of several elements. */
function positionOf(i: number, step: number, alignCorners: boolean, round: Rounding): number {
  return alignCorners ? round(step * i) : round(round(step * (i + 0.5)) - 0.5);
}

/** The element before a position, and how far the position lies beyond it. */
function splitAt(position: number, from: number, round: Rounding): [number, number] {
  const before = Math.min(Math.floor(position), from - 1);
  return [before, Math.min(Math.max(round(position - before), 0), 1)];
}

/**
 * Cubic convolution (Keys 1981): the weight of an element at a distance, with the slope `a` at distance 1.
 * (a + 2)|x|³ - (a + 3)|x|² + 1 up to 1, a|x|³ - 5a|x|² + 8a|x| - 4a up to 2.
 */
function cubic(x: number, a: number): number {
  const d = Math.abs(x);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** PyTorch's slopes: of plain interpolation, and, after Pillow, of the wide filter. */
const slope = -0.75;
const smoothSlope = -0.5;

const nearest = ({ mode, from }: Resizing, step: number, round: Rounding) => {
  const offset = mode === 'nearest' ? 0 : 0.5;
  return (i: number): Reads => ({
    places: [Math.min(Math.floor(Math.fround(round((i + offset) * step))), from - 1)],
    weights: [1],
  });
};

const linear =
  ({ from, alignCorners }: Resizing, step: number, round: Rounding) =>
  (i: number): Reads => {
    const position = Math.max(positionOf(i, step, alignCorners, round), 0);
    const [before, rest] = splitAt(position, from, round);
    return { places: [before, Math.min(before + 1, from - 1)], weights: [round(1 - rest), rest] };
  };

const cubicConvolution =
  ({ from, alignCorners }: Resizing, step: number, round: Rounding) =>
  (i: number): Reads => {
    const [before, rest] = splitAt(positionOf(i, step, alignCorners, round), from, round);
    const taps = [-1, 0, 1, 2];
    return {
      places: taps.map((t) => Math.min(Math.max(before + t, 0), from - 1)),
      weights: taps.map((t) => cubic(rest - t, slope)),
    };
  };

/** A filter stretched over what an element of a smaller result covers, its weights scaled to a sum of 1. */
const filtered = ({ from }: Resizing, step: number, round: Rounding, reach: number, filter: (x: number) => number) => {
  const support = step >= 1 ? round(reach * step) : reach;
  const shrink = step >= 1 ? round(1 / step) : 1;
  return (i: number): Reads => {
    const center = round(step * (i + 0.5));
    const first = Math.max(Math.trunc(round(round(center - support) + 0.5)), 0);
    const count = Math.min(Math.trunc(round(round(center + support) + 0.5)), from) - first;
    const places = Array.from({ length: count }, (_, t) => first + t);
    const weights = places.map((place) => filter(round(round(round(place - center) + 0.5) * shrink)));
    const total = weights.reduce((sum, w) => sum + w, 0);
    return { places, weights: weights.map((w) => w / total) };
  };
};

function readsOf(resizing: Resizing, round: Rounding): (i: number) => Reads {
  const { mode } = resizing;
  const step = stepOf(resizing, round);
  if (mode === 'linear') return linear(resizing, step, round);
  if (mode === 'cubic') return cubicConvolution(resizing, step, round);
  if (mode === 'smooth-linear') return filtered(resizing, step, round, 1, (x) => Math.max(1 - Math.abs(x), 0));
  if (mode === 'smooth-cubic') return filtered(resizing, step, round, 2, (x) => cubic(x, smoothSlope));
  return nearest(resizing, step, round);
}

/** How a dimension of a tensor of single or double precision is resized. */
export function resized(resizing: Resizing, isDouble: boolean): Axis {
  const { mode, from, to, alignCorners, factor } = resizing;
  const name = `${mode} ${from} ${to} ${alignCorners} ${factor} ${isDouble}`;
  const isPlain = mode === 'nearest' || mode === 'nearest-exact';
  return axisNamed(name, () => axisOf(from, to, isPlain, readsOf(resizing, isDouble ? exact : Math.fround)));
}
