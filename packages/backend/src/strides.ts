/** Arithmetic of sizes and strides that contract, reference and fallbacks share. */

/** Number of elements. */
export const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** Strides of a dense array in row-major order. */
export function denseStrides(sizes: readonly number[]): number[] {
  const strides: number[] = [];
  for (let d = sizes.length - 1, step = 1; d >= 0; d--) {
    strides[d] = step;
    step *= sizes[d]!;
  }
  return strides;
}
