/** Weights for libraries that lay them out otherwise than PyTorch: a permuted copy of a row-major array. */

/** `values` of this shape with its dimensions in another order. */
export function permuted(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((product, n) => product * n, 1));
  const result = new Float32Array(values.length);
  let at = 0;
  const walk = (depth: number, from: number): void => {
    if (depth === order.length) {
      result[at++] = values[from]!;
      return;
    }
    const d = order[depth]!;
    for (let i = 0; i < shape[d]!; i++) walk(depth + 1, from + i * strides[d]!);
  };
  walk(0, 0);
  return result;
}
