/**
 * Where elements differ from 0. What comes out depends on values, so they are read: at once where the backend can, else by the async form.
 */
import type { DataArray } from '@nn/backend';
import type { Device } from '../../core/layout.ts';
import { contiguousStrides } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import { fromFlat } from '../creation/from-data.ts';

/** Row-major positions of the elements that differ from 0. */
function positionsOf(values: ArrayLike<number>): Int32Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
  const out = new Int32Array(count);
  for (let i = 0, k = 0; k < count; i++) if (values[i] !== 0) out[k++] = i;
  return out;
}

/** The index in dimension d of each row-major position. */
function coordinatesOf(positions: Int32Array, shape: readonly number[], d: number): Int32Array {
  const step = contiguousStrides(shape)[d]!;
  const size = shape[d]!;
  return positions.map((p) => Math.floor(p / step) % size);
}

/** One int64 vector a dimension. */
export function nonzeroVectors(device: Device, values: ArrayLike<number>, shape: readonly number[]): Tensor[] {
  const positions = positionsOf(values);
  return shape.map((_, d) => fromFlat(coordinatesOf(positions, shape, d), [positions.length], 'int64', device.backend));
}

function table(x: Tensor, values: DataArray): Tensor {
  const { shape } = x.layout;
  const positions = positionsOf(values);
  const flat = new Int32Array(positions.length * shape.length);
  shape.forEach((_, d) => {
    coordinatesOf(positions, shape, d).forEach((c, i) => {
      flat[i * shape.length + d] = c;
    });
  });
  return fromFlat(flat, [positions.length, shape.length], 'int64', x.backend);
}

/** A scalar counts as a vector of one element here. */
const vectors = (x: Tensor, values: DataArray): Tensor[] =>
  nonzeroVectors(x.layout.device, values, x.layout.shape.length === 0 ? [1] : x.layout.shape);

/** Which form `nonzero` answers in. */
export interface NonzeroOptions {
  /** A vector a dimension, fit for indexing, instead of one row an element; false. */
  readonly asTuple?: boolean | undefined;
}

/**
 * Indices of the elements that differ from 0: one row [d₀, d₁, …] each, int64, in row-major order; or, with `asTuple`, one vector a dimension.
 * PyTorch: `torch.nonzero`.
 * @throws BackendError where the backend can't read without waiting: await `nonzeroAsync`
 * @example
 * ```ts
 * import { tensor, nonzero } from '@nn/tensor';
 * console.log(await nonzero(tensor([[0, 1], [2, 0]])).toArray()); // prints: [ [ 0, 1 ], [ 1, 0 ] ]
 * ```
 */
export function nonzero(x: Tensor, options: NonzeroOptions & { readonly asTuple: true }): Tensor<[number], 'int64'>[];
export function nonzero(
  x: Tensor,
  options?: NonzeroOptions & { readonly asTuple?: false | undefined },
): Tensor<[number, number], 'int64'>;
export function nonzero(x: Tensor, options: NonzeroOptions = {}): Tensor | Tensor[] {
  checkNamed('nonzero', options);
  const values = readSync(x, 'nonzero');
  return options.asTuple === true ? vectors(x, values) : table(x, values);
}

/** `nonzero` on any backend. */
export function nonzeroAsync(
  x: Tensor,
  options: NonzeroOptions & { readonly asTuple: true },
): Promise<Tensor<[number], 'int64'>[]>;
export function nonzeroAsync(
  x: Tensor,
  options?: NonzeroOptions & { readonly asTuple?: false | undefined },
): Promise<Tensor<[number, number], 'int64'>>;
export async function nonzeroAsync(x: Tensor, options: NonzeroOptions = {}): Promise<Tensor | Tensor[]> {
  checkNamed('nonzeroAsync', options);
  const values = await read(x);
  return options.asTuple === true ? vectors(x, values) : table(x, values);
}

/** As `nonzero`, by NumPy's name; PyTorch: `torch.argwhere`. */
export const argwhere = (x: Tensor): Tensor<[number, number], 'int64'> => nonzero(x);
