/** Targets that are classes: which scores they belong to, and the scores (or weights) that they pick. */
import {
  DTypeError,
  dtypes,
  type Expression,
  equal,
  input,
  isFloat,
  less,
  ShapeError,
  same,
  scalar,
  select,
  sub,
} from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, Op, sameNumbers, shapeText } from '@nn/tensor/internal';

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
  const own = scores.layout.shape;
  const given = target.layout.shape;
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

const indexOps = new Map<string, Op<'map'>>();

/** An op by its public name, made when first needed. */
function named<K extends 'map' | 'gather'>(ops: Map<string, Op<K>>, key: string, make: () => Op<K>): Op<K> {
  const known = ops.get(key);
  if (known !== undefined) return known;
  const made = make();
  ops.set(key, made);
  return made;
}

/** Negative classes moved out of range, where a gather would count them from the end. */
export const guarded = (t: Expression, classes: Expression): Expression =>
  select(less(t, same(0, t)), sub(t, classes), t);

/** Classes as a gather may have them; those that are ignored become class 0, whose value nobody reads. */
export function indexOf(op: string, target: Tensor, classes: number, ignored: number | null = null): Tensor {
  const of = named(indexOps, `${op} ${ignored === null}`, () => {
    const t = input(0, 'i32');
    const index = guarded(t, scalar(0, 'i32'));
    const expression = ignored === null ? index : select(equal(t, scalar(1, 'i32')), same(0, t), index);
    return new Op('map', op, {
      inPlace: false,
      build: () => ({ outputs: [{ dtype: 'int64', expression }], scalars: ignored === null ? 1 : 2 }),
    });
  });
  return dispatch(of, target, null, null, ignored === null ? [classes] : [classes, ignored]);
}

const gatherOps = new Map<string, Op<'gather'>>();

/** The values at the indices, which are aligned with all dimensions but `dim`. An index out of range is an `IndexError` of the public op. */
export function pick(op: string, values: Tensor, dim: number, index: Tensor): Tensor {
  return dispatch(
    named(gatherOps, `${op} ${dim}`, () => new Op('gather', op, { form: 'aligned', dims: [dim], at: dim })),
    values,
    index,
  );
}
