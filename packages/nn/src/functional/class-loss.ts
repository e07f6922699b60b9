/**
 * The last step of losses of classes: from the log-probability that each sample gives its class to the loss, leaving out ignored samples. A mean is Σ loss / Σ weight,
 * of a short list in one `rows` kernel; a long one is summed by two reductions, which backends spread over more than one worker.
 */
import {
  add,
  castTo,
  div,
  dtypes,
  type Expression,
  input,
  mul,
  neg,
  notEqual,
  same,
  scalar,
  select,
} from '@nn/backend';
import { div as quotient, type Tensor } from '@nn/tensor';
import { dispatch, dispatchMany, type Layout, Op, type RowsBuild, type RowsGradient } from '@nn/tensor/internal';
import { elementwiseLoss, type LossExpression, lossType, type Reduction } from './loss.ts';

/** Samples that one kernel takes as a row. */
const longestRow = 1 << 16;

/** What a loss of classes is made of besides log-probability and class of each sample. */
interface Form {
  /** There is a weight for each sample. */
  readonly weighted: boolean;
  /** There is a sum of (weighted) log-probabilities over all classes for each sample. */
  readonly smoothed: boolean;
}

/** The samples' operands, each of shape (n), in the order in which kernels have them. */
export interface Samples {
  readonly logProbability: Tensor;
  readonly target: Tensor;
  readonly weight: Tensor | null;
  readonly sum: Tensor | null;
}

/** Run-time numbers: which class is ignored; with smoothing, the share of the class itself and of each other. */
export interface ClassNumbers {
  readonly ignoreIndex: number;
  readonly share: number;
  readonly rest: number;
}

/** Factors of a sample's log-probability and of its sum, negated; and what it counts in the mean. All 0 where it is ignored. */
function factors(
  { weighted, smoothed }: Form,
  target: Expression,
  weight: Expression | undefined,
  numbers: readonly Expression[],
): { own: Expression; sum: Expression; counts: Expression } {
  const [ignored, share, rest] = numbers;
  const counted = (x: Expression): Expression => select(notEqual(target, ignored!), x, same(0, x));
  const one = weighted ? weight! : same(1, target);
  return {
    own: counted(neg(smoothed ? mul(share!, one) : one)),
    sum: smoothed ? counted(neg(rest!)) : same(0, target),
    counts: counted(one),
  };
}

/** Loss and count of a sample over its operands. */
function termsOf(
  form: Form,
  operands: readonly Expression[],
  numbers: readonly Expression[],
): { loss: Expression; counts: Expression } {
  const [x, target] = operands as [Expression, Expression];
  const weight = form.weighted ? operands[2] : undefined;
  const { own, sum, counts } = factors(form, target, weight, numbers);
  const isCounted = notEqual(target, numbers[0]!);
  // Not a product with 0: an ignored sample may be infinite.
  const part = (factor: Expression, y: Expression): Expression => select(isCounted, mul(factor, y), same(0, y));
  const first = part(own, x);
  return { loss: form.smoothed ? add(first, part(sum, operands.at(-1)!)) : first, counts };
}

const operandsOf = (layouts: readonly Layout[], dtype: Layout['dtype']): Expression[] =>
  layouts.map((layout, i) => castTo(input(i, dtypes[layout.dtype].scalar), dtype));

/** The mean of a row of samples. */
function meanOp(form: Form, count: number): Op<'rows'> {
  const numbersOf = (dtype: Layout['dtype']): Expression[] =>
    Array.from({ length: count }, (_, k) => scalar(k, dtypes[dtype].scalar));
  const build = (layouts: readonly Layout[]): RowsBuild => {
    const dtype = lossType('nllLoss', layouts);
    const { loss, counts } = termsOf(form, operandsOf(layouts, dtype), numbersOf(dtype));
    const [total, all] = [0, 1].map((k) => input(layouts.length + k, loss.type));
    return {
      reductions: [loss, counts].map((body) => ({ combine: 'sum', body })),
      outputs: [{ dtype, expression: div(total!, all!), perRow: true }],
      scalars: count,
    };
  };
  /** Over (target, weight, gradient of the mean). */
  const slope = (of: 'own' | 'sum'): RowsGradient => {
    const slopeBuild = (layouts: readonly Layout[]): RowsBuild => {
      const { dtype } = layouts.at(-1)!;
      const [target, second, third] = operandsOf(layouts, dtype);
      const found = factors(form, target!, form.weighted ? second : undefined, numbersOf(dtype));
      const all = input(layouts.length, found.counts.type);
      const g = form.weighted ? third! : second!;
      return {
        reductions: [{ combine: 'sum', body: found.counts }],
        outputs: [
          {
            dtype,
            expression: select(notEqual(target!, numbersOf(dtype)[0]!), div(mul(found[of], g), all), same(0, g)),
            perRow: false,
          },
        ],
        scalars: count,
      };
    };
    return {
      operands: form.weighted ? [1, 2, 'gradient'] : [1, 'gradient'],
      op: new Op('rows', 'nllLossGradient', { build: slopeBuild, gradient: null }),
    };
  };
  const own = slope('own');
  const sum = slope('sum');
  return new Op('rows', 'nllLoss', { build, gradient: (j) => (j === 0 ? own : sum) });
}

function kernels(form: Form) {
  const count = form.smoothed ? 3 : 1;
  const of =
    (part: 'loss' | 'counts'): LossExpression =>
    (operands, numbers) =>
      termsOf(form, operands, numbers)[part];
  return {
    each: elementwiseLoss('nllLoss', of('loss'), count),
    counts: elementwiseLoss('nllLoss', of('counts'), count),
    mean: meanOp(form, count),
  };
}

const forms = [false, true].map((weighted) => [false, true].map((smoothed) => kernels({ weighted, smoothed })));

/** The loss of samples: a tensor of shape (n) for 'none', else (). */
export function reduceSamples(samples: Samples, numbers: ClassNumbers, reduction: Reduction): Tensor {
  const { logProbability, target, weight, sum } = samples;
  const { each, counts, mean } = forms[Number(weight !== null)]![Number(sum !== null)]!;
  const operands = [logProbability, target, ...(weight === null ? [] : [weight]), ...(sum === null ? [] : [sum])];
  const given = sum === null ? [numbers.ignoreIndex] : [numbers.ignoreIndex, numbers.share, numbers.rest];
  if (reduction !== 'mean') return each(operands, { reduction, numbers: given });
  // Sums and counts of so many samples are beyond float16.
  if (logProbability.layout.size <= longestRow || logProbability.dtype === 'float16')
    return operands.length > 3
      ? dispatchMany(mean, operands, given)[0]!
      : dispatch(mean, logProbability, target, operands[2] ?? null, given);
  const total = each(operands, { reduction: 'sum', numbers: given });
  const all = counts(operands, { reduction: 'sum', numbers: given });
  const loss = quotient(total, all as never) as Tensor;
  total.dispose();
  all.dispose();
  return loss;
}
