/**
 * Sets of numbers that a result may be: an interval, and perhaps NaN. With them the bounds of an expression follow from those of its rows
 * (interval arithmetic: Moore, "Interval Analysis", 1966), where a comparison may go either way both branches count.
 */
import type { ScalarType } from '@nn/backend';

export interface Interval {
  /** Above `hi` where no number is possible. */
  readonly lo: number;
  readonly hi: number;
  readonly nan: boolean;
}

export const nothing: Interval = { lo: Number.POSITIVE_INFINITY, hi: Number.NEGATIVE_INFINITY, nan: true };
export const everything: Interval = { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY, nan: true };

export const point = (x: number): Interval => (Number.isNaN(x) ? nothing : { lo: x, hi: x, nan: false });
export const isPoint = ({ lo, hi, nan }: Interval): boolean => lo === hi && !nan;
export const isEmpty = ({ lo, hi }: Interval): boolean => lo > hi;
export const contains = ({ lo, hi, nan }: Interval, x: number): boolean => (Number.isNaN(x) ? nan : lo <= x && x <= hi);

/** The smallest interval with all of these numbers; NaN if one of them is. */
export function hull(numbers: readonly number[], nan = false): Interval {
  let [lo, hi, any] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, nan];
  for (const x of numbers) {
    if (Number.isNaN(x)) any = true;
    if (x < lo) lo = x;
    if (x > hi) hi = x;
  }
  return { lo, hi, nan: any };
}

export const union = (a: Interval, b: Interval): Interval => ({
  lo: Math.min(a.lo, b.lo),
  hi: Math.max(a.hi, b.hi),
  nan: a.nan || b.nan,
});

export type Float = 'f32' | 'f64';

/** Smallest normal number, and binary digits behind the point. */
const formats: { readonly [F in Float]: { readonly smallest: number; readonly digits: number } } = {
  f32: { smallest: 2 ** -126, digits: 23 },
  f64: { smallest: 2 ** -1022, digits: 52 },
};

/** Distance of neighbouring floats at x, which may lie beyond the largest one. A zero is taken for exact. */
export function ulp(x: number, type: Float): number {
  if (x === 0) return 0;
  const { smallest, digits } = formats[type];
  const size = Math.max(Math.abs(x), smallest);
  return Number.isFinite(size) ? 2 ** (Math.floor(Math.log2(size)) - digits) : 0;
}

export const rounded = (x: number, type: ScalarType): number => (type === 'f32' ? Math.fround(x) : x);

/** Denormal numbers may be taken as zero, so an interval that ends in them reaches to zero. */
export function flushable({ lo, hi, nan }: Interval, type: Float): Interval {
  const { smallest } = formats[type];
  return { lo: lo > 0 && lo < smallest ? 0 : lo, hi: hi < 0 && hi > -smallest ? -0 : hi, nan };
}

/** The interval with `ulps` units of the last place and a distance more on either side, beyond the largest float infinite. */
export function widen({ lo, hi, nan }: Interval, type: Float, ulps: number, distance = 0): Interval {
  if (lo > hi) return { lo, hi, nan };
  const low = lo - ulps * ulp(lo, type) - distance;
  const high = hi + ulps * ulp(hi, type) + distance;
  const infinite = (x: number): number =>
    Number.isFinite(rounded(x, type)) ? x : Math.sign(x) * Number.POSITIVE_INFINITY;
  return flushable({ lo: infinite(low), hi: infinite(high), nan }, type);
}
