/** Losses of probabilities and their logarithms: of two classes, of independent labels, of distributions. */
import { add, binaryCrossEntropy as crossEntropyOf, binaryCrossEntropyWithLogits as crossEntropyOfLogits, type Expression, exp, logSigmoid, mul, neg, ShapeError, same, sub, xlogy } from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import {
  checkSameShape,
  elementwiseLoss,
  type LossShape,
  type PairLoss,
  present,
  type Reduction,
  type ReductionOptions,
} from './loss.ts';

export interface WeightOptions {
  /** Multiplies the loss of each element; broadcasts to the input. */
  readonly weight?: Tensor | null | undefined;
}

const binary = {
  plain: elementwiseLoss('binaryCrossEntropy', ([x, t]) => crossEntropyOf(x!, t!)),
  weighted: elementwiseLoss('binaryCrossEntropy', ([x, t, w]) => mul(crossEntropyOf(x!, t!), w!)),
};

/**
 * -(t log x + (1 - t) log(1 - x)) of probabilities x and targets t in [0, 1]. Logarithms are held at -100. PyTorch: `F.binary_cross_entropy`.
 * @throws ShapeError if the shapes differ
 * @example
 * ```ts
 * import { binaryCrossEntropy } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log((await binaryCrossEntropy(tensor([0.5, 0.25]), tensor([1, 0])).item()).toFixed(4)); // prints: 0.4904
 * ```
 */
export const binaryCrossEntropy: PairLoss<WeightOptions> = ((
  input: Tensor,
  target: Tensor,
  options: ReductionOptions & WeightOptions = {},
) => {
  checkSameShape('binaryCrossEntropy', input, target);
  const weight = options.weight ?? null;
  return (weight === null ? binary.plain : binary.weighted)(present(input, target, weight), options);
}) as never;

export interface LogitsOptions extends WeightOptions {
  /** Multiplies the loss of what should be 1; broadcasts to the input. Above 1 it favours recall, below 1 precision. */
  readonly posWeight?: Tensor | null | undefined;
}

const logits = {
  plain: elementwiseLoss('binaryCrossEntropyWithLogits', ([x, t]) => crossEntropyOfLogits(x!, t!, same(1, x!))),
  weighted: elementwiseLoss('binaryCrossEntropyWithLogits', ([x, t, w]) =>
    mul(crossEntropyOfLogits(x!, t!, same(1, x!)), w!),
  ),
  positive: elementwiseLoss('binaryCrossEntropyWithLogits', ([x, t, p]) => crossEntropyOfLogits(x!, t!, p!)),
  both: elementwiseLoss('binaryCrossEntropyWithLogits', ([x, t, p, w]) => mul(crossEntropyOfLogits(x!, t!, p!), w!)),
};

/**
 * `binaryCrossEntropy` of sigmoid(x), without its overflows. PyTorch: `F.binary_cross_entropy_with_logits`.
 * @throws ShapeError if the shapes of input and target differ
 * @example
 * ```ts
 * import { binaryCrossEntropyWithLogits } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await binaryCrossEntropyWithLogits(tensor([200, -50]), tensor([0, 0]), { reduction: 'sum' }).item()); // prints: 200
 * ```
 */
export const binaryCrossEntropyWithLogits: PairLoss<LogitsOptions> = ((
  input: Tensor,
  target: Tensor,
  options: ReductionOptions & LogitsOptions = {},
) => {
  checkSameShape('binaryCrossEntropyWithLogits', input, target);
  const weight = options.weight ?? null;
  const posWeight = options.posWeight ?? null;
  const loss =
    posWeight === null
      ? weight === null
        ? logits.plain
        : logits.weighted
      : weight === null
        ? logits.positive
        : logits.both;
  return loss(present(input, target, posWeight, weight), options);
}) as never;

/** -(t log σ(x) + (1 - t) log σ(-x)), as composition. */
const labelLoss = (x: Expression, t: Expression): Expression =>
  neg(add(mul(t, logSigmoid(x)), mul(sub(same(1, t), t), logSigmoid(neg(x)))));

const labels = {
  plain: elementwiseLoss('multilabelSoftMarginLoss', ([x, t]) => labelLoss(x!, t!)),
  weighted: elementwiseLoss('multilabelSoftMarginLoss', ([x, t, w]) => mul(labelLoss(x!, t!), w!)),
};

/**
 * The mean over the last dimension of `binaryCrossEntropyWithLogits`, then reduced. PyTorch: `F.multilabel_soft_margin_loss`.
 * @throws ShapeError if the shapes differ, or there is no last dimension
 */
export const multilabelSoftMarginLoss: PairLoss<WeightOptions> = ((
  input: Tensor,
  target: Tensor,
  options: ReductionOptions & WeightOptions = {},
) => {
  checkSameShape('multilabelSoftMarginLoss', input, target);
  const { shape } = input.layout;
  if (shape.length === 0)
    throw new ShapeError('multilabelSoftMarginLoss', 'the input needs a dimension of labels at least');
  const weight = options.weight ?? null;
  const loss = weight === null ? labels.plain : labels.weighted;
  return loss(present(input, target, weight), {
    reduction: checkNamed('multilabelSoftMarginLoss', options).reduction,
    along: shape.length - 1,
    divisor: shape.at(-1)!,
  });
}) as never;

export interface DivergenceOptions {
  /** Whether the target holds logarithms too; false. */
  readonly logTarget?: boolean | undefined;
}

const divergence = {
  plain: elementwiseLoss('klDiv', ([x, t]) => sub(xlogy(t!, t!), mul(t!, x!))),
  logTarget: elementwiseLoss('klDiv', ([x, t]) => mul(exp(t!), sub(t!, x!))),
};

/**
 * The Kullback-Leibler divergence t (log t - x) of log-probabilities x from probabilities t, which broadcast. 'mean' is over the elements; 'batchmean', the
 * sum over the size of the first dimension, is the divergence of the definition. PyTorch: `F.kl_div`.
 * @example
 * ```ts
 * import { klDiv } from '@nn/nn';
 * import { logSoftmax, softmax, tensor } from '@nn/tensor';
 * const x = tensor([[1, 2, 3]]);
 * console.log(await klDiv(logSoftmax(x, 1), softmax(x, 1), { reduction: 'batchmean' }).item() < 1e-6); // prints: true
 * ```
 */
export function klDiv<A extends Tensor, R extends Reduction | 'batchmean' = 'mean'>(
  input: A,
  target: Tensor,
  options: DivergenceOptions & { readonly reduction?: R | undefined } = {},
): Tensor<LossShape<R>, A['dtype']> {
  const loss = checkNamed('klDiv', options).logTarget === true ? divergence.logTarget : divergence.plain;
  const reduction: Reduction | 'batchmean' = options.reduction ?? 'mean';
  if (reduction !== 'batchmean') return loss([input, target], { reduction }) as never;
  return loss([input, target], { reduction: 'sum', divisor: input.layout.shape[0] ?? 1 }) as never;
}
