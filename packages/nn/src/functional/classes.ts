/** Targets that are classes: which scores they belong to, and the scores (or weights) that they pick. */
import {
  DTypeError,
  dtypes,
  type Expression,
  equal,
  input,
  isFloat,
  ShapeError,
  same,
  scalar,
  select,
} from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, guarded, type MapBuild, Op, sameNumbers, shapeText, sizesOf } from '@nn/tensor/internal';

/** Scores (N, C, d1, …) or (C), as their targets see them. */
export interface ClassLayout {
  /** The dimension of the classes. */
  readonly dim: 0 | 1;
  readonly classes: number;
  /** The shape of the targets: the scores' without the classes. */
  readonly shape: readonly number[];
}

/** Checks that classes and weights fit the scores. */
export function classLayout(op: string, scores: Tensor, target: Tensor, weight: Tensor | null): ClassLayout {
  const own = sizesOf(op, scores);
  const given = sizesOf(op, target);
  if (own.length === 0)
    throw new ShapeError(op, 'the logits need a dimension of classes at least; expected (C), (N, C) or (N, C, d1, …)');
  const dim = own.length === 1 ? 0 : 1;
  const shape = own.length === 2 ? [own[0]!] : own.filter((_, d) => d !== dim);
  const told = (): string =>
    `logits ${shapeText(own)}, targets ${shapeText(given)}; targets must be ${shapeText(shape)}`;
  if (given.length !== shape.length)
    throw new ShapeError(op, `targets of rank ${given.length} for logits of rank ${own.length}: ${told()}`);
  if (dim === 1 && given[0] !== shape[0])
    throw new ShapeError(op, `${shape[0]} rows of logits and ${given[0]} targets: ${told()}`);
  const differing = sameNumbers(given, shape) ? -1 : given.findIndex((n, d) => n !== shape[d]);
  if (differing >= 0)
    throw new ShapeError(
      op,
      `sizes ${shape[differing]} and ${given[differing]} of logits and targets differ: ${told()}`,
    );
  if (dtypes[target.dtype].category !== 'integer')
    throw new DTypeError(op, `classes must be integers, got ${target.dtype}; convert with .to('int64')`);
  if (!isFloat(scores.dtype))
    throw new DTypeError(op, `logits must be floats, got ${scores.dtype}; convert with .to('float32')`);
  if (weight !== null) checkWeight(op, weight, own[dim]!, scores);
  return { dim, classes: own[dim]!, shape };
}

/** Class weights are one number a class, of the scores' dtype. */
export function checkWeight(op: string, weight: Tensor, classes: number, scores: Tensor): void {
  const { shape } = weight.layout;
  if (!sameNumbers(shape, [classes]))
    throw new ShapeError(
      op,
      `the weight has shape ${shapeText(shape)} for ${classes} classes; it must be (${classes},)`,
    );
  if (weight.dtype !== scores.dtype)
    throw new DTypeError(
      op,
      `the weight is ${weight.dtype}, the logits are ${scores.dtype}; convert it with .to('${scores.dtype}')`,
    );
}

const ops = new Map<string, Op>();

/** An op by its public name and what else tells it apart, made when first needed. */
function named(key: string, make: () => Op): Op {
  const op = ops.get(key) ?? make();
  ops.set(key, op);
  return op;
}

/** The class t as a gather may have it: that which is ignored, scalar 0, becomes class 0, whose value nobody reads. */
export const classOf = (t: Expression): Expression => select(equal(t, scalar(0, 'i32')), same(0, t), guarded(t));

/** Classes as a gather may have them. To ignore class 0 is to ignore none. */
export function indexOf(op: string, target: Tensor, ignored = 0): Tensor {
  const build = (): MapBuild => ({
    outputs: [{ dtype: 'int64', expression: classOf(input(0, 'i32')) }],
    scalars: 1,
  });
  return dispatch(
    named(op, () => new Op('map', op, { inPlace: false, build })),
    target,
    null,
    null,
    [ignored],
  );
}

/** The values at the indices, which are aligned with all dimensions but `dim`. An index out of range is an `IndexError` of the public op. */
export function pick(op: string, values: Tensor, dim: number, index: Tensor): Tensor {
  return dispatch(
    named(`${op} ${dim}`, () => new Op('gather', op, { form: 'aligned', dims: [dim], at: dim })),
    values,
    index,
  );
}
