/**
 * What the library promises of the reference cases: families in which every case passes, and, in families that are not
 * complete, the cases that do. A family moves to the first list when its last op has come.
 */

/** Families in which every case must pass. */
export const completeFamilies: readonly string[] = [
  ...['autograd', 'broadcasting', 'creation', 'data', 'einsum', 'elementwise_binary', 'elementwise_edge'],
  ...['elementwise_unary', 'indexing', 'shape_ops', 'sorting', 'strides', 'type_promotion'],
];

export interface PartialFamily {
  readonly family: string;
  /** Cases that must pass: those whose id begins with the family's name and one of these. */
  readonly cases: readonly string[];
  /** Why the rest is not expected yet. */
  readonly reason: string;
}

export const partialFamilies: readonly PartialFamily[] = [];
