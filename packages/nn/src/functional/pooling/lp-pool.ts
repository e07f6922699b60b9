/** Power-average pooling: the p-norm of the elements under a window. */
import { div, dtypes, type Expression, equal, input, mul, pow, same, scalar, select, ValueError } from '@nn/backend';
import type { PerDimension, Shape, Tensor } from '@nn/tensor';
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

const mapOp = (name: string, scalars: number, of: (x: Expression) => Expression): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: ([layout]) => {
      const { dtype } = layout!;
      return { outputs: [{ dtype, expression: of(input(0, dtypes[dtype].scalar)) }], scalars };
    },
  });

const powerOp = mapOp('lpPool', 1, (x) => pow(x, scalar(0, x.type)));

/** (mean · elements)^(1/p), whose gradient counts as 0 where it is 0. */
const rootOp = mapOp('lpPool', 2, (mean) => {
  const [p, elements] = [scalar(0, mean.type), scalar(1, mean.type)];
  const isZero = equal(mean, same(0, mean));
  const sum = mul(select(isZero, same(1, mean), mean), elements);
  return select(isZero, same(0, mean), pow(sum, div(same(1, p), p)));
});

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
      const powers = dispatch(powerOp, wide, null, null, [normType]);
      const means = average(powers, window, {});
      const out = dispatch(rootOp, means, null, null, [normType, elements]);
      powers.dispose();
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
