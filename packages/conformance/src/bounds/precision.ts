/**
 * How exact each core row has to be on floats. A derived row needs no entry: its bounds follow from those of the rows that it is made of. All other
 * rows, and everything on integers and bools, are exact.
 */
import type { CoreName } from '@nn/backend';

export interface Accuracy {
  /** Units in the last place of the exact result. */
  readonly ulps: number;
  /** Added to `ulps`, for each unit of |y · log x| (of `pow`) or, beyond `reach`, of |x|. */
  readonly growth?: number;
  /** An error allowed however small the result is, in units in the last place of 1. */
  readonly absolute?: number;
  /** Arguments up to this size are held to `ulps` and `absolute` alone. */
  readonly reach?: number;
  /** Why it can't be asked to be closer. */
  readonly reason: string;
}

export type Precision = { readonly [N in CoreName]?: Accuracy };

/** What a backend must reach unless it states its own `precision`, with reasons. */
export const precision: Precision = {
  exp: {
    ulps: 2,
    reason: 'a polynomial after an exact reduction stays below one; another for the last multiplication',
  },
  log: { ulps: 2, reason: 'a polynomial of a reduced argument, as for exp' },
  sin: {
    ulps: 2,
    absolute: 1,
    growth: 1,
    reach: 4096,
    reason:
      'near a multiple of π only the reduced argument’s own error remains; far out an ulp of the argument is moved',
  },
  cos: { ulps: 2, absolute: 1, growth: 1, reach: 4096, reason: 'as sin' },
  pow: { ulps: 4, growth: 2, reason: 'exp(y · log x): the rounding of the exponent is multiplied by its size' },
  rem: { ulps: 0.5, growth: 1, reason: 'x − y · trunc(x / y): the product is rounded to an ulp of x' },
};

/** Correct rounding. */
export const exact: Accuracy = { ulps: 0.5, reason: 'IEEE 754 asks for correct rounding' };
