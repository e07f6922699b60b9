/** Orthogonal initial values (Saxe, McClelland & Ganguli 2013). */
import { ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed, shapeText } from '@nn/tensor/internal';
import { normals, overwrite } from './host.ts';
import type { XavierOptions } from './random.ts';

/** Takes from x its parts along four rows that are orthonormal; at once, since each sum has to wait for its own last addition. */
function takeOff(x: Float64Array, rows: readonly Float64Array[]): void {
  const [p, q, r, s] = rows as [Float64Array, Float64Array, Float64Array, Float64Array];
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < x.length; k++) {
    const value = x[k]!;
    a += value * p[k]!;
    b += value * q[k]!;
    c += value * r[k]!;
    d += value * s[k]!;
  }
  for (let k = 0; k < x.length; k++) x[k]! -= a * p[k]! + b * q[k]! + c * r[k]! + d * s[k]!;
}

/** Makes the rows orthonormal, in place: Gram & Schmidt, each row twice, which is enough to the last digits (Giraud, Langou & Rozložník 2005). */
function orthonormalize(m: Float64Array, columns: number): void {
  const none = new Float64Array(columns);
  const rows: Float64Array[] = [];
  for (let start = 0; start < m.length; start += columns) {
    const x = m.subarray(start, start + columns);
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < rows.length; j += 4) takeOff(x, [...rows.slice(j, j + 4), none, none, none].slice(0, 4));
    let square = 0;
    for (const value of x) square += value * value;
    const length = Math.sqrt(square);
    for (let k = 0; k < columns; k++) x[k]! /= length;
    rows.push(x);
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
  const drawn = normals(tensor, generator);
  const basis = isTall ? transposed(drawn, columns) : drawn;
  orthonormalize(basis, Math.max(rows, columns));
  const values = isTall ? transposed(basis, rows) : basis;
  return overwrite(
    tensor,
    values.map((x) => gain * x),
  );
}
