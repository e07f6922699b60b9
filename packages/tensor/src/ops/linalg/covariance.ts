/** How variables vary together: covariances and correlations of the rows of a matrix, whose columns are observations. */
import { DTypeError, dtypes, ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { checkNamed } from '../../core/named.ts';
import { floatType } from '../../core/promotion.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import type { FloatOf, Shape } from '../../types/index.ts';
import { div, mul, sub } from '../elementwise/arithmetic.ts';
import { clamp } from '../elementwise/bounds.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { sqrt } from '../elementwise/powers.ts';
import { mean, sum } from '../reduce/sum.ts';
import { toDType } from '../shape/convert.ts';
import { diagonal } from '../shape/diagonal.ts';
import { reshape, transpose } from '../shape/views.ts';
import { matmulOf } from './matmul.ts';

export interface CovarianceOptions {
  /** What the number of observations is lowered by in the divisor; 1 (Bessel's correction). */
  readonly correction?: number | undefined;
  /** (N), integers: how often each observation was made; once. */
  readonly fweights?: Tensor | null | undefined;
  /** (N), floats: how much each observation counts; all the same. */
  readonly aweights?: Tensor | null | undefined;
}

/** A list of weights that fits n observations. */
function checkWeights(weights: Tensor, name: 'fweights' | 'aweights', kind: string, n: number): void {
  const shape = sizesOf('cov', weights);
  if (dtypes[weights.dtype].category !== kind)
    throw new DTypeError('cov', `${name} of ${weights.dtype}; they are ${kind === 'float' ? 'floats' : 'integers'}`);
  if (shape.length > 1 || weights.layout.size !== n)
    throw new ShapeError('cov', `${name} of shape ${shapeText(shape)} for ${n} observations; give one for each`);
}

const covariance = (op: string, x: Tensor, options: CovarianceOptions): Tensor => {
  const { correction = 1, fweights, aweights } = checkNamed(op, options);
  const shape = sizesOf(op, x);
  if (shape.length > 2)
    throw new ShapeError(
      op,
      `takes a matrix whose rows are variables, or a vector for one of them; got ${shapeText(shape)}`,
    );
  if (x.dtype === 'bool') throw new DTypeError(op, "of bool isn't defined; convert with .to('float32') first");
  const dtype = floatType(x.dtype);
  const variables = shape.length < 2 ? 1 : shape[0]!;
  const observations = shape.at(-1) ?? 1;
  if (fweights) checkWeights(fweights, 'fweights', 'integer', observations);
  if (aweights) checkWeights(aweights, 'aweights', 'float', observations);
  return scope((): Tensor => {
    const data = toDType(reshape(x, [variables, observations]), dtype);
    const given = [fweights && toDType(fweights, dtype), aweights].flatMap((w) =>
      w ? [reshape(w, [observations])] : [],
    );
    if (given.length === 0) {
      const centred = sub(data, mean(data, { dim: 1, keepdim: true } as never)) as Tensor;
      return div(matmulOf(centred, transpose(centred, 0, 1)), Math.max(0, observations - correction)) as Tensor;
    }
    const weights = given.reduce((p, q) => mul(p, q) as Tensor);
    const total = sum(weights) as Tensor;
    const centre = div(sum(mul(data, weights), { dim: 1, keepdim: true } as never), total) as Tensor;
    const centred = sub(data, centre) as Tensor;
    const lowered = aweights ? div(mul(sum(mul(weights, given.at(-1)!)), correction), total) : correction;
    const divisor = clamp(sub(total, lowered as never) as Tensor, { min: 0 });
    return div(matmulOf(mul(centred, weights) as Tensor, transpose(centred, 0, 1)), divisor as never) as Tensor;
  });
};

/** A matrix of one variable, as the number that it holds. */
const squeezed = (matrix: Tensor): Tensor => (matrix.layout.size === 1 ? reshape(matrix, []) : matrix);

/**
 * The covariances of variables: (D, N) gives (D, D), where row i of the input has the N observations of variable i; (N), one variable, gives its variance, a scalar. Integers become
 * floats. Weights aren't searched for negative ones, and those that add up to 0 give NaN. PyTorch: `torch.cov`, which refuses such weights.
 * @throws ShapeError of more than two dimensions, or of weights that aren't one an observation
 * @throws DTypeError of bool, of `fweights` that aren't integers and `aweights` that aren't floats
 * @example
 * ```ts
 * import { cov, tensor } from '@nn/tensor';
 * const x = tensor([[0, 1, 2], [2, 1, 0]]);
 * console.log(await cov(x).toArray()); // prints: [ [ 1, -1 ], [ -1, 1 ] ]
 * ```
 */
export const cov = <A extends Tensor>(x: A, options: CovarianceOptions = {}): Tensor<Shape, FloatOf<A['dtype']>> =>
  scope((): Tensor => squeezed(covariance('cov', x, options))) as never;

/**
 * Pearson's correlation coefficients of variables, each a row of observations: covariances over the two standard deviations, between -1 and 1. NaN for a variable that
 * doesn't vary. (D, N) gives (D, D), (N) a scalar. PyTorch: `torch.corrcoef`.
 * @throws ShapeError of more than two dimensions
 * @example
 * ```ts
 * import { corrcoef, tensor } from '@nn/tensor';
 * const x = tensor([[0, 1, 2], [2, 1, 0]]);
 * console.log(await corrcoef(x).toArray()); // prints: [ [ 1, -1 ], [ -1, 1 ] ]
 * ```
 */
export const corrcoef = <A extends Tensor>(x: A): Tensor<Shape, FloatOf<A['dtype']>> =>
  scope((): Tensor => {
    const matrix = covariance('corrcoef', x, {});
    const deviations = sqrt(diagonal(matrix)) as Tensor;
    const scaled = div(div(matrix, reshape(deviations, [-1, 1]) as never), deviations as never) as Tensor;
    return squeezed(clamp(scaled, { min: -1, max: 1 }) as Tensor);
  }) as never;
