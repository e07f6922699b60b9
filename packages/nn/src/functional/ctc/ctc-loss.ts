/** The CTC loss: how improbable a sequence of labels is under every alignment with a longer sequence of predictions. */
import { DTypeError, div, dtypes, isFloat, max, ShapeError, same, ValueError } from '@nn/backend';
import { scope, sum, type Tensor, tensor, toDType } from '@nn/tensor';
import { checkNamed, reshape, shapeText, sizesOf } from '@nn/tensor/internal';
import { checkReduction, elementwiseLoss, type LossShape, type Reduction, type ReductionOptions } from '../loss.ts';
import { type Alignment, CtcFunction } from './ctc-function.ts';
import { bounded, extended, passes, type Targets } from './labels.ts';

export interface CtcOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** The class that says nothing; 0. */
  readonly blank?: number | undefined;
  /** Targets that no alignment fits get the loss 0 and no gradient, instead of ∞ and NaN; false. */
  readonly zeroInfinity?: boolean | undefined;
}

/** One length for each sequence of the batch. */
export type Lengths = number | readonly number[] | Tensor;

const op = 'ctcLoss';
const isTensor = (x: unknown): x is Tensor => typeof x === 'object' && x !== null && 'layout' in x;

/** Lengths as a tensor (N), and the longest if that is known. */
function lengthsOf(what: string, given: Lengths, batch: number, most: number, like: Tensor): [Tensor, number | null] {
  if (isTensor(given)) {
    if (dtypes[given.dtype].category !== 'integer')
      throw new DTypeError(op, `${what} are ${given.dtype}; they must be integers: convert with .to('int64')`);
    const { shape, size } = given.layout;
    if (size !== batch || shape.length > 1)
      throw new ShapeError(op, `${what} have shape ${shapeText(shape)} for a batch of ${batch}; expected (${batch},)`);
    return [reshape(given, [batch]), null];
  }
  const list = typeof given === 'number' ? [given] : given;
  if (!Array.isArray(list))
    throw new DTypeError(op, `${what} are ${String(given)}; give an array of numbers or a tensor`);
  if (list.length !== batch)
    throw new ShapeError(op, `got ${list.length} ${what} for a batch of ${batch}; give one for each sequence`);
  const bad = list.findIndex((n: unknown) => !Number.isInteger(n) || (n as number) < 0 || (n as number) > most);
  if (bad >= 0)
    throw new ValueError(op, `one of the ${what} is ${String(list[bad])}; it must be a whole number from 0 to ${most}`);
  const made = tensor(list as never, { dtype: 'int64', backend: like.backend }) as Tensor;
  return [reshape(made, [batch]), Math.max(0, ...list)];
}

function checkOperands(logProbabilities: Tensor, targets: Tensor, blank: number): void {
  const [shape, labels] = [sizesOf(op, logProbabilities), sizesOf(op, targets)];
  if (shape.length !== 3 && shape.length !== 2)
    throw new ShapeError(op, `expected log-probabilities (T, N, C) or (T, C), got ${shapeText(shape)}`);
  if (!isFloat(logProbabilities.dtype))
    throw new DTypeError(
      op,
      `log-probabilities must be floats, got ${logProbabilities.dtype}; convert with .to('float32')`,
    );
  if (dtypes[targets.dtype].category !== 'integer')
    throw new DTypeError(op, `targets must be integers, got ${targets.dtype}; convert with .to('int64')`);
  const classes = shape[shape.length - 1]!;
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes)
    throw new ValueError(op, `blank is ${blank}; it must be one of the ${classes} classes, from 0 on`);
  const batch = shape.length === 3 ? shape[1]! : 1;
  if (labels.length !== 1 && !(labels.length === 2 && labels[0] === batch))
    throw new ShapeError(
      op,
      `targets ${shapeText(labels)} don't fit log-probabilities ${shapeText(shape)}; expected (${batch}, S), or all labels one after the other in one dimension`,
    );
}

/** The targets, as far as they matter: one that is longer than the input has no alignment, whatever is in it. */
function targetsOf(labels: Tensor, lengths: Lengths, batch: number, times: number): Targets {
  const isPadded = labels.layout.shape.length === 2;
  const room = isPadded ? labels.layout.shape[1]! : labels.layout.size;
  const [given, longest] = lengthsOf('targetLengths', lengths, batch, room, labels);
  if (!isPadded && !isTensor(lengths)) {
    const total = (typeof lengths === 'number' ? [lengths] : lengths).reduce((n, each) => n + each, 0);
    if (total !== room)
      throw new ShapeError(
        op,
        `targetLengths add up to ${total}, but there are ${room} labels; pad them to (N, S), or leave none over`,
      );
  }
  const counted = Math.min(longest ?? room, room, times + 1);
  return { labels, given, lengths: bounded(given, counted), longest: counted };
}

const perLabel = elementwiseLoss(op, ([loss, count]) => div(loss!, max(count!, same(1, count!))));

/**
 * −log of the probability of targets, summed over all alignments with the predictions: each time says one class or the blank, repeated classes count once, blanks none (Graves,
 * Fernández, Gomez & Schmidhuber, "Connectionist temporal classification", 2006). 'mean' divides each loss by the length of its target (1 at least) before the mean over the
 * batch. A target that fits no alignment costs ∞, with the gradient NaN. float16 is computed in float32.
 *
 * As in PyTorch, the gradient takes log-probabilities to be a `logSoftmax`, and has no derivative of its own. A class of probability 0 gets the gradient 0, where PyTorch's is NaN.
 * Lengths that come as tensors are never read: what exceeds T or S counts as T or S. PyTorch: `F.ctc_loss`.
 * @param logProbabilities (T, N, C), or (T, C) of one sequence
 * @param targets (N, S), of which what lies behind a target's length doesn't matter, or all labels one after the other; int64 or int32
 * @param inputLengths (N): how many times of each sequence count, up to T; an array, a tensor of integers, or a number for one sequence
 * @param targetLengths (N): the length of each target; so too
 * @throws ShapeError, DTypeError, ValueError for what doesn't fit; IndexError (at the latest when the result is read) for a label out of range
 * @example
 * ```ts
 * import { ctcLoss } from '@nn/nn';
 * import { logSoftmax, tensor, zeros } from '@nn/tensor';
 * const logProbabilities = logSoftmax(zeros([3, 1, 2]), 2); // three times, two classes, all the same
 * const loss = ctcLoss(logProbabilities, tensor([[1n]]), [3], [1], { reduction: 'sum' });
 * console.log(Math.exp(-await loss.item()).toFixed(4)); // prints: 0.7500
 * ```
 */
export function ctcLoss<A extends Tensor, R extends Reduction = 'mean'>(
  logProbabilities: A,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  options: CtcOptions<R> = {},
): Tensor<LossShape<R>, A['dtype']> {
  const { blank = 0, reduction = 'mean', zeroInfinity = false } = checkNamed(op, options) as CtcOptions;
  checkReduction(op, reduction);
  checkOperands(logProbabilities, targets, blank);
  return scope(() => {
    const { shape, dtype } = logProbabilities.layout;
    const isBatch = shape.length === 3;
    const [times, batch, classes] = (isBatch ? shape : [shape[0], 1, shape[1]]) as [number, number, number];
    const [inputs] = lengthsOf('inputLengths', inputLengths, batch, times, logProbabilities);
    const all = targetsOf(targets, targetLengths, batch, times);
    const labels = extended(all, blank);
    const alignment: Alignment = [labels, passes(labels), bounded(inputs, times), all.lengths];
    const wide = dtype === 'float16' ? (toDType(logProbabilities, 'float32') as Tensor) : logProbabilities;
    const losses = CtcFunction.apply(reshape(wide, [times, batch, classes]), alignment, zeroInfinity);
    const found =
      reduction === 'mean'
        ? perLabel([losses, all.lengths], { reduction })
        : reduction === 'sum'
          ? (sum(losses) as Tensor)
          : isBatch
            ? losses
            : reshape(losses, []);
    if (found !== losses) found.base = null;
    return toDType(found, dtype);
  }) as never;
}
