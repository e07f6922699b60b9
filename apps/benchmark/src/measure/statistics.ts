/**
 * Medians and their spread. The middle is the median, the noise the median absolute deviation (MAD), scaled so that for normal errors it is the standard
 * deviation: neither is moved by the few samples during which the machine did something else.
 */

/** 1 / Φ⁻¹(3/4): a normal distribution's standard deviation over its MAD. */
const normal = 1.4826;

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((p, q) => p - q);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The scaled median absolute deviation around the median; NaN of nothing. */
export function deviation(values: readonly number[]): number {
  const middle = median(values);
  return normal * median(values.map((value) => Math.abs(value - middle)));
}

export interface Summary {
  readonly median: number;
  readonly least: number;
  /** The deviation as a share of the median. */
  readonly noise: number;
  readonly count: number;
}

export function summarize(values: readonly number[]): Summary {
  const middle = median(values);
  return {
    median: middle,
    least: values.length === 0 ? Number.NaN : values.reduce((p, q) => Math.min(p, q)),
    noise: deviation(values) / middle,
    count: values.length,
  };
}

/**
 * The ratio of two series that were measured in the same rounds: the median of the rounds' ratios. A machine that slows down for some rounds slows down both, so this
 * is steadier than the ratio of the medians.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Summary {
  const rounds = Math.min(ours.length, theirs.length);
  return summarize(Array.from({ length: rounds }, (_, i) => ours[i]! / theirs[i]!));
}
