/**
 * Elementwise cases without the elements whose arguments are denormal numbers: WGSL lets an implementation take those for zero (WGSL, "Floating Point Evaluation"), and
 * of the adapters that are tested one does. Knows nothing of backends.
 */

import type { GoldenCase, Json, StoredTensor } from '../src/format/document.ts';

/** The smallest positive float32 that has all its bits. */
const SMALLEST_NORMAL = 2 ** -126;

const isDenormal = (value: Json): boolean =>
  typeof value === 'number' && value !== 0 && Math.abs(value) < SMALLEST_NORMAL;

/** The case over the other elements, and how many are gone; a case without such arguments as it is. Throws where the case is not elementwise over vectors of one length. */
export function withoutDenormals(golden: GoldenCase): { readonly golden: GoldenCase; readonly gone: number } {
  const { id, inputs, outputs = [] } = golden;
  const gone = new Set<number>();
  for (const { data = [] } of inputs) for (const [i, value] of data.entries()) if (isDenormal(value)) gone.add(i);
  if (gone.size === 0) return { golden, gone: 0 };
  const length = inputs[0]!.shape[0]!;
  if (
    golden.grads !== undefined ||
    [...inputs, ...outputs].some(({ shape }) => shape.length !== 1 || shape[0] !== length)
  )
    throw new Error(`${id} has denormal arguments, but isn't elementwise over vectors`);
  const shorten = <T extends StoredTensor>(stored: T): T => ({
    ...stored,
    shape: [length - gone.size],
    data: stored.data!.filter((_, i) => !gone.has(i)),
  });
  return { golden: { ...golden, inputs: inputs.map(shorten), outputs: outputs.map(shorten) }, gone: gone.size };
}
