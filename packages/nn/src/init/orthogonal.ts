/** Orthogonal initial values (Saxe, McClelland & Ganguli 2013). */
import { ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed, shapeText } from '@nn/tensor/internal';
import { normals, overwrite } from './host.ts';
import type { XavierOptions } from './random.ts';

/** Dot product of two rows of a matrix. */
function dot(m: Float64Array, columns: number, i: number, j: number): number {
  let total = 0;
  for (let k = 0; k < columns; k++) total += m[i * columns + k]! * m[j * columns + k]!;
  return total;
}

/** Makes the rows orthonormal, in place: Gram & Schmidt, each row twice, which is enough to the last digits (Giraud, Langou & Rozložník 2005). */
function orthonormalize(m: Float64Array, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) {
        const along = dot(m, columns, i, j);
        for (let k = 0; k < columns; k++) m[i * columns + k]! -= along * m[j * columns + k]!;
      }
    const length = Math.sqrt(dot(m, columns, i, i));
    for (let k = 0; k < columns; k++) m[i * columns + k]! /= length;
  }
}

/** Columns as rows, of a matrix with so many columns. */
const transposed = (m: Float64Array, columns: number): Float64Array => {
  const rows = m.length / columns;
  return m.map((_, i) => m[(i % rows) * columns + Math.floor(i / rows)]!);
};

/**
 * A random orthogonal matrix times `gain`: with the tensor as (rows, everything else), the rows or, if there are more of them, the columns are orthogonal. PyTorch:
 * `init.orthogonal_`.
 * @throws ValueError for fewer than two dimensions
 * @example
 * ```ts
 * import { init } from '@nn/nn';
 * import { empty } from '@nn/tensor';
 * const w = init.orthogonal_(empty([2, 3]));
 * const gram = await w.matmul(w.t()).toArray();
 * console.log(JSON.stringify(gram, (_, x) => (typeof x === 'number' ? Math.abs(Math.round(x * 1e5)) / 1e5 : x))); // prints: [[1,0],[0,1]]
 * ```
 */
export function orthogonal_<T extends Tensor>(tensor: T, options: XavierOptions = {}): T {
  const { gain = 1, generator } = checkNamed('orthogonal_', options);
  const { shape, size } = tensor.layout;
  if (shape.length < 2)
    throw new ValueError('orthogonal_', `takes 2 dimensions at least, got shape ${shapeText(shape)}`);
  if (size === 0) return tensor;
  const rows = shape[0]!;
  const columns = size / rows;
  // A square's columns, as in PyTorch: the same numbers drawn give the same matrix.
  const isTall = rows >= columns;
  const [short, long] = isTall ? [columns, rows] : [rows, columns];
  const drawn = normals(tensor, generator);
  const basis = isTall ? transposed(drawn, columns) : drawn;
  orthonormalize(basis, short, long);
  const values = isTall ? transposed(basis, rows) : basis;
  return overwrite(
    tensor,
    values.map((x) => gain * x),
  );
}
