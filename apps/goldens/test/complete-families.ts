/**
 * What the library promises of the reference cases: families in which every case passes, and, in families that are not
 * complete, the ops that do. A family moves to the first list when its last op has come.
 */

/** Families in which every case must pass. */
export const completeFamilies: readonly string[] = [];

export interface PartialFamily {
  readonly family: string;
  /** Ops that must pass; an op counts when it begins with one of these. */
  readonly ops: readonly string[];
  /** Why the rest is not expected yet. */
  readonly reason: string;
}

export const partialFamilies: readonly PartialFamily[] = [];
