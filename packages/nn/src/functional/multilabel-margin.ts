/** A margin between the classes that are right and those that aren't, where several may be right. */
import { add, constant, DTypeError, dtypes, equal, less, lessEqual, notEqual, input as operand, or, ShapeError, same, scalar, select, sub } from '@nn/backend'; // biome-ignore format: a list
import { cumsum, lt, ones, scatter, scope, sum, type Tensor, zeros } from '@nn/tensor';
import { checkNamed, dispatchMany, guarded, Op, reshape, shapeText, slice } from '@nn/tensor/internal';
import { pick } from './classes.ts';
import {
  checkReduction,
  checkSameShape,
  elementwiseLoss,
  lossType,
  type PairLoss,
  type ReductionOptions,
} from './loss.ts';

/**
 * Labels, and how many of the row have ended the list so far: where a gather finds the score of each, what place each marks (one beyond the classes for none), and whether it counts. What
 * is no class the gather refuses, even behind the end. Scalar: the classes.
 */
const labelOp = new Op('map', 'multilabelMarginLoss', {
  inPlace: false,
  build: () => {
    const [label, ends] = [operand(0, 'i32'), operand(1, 'i32')];
    const [classes, zero] = [scalar(0, 'i32'), constant(0, 'i32')];
    const isWrong = or(less(label, constant(-1, 'i32')), lessEqual(classes, label));
    const counts = equal(ends, zero);
    const found = select(counts, label, zero);
    return {
      outputs: [
        { dtype: 'int64', expression: select(isWrong, guarded(label), found) },
        { dtype: 'int64', expression: select(or(isWrong, notEqual(ends, zero)), classes, label) },
        { dtype: 'bool', expression: counts },
      ],
      scalars: 1,
    };
  },
});

/** Over scores, the score of a label, whether the score's class is a label, whether the label counts. */
const beside = elementwiseLoss('multilabelMarginLoss', ([x, right, isLabel, counts]) => {
  const none = same(0, x!);
  const excess = add(sub(same(1, x!), right!), x!);
  const loss = select(less(none, excess), excess, none);
  return select(equal(counts!, none), none, select(equal(isLabel!, none), loss, none));
});

/**
 * Σ over labels i and classes j that are none of max(0, 1 - (x[i] - x[j])) / C for scores (N, C) or (C) and labels of the same shape: the classes that are right, in any order, up to the
 * first -1. PyTorch: `F.multilabel_margin_loss`.
 * @throws ShapeError if the shapes don't fit; DTypeError for labels that aren't integers; IndexError (at the latest when the loss is read) for a label out of range
 * @example
 * ```ts
 * import { multilabelMarginLoss } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const labels = tensor([3n, 0n, -1n, 1n]);
 * console.log(await multilabelMarginLoss(tensor([0.5, 0.25, 0.25, 1]), labels).item()); // prints: 0.5
 * ```
 */
export const multilabelMarginLoss: PairLoss = ((x: Tensor, target: Tensor, options: ReductionOptions = {}) => {
  const op = 'multilabelMarginLoss';
  const { reduction = 'mean' } = checkNamed(op, options);
  checkReduction(op, reduction);
  checkSameShape(op, x, target);
  const { shape } = x.layout;
  if ((shape.length !== 1 && shape.length !== 2) || shape.at(-1) === 0)
    throw new ShapeError(op, `scores of shape ${shapeText(shape)}; expected (N, C) or (C), with classes`);
  if (dtypes[target.dtype].category !== 'integer')
    throw new DTypeError(op, `labels must be integers, got ${target.dtype}; convert with .to('int64')`);
  lossType(op, [x.layout]);
  const [rows, classes] = [shape.length === 1 ? 1 : shape[0]!, shape.at(-1)!];
  return scope(() => {
    const like = { dtype: x.dtype, backend: x.backend };
    const labels = reshape(target, [rows, classes]);
    const ends = cumsum(lt(labels, 0 as never), 1 as never) as Tensor;
    const [index, place, counts] = dispatchMany(labelOp, [labels, ends], [classes]) as [Tensor, Tensor, Tensor];
    const scores = reshape(x, [rows, classes]);
    const right = pick(op, scores, 1, index);
    const marks = ones([rows, classes], like) as Tensor;
    const marked = scatter(zeros([rows, classes + 1], like) as Tensor, 1, place, marks) as Tensor;
    const operands = [
      reshape(scores, [rows, 1, classes]),
      reshape(right, [rows, classes, 1]),
      reshape(slice(marked, 1, 0, classes), [rows, 1, classes]),
      reshape(counts, [rows, classes, 1]),
    ];
    if (reduction !== 'none')
      return beside(operands, { reduction: 'sum', divisor: reduction === 'sum' ? classes : classes * rows });
    const each = beside(operands, { reduction: 'none', along: 2, divisor: classes });
    return reshape(sum(each, { dim: 1 } as never) as Tensor, shape.length === 1 ? [] : [rows]);
  });
}) as never;
