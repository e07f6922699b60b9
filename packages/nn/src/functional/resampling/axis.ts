/**
 * Resampling along one dimension: every element of the result is a weighted sum of a few elements of the source, whose places and weights follow from sizes
 * alone. Numbers only; what a device does with them is said in `resample.ts`.
 */

/** Tap t of element i of the result reads place `places[t · to + i]`, with a weight that lies likewise. */
export interface Axis {
  /** Elements of the source and of the result. */
  readonly from: number;
  readonly to: number;
  /** Elements of the source that one of the result reads. */
  readonly taps: number;
  readonly places: Int32Array;
  /** Null: all are 1. NaN: the result has fewer elements there, and what the place holds doesn't count. */
  readonly weights: Float64Array | null;
  /** Whether some weights are NaN. */
  readonly hasGaps: boolean;
  /** How often each element of the source is repeated, if that is all there is to it; else null. */
  readonly repeats: number | null;
}

/** Which elements one element of the result reads, and by which weights. */
export interface Reads {
  readonly places: readonly number[];
  readonly weights: readonly number[];
}

/** The axis of which element i reads what `readsOf` says. `isPlain`: all weights are 1. */
export function axisOf(from: number, to: number, isPlain: boolean, readsOf: (i: number) => Reads): Axis {
  const reads = Array.from({ length: to }, (_, i) => readsOf(i));
  const taps = reads.reduce((most, { places }) => Math.max(most, places.length), 1);
  const places = new Int32Array(taps * to);
  const weights = new Float64Array(taps * to).fill(Number.NaN);
  for (const [i, read] of reads.entries())
    for (const [t, place] of read.places.entries()) {
      places[t * to + i] = place;
      weights[t * to + i] = read.weights[t]!;
    }
  const hasGaps = reads.some((read) => read.places.length < taps);
  const times = to / from;
  const isRepetition =
    isPlain &&
    taps === 1 &&
    !hasGaps &&
    times > 1 &&
    Number.isInteger(times) &&
    places.every((p, i) => p === Math.floor(i / times));
  return {
    from,
    to,
    taps,
    places,
    weights: isPlain && !hasGaps ? null : weights,
    hasGaps,
    repeats: isRepetition ? times : null,
  };
}

const transposes = new WeakMap<Axis, Axis>();

/** Source and result exchanged: what each element of the source has given, in ascending order of the result's. The transpose of that is the axis itself. */
export function transposed(axis: Axis): Axis {
  const known = transposes.get(axis);
  if (known !== undefined) return known;
  const { from, to, taps, places, weights } = axis;
  const readers = Array.from({ length: from }, () => ({ places: [] as number[], weights: [] as number[] }));
  for (let i = 0; i < to; i++)
    for (let t = 0; t < taps; t++) {
      const weight = weights === null ? 1 : weights[t * to + i]!;
      if (Number.isNaN(weight)) continue;
      const reader = readers[places[t * to + i]!]!;
      reader.places.push(i);
      reader.weights.push(weight);
    }
  const found = axisOf(to, from, weights === null, (j) => readers[j]!);
  transposes.set(axis, found);
  transposes.set(found, axis);
  return found;
}

/** Axes that are remembered, and taps times elements of one, at most. */
const most = 64;
const mostEntries = 1 << 16;

const remembered = new Map<string, Axis>();

/** The axis of a name, made when it is first asked for, so that a device knows its tables again. */
export function axisNamed(name: string, make: () => Axis): Axis {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const axis = make();
  if (axis.places.length > mostEntries) return axis;
  if (remembered.size === most) remembered.delete(remembered.keys().next().value!);
  remembered.set(name, axis);
  return axis;
}
