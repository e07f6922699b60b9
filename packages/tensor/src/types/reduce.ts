/** Reductions over one dimension, a list of them, or all. */
import type { Axes, Drop, Fixed, Known, Loose } from './dimensions.ts';
import type { Shape } from './shape.ts';

/** The shape of a reduction of S over D (all dimensions if undefined, null or an empty list); Keep leaves sizes of 1. */
export type Reduce<S, D, Keep> = D extends undefined | null | readonly []
  ? Keep extends true
    ? { -readonly [K in keyof S]: 1 }
    : []
  : Known<S> extends true
    ? Fixed<D> extends true
      ? Keep extends true
        ? { -readonly [K in keyof S]: K extends Axes<S, D> ? 1 : S[K] }
        : Drop<S, Axes<S, D>>
      : ReduceUnknown<S, D, Keep>
    : Shape;

/** The rank is still known if one dimension goes, or none. */
type ReduceUnknown<S, D, Keep> = Keep extends true
  ? Loose<S>
  : D extends number
    ? S extends readonly [unknown, ...infer R]
      ? Loose<R>
      : []
    : Shape;
