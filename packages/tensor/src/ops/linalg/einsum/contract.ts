/** Contraction of labelled tensors: diagonals are views, sums are reductions, products of two are one matrix product or one elementwise product. */
import { dispatch } from '../../../core/dispatch.ts';
import { Op } from '../../../core/op.ts';
import type { Tensor } from '../../../tensor.ts';
import { mul } from '../../elementwise/arithmetic.ts';
import { sum } from '../../reduce/sum.ts';
import { toDType } from '../../shape/convert.ts';
import { derivedView, permute, reshape } from '../../shape/views.ts';
import type { Label } from './parse.ts';

/** A tensor with a name for each dimension, no name twice. */
export interface Labelled {
  readonly tensor: Tensor;
  readonly labels: readonly Label[];
}

const product = new Op('matmul', 'einsum', { addend: 'none' });

/** Repeated labels become a diagonal. */
export function diagonals(tensor: Tensor, labels: readonly Label[]): Labelled {
  const unique = [...new Set(labels)];
  if (unique.length === labels.length) return { tensor, labels };
  const sizes = unique.map((label) => tensor.layout.shape[labels.indexOf(label)]!);
  const diagonal = derivedView(tensor, 'diagonal', sizes, (strides) => ({
    strides: unique.map((label) => labels.reduce((p, l, d) => (l === label ? p + strides[d]! : p), 0)),
    offset: 0,
  }));
  return { tensor: diagonal, labels: unique };
}

/** Sums over the labels that nobody else needs. */
export function sumUnneeded({ tensor, labels }: Labelled, needed: ReadonlySet<Label>): Labelled {
  const dim = labels.flatMap((label, d) => (needed.has(label) ? [] : [d]));
  if (dim.length === 0) return { tensor, labels };
  // A sum keeps the dtype here: an Einstein sum of int32 is int32.
  return { tensor: keepType(sum(tensor, { dim }), tensor), labels: labels.filter((label) => needed.has(label)) };
}

const keepType = (total: Tensor, source: Tensor): Tensor =>
  total.dtype === source.dtype ? total : toDType(total, source.dtype);

/** Dimensions in another order. */
export function reorder({ tensor, labels }: Labelled, order: readonly Label[]): Tensor {
  return order.every((label, d) => labels[d] === label)
    ? tensor
    : permute(
        tensor,
        order.map((label) => labels.indexOf(label)),
      );
}

/** Dimensions of size 1 that stretch beside the other operand's: dropped, as the other one has them. */
function dropStretched(x: Labelled, other: Labelled): Labelled {
  const dims = x.labels.map((label, d) => {
    const theirs = other.labels.indexOf(label);
    return theirs >= 0 && x.tensor.layout.shape[d] === 1 && other.tensor.layout.shape[theirs] !== 1;
  });
  if (!dims.some(Boolean)) return x;
  return {
    tensor: reshape(
      x.tensor,
      x.tensor.layout.shape.filter((_, d) => !dims[d]),
    ),
    labels: x.labels.filter((_, d) => !dims[d]),
  };
}

/** The product of two, summed over the labels that are not needed any more. */
export function contractPair(first: Labelled, second: Labelled, needed: ReadonlySet<Label>): Labelled {
  const left = sumUnneeded(dropStretched(first, second), new Set([...needed, ...dropStretched(second, first).labels]));
  const right = sumUnneeded(dropStretched(second, first), new Set([...needed, ...left.labels]));
  const both = left.labels.filter((label) => right.labels.includes(label));
  const batch = both.filter((label) => needed.has(label));
  const inner = both.filter((label) => !needed.has(label));
  const rows = left.labels.filter((label) => !both.includes(label));
  const columns = right.labels.filter((label) => !both.includes(label));
  const labels = [...batch, ...rows, ...columns];
  return {
    tensor:
      inner.length === 0
        ? elementwise(left, right, batch, rows, columns)
        : matrixProduct(left, right, batch, rows, columns, inner),
    labels,
  };
}

const sizesOf = (x: Labelled, labels: readonly Label[]): number[] =>
  labels.map((label) => x.tensor.layout.shape[x.labels.indexOf(label)]!);
const total = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

function elementwise(
  left: Labelled,
  right: Labelled,
  batch: readonly Label[],
  rows: readonly Label[],
  columns: readonly Label[],
): Tensor {
  const a = reshape(reorder(left, [...batch, ...rows]), [
    ...sizesOf(left, batch),
    ...sizesOf(left, rows),
    ...columns.map(() => 1),
  ]);
  const b = reshape(reorder(right, [...batch, ...columns]), [
    ...sizesOf(right, batch),
    ...rows.map(() => 1),
    ...sizesOf(right, columns),
  ]);
  return mul(a, b);
}

function matrixProduct(
  left: Labelled,
  right: Labelled,
  batch: readonly Label[],
  rows: readonly Label[],
  columns: readonly Label[],
  inner: readonly Label[],
): Tensor {
  const [b, m, k, n] = [sizesOf(left, batch), sizesOf(left, rows), sizesOf(left, inner), sizesOf(right, columns)];
  const a = reshape(reorder(left, [...batch, ...rows, ...inner]), [total(b), total(m), total(k)]);
  const c = reshape(reorder(right, [...batch, ...inner, ...columns]), [total(b), total(k), total(n)]);
  return reshape(dispatch(product, a, c), [...b, ...m, ...n]);
}
