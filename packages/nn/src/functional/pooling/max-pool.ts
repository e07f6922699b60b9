/** Max pooling: a window runs over the spatial dimensions, and the largest element under it stays. */
import { type DType, DTypeError } from '@nn/backend';
import type { PerDimension, Shape, Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { slide } from './extremes.ts';
import { MaxPool, type Pooling, planesOf } from './max-pool-function.ts';
import { Remembered } from './remembered.ts';
import { checkRank, type WindowOptions, windowOver } from './window.ts';

export interface MaxPoolOptions<R extends boolean = boolean> extends WindowOptions {
  /** Give `{ values, indices }`: also the places of the largest elements, row-major in the spatial dimensions; false. */
  readonly returnIndices?: R | undefined;
}

/** Pooled values, and the places in the input's spatial dimensions that they come from. */
export interface PooledWithIndices<D extends DType = DType> {
  readonly values: Tensor<Shape, D>;
  readonly indices: Tensor<Shape, 'int64'>;
}

/** What a max pooling gives: the values, or an object of values and indices. */
export type Pooled<R extends boolean, D extends DType = DType> = R extends true
  ? PooledWithIndices<D>
  : Tensor<Shape, D>;

export type MaxPoolFunction = <A extends Tensor, R extends boolean = false>(
  input: A,
  kernelSize: PerDimension,
  options?: MaxPoolOptions<R>,
) => Pooled<R, A['dtype']>;

/** Refuses what has no order worth a maximum. */
export function checkNumbers(op: string, x: Tensor): void {
  if (x.dtype === 'bool') throw new DTypeError(op, "takes numbers, got bool; convert with .to('uint8') first");
}

/** Values, or values and indices. */
export function pooled(x: Tensor, pooling: Pooling, returnIndices: boolean): never {
  const [values, indices] = MaxPool.apply(x, pooling, returnIndices) as Tensor[];
  return (returnIndices ? { values, indices } : values) as never;
}

const maxPool = (op: string, spatial: number): MaxPoolFunction => {
  const known = new Remembered<Pooling>();
  const pooling = (x: Tensor, kernelSize: PerDimension, options: MaxPoolOptions): Pooling => {
    checkRank(op, x, spatial);
    checkNumbers(op, x);
    const window = windowOver(op, x, spatial, kernelSize, options);
    return {
      planes: planesOf(x.layout.shape, spatial, window),
      find: (t, wantsIndices) => slide(t, window, wantsIndices),
    };
  };
  return (x, kernelSize, options = {}) => {
    const { stride, padding, dilation, ceilMode, returnIndices } = checkNamed(op, options);
    const asked = [kernelSize, stride, padding, dilation, ceilMode];
    return pooled(
      x,
      known.find(x?.layout, asked) ?? known.add(x?.layout, asked, pooling(x, kernelSize, options)),
      returnIndices === true,
    );
  };
};

/** The largest elements under a window over (N, C, L) or (C, L); options as `maxPool2d`. PyTorch: `F.max_pool1d`. */
export const maxPool1d: MaxPoolFunction = maxPool('maxPool1d', 1);

/**
 * The largest elements under a window over (N, C, H, W) or (C, H, W), of any numeric dtype: (N, C, positions). Of equals the first wins and gets the gradient, a NaN wins over all. The padding
 * counts as -∞. PyTorch: `F.max_pool2d`.
 * @param kernelSize the window's size: one number, or one for each spatial dimension; the options too
 * @param options `stride` (the kernel size), `padding` (0), `dilation` (1), `ceilMode` (false), `returnIndices` (false)
 * @throws ShapeError if the window doesn't fit; ValueError for padding of more than half of the kernel
 * @example
 * ```ts
 * import { maxPool2d } from '@nn/nn';
 * import { arange } from '@nn/tensor';
 * const x = arange(16).reshape([1, 4, 4]);
 * console.log(await maxPool2d(x, 2).toArray()); // prints: [ [ [ 5, 7 ], [ 13, 15 ] ] ]
 * const { values, indices } = maxPool2d(x, 3, { stride: 1, returnIndices: true });
 * console.log(values.shape, await indices.flatten().toArray()); // prints: [ 1, 2, 2 ] [ 10, 11, 14, 15 ]
 * ```
 */
export const maxPool2d: MaxPoolFunction = maxPool('maxPool2d', 2);

/** The largest elements under a window over (N, C, D, H, W) or (C, D, H, W); options as `maxPool2d`. PyTorch: `F.max_pool3d`. */
export const maxPool3d: MaxPoolFunction = maxPool('maxPool3d', 3);
