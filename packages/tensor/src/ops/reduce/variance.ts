/**
 * Variances and standard deviations in two passes: the mean first, then the squared distances from it, so that a mean far from 0 costs no digits
 * (Chan, Golub & LeVeque, "Algorithms for computing the sample variance", 1983).
 */
import { DTypeError, div, dtypes, type Expression, mul, normSqrt, scalar, sub, ValueError } from '@nn/backend';
import type { Tensor } from '../../tensor.ts';
import type { FloatReduceFunction } from '../../types/signatures.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { toDType } from '../shape/convert.ts';
import { reshape } from '../shape/views.ts';
import { type ReduceOptions, type Reducer, reducedCount, reduction } from './build.ts';
import type { MomentsFunction } from './signatures.ts';
import { plainMean } from './sum.ts';

export interface VarianceOptions {
  /** What the number of elements is lowered by in the divisor; 1 (Bessel's correction). */
  readonly correction?: number | undefined;
  /** PyTorch's older word: true is a correction of 1, false of 0. */
  readonly unbiased?: boolean | undefined;
}

type Options = ReduceOptions & VarianceOptions;

/** The reduction of x around its mean. */
function around(name: string, finish: (variance: Expression) => Expression): Reducer {
  return reduction(name, {
    combine: 'sum',
    dtype: (dtype) => dtype,
    body: ([x, mean]) => {
      const distance = sub(x!, mean!);
      return mul(distance, distance);
    },
    epilogue: (squares) => finish(div(squares, scalar(0, squares.type))),
    scalars: 1,
  });
}

const reducers = { var: around('var', (v) => v), std: around('std', normSqrt) };

function correctionOf(name: string, { correction, unbiased }: VarianceOptions): number {
  if (correction !== undefined && unbiased !== undefined)
    throw new ValueError(name, `got both correction: ${correction} and unbiased: ${unbiased}; give one of them`);
  return correction ?? (unbiased === false ? 0 : 1);
}

/** The mean with its dimensions kept, and the spread around it. */
function moments(name: string, of: keyof typeof reducers, x: Tensor, options: Options = {}): [Tensor, Tensor] {
  sizesOf(name, x);
  if (dtypes[x.dtype].category !== 'float')
    throw new DTypeError(name, `of ${x.dtype} is a fraction; convert with .to('float32') first`);
  // A mean rounded to float16 would be far from it beside a small spread.
  const mean = plainMean(x, { dim: options.dim, keepdim: true, dtype: x.dtype === 'float16' ? 'float32' : x.dtype });
  const divisor = Math.max(0, reducedCount(name, x, options.dim) - correctionOf(name, options));
  return [reducers[of](x, options, [divisor], mean), mean];
}

function spread(name: string, of: keyof typeof reducers): (x: Tensor, options?: Options) => Tensor {
  return (x, options) => {
    const [result, mean] = moments(name, of, x, options);
    mean.dispose();
    return result;
  };
}

function spreadAndMean(name: string, of: keyof typeof reducers): (x: Tensor, options?: Options) => [Tensor, Tensor] {
  return (x, options) => {
    const [result, wide] = moments(name, of, x, options);
    const mean = toDType(wide, x.dtype);
    return [result, options?.keepdim === true ? mean : reshape(mean, result.layout.shape)];
  };
}

/**
 * The variance over all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`): the squared distances from the mean over
 * n - `correction`. Floats only. NaN where that is 0 over 0. PyTorch: `torch.var` (`var` is a word of JavaScript; the method is `x.var()`).
 * @example
 * ```ts
 * import '@nn/tensor/methods';
 * import { tensor, variance } from '@nn/tensor';
 * const x = tensor([1, 2, 3, 4]);
 * console.log(await variance(x, { correction: 0 }).item(), await x.var().item()); // prints: 1.25 1.6666666269302368
 * ```
 */
export const variance: FloatReduceFunction<'var', VarianceOptions> = spread('var', 'var') as never;

/** The standard deviation, the root of `variance`; its gradient counts as 0 where it is 0. PyTorch: `torch.std`. */
export const std: FloatReduceFunction<'std', VarianceOptions> = spread('std', 'std') as never;

/** `[variance, mean]`; options as `variance`. PyTorch: `torch.var_mean`. */
export const varMean: MomentsFunction<'varMean', VarianceOptions> = spreadAndMean('varMean', 'var') as never;

/** `[std, mean]`; options as `variance`. PyTorch: `torch.std_mean`. */
export const stdMean: MomentsFunction<'stdMean', VarianceOptions> = spreadAndMean('stdMean', 'std') as never;
