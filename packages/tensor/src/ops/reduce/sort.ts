/** Sorting, and choosing by rank. NaN counts as the largest; equal elements keep their order. */

import { ValueError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { contiguous } from '../shape/views.ts';
import { leading } from './leading.ts';
import { ordered, orderOf } from './order.ts';
import { chosenAt, isTracked, pick } from './pick.ts';
import type { ArgsortFunction, KthFunction, SortFunction, TopkFunction } from './signatures.ts';

interface SortOptions {
  readonly dim?: number | undefined;
  readonly descending?: boolean | undefined;
  /** Always so: equal elements keep their order. */
  readonly stable?: boolean | undefined;
}

const along = (name: string, x: Tensor, dim = -1): number => dimension(name, dim, x.layout.shape.length);

/** A result of ours in row-major order: sorted along another dimension than the last, it isn't. */
const dense = (x: Tensor): Tensor => {
  const out = untracked(() => contiguous(x));
  if (out !== x) x.dispose();
  return out;
};

function sorted(name: string, x: Tensor, options: SortOptions = {}): { values: Tensor; indices: Tensor } {
  const d = along(name, x, checkNamed(name, options).dim);
  const { values, indices } = ordered(x, d, options.descending === true);
  if (!isTracked(x)) return { values: dense(values), indices: dense(indices) };
  values.dispose();
  return { values: pick(name, x, indices, d), indices: dense(indices) };
}

/**
 * `{ values, indices }`: the elements in ascending (or `descending`) order along `dim` (the last one), and where each was. Stable; NaN is the largest.
 * PyTorch: `torch.sort`.
 * @example
 * ```ts
 * import { sort, tensor } from '@nn/tensor';
 * const { values, indices } = sort(tensor([3, 1, 2]));
 * console.log(await values.toArray(), await indices.toArray()); // prints: [ 1, 2, 3 ] [ 1, 2, 0 ]
 * ```
 */
export const sort: SortFunction<'sort'> = ((x: Tensor, options?: SortOptions) => sorted('sort', x, options)) as never;

/** Where the elements of `sort` were; options as there. PyTorch: `torch.argsort`. */
export const argsort: ArgsortFunction<'argsort'> = ((x: Tensor, options: SortOptions = {}): Tensor =>
  dense(orderOf(x, along('argsort', x, checkNamed('argsort', options).dim), options.descending === true))) as never;

/** The elements in ascending order along the first dimension. PyTorch: `torch.msort`. */
export const msort = <A extends Tensor>(x: A): Tensor<A['~shape'], A['dtype']> =>
  sorted('msort', x, { dim: 0 }).values as never;

interface TopkOptions {
  readonly dim?: number | undefined;
  readonly largest?: boolean | undefined;
  /** Always so: the results come in order. */
  readonly sorted?: boolean | undefined;
}

function checkRank(name: string, k: number, least: number, size: number, x: Tensor): void {
  if (!Number.isInteger(k) || k < least || k > size)
    throw new ValueError(
      name,
      `k is ${k}, out of range for a dimension of size ${size} of shape ${shapeText(x.layout.shape)}; it must lie between ${least} and ${size}`,
    );
}

/**
 * `{ values, indices }` of the `k` largest elements along `dim` (the last one), or the smallest with `largest: false`, in order. PyTorch: `torch.topk`.
 * @example
 * ```ts
 * import { tensor, topk } from '@nn/tensor';
 * const { values, indices } = topk(tensor([0.5, 4, 1, 3]), 2);
 * console.log(await values.toArray(), await indices.toArray()); // prints: [ 4, 3 ] [ 1, 3 ]
 * ```
 */
export const topk: TopkFunction = ((x: Tensor, k: number, options: TopkOptions = {}) => {
  const d = along('topk', x, checkNamed('topk', options).dim);
  checkRank('topk', k, 0, x.layout.shape[d] ?? 1, x);
  const indices = leading(x, d, options.largest !== false, 0, k);
  return { values: pick('topk', x, indices, d), indices };
}) as never;

/** `{ values, indices }` of the `k`-th smallest element (from 1) along `dim` (the last one; kept with size 1 if `keepdim`). PyTorch: `torch.kthvalue`. */
export const kthvalue: KthFunction<'kthvalue'> = ((
  x: Tensor,
  k: number,
  options: { readonly dim?: number | undefined; readonly keepdim?: boolean | undefined } = {},
) => {
  const d = along('kthvalue', x, checkNamed('kthvalue', options).dim);
  checkRank('kthvalue', k, 1, x.layout.shape[d] ?? 1, x);
  return chosenAt('kthvalue', x, leading(x, d, false, k - 1, 1), d, options.keepdim === true);
}) as never;
