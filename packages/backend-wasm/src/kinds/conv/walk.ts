/**
 * Places in several dimensions, and counted loops that move pointers from place to place by constant steps. Counts and steps are part of the code; what is done at a
 * place is not known here.
 */
import { type Code, type FunctionBuilder, I32, type Local, times } from '../../assembler/index.ts';

/** `count` places, each so many bytes further for each pointer. */
export interface Dimension {
  readonly count: number;
  readonly steps: readonly number[];
}

/** A distance for each pointer. */
export type Place = readonly number[];

/** Code, and how much further it leaves the pointers. */
export interface Walk {
  readonly code: Code;
  readonly moved: readonly number[];
}

const scaled = (steps: readonly number[], n: number): number[] => steps.map((step) => step * n);

const still = [0, 0, 0];

const advance = (pointers: readonly Local[], steps: readonly number[]): Code =>
  pointers.map((pointer, i) => (steps[i] ? pointer.add(steps[i]) : []));

/** `count` times the code and a step; none: nothing. */
export const repeated = (
  f: FunctionBuilder,
  count: number,
  pointers: readonly Local[],
  steps: readonly number[],
  code: Code,
): Code => (count === 0 ? [] : times(f.local(I32), count, code, advance(pointers, steps)));

/** Distances of all places, the last dimension running fastest. */
export const placesOf = (dimensions: readonly Dimension[], inner: readonly Place[] = [still]): Place[] =>
  dimensions.reduceRight<Place[]>(
    (places, { count, steps }) =>
      Array.from({ length: count }, (_, n) =>
        places.map((place) => place.map((at, i) => at + n * (steps[i] ?? 0))),
      ).flat(),
    [...inner],
  );

/** The walk at every place of the dimensions. */
export function nest(
  f: FunctionBuilder,
  dimensions: readonly Dimension[],
  pointers: readonly Local[],
  inner: Walk,
): Walk {
  return dimensions.reduceRight<Walk>(({ code, moved }, { count, steps }) => {
    if (count === 1) return { code, moved };
    const rest = steps.map((step, i) => step - moved[i]!);
    return { code: repeated(f, count, pointers, rest, code), moved: scaled(steps, count) };
  }, inner);
}

/** At most so many places are written out one by one, and loops have about so many in each round. */
const most = 25;
const ample = 8;

/** What is done at every place, given as distances from the pointers. Places lie in ascending order; those of inner dimensions are written out. */
export function unrolled(
  f: FunctionBuilder,
  dimensions: readonly Dimension[],
  pointers: readonly Local[],
  place: (offsets: Place) => Code,
): Walk {
  const at = (places: readonly Place[]): Code => places.map((offsets) => place(offsets));
  let d = dimensions.length;
  let places: Place[] = [still];
  for (; d > 0 && places.length * dimensions[d - 1]!.count <= most; d--)
    places = placesOf([dimensions[d - 1]!], places);
  const partly = dimensions[d - 1];
  if (partly === undefined) return { code: at(places), moved: still };
  const { count, steps } = partly;
  const wanted = Math.max(1, Math.floor(ample / places.length));
  // Without a rest where that is near.
  let round = wanted;
  while (count % round > 0 && 2 * round > wanted) round--;
  if (count % round > 0) round = wanted;
  const rounds = Math.floor(count / round);
  const code = [
    repeated(f, rounds, pointers, scaled(steps, round), at(placesOf([{ count: round, steps }], places))),
    at(placesOf([{ count: count % round, steps }], places)),
  ];
  return nest(f, dimensions.slice(0, d - 1), pointers, { code, moved: scaled(steps, rounds * round) });
}
