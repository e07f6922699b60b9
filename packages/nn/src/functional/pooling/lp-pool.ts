/** Power-average pooling: the p-norm of the elements under a window. */
import {
  div,
  dtypes,
  type Expression,
  equal,
  input,
  mul,
  normSqrt,
  pow,
  same,
  scalar,
  select,
  ValueError,
} from '@nn/backend';
import { type PerDimension, pow as power, type Shape, type Tensor } from '@nn/tensor';
import { dispatch, Op, widened } from '@nn/tensor/internal';
import { average, checkFloats } from './avg-pool.ts';
import { checkRank, type WindowOptions, windowOver } from './window.ts';

export type LPPoolOptions = Pick<WindowOptions, 'stride' | 'ceilMode'>;

export type LPPoolFunction = <A extends Tensor>(
  input: A,
  normType: number,
  kernelSize: PerDimension,
  options?: LPPoolOptions,
) => Tensor<Shape, A['dtype']>;

/** A map of means and how many elements they are of. */
const rootOp = (scalars: number, of: (sum: Expression) => Expression): Op<'map'> =>
  new Op('map', 'lpPool', {
    inPlace: false,
    build: ([layout]) => {
      const { dtype } = layout!;
      const mean = input(0, dtypes[dtype].scalar);
      return { outputs: [{ dtype, expression: of(mul(mean, scalar(0, mean.type))) }], scalars };
    },
  });

/** A root of a sum whose gradient counts as 0 where the sum is 0. */
function flatAtZero(sum: Expression, root: (x: Expression) => Expression): Expression {
  const isZero = equal(sum, same(0, sum));
  return select(isZero, root(same(0, sum)), root(select(isZero, same(1, sum), sum)));
}

/** (mean · elements)^(1/p): for p = 1, for p = 2, for any other. */
const sumItself = rootOp(1, (sum) => flatAtZero(sum, (x) => x));
const squareRoot = rootOp(1, normSqrt);
const anyRoot = rootOp(2, (sum) => flatAtZero(sum, (x) => pow(x, div(same(1, x), scalar(1, x.type)))));

const lpPool =
  (op: string, spatial: number): LPPoolFunction =>
  (x, normType, kernelSize, options = {}) => {
    checkRank(op, x, spatial);
    checkFloats(op, x);
    if (!Number.isFinite(normType) || normType === 0)
      throw new ValueError(
        op,
        `normType must be finite and not 0, got ${normType}; maxPool${spatial}d is the limit of large ones`,
      );
    const window = windowOver(op, x, spatial, kernelSize, options);
    const elements = window.kernel.reduce((product, k) => product * k, 1);
    return widened(x, (wide) => {
      const powers = normType === 1 ? wide : (power(wide, normType) as Tensor);
      const means = average(powers, window, {});
      if (powers !== wide) powers.dispose();
      const root = normType === 1 ? sumItself : normType === 2 ? squareRoot : anyRoot;
      const out = dispatch(root, means, null, null, root === anyRoot ? [elements, normType] : [elements]);
      means.dispose();
      return out;
    }) as never;
  };

/** (Σ xᵖ)^(1/p) under a window over (N, C, L) or (C, L); as `lpPool2d`. PyTorch: `F.lp_pool1d`. */
export const lpPool1d: LPPoolFunction = lpPool('lpPool1d', 1);

/**
 * (Σ xᵖ)^(1/p) under a window over (N, C, H, W) or (C, H, W): p = 1 gives sums. Of negative x and an odd or fractional p it is what the formula gives, NaN included. PyTorch: `F.lp_pool2d`.
 * @param normType p
 * @param options `stride` (the kernel size), `ceilMode` (false; windows over the end count as full)
 * @example
 * ```ts
 * import { lpPool2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await lpPool2d(tensor([[[3, 0], [0, 4]]]), 2, 2).toArray()); // prints: [ [ [ 5 ] ] ]
 * ```
 */
export const lpPool2d: LPPoolFunction = lpPool('lpPool2d', 2);

/** (Σ xᵖ)^(1/p) under a window over (N, C, D, H, W) or (C, D, H, W); as `lpPool2d`. PyTorch: `F.lp_pool3d`. */
export const lpPool3d: LPPoolFunction = lpPool('lpPool3d', 3);
