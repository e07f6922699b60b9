/**
 * What batch, group and instance normalization share: an input grouped into dimensions, statistics over some of them, and a weight and bias a channel. The backward takes
 * two sums that weight, bias and input share, and one map; under createGraph the statistics are computed again with provenance.
 */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { add, mul, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchMany, nodeOf, type Op, state } from '@nn/tensor/internal';
import { countOver, mapping, statisticsOver, summing } from './moments.ts';

/** How the input is grouped. */
export interface Grouping {
  /** Dimensions that a mean and a deviation are taken over. */
  readonly statistics: readonly number[];
  /** Dimensions that are neither the channel's nor before the statistics' own: the sums over them serve weight, bias and input alike. */
  readonly inner: readonly number[];
  /** What is left to sum for weight and bias. */
  readonly batch: readonly number[];
  /** What is left to sum for the statistics. */
  readonly group: readonly number[];
}

export type Statistics = readonly [mean: Tensor, deviation: Tensor];

/** (x - mean) · deviation · weight + bias. */
const normalizeOps = [false, true].map((hasWeight) =>
  [false, true].map((hasBias) =>
    mapping('normalize', 0, ({ at }) => {
      const normal = mul(sub(at(0), at(1)), at(2));
      const scaled = hasWeight ? mul(normal, at(3)) : normal;
      return hasBias ? add(scaled, at(hasWeight ? 4 : 3)) : scaled;
    }),
  ),
);

/** The input normalized by given statistics, in one launch; differentiable in all operands. All have the input's rank. */
export function normalize(
  x: Tensor,
  [mean, deviation]: Statistics,
  weight: Tensor | null,
  bias: Tensor | null,
): Tensor {
  const op = normalizeOps[Number(weight !== null)]![Number(bias !== null)]!;
  return dispatchMany(
    op,
    [x, mean, deviation, weight, bias].filter((t) => t !== null),
  )[0]!;
}

/** Σ g. */
const plainSums = summing('normalizeBackward', ({ at }) => at(0));
/** Σ g x̂, over g, x, mean, deviation. */
const alongSums = summing('normalizeBackward', ({ at }) => mul(at(0), mul(sub(at(1), at(2)), at(3))));
/** Σ a b. */
const productSums = summing('normalizeBackward', ({ at }) => mul(at(0), at(1)));

/** d (w g - (s + x̂ t) / n), with s and t the sums of w g and w g x̂; over g, x, mean, deviation d, s, t, w. Scalar: 1/n. */
const inputGradientOps = [false, true].map((hasWeight) =>
  mapping('normalizeBackward', 1, ({ at, number }) => {
    const normal = mul(sub(at(1), at(2)), at(3));
    const mean = mul(add(at(4), mul(normal, at(5))), number(0));
    return mul(at(3), sub(hasWeight ? mul(at(0), at(6)) : at(0), mean));
  }),
);

/** The same where the weight is one number for all that share statistics: d w (g - (Σ g + x̂ Σ g x̂) / n). */
const commonGradientOp = mapping('normalizeBackward', 1, ({ at, number }) => {
  const normal = mul(sub(at(1), at(2)), at(3));
  const mean = mul(add(at(4), mul(normal, at(5))), number(0));
  return mul(mul(at(3), at(6)), sub(at(0), mean));
});

const total = (
  ops: (dims: readonly number[]) => Op<'reduce'>,
  dims: readonly number[],
  ...operands: Tensor[]
): Tensor => (dims.length === 0 && operands.length === 1 ? operands[0]! : dispatchMany(ops(dims), operands)[0]!);

function inputGradient(
  operands: readonly Tensor[],
  sums: readonly [plain: Tensor, along: Tensor],
  weight: Tensor | undefined,
  grouping: Grouping,
): Tensor {
  const scalars = [1 / countOver(operands[1]!, grouping.statistics)];
  if (weight !== undefined && grouping.group.length === 0)
    return dispatchMany(commonGradientOp, [...operands, ...sums, weight], scalars)[0]!;
  const means = sums.map((t) =>
    weight === undefined ? total(plainSums, grouping.group, t) : total(productSums, grouping.group, t, weight),
  );
  const more = weight === undefined ? means : [...means, weight];
  const out = dispatchMany(inputGradientOps[Number(weight !== undefined)]!, [...operands, ...more], scalars)[0]!;
  for (const [i, t] of means.entries()) if (t !== sums[i]) t.dispose();
  return out;
}

/** Normalization by the input's own statistics, which `measure` finds. */
class NativeBatchNorm extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(
    ctx: FunctionContext,
    x: Tensor,
    weight: Tensor | null,
    bias: Tensor | null,
    eps: number,
    grouping: Grouping,
    measure: () => Statistics,
  ): Tensor {
    const statistics = measure();
    const out = normalize(x, statistics, weight, bias);
    Object.assign(ctx.values, { eps, grouping });
    ctx.saveForBackward(x, ...statistics, ...(weight === null ? [] : [weight]));
    for (const t of statistics) t.dispose();
    return out;
  }

  static override backward(ctx: FunctionContext, g: Tensor): readonly (Tensor | null)[] {
    const [x, savedMean, savedDeviation, weight] = ctx.savedTensors as [Tensor, Tensor, Tensor, Tensor?];
    const grouping = ctx.values['grouping'] as Grouping;
    const again = state.tracking;
    const [mean, deviation] = again
      ? statisticsOver(x, grouping.statistics, ctx.values['eps'] as number)
      : [savedMean, savedDeviation];
    const [needsInput, needsWeight, needsBias] = ctx.needsInputGrad;
    const operands = [g, x, mean, deviation];
    const plain = total(plainSums, grouping.inner, g);
    const along = dispatchMany(alongSums(grouping.inner), operands)[0]!;
    const dx = needsInput === true ? inputGradient(operands, [plain, along], weight, grouping) : null;
    const dw = needsWeight === true ? total(plainSums, grouping.batch, along) : null;
    const db = needsBias === true ? total(plainSums, grouping.batch, plain) : null;
    if (plain !== db && plain !== g) plain.dispose();
    if (along !== dw) along.dispose();
    if (again) for (const t of [mean, deviation]) t.dispose();
    return [dx, dw, db];
  }
}

const isTracked = (t: Tensor | null): boolean => t !== null && nodeOf(t) !== null;

/** Normalizes by the input's own statistics, which `measure` finds and this function gives back. All operands have the input's rank. */
export function normalizeByOwn(
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
  grouping: Grouping,
  measure: () => Statistics,
): Tensor {
  if (state.tracking && (isTracked(x) || isTracked(weight) || isTracked(bias)))
    return NativeBatchNorm.apply(x, weight, bias, eps, grouping, measure);
  const statistics = measure();
  const out = normalize(x, statistics, weight, bias);
  for (const t of statistics) t.dispose();
  return out;
}
