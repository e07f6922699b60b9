/**
 * Where elements differ from 0. What comes out depends on values, so they are read: at once where the backend can, else by the async form.
 */
import { type DataArray, notEqual, same } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import type { Device } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import { fromFlat } from '../creation/from-data.ts';
import { element, single } from '../elementwise/build.ts';

/** The mask as bytes: places are found without a branch for each element, which half the time would be foreseen wrongly. */
const bytesOf = (mask: ArrayLike<number>): Uint8Array => (mask instanceof Uint8Array ? mask : Uint8Array.from(mask));

/** 1 where a byte isn't 0. */
const truth = (byte: number): number => (byte + 255) >>> 8;

function countOf(mask: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += truth(mask[i]!);
  return count;
}

/**
 * Writes the index in each dimension of the elements of a mask that hold into that dimension's list, at every `step`-th place. Lists have room for one element more: where
 * an element doesn't hold, the next overwrites what it wrote.
 */
function writePlaces(mask: Uint8Array, shape: readonly number[], lists: readonly Int32Array[], step: number): void {
  const last = shape.length - 1;
  const width = shape[last]!;
  const inner = lists[last]!;
  const outer = new Array<number>(last).fill(0);
  const isSparse = inner.length * 16 < mask.length * step;
  for (let i = 0, k = 0; i < mask.length; ) {
    const from = k;
    if (isSparse)
      for (let column = 0; column < width; column++, i++) {
        if (mask[i] === 0) continue;
        inner[k] = column;
        k += step;
      }
    else
      for (let column = 0; column < width; column++, i++) {
        inner[k] = column;
        k += truth(mask[i]!) * step;
      }
    for (let d = 0; d < last; d++) {
      const [list, index] = [lists[d]!, outer[d]!];
      for (let at = from; at < k; at += step) list[at] = index;
    }
    for (let d = last - 1; d >= 0 && ++outer[d]! === shape[d]; d--) outer[d] = 0;
  }
}

/** One int64 vector a dimension, of which there is one at least, of where a mask differs from 0. */
export function nonzeroVectors(device: Device, values: ArrayLike<number>, shape: readonly number[]): Tensor[] {
  const mask = bytesOf(values);
  const count = countOf(mask);
  const lists = shape.map(() => new Int32Array(count + 1));
  writePlaces(mask, shape, lists, 1);
  return lists.map((list) => fromFlat(list.subarray(0, count), [count], 'int64', device.backend));
}

function table(x: Tensor, values: DataArray): Tensor {
  const { shape } = x.layout;
  const rank = shape.length;
  const mask = bytesOf(values);
  const count = countOf(mask);
  const flat = new Int32Array((count + 1) * rank);
  if (rank > 0)
    writePlaces(
      mask,
      shape,
      shape.map((_, d) => flat.subarray(d)),
      rank,
    );
  return fromFlat(flat.subarray(0, count * rank), [count, rank], 'int64', x.backend);
}

const differsOp = new Op('map', 'nonzero', {
  inPlace: false,
  build: ([layout]) => {
    const x = element(layout!, 0);
    return single('bool', notEqual(x, same(0, x)));
  },
});

/** Where x differs from 0, as a mask: x itself if it is one. */
const maskOf = (x: Tensor): Tensor => (x.dtype === 'bool' ? x : untracked(() => dispatch(differsOp, x)));

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
  const mask = maskOf(x);
  const values = readSync(mask, 'nonzero');
  if (mask !== x) mask.dispose();
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
  const mask = maskOf(x);
  const values = await read(mask);
  if (mask !== x) mask.dispose();
  return options.asTuple === true ? vectors(x, values) : table(x, values);
}

/** As `nonzero`, by NumPy's name; PyTorch: `torch.argwhere`. */
export const argwhere = (x: Tensor): Tensor<[number, number], 'int64'> => nonzero(x);
